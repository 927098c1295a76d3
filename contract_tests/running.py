"""One run from plan to report: plan, ask, judge, write. What breaks off leaves what is there, and says so."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from contract_tests import beyond, causes, pricing, repeating, reports, resuming
from contract_tests.apart import Apart
from contract_tests.asking import Asking, Limits, Unjudgeable, Watcher
from contract_tests.client import Client
from contract_tests.evidence import Evidence, gathered, model_list
from contract_tests.findings import Finding, Report
from contract_tests.growing import Growing
from contract_tests.judging import findings
from contract_tests.plan import Profile, plan
from contract_tests.pooling import Bench
from contract_tests.questions import Question
from contract_tests.resuming import OtherRun
from contract_tests.selecting import serves
from specs.contract import Contract
from specs.lines import Header
from specs.recording import Recorder
from specs.transcripts import Transcript, load

__all__ = ["TRANSCRIPT", "Declined", "Order", "OtherRun", "Outcome", "Unwritable", "exit_status", "reported", "run"]
__all__ += ["writable"]

TRANSCRIPT = "transcript.jsonl"


class Unwritable(OSError):
    """The folder for the results cannot be written to; the message names it."""


class Declined(RuntimeError):
    """The user does not agree to the price; nothing was asked."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to run: which contract against which endpoint, with which key, and where the results go.

    `claims`: only what these need. `probes`: so many of them, and the sequences, after a full plan. `resume`: go on
    with the run in `out`. `agree` is shown the plan before anything is asked that may cost something, with prices as
    the endpoint tells them. `picture_url` leads to a picture that the endpoint can fetch, for what needs one.
    """

    contract: Contract
    base_url: str
    key: str = field(repr=False)
    out: Path
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    timeout: float = 180.0
    heavy: bool = True
    profile: Profile = "full"
    claims: tuple[str, ...] = ()
    probes: int = 0
    resume: bool = False
    keep_pictures: bool = True
    agree: Callable[[Sequence[Question]], bool] | None = None
    picture_url: str = ""

    @property
    def beyond(self) -> int:
        """How many probes are asked: only a full plan of all claims is gone beyond."""
        return self.probes if self.profile == "full" and not self.claims else 0

    @property
    def header(self) -> Header:
        """The first line of the transcript."""
        plan = {"profile": self.profile, "heavy": self.heavy, "claims": sorted(self.claims), "fuzz": self.beyond}
        linked = {"picture_url": self.picture_url} if self.picture_url else {}
        return Header(self.contract.provider, self.base_url, time.time(), self.seed, plan={**plan, **linked})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: its report, and why it broke off (None when it did not)."""

    report: Report
    broke_off: str | None = None
    interrupted: bool = False


def run(order: Order, watcher: Watcher | None = None) -> Outcome:
    """Ask, judge, write `order.out`. Raises Unwritable, client.BadAddress, Declined, OtherRun, UnreadableTranscript."""
    path = order.out / TRANSCRIPT
    writable(order.out)
    why: str | None = None
    interrupted = False
    with closing(Client(order.base_url, order.key, order.timeout)) as client:
        recorder, there = _recorder(order, path)
        asking = Asking(
            order.contract, client, order.key, recorder, order.limits, watcher, exchanges=list(there.exchanges)
        )
        growing = Growing(order.contract)
        try:
            with growing.looking(asking.exchanges):
                _ask(order, asking, growing)
        except Unjudgeable as problem:
            why = str(problem)
        except KeyboardInterrupt:
            why, interrupted = "it was interrupted", True
        except BaseException:
            why = "it failed"
            raise
        finally:
            recorder.close(complete=why is None and not asking.cut_short)
    transcript = load(path)
    limit, claims = asking.purse.closed, order.claims
    seen = growing.evidence(asking.exchanges)  # on disk there may be no pictures
    report = reported(order.contract, transcript, asking.unasked, limit, claims=claims, evidence=seen)
    reports.write_report(report, transcript, order.out)
    return Outcome(report, why, interrupted)


def _recorder(order: Order, path: Path) -> tuple[Recorder, Transcript]:
    if not order.resume:
        made = Recorder(path, order.header, (order.key,), keep_pictures=order.keep_pictures)
        return made, Transcript(order.header)
    operations = (order.contract.edit, order.contract.models)
    return resuming.opened(path, order.header, (order.key,), [each.path for each in operations if each])


def _ask(order: Order, asking: Asking, growing: Growing) -> None:
    asking.read_models()
    models = model_list(asking.exchanges)
    questions = plan(
        order.contract,
        models,
        order.seed,
        heavy=order.heavy,
        profile=order.profile,
        claims=order.claims,
        picture_url=order.picture_url,
    )
    if order.agree is not None and not order.agree(questions):
        raise Declined("nothing was asked")
    asking.later = order.beyond
    asking.ask(questions)
    if order.profile == "quick":
        Apart(asking, Bench(order.contract, models, order.seed)).explain(questions)
    if order.beyond:
        beyond.explore(asking, questions, order.seed, order.beyond)
    repeating.ask_again(asking, growing)
    if order.beyond:
        beyond.make_small(asking, growing, order.seed)


def writable(out: Path) -> None:
    """Make the folder, or say why it cannot be written to. Raises Unwritable."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise Unwritable(f"{out} cannot be written to: {problem.strerror or problem}") from problem


def reported(
    contract: Contract,
    transcript: Transcript,
    unasked: Sequence[Question] = (),
    limit: str = "",
    *,
    claims: Collection[str] = (),
    evidence: Evidence | None = None,
) -> Report:
    """The report of a transcript: judged offline, the same as live.

    `unasked` is what was not asked for lack of room, `limit` the limit that was reached, in words. `claims` are those
    that were asked for, where not all were. `evidence` that was read out already need not be read out again.
    """
    evidence = evidence or gathered(contract, transcript.exchanges)
    found, likely = causes.explained(findings(evidence), evidence)
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
        findings=tuple(_left_out(_for_lack(finding, unasked, limit), claims) for finding in found),
        contradictions=contract.contradictions,
        causes=likely,
    )


def _for_lack(finding: Finding, unasked: Sequence[Question], limit: str) -> Finding:
    """A claim that nothing was asked about for lack of budget says so, and what that would have cost."""
    missing = [question for question in unasked if serves(question, finding.claim)]
    if finding.verdict != "not-run" or not missing or not finding.claim.judged:
        return finding
    spent = f"{limit} spent" if limit else "spent"
    cost = f"would have cost {pricing.told(missing)}" if any(q.billable for q in missing) else "would have been free"
    asked = f"{len(missing)} question{'s' if len(missing) != 1 else ''} about it not asked"
    return replace(finding, reason=f"budget: {spent}, {asked}, which {cost}")


def _left_out(finding: Finding, claims: Collection[str]) -> Finding:
    """A claim that was not asked for, and that nothing else tells of, says so."""
    if not claims or finding.claim.id in claims or finding.verdict != "not-run" or not finding.claim.judged:
        return finding
    return replace(finding, reason="it was not among the claims to be asked about")


def exit_status(findings: Sequence[Finding], *, strict: bool = False) -> int:
    """0 every judged `must` holds; 1 one is broken (strict: or a `should`); 2 our suite failed; 3 nothing judged."""
    levels = ("must", "should") if strict else ("must",)
    if any(f.verdict == "broken" and f.claim.level in levels for f in findings):
        return 1
    if any(f.verdict == "faulty-suite" for f in findings):
        return 2
    return 0 if any(f.verdict in ("holds", "broken") for f in findings) else 3
