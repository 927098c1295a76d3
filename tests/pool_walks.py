"""Quick walks inside this process: a real mock on a real port, asked in pools, taken apart, judged."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

import contract_tests.running as running_runs
from contract_tests.apart import Apart
from contract_tests.asking import Asking, Limits
from contract_tests.client import Client
from contract_tests.evidence import Evidence, gathered
from contract_tests.findings import Finding, Report
from contract_tests.growing import Growing
from contract_tests.judging import findings
from contract_tests.plan import plan
from contract_tests.pooling import Bench
from contract_tests.questions import Question
from contract_tests.repeating import ask_the_stubborn
from contract_tests.reports import json_form
from contract_tests.running import TRANSCRIPT, Order, reported, run
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading, models
from specs.lines import Header
from specs.messages import Exchange
from specs.transcripts import Transcript, billed, load
from tests.noting import Noting
from tests.walking import asked

KEY = "sk-pool-walk-key"


@dataclass(frozen=True)
class Walk:
    """What came of one quick run."""

    findings: tuple[Finding, ...]
    exchanges: tuple[Exchange, ...]
    broke_off: str | None

    @property
    def billable(self) -> int:
        """How many edits were accepted."""
        return sum(map(billed, self.exchanges))

    @property
    def broken(self) -> set[str]:
        """The judged claims that are broken."""
        return {f.claim.id for f in self.findings if f.verdict in ("broken", "faulty-suite") and f.claim.judged}

    def of(self, verdict: str) -> set[str]:
        """The judged claims with a verdict."""
        return {f.claim.id for f in self.findings if f.verdict == verdict and f.claim.judged}


def walk(base_url: str, provider: str, limits: Limits | None = None, profile: str = "quick", **more: object) -> Walk:
    """Run against an endpoint that listens; nobody waits, heavy bodies are left out unless asked for."""
    order = {"heavy": False, "timeout": 30.0, "profile": profile, **more}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(str(order.pop("out", folder)))
        limits = limits or Limits(first_wait=0.0)
        with lightly():
            outcome = run(Order(loading.load(provider), base_url, KEY, out, limits=limits, **order))  # type: ignore[arg-type]
        return Walk(outcome.report.findings, load(out / TRANSCRIPT).exchanges, outcome.broke_off)


def _findings_only(report: Report, _transcript: Transcript, out: Path) -> None:
    (out / "report.json").write_text(json_form.text(json_form.value(report)), "utf-8")


@contextmanager
def lightly() -> Iterator[None]:
    """Runs that write no page, only what was found: pages are tested elsewhere."""
    with patch.object(running_runs.reports, "write_report", _findings_only):
        yield


@cache
def _planned(provider: str) -> tuple[tuple[Question, ...], Bench]:
    """The quick plan for the mock's own list of models, made once, and the bench its pools were made at."""
    contract = loading.load(provider)
    listed = models.from_value(contract.models.example) if contract.models else None
    return plan(contract, listed, heavy=False, profile="quick"), Bench(contract, listed)


def pooled(provider: str) -> tuple[Question, ...]:
    """The questions of a quick run of the mock of a provider."""
    return _planned(provider)[0]


def walked(provider: str, limits: Limits | None = None, **settings: object) -> Walk:
    """What a quick run finds at a mock of one provider; nothing is written."""
    contract = loading.load(provider)
    questions, bench = _planned(provider)
    with (
        running(Settings(providers=(provider,), caption=False, **settings)) as mock,  # type: ignore[arg-type]
        Client(mock.url, KEY, timeout=30) as client,
    ):
        asking = Asking(contract, client, KEY, Noting((KEY,)), limits or Limits(first_wait=0.0))
        asking.read_models()
        asking.ask(questions)
        Apart(asking, bench).explain(questions)
        ask_the_stubborn(asking, Growing(contract))
    transcript = Transcript(Header(provider, mock.url, time.time()), tuple(asking.exchanges))
    report = reported(contract, transcript, asking.unasked, asking.purse.closed)
    return Walk(report.findings, transcript.exchanges, None)


@cache
def conformant(provider: str) -> Walk:
    """What a quick run finds at the faultless mock."""
    return walked(provider)


@cache
def _evidence(provider: str) -> Evidence:
    return gathered(loading.load(provider), conformant(provider).exchanges)


def forgetful(provider: str, claim: str) -> Walk:
    """What a quick run finds at a mock that does not enforce a claim: only what breaks it is asked again."""
    questions = [question for question in _planned(provider)[0] if question.about == (claim,) and not question.billable]
    settings = Settings(providers=(provider,), caption=False, forget=frozenset({claim}))
    with running(settings) as mock:
        again = asked(loading.load(provider), mock.url, questions)
    ids = {question.id for question in questions}
    kept = tuple(one for one in _evidence(provider).asked if one.exchange.question not in ids)
    new = gathered(loading.load(provider), again).asked
    found = findings(Evidence(loading.load(provider), (*kept, *new)))
    return Walk(found, tuple(one.exchange for one in (*kept, *new)), None)
