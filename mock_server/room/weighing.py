"""What each claim of the contract says about one exchange: kept, broken, or nothing, and why.

One exchange proves little, and the mock is not its own judge: this explains a row of the page. A suite that asks many
questions gives verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from mock_server.gallery import PATH, Gallery
from mock_server.journal import Entry
from mock_server.replies import Reply
from specs.answers import Asked
from specs.applying import applies
from specs.contract import Claim, Contract
from specs.messages import Exchange, Failure, Request, Response, first
from specs.rules import RULES, Breach, Silent

Word: TypeAlias = Literal["broken", "kept", "silent"]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A claim about one exchange; `told` is the breach in one sentence, or why nothing can be said."""

    claim: Claim
    word: Word
    told: str = ""


def asked(entry: Entry, gallery: Gallery) -> Asked:
    """An entry as an exchange, with the pictures that its answer links to."""
    reply = entry.reply
    headers = reply.headers
    if first(headers, "content-type") is None:
        headers = (*headers, ("content-type", reply.content_type))
    body = reply.body() if reply.cut is None else reply.body()[: reply.cut]
    failure = None if reply.cut is None else Failure("cut", f"the connection was cut after {reply.cut} bytes")
    exchange = Exchange(
        str(entry.number), entry.edit.request, Response(entry.status, headers, body), failure, entry.at, entry.seconds
    )
    return Asked(exchange, entry.edit, fetched=_linked(reply, gallery))


def _linked(reply: Reply, gallery: Gallery) -> Mapping[str, Exchange]:
    found = {}
    for url in _links(reply):
        data = gallery.get(urlsplit(url).path.removeprefix(PATH))
        if data is not None:
            kind = url.rpartition(".")[2]
            response = Response(200, (("content-type", f"image/{kind}"),), data)
            found[url] = Exchange(url, Request("GET", url), response, purpose="fetch")
    return found


def _links(reply: Reply) -> Iterator[str]:
    data = reply.document.get("data") if isinstance(reply.document, dict) else None
    items: list[Any] = [*(data if isinstance(data, list) else ()), *(event.data for event in reply.events or ())]
    for item in items:
        url = item.get("url") if isinstance(item, dict) else None
        if isinstance(url, str) and PATH in url:
            yield url


def weighed(contract: Contract, subject: Asked, refused_by: str | None = None) -> tuple[Weighed, ...]:
    """Every claim that is about this exchange, in the contract's order; `refused_by` is what the mock refused it by."""
    breached = tuple(w.claim for w in _requests(contract, subject) if w.word == "broken")
    whole = Asked(subject.exchange, subject.edit, breached, fetched=subject.fetched)
    return (*_requests(contract, subject), *_accepted(contract, whole, refused_by), *_answered(contract, whole))


def _requests(contract: Contract, subject: Asked) -> Iterator[Weighed]:
    for claim in contract.of_area("request"):
        if applies(claim, subject.edit, subject.features):
            yield _said(claim, subject.edit)


def _accepted(contract: Contract, subject: Asked, refused_by: str | None) -> Iterator[Weighed]:
    """A request that breaks nothing is to be accepted; a 429 does not tell, nor do habits beyond documents."""
    if subject.breached:
        return
    word: Word = "kept" if subject.outcome == "accepted" else "broken"
    told = "" if word == "kept" else subject.why
    if subject.outcome == "unavailable":
        word = "silent"
    elif (refused_by or "").startswith("live-"):
        word, told = "silent", f"refused as the live endpoint is seen to do: {refused_by}"
    for claim in contract.of_area("acceptance"):
        if applies(claim, subject.edit, subject.features):
            yield Weighed(claim, word, told)


def _answered(contract: Contract, subject: Asked) -> Iterator[Weighed]:
    refused = bool(subject.breached) and subject.outcome in ("refused", "crashed")
    area = "refusal" if refused else "stream" if subject.edit.streams else "answer"
    if not refused and (subject.breached or subject.outcome != "accepted"):
        return
    for claim in contract.claims:
        if claim.area == area and applies(claim, subject.edit, subject.features):
            yield _said(claim, subject)


def _said(claim: Claim, subject: object) -> Weighed:
    try:
        said = RULES[claim.rule].say(subject, claim.numbers)
    except Exception as problem:  # noqa: BLE001 - a rule of ours that fails on strange bytes must not cost the page
        return Weighed(claim, "silent", f"our rule failed: {type(problem).__name__}: {problem}")
    for one in said:
        if isinstance(one, Breach) and not one.disputed:
            return Weighed(claim, "broken", one.sentence)
    silent = next((one.why for one in said if isinstance(one, Silent)), None)
    disputed = next((f"disputed: {one.sentence}" for one in said if isinstance(one, Breach)), None)
    return Weighed(claim, "silent", silent or disputed or "") if silent or disputed else Weighed(claim, "kept")
