"""One dishonest endpoint before the tester: which judged claims it is found to break, and for how many edits."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract_tests.asking import Limits
from contract_tests.evidence import model_list
from contract_tests.judging import judge
from contract_tests.questions import Question
from contract_tests.running import TRANSCRIPT, Order, run
from specs import loading
from specs.messages import Exchange
from specs.transcripts import billed, load
from tests.honest import HOUSES, forms, running
from tests.honest.refusals import Refused
from tests.honest.walk import KEY, Pick, everything, planned, walk
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


@cache
def _orders(provider: str) -> dict[str, forms.Order]:
    """The planned questions as the endpoint reads them; those that it cannot read are left out."""
    contract, house = loading.load(provider), HOUSES[provider]
    listed = model_list(honest(provider))
    found: dict[str, forms.Order] = {}
    for question in planned(provider, listed, 0):
        request = question.request(contract, contract.edit.path, KEY)
        stated = request.header("content-type") or ""
        with suppress(forms.Unreadable):
            if stated.startswith("multipart/form-data"):
                found[question.id] = forms.form(request.body, stated)
            elif stated.startswith("application/json") and house.json:
                found[question.id] = forms.document(request.body, house.json)
    return found


def _misread(mischief: Mischief, provider: str) -> frozenset[str]:
    """The questions that a trick of reading changes, or refuses."""
    found = set()
    for id, order in _orders(provider).items():
        try:
            changed = repr(mischief.hook(order)) != repr(order)  # True == 1, but not in what is read here
        except Refused:
            changed = True
        if changed:
            found.add(id)
    return frozenset(found)


_TOUCHED: dict[str, Pick] = {
    "bookkeeping": _told,
    "documents": _told,
    "masks": lambda question: _plain(question) or (question.billable and "mask" in question.id),
    "painting": _plain,
    "refusals": _free,
    "streams": _streamed,
}
"""The questions whose answers a trick of a module can change; in any other module all."""


def one_by_one(mischief: Mischief, provider: str, pick: Pick | None = None) -> Weighed:
    """Ask the full plan; what the trick cannot change was asked of the honest endpoint."""
    module = mischief.hook.__module__.rpartition(".")[2]
    touched = pick or _TOUCHED.get(module, everything)
    if pick is None and module in ("masks", "readings") and mischief.step == "order":
        misread = _misread(mischief, provider)
        touched = lambda question: question.id in misread  # noqa: E731 - one of two ways to pick, the other has a name
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
