"""One run for many tests: asked by whoever needs a verdict first, in whatever process, and read by all others.

Workers of pytest-xdist share a folder. The first to lock it asks the questions that the selected tests need, judges,
and leaves the findings there; the others wait for the lock and read them.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract_tests import reports
from contract_tests.asking import Asking, Limits, Unjudgeable
from contract_tests.client import Client
from contract_tests.evidence import gathered, model_list
from contract_tests.findings import Finding, Report
from contract_tests.plan import plan
from contract_tests.questions import Question
from contract_tests.reports import curl
from contract_tests.running import TRANSCRIPT, reported
from contract_tests.selecting import selected
from specs.contract import Contract
from specs.lines import Header
from specs.recording import Recorder
from specs.transcripts import Transcript, load

FINDINGS = "findings.json"
_LOCK = "lock.sqlite"
_LONGEST = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding as every worker sees it; `curl` repeats the exchange that shows it."""

    verdict: str
    expected: str
    actual: str
    reason: str
    curl: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What to run: as `running.Order`, for the selected claims only; `shared` is the folder that workers share."""

    contract: Contract
    base_url: str
    key: str = field(repr=False)
    out: Path | None
    shared: Path
    seed: int
    budget: int | None
    claims: frozenset[str]


class Unasked(RuntimeError):
    """The endpoint cannot be judged at all; one sentence."""


def verdicts(order: Order) -> Mapping[str, Verdict]:
    """The verdict on each claim: asked for here, or read if another worker has asked. Raises Unasked, BadAddress."""
    file = order.shared / FINDINGS
    with _locked(order.shared):
        if not file.exists():
            file.write_text(json.dumps(_run(order)), "utf-8")
    value = json.loads(file.read_text("utf-8"))
    if value["broke_off"]:
        raise Unasked(value["broke_off"])
    return {id: Verdict(**found) for id, found in value["findings"].items()}


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time. SQLite, because its lock is the system's: it ends with the process, on any platform."""
    with closing(sqlite3.connect(folder / _LOCK, timeout=_LONGEST, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


def _run(order: Order) -> dict[str, Any]:
    home = order.out or order.shared
    path = home / TRANSCRIPT
    broke_off, unasked = _asked(order, path)
    transcript = load(path)
    report = reported(order.contract, transcript, unasked)
    if order.out:
        reports.write_report(report, transcript, order.out)
    return {"broke_off": broke_off, "findings": _values(order, report, transcript, home)}


def _asked(order: Order, path: Path) -> tuple[str | None, list[Question]]:
    """Ask what the selected claims need: (why it broke off, what was not asked)."""
    header = Header(order.contract.provider, order.base_url, time.time(), order.seed)
    with closing(Client(order.base_url, order.key)) as client:
        recorder = Recorder(path, header, (order.key,))
        asking = Asking(order.contract, client, order.key, recorder, Limits(budget=order.budget))
        why: str | None = None
        try:
            asking.read_models()
            asking.ask(questions(order, asking))
        except Unjudgeable as problem:
            why = str(problem)
        finally:
            recorder.close(complete=why is None and not asking.unasked)
    return why, asking.unasked


def questions(order: Order, asking: Asking) -> tuple[Question, ...]:
    """The questions that the selected claims need, and no others."""
    whole = plan(order.contract, model_list(asking.exchanges), order.seed)
    return selected(whole, order.contract, order.claims)


def _values(order: Order, report: Report, transcript: Transcript, home: Path) -> dict[str, dict[str, Any]]:
    wanted = [finding for finding in report.findings if finding.claim.id in order.claims]
    shown = {f.exchanges[0] for f in wanted if f.verdict == "broken" and f.exchanges}
    commands = _commands(order.contract, transcript, shown, home)
    return {finding.claim.id: _value(finding, commands) for finding in wanted}


def _value(finding: Finding, commands: Mapping[str, str]) -> dict[str, Any]:
    shown = finding.exchanges[0] if finding.verdict == "broken" and finding.exchanges else None
    return {
        "verdict": finding.verdict,
        "expected": finding.expected,
        "actual": finding.actual,
        "reason": finding.reason,
        "curl": commands.get(shown) if shown else None,
    }


def _commands(contract: Contract, transcript: Transcript, ids: Collection[str], home: Path) -> dict[str, str]:
    """How to repeat these exchanges by hand; the files that the commands read are written."""
    found = {}
    for asked in gathered(contract, transcript.exchanges).asked if ids else ():
        if asked.exchange.id in ids:
            repeated = curl.repeat(asked)
            found[asked.exchange.id] = repeated.command
            for name, data in curl.kept(asked, repeated).items():
                path = home / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
    return found
