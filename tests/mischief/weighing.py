"""One dishonest endpoint before the tester: which judged claims it is found to break, and for how many edits."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract_tests.asking import Limits
from contract_tests.judging import judge
from contract_tests.questions import Question
from contract_tests.running import TRANSCRIPT, Order, run
from specs import loading
from specs.messages import Exchange
from specs.transcripts import billed, load
from tests.honest import HOUSES, running
from tests.honest.walk import KEY, Pick, everything, walk
from tests.mischief.register import Mischief, manners


@dataclass(frozen=True, slots=True)
class Weighed:
    """What came of one endpoint: claims found broken, with the reason, and how much was asked."""

    mischief: Mischief
    provider: str
    broken: dict[str, str]
    requests: int
    billed: int


@cache
def honest(provider: str) -> tuple[Exchange, ...]:
    """The one-by-one plan put to the honest endpoint."""
    return walk(provider, manners(provider))[1]


def _free(question: Question) -> bool:
    return not question.billable


def _plain(question: Question) -> bool:
    """A valid edit that is written plainly, and at no edge but of `n`: what answers are like hangs on nothing else."""
    edge = "/" in question.id and not question.id.endswith("/n-10")
    return question.billable and not (edge or question.id.startswith("wire-") or question.id.endswith("-json"))


def _told(question: Question) -> bool:
    return _plain(question) and question.draft.get("stream") is not True


def _streamed(question: Question) -> bool:
    return _plain(question) and question.draft.get("stream") is True


def _read(question: Question) -> bool:
    return _free(question) or not (question.id.startswith("wire-") or question.id.endswith("-json"))


_TOUCHED: dict[str, Pick] = {
    "bookkeeping": _told,
    "documents": _told,
    "masks": lambda question: _plain(question) or (question.billable and "mask" in question.id),
    "painting": _plain,
    "readings": _read,
    "refusals": _free,
    "streams": _streamed,
}
"""The questions whose answers a trick of a module can change; in any other module all."""


def one_by_one(mischief: Mischief, provider: str, pick: Pick | None = None) -> Weighed:
    """Ask the full plan; what the trick cannot change was asked of the honest endpoint."""
    module = mischief.hook.__module__.rpartition(".")[2]
    touched = pick or _TOUCHED.get(module, everything)
    again = walk(provider, manners(provider), touched, tricks=mischief.tricks())[1]
    known = {exchange.question for exchange in again}
    rest = () if pick else tuple(one for one in honest(provider) if one.question not in known and one.purpose == "edit")
    return _weighed(mischief, provider, (*rest, *again), again)


def pooled(mischief: Mischief, provider: str) -> Weighed:
    """A quick run, pools taken apart where they are refused."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(HOUSES[provider], manners(provider), mischief.tricks()) as endpoint,
    ):
        out, limits = Path(folder), Limits(first_wait=0.0)
        order = Order(loading.load(provider), endpoint.url, KEY, out, 0, limits, 30.0, heavy=False, profile="quick")
        run(order)
        exchanges = load(out / TRANSCRIPT).exchanges
    return _weighed(mischief, provider, exchanges, exchanges)


def _weighed(
    mischief: Mischief, provider: str, exchanges: tuple[Exchange, ...], asked: tuple[Exchange, ...]
) -> Weighed:
    found = judge(loading.load(provider), exchanges)
    broken = {f.claim.id: f.reason for f in found if f.verdict in ("broken", "faulty-suite") and f.claim.judged}
    return Weighed(mischief, provider, broken, len(asked), sum(map(billed, asked)))
