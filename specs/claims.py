"""Claims out of YAML: numbers checked against the rule, words looked up where they are said to stand.

A claim without a citation is refused. An inherited claim keeps its own citation and adds the sentence by which the
provider takes it over; its level is capped by what that sentence is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from specs import pointers
from specs.contract import LEVELS, Citation, Claim, Level, Refusal
from specs.rules import RULES
from specs.rules.register import Rule

_CLAIM = {"id", "rule", "with", "when", "level", "refusal", "citation", "note"}
_CITATION = {"document", "at", "quote", "gloss"}
_REFUSAL = {"status", "type", "code", "param", "params"}
_WHEN: dict[str, type] = {"features": list, "not": list, "fields": dict, "model": list}


class BrokenClaim(ValueError):
    """A claim (or citation) of our own data is wrong; the message names it and the fault."""


@dataclass(frozen=True)
class Quoting:
    """Looks quotations up: in the provider's own document, or in another provider's that is named."""

    provider: str
    published: Mapping[str, Any]
    other: Callable[[str], Mapping[str, Any]]
    _seen: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def citation(self, value: Mapping[str, Any]) -> Citation:
        """A citation, its words found. Raises BrokenClaim when they are not there."""
        _known(value, _CITATION, "a citation")
        named, at, quote = value.get("document", self.provider), value.get("at", ""), value.get("quote")
        if not isinstance(quote, str) or not quote.strip():
            raise BrokenClaim(f"a citation of {named} has no quotation")
        if not at and "document" not in value:
            raise BrokenClaim(f"the quotation {quote!r} has no pointer to where it stands")
        if at:
            self._look_up(named, at, quote)
        return Citation(named, at, quote, value.get("gloss"))

    def _look_up(self, named: str, at: str, quote: str) -> None:
        if named not in self._seen:
            self._seen[named] = self.published if named == self.provider else self.other(named)
        try:
            found = pointers.words(pointers.at(self._seen[named], at))
        except pointers.NothingThere as problem:
            raise BrokenClaim(f"citation not found in {named}/published.yaml: {problem}") from None
        if pointers.fold(quote) not in found:
            raise BrokenClaim(f"citation not found in {named}/published.yaml: the words {quote!r} do not stand at {at}")


def _known(value: Any, names: Collection[str], what: str) -> None:
    """Raises BrokenClaim when `value` is no object, or has a key that is none of these: a typing error, most likely."""
    if not isinstance(value, Mapping):
        raise BrokenClaim(f"{what} is {type(value).__name__}, not an object")
    if strange := set(value) - set(names):
        told = ", ".join(sorted(map(str, strange)))
        raise BrokenClaim(f"{what} has {told}; it knows {', '.join(sorted(names))}")


def merged(
    quoting: Quoting,
    own: Iterable[Mapping[str, Any]],
    inherits: Mapping[str, Any] | None,
    base: Sequence[Claim],
) -> tuple[Claim, ...]:
    """A provider's claims: inherited ones in their order, its own in place of those they overrule, new ones after."""
    mine = {claim.id: claim for claim in _own(quoting, own)}
    if not inherits:
        return tuple(mine.values())
    through = quoting.citation(inherits["citation"])
    dropped = {item["id"] for item in inherits.get("except", ())}
    if unknown := dropped - {claim.id for claim in base}:
        raise BrokenClaim(
            f"x-inherits.except names {', '.join(sorted(unknown))}, which {inherits['from']} does not claim"
        )
    for item in inherits.get("except", ()):
        quoting.citation(item["citation"])
    kept = [
        mine.get(claim.id) or _inherited(claim, inherits["level"], through) for claim in base if claim.id not in dropped
    ]
    return _placed(kept, tuple(mine.values()))


def _placed(kept: list[Claim], mine: Sequence[Claim]) -> tuple[Claim, ...]:
    """New claims of its own stand right after the one before them in the provider's own list."""
    order = [claim.id for claim in kept]
    place = 0
    for claim in mine:
        if claim.id in order:
            place = order.index(claim.id) + 1
        else:
            order.insert(place, claim.id)
            kept.insert(place, claim)
            place += 1
    return tuple(kept)


def _own(quoting: Quoting, values: Iterable[Mapping[str, Any]]) -> Iterable[Claim]:
    seen: set[str] = set()
    for value in values:
        claim = _claim(quoting, value)
        if claim.id in seen:
            raise BrokenClaim(f"there are two claims called {claim.id}")
        seen.add(claim.id)
        yield claim


def _inherited(claim: Claim, cap: Level, through: Citation) -> Claim:
    weaker = LEVELS[max(LEVELS.index(claim.level), LEVELS.index(cap))]
    return replace(claim, level=weaker, origin="inherited", through=through)


def _claim(quoting: Quoting, value: Mapping[str, Any]) -> Claim:
    id = value.get("id") if isinstance(value, Mapping) else None
    if not isinstance(id, str):
        raise BrokenClaim("a claim has no id")
    try:
        _known(value, _CLAIM, "a claim")
        return _checked(quoting, id, value)
    except BrokenClaim as problem:
        raise BrokenClaim(f"claim {id}: {problem}") from None


def _checked(quoting: Quoting, id: str, value: Mapping[str, Any]) -> Claim:
    known = RULES.get(value.get("rule", ""))
    if known is None:
        raise BrokenClaim(f"there is no rule {value.get('rule')!r}")
    if value.get("level") not in LEVELS:
        raise BrokenClaim(f"the level is {value.get('level')!r}, not one of {', '.join(LEVELS)}")
    if "citation" not in value:
        raise BrokenClaim("it has no citation")
    numbers = _numbers(known, value.get("with") or {})
    return Claim(
        id=id,
        rule=known.name,
        area=known.area,
        level=value["level"],
        origin="own",
        statement=known.stated(numbers),
        numbers=numbers,
        when=_when(value.get("when") or {}),
        citation=quoting.citation(value["citation"]),
        refusal=_refusal(known, value.get("refusal")),
        note=value.get("note"),
    )


def _numbers(known: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    if missing := known.required - set(given):
        raise BrokenClaim(f"the rule {known.name} needs {', '.join(sorted(missing))}")
    if strange := set(given) - known.required - known.optional:
        raise BrokenClaim(f"the rule {known.name} does not know {', '.join(sorted(strange))}")
    for name, number in given.items():
        if not known.fits(name, number):
            raise BrokenClaim(f"{name} of the rule {known.name} is {number!r}, not of type {known.type_of(name)}")
    return dict(given)


def _when(value: Any) -> dict[str, Any]:
    _known(value, _WHEN, "`when`")
    for name, conditions in value.items():
        if not isinstance(conditions, _WHEN[name]):
            raise BrokenClaim(f"`when.{name}` is {conditions!r}, not a {_WHEN[name].__name__}")
    return dict(value)


def _refusal(known: Rule, value: Any) -> Refusal | None:
    if known.area != "request":
        if value is not None:
            raise BrokenClaim("it has a refusal, but is no claim about requests")
        return None
    _known(value, _REFUSAL, "a refusal")
    stated = value.get("status", [400])
    status = tuple(stated) if isinstance(stated, list) else (stated,)
    if not status or not all(isinstance(code, int) and 400 <= code <= 599 for code in status):
        raise BrokenClaim(f"the refusal's status is {stated!r}, not 400 to 599")
    return Refusal(
        status=status,
        type=value.get("type", "invalid_request_error"),
        code=value.get("code"),
        param=value.get("param"),
        params=tuple(value.get("params") or ()),
    )
