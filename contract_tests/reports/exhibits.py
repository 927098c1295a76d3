"""Which exchanges a report shows, and what is read out of them: fields, parts, source, mask, results.

Only exchanges that findings cite are read (a run may have thousands), and only the most telling ones are shown in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from contract_tests import pricing
from contract_tests.evidence import model_list
from contract_tests.reports import answers
from contract_tests.reports.json_form import FindingValue, ReportValue
from specs import forms, loading, reading
from specs.answers import Asked
from specs.contract import Contract
from specs.edits import Edit, Input
from specs.messages import Exchange, media_type
from specs.pictures import kind_of
from specs.transcripts import billed

PER_BROKEN_CLAIM = 3
"""Exchanges of one broken claim of which files are written; of any other claim only the first."""


class Recorded(Protocol):
    """What a report needs of a transcript."""

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every exchange of the run, in order."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A number of credits, and how many edits have no price in the list."""

    credits: float
    unpriced: int


@dataclass(frozen=True)
class Exhibits:
    """The exchanges of one run, read on demand. `contract` is None for a provider that is not known here.

    `omitted` are the exchanges whose pictures were not kept: a short text stands in their place.
    """

    exchanges: Mapping[str, Exchange]
    contract: Contract | None = None
    omitted: frozenset[str] = frozenset()
    _read: dict[str, Asked] = field(default_factory=dict, compare=False, repr=False)

    def get(self, id: str) -> Asked | None:
        """An exchange with everything read out of it, or None when the transcript does not hold it."""
        exchange = self.exchanges.get(id)
        if exchange is None:
            return None
        if id not in self._read:
            self._read[id] = Asked(exchange, _edit(exchange, self.contract), fetched=self._fetched)
        return self._read[id]

    @cached_property
    def paid(self) -> Paid | None:
        """What the accepted edits cost by the endpoint's own list of models; None where that has no prices."""
        listed = model_list(self.exchanges.values())
        if self.contract is None or not pricing.priced(listed):
            return None
        edits = [reading.read(self.contract, e.request, listed) for e in self.exchanges.values() if billed(e)]
        prices = [pricing.price(edit, listed) for edit in edits]
        return Paid(sum(price for price in prices if price is not None), prices.count(None))

    @cached_property
    def _fetched(self) -> dict[str, Exchange]:
        return {e.request.url: e for e in self.exchanges.values() if e.purpose == "fetch"}


def of_run(report: ReportValue, recorded: Recorded | None) -> Exhibits:
    """The evidence of a report: its transcript's exchanges under the provider's contract."""
    exchanges = {exchange.id: exchange for exchange in recorded.exchanges} if recorded else {}
    omitted: frozenset[str] = getattr(recorded, "omitted", frozenset())
    return Exhibits(exchanges, _contract(report["provider"]) if exchanges else None, omitted)


def _contract(provider: str) -> Contract | None:
    try:
        return loading.load(provider)
    except loading.UnknownProvider:
        return None


def _edit(exchange: Exchange, contract: Contract | None) -> Edit:
    request = exchange.request
    if contract is not None and exchange.purpose == "edit":
        return reading.read(contract, request)
    edit = Edit(request, "other", media_type(request.headers), on_route=False)
    try:
        found = forms.parts(request.body, request.header("content-type") or "")
    except forms.MalformedForm as problem:
        return replace(edit, problem=str(problem))
    return replace(edit, encoding="multipart", parts=found)


def source(asked: Asked) -> bytes | None:
    """The bytes of the first picture to edit, when the request carries them."""
    carried = (picture.data for picture in asked.edit.images if picture.data)
    return next(carried, None) or next((p.data for p in asked.edit.parts if _is_picture(p.data, p.name)), None)


def _is_picture(data: bytes, name: str) -> bool:
    return kind_of(data) is not None and not name.startswith("mask")


def mask(asked: Asked) -> bytes | None:
    """The bytes of the mask, when the request carries them."""
    found: Input | None = asked.edit.mask
    return found.data if found else None


def results(asked: Asked) -> tuple[bytes, ...]:
    """The bytes of every returned picture that could be read."""
    payloads = asked.streamed if asked.is_stream else asked.payloads
    return tuple(payload.data for payload in payloads if payload.data and kind_of(payload.data))


def cited(findings: Sequence[FindingValue]) -> tuple[str, ...]:
    """Ids of the exchanges to keep files of: some of each broken claim, the first of any other, worst first."""
    ids = (
        id
        for finding in answers.worst_first(findings)
        for id in finding["exchanges"][: PER_BROKEN_CLAIM if finding["verdict"] == "broken" else 1]
    )
    return tuple(dict.fromkeys(ids))


def shown_at(findings: Iterable[FindingValue]) -> dict[str, str]:
    """Where an exchange is shown in full: exchange id -> claim. The worst claim that it is the first evidence of."""
    places: dict[str, str] = {}
    for finding in answers.worst_first(findings):
        for id in finding["exchanges"][:1]:
            places.setdefault(id, finding["claim"])
    return places


def exemplar(exhibits: Exhibits, ids: Iterable[str]) -> Asked | None:
    """Of these exchanges, one accepted edit to show with its pictures: with a mask if there is one."""
    asked = (exhibits.get(id) for id in ids)
    shown = [each for each in asked if each and billed(each.exchange) and results(each)]
    return max(shown, key=lambda each: (mask(each) is not None, source(each) is not None), default=None)
