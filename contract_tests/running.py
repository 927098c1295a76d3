"""One run from plan to report: plan, ask, judge, write. What breaks off leaves what is there, and says so."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from contract_tests import reports
from contract_tests.asking import Asking, Limits, Unjudgeable, Watcher
from contract_tests.client import Client
from contract_tests.evidence import model_list
from contract_tests.findings import Finding, Report
from contract_tests.judging import judge
from contract_tests.plan import plan
from contract_tests.questions import Question
from specs.contract import Contract
from specs.lines import Header
from specs.recording import Recorder
from specs.transcripts import Transcript, load

TRANSCRIPT = "transcript.jsonl"


class Unwritable(OSError):
    """The folder for the results cannot be written to; the message names it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to run: which contract against which endpoint, with which key, and where the results go."""

    contract: Contract
    base_url: str
    key: str = field(repr=False)
    out: Path
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    timeout: float = 180.0
    heavy: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: its report, and why it broke off (None when it did not)."""

    report: Report
    broke_off: str | None = None
    interrupted: bool = False


def run(order: Order, watcher: Watcher | None = None) -> Outcome:
    """Ask, judge, write `order.out`. Raises Unwritable, client.BadAddress."""
    path = order.out / TRANSCRIPT
    writable(order.out)
    header = Header(order.contract.provider, order.base_url, time.time(), order.seed)
    why: str | None = None
    interrupted = False
    unasked: Sequence[Question] = ()
    with closing(Client(order.base_url, order.key, order.timeout)) as client:
        recorder = Recorder(path, header, (order.key,))
        asking = Asking(order.contract, client, order.key, recorder, order.limits, watcher)
        try:
            asking.read_models()
            asking.ask(plan(order.contract, model_list(asking.exchanges), order.seed, heavy=order.heavy))
        except Unjudgeable as problem:
            why = str(problem)
        except KeyboardInterrupt:
            why, interrupted = "it was interrupted", True
        finally:
            unasked = asking.unasked
            recorder.close(complete=why is None and not unasked)
    report = reported(order.contract, load(path), unasked)
    reports.write_report(report, load(path), order.out)
    return Outcome(report, why, interrupted)


def writable(out: Path) -> None:
    """Make the folder, or say why it cannot be written to. Raises Unwritable."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise Unwritable(f"{out} cannot be written to: {problem.strerror or problem}") from problem


def reported(contract: Contract, transcript: Transcript, unasked: Sequence[Question] = ()) -> Report:
    """The report of a transcript: judged offline, the same as live."""
    findings = judge(contract, transcript.exchanges)
    return Report(
        provider=contract.provider,
        title=contract.title,
        base_url=transcript.base_url,
        started=transcript.started,
        finished=transcript.finished,
        complete=transcript.complete,
        seed=transcript.seed,
        requests=transcript.requests,
        billable=transcript.billable,
        findings=tuple(_for_lack(finding, unasked) for finding in findings),
        contradictions=contract.contradictions,
    )


def _for_lack(finding: Finding, unasked: Sequence[Question]) -> Finding:
    """A claim that nothing was asked about for lack of budget says so."""
    missing = [question for question in unasked if finding.claim.id in question.about]
    general = finding.claim.area in ("answer", "stream", "refusal") and unasked
    if finding.verdict != "not-run" or not (missing or general) or not finding.claim.judged:
        return finding
    count = len(missing) or len(unasked)
    return replace(finding, reason=f"budget: {count} questions about it were not asked")


def exit_status(findings: Sequence[Finding], *, strict: bool = False) -> int:
    """0 every judged `must` holds; 1 one is broken (strict: or a `should`); 2 our suite failed; 3 nothing judged."""
    levels = ("must", "should") if strict else ("must",)
    if any(f.verdict == "broken" and f.claim.level in levels for f in findings):
        return 1
    if any(f.verdict == "faulty-suite" for f in findings):
        return 2
    return 0 if any(f.verdict in ("holds", "broken") for f in findings) else 3


