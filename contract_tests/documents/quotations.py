"""The quotations an overlay makes of its document, looked up in another version of that document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from contract_tests.documents.comparing import overruled
from contract_tests.reports.words import cut
from specs import pointers
from specs.contract import Citation, Contract

SHORTEST = 6
"""Characters of a quotation that are looked for elsewhere; shorter words stand anywhere."""
LONGEST_SHOWN = 160

_NUMBER = re.compile(r"\d+")
_SENTENCE = re.compile(r"(?:(?!\. )[^。；;])+(?:\. |[。；;])?")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that the overlay quotes, and what for: `claim mask-is-png`, `contradiction …`."""

    purposes: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class Lost:
    """A quotation that does not stand where the overlay says.

    `moved` is the pointer to where the same words stand now; `now` the words that stand in the old place.
    """

    quotation: Quotation
    moved: str | None
    now: str | None

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The numbers that changed, old and new, where the words are the same but for numbers."""
        quote = pointers.fold(self.quotation.citation.quote)
        same = "(\\d+)".join(re.escape(piece) for piece in _NUMBER.split(quote))
        found = re.search(same, self.now or "")
        pairs = zip(_NUMBER.findall(quote), found.groups() if found else (), strict=False)
        return tuple((old, new) for old, new in pairs if old != new)


def quotations(contract: Contract) -> tuple[Quotation, ...]:
    """Every quotation of the provider's own document, each once, with all its purposes."""
    found: dict[tuple[str, str], tuple[list[str], Citation]] = {}
    for purpose, cited in _quoted(contract):
        if cited.document == contract.provider and cited.at:
            found.setdefault((cited.at, cited.quote), ([], cited))[0].append(purpose)
    return tuple(Quotation(tuple(dict.fromkeys(purposes)), cited) for purposes, cited in found.values())


def _quoted(contract: Contract) -> Iterator[tuple[str, Citation]]:
    if contract.takes_over:
        yield "what it takes over", contract.takes_over
    for claim in contract.claims:
        if claim.origin == "own":
            yield f"claim {claim.id}", claim.citation
    for item in overruled(contract):
        yield f"exception {item.claim}", item.citation
    for found in contract.contradictions:
        yield from ((f"contradiction {found.id}", place) for place in found.places)


def lost(contract: Contract, document: Mapping[str, Any]) -> tuple[Lost, ...]:
    """The quotations of a provider's document that do not stand in their place in another version of it."""
    missing = (each for each in quotations(contract) if not _stands(each.citation, document))
    return tuple(_looked_up(quotation, document) for quotation in missing)


def _stands(cited: Citation, document: Mapping[str, Any]) -> bool:
    try:
        return pointers.fold(cited.quote) in pointers.words(pointers.at(document, cited.at))
    except pointers.NothingThere:
        return False


def _looked_up(quotation: Quotation, document: Mapping[str, Any]) -> Lost:
    cited = quotation.citation
    try:
        now = _nearest(pointers.at(document, cited.at), cited.quote)
    except pointers.NothingThere:
        now = None
    return Lost(quotation, _elsewhere(cited, document), now)


def _elsewhere(cited: Citation, document: Mapping[str, Any]) -> str | None:
    """Where the words stand now: under the same name if possible, else in any text."""
    quote = pointers.fold(cited.quote)
    if len(quote) < SHORTEST:
        return None
    name = pointers.steps(cited.at)[-1]
    found = [(at, node) for at, node in _nodes(document, ()) if at and quote in pointers.words(node)]
    named = [pointers.pointer(*at) for at, _node in found if str(at[-1]) == name]
    texts = [pointers.pointer(*at) for at, node in found if isinstance(node, str)]
    return next(iter((*named, *texts)), None)


def _nodes(node: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value of the document, with the way to it: what somebody would quote."""
    if len(at) > 1:
        yield at, node
    children = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from _nodes(child, (*at, key))


def _nearest(node: Any, quote: str) -> str:
    """What stands there now; of several sentences the one most like the quotation."""
    words = pointers.words(node)
    parts = _SENTENCE.findall(words) if isinstance(node, str) else []
    best = max(parts or [words], key=lambda part: SequenceMatcher(None, part, quote, autojunk=False).ratio())
    return cut(best.strip(), LONGEST_SHOWN)
