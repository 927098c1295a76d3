"""One walk through the house inside this process: a real mock on a real port, asked, recorded and judged."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from contract_tests.asking import Asking, Limits
from contract_tests.client import Client
from contract_tests.findings import Finding
from contract_tests.judging import judge
from contract_tests.plan import plan
from contract_tests.questions import Question
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading, models
from specs.contract import Contract
from specs.lines import Header
from specs.messages import Exchange
from specs.recording import Recorder

KEY = "sk-walking-key"


@cache
def planned(provider: str) -> tuple[Question, ...]:
    """The whole plan of a provider but for heavy bodies, made once."""
    contract = loading.load(provider)
    listed = models.from_value(contract.models.example) if contract.models else None
    return plan(contract, listed, heavy=False)


def walked(contract: Contract, base_url: str, questions: Sequence[Question]) -> tuple[list[Exchange], tuple[Finding, ...]]:
    """Ask the questions at a URL and judge: the exchanges and the findings."""
    with tempfile.TemporaryDirectory() as folder, Client(base_url, KEY, timeout=30) as client:
        header = Header(contract.provider, base_url, time.time())
        recorder = Recorder(Path(folder) / "transcript.jsonl", header, (KEY,), keep_pictures=False)
        asking = Asking(contract, client, KEY, recorder, Limits(first_wait=0.0))
        asking.read_models()
        asking.ask(questions)
        recorder.close()
    return asking.exchanges, judge(contract, asking.exchanges)


def findings(settings: Settings, questions: Sequence[Question]) -> tuple[Finding, ...]:
    """Ask a mock of one provider and judge."""
    with running(settings) as mock:
        return walked(loading.load(settings.providers[0]), mock.url, questions)[1]


def broken(found: Sequence[Finding]) -> set[str]:
    """The judged claims that are broken."""
    return {finding.claim.id for finding in found if finding.verdict == "broken" and finding.claim.judged}
