"""Walks through the house inside this process: a real mock on a real port, asked, recorded and judged.

A fault leaves most answers as they are, so a faultless walk is made once for each provider, and a case asks again only
what its fault can touch. Everything is judged together, as in one run.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from contract_tests.asking import Asking, Limits
from contract_tests.client import Client
from contract_tests.evidence import Evidence, gathered, is_valid, read_out
from contract_tests.findings import Finding
from contract_tests.growing import Growing
from contract_tests.judging import findings
from contract_tests.plan import LINKED, URL, plan
from contract_tests.presence import Door
from contract_tests.questions import Question
from contract_tests.quick import thinned
from contract_tests.repeating import ask_the_stubborn
from mock_server.faults import Fault
from mock_server.replies import Reply
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading, models
from specs.answers import Asked
from specs.applying import applies
from specs.contract import Contract
from specs.edits import exact_size
from specs.messages import Exchange
from tests.noting import Noting

KEY = "sk-walking-key"
PICTURE = "https://pictures.example/house.png"
"""A link that a mock takes without following it."""

NEEDS_A_LINK = {"accepts-image-url"}
"""Claims that are asked about only where there is a link to a picture."""


class Known(Door):
    """The door of an endpoint that is known to be one: a walk may begin with questions that show nothing of it."""

    def seen(self, question: Question, exchange: Exchange) -> None:
        """Nothing to find out."""


@cache
def planned(provider: str) -> tuple[Question, ...]:
    """The whole plan of a provider but for heavy bodies and large results, made once."""
    contract = loading.load(provider)
    listed = models.from_value(contract.models.example) if contract.models else None
    return tuple(question for question in plan(contract, listed, heavy=False) if not is_large(question))


@cache
def linked(provider: str) -> tuple[Question, ...]:
    """What is asked besides where there is a link to a picture."""
    contract = loading.load(provider)
    listed = models.from_value(contract.models.example) if contract.models else None
    return tuple(q for q in plan(contract, listed, heavy=False, picture_url=PICTURE) if q.id == LINKED)


def is_large(question: Question) -> bool:
    """Whether a picture of over two million pixels is asked for: as telling as a small one, and slow to paint."""
    size = exact_size(question.draft.get("size"))
    return question.billable and size is not None and size[0] * size[1] > 2_000_000


def asked(contract: Contract, base_url: str, questions: Sequence[Question]) -> tuple[Exchange, ...]:
    """Ask the questions at a URL: every exchange, as it would be written down."""
    with Client(base_url, KEY, timeout=30) as client:
        asking = Asking(contract, client, KEY, Noting((KEY,)), Limits(first_wait=0.0))
        asking._door = Known()
        asking._reckon = lambda _last: None  # some walks hold nothing but what is refused
        asking.read_models()
        asking.ask(questions)
        growing = Growing(contract)
        if growing.evidence(asking.exchanges).stubborn:
            asking.ask(question for question in planned(contract.provider) if question.id == "valid-edit")
            ask_the_stubborn(asking, growing)
    return tuple(asking.exchanges)


def walked(settings: Settings, questions: Sequence[Question]) -> Evidence:
    """Ask a mock of one provider: the evidence."""
    contract = loading.load(settings.providers[0])
    with running(settings) as mock:
        return gathered(contract, asked(contract, mock.url, questions))


@cache
def faultless(provider: str) -> Evidence:
    """The evidence of the faultless mock, the whole plan asked."""
    return walked(Settings(providers=(provider,), caption=False), planned(provider))


def found(settings: Settings, touched: Sequence[Question]) -> tuple[Finding, ...]:
    """The findings about a mock that differs from the faultless one in nothing but the touched questions.

    Of the others only valid requests count: that refusals are right is seen once, of the faultless mock.
    """
    provider = settings.providers[0]
    again = walked(settings, touched)
    ids = {question.id for question in touched}
    kept = (one for one in faultless(provider).asked if one.exchange.question not in ids and is_valid(one))
    return findings(Evidence(again.contract, (*kept, *again.asked)))


def broken(found: Sequence[Finding]) -> set[str]:
    """The judged claims that are broken."""
    return {finding.claim.id for finding in found if finding.verdict == "broken" and finding.claim.judged}


def breaking(provider: str, claim: str) -> tuple[Question, ...]:
    """The questions that break a claim on purpose."""
    return tuple(question for question in planned(provider) if claim in question.about and not question.billable)


def touched_by(provider: str, fault: Fault) -> tuple[Question, ...]:
    """The questions whose answer a fault can change."""
    contract = loading.load(provider)
    if set(fault.breaks) <= NEEDS_A_LINK:
        return linked(provider)
    if fault.on == "request":
        return tuple(question for claim in fault.breaks for question in breaking(provider, claim))
    if fault.on == "refusal":
        return tuple(thinned((question for question in planned(provider) if not question.billable), contract))
    valid = tuple(question for question in planned(provider) if question.billable)
    if fault.id.startswith("refuses-"):
        return tuple(q for q in valid if applies(contract.claim(fault.breaks[0]), _read(contract, q).edit))
    if fault.on == "accepted":
        return tuple(q for q in valid if fault.act(_read(contract, q).edit, _PLAIN) is not _PLAIN)
    plain = (q for q in valid if _is_plain(q.id))
    return tuple(q for q in plain if fault.on == "edit" or (q.draft.get("stream") is True) == (fault.on == "stream"))


_PLAIN = Reply(document={})


def _is_plain(id: str) -> bool:
    return "gzip" in id or not ("/" in id or id.startswith("wire-") or id.endswith("-json"))


def _read(contract: Contract, question: Question) -> Asked:
    listed = models.from_value(contract.models.example) if contract.models else None
    request = question.request(contract, URL + contract.edit.path, "<redacted-key>")
    return read_out(contract, Exchange("0", request), listed, {})
