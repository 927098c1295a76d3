"""Combining: valid edits in which every two choices that shape an answer stand together once.

Asked one by one each choice may be heeded, and one be lost beside another: the mask where WebP is asked for, the size
in JSON, the format in a stream. This is a covering design of strength two over the choices that a contract documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from contract_tests import choosing, samples
from contract_tests.confirming import confirmed
from contract_tests.designs import STRONG, documented, other_size
from contract_tests.drafts import Draft
from contract_tests.encodings import Encoding, plain
from contract_tests.questions import COMBINED, Question
from specs.contract import Contract
from specs.models import ModelList

Change = Callable[[Draft], Draft]

_APART = (
    {"mask", "transparent"},  # where the picture is cut out nothing shows whether the mask was heeded
    {"mask", "size"},  # what is cropped to another shape cannot be compared; a mask that lies is a design of its own
    {"stream", "n-2"},  # refused by the live endpoint, whatever the documents say
    {"stream", "url"},  # events have no field for a link
)
"""Choices that are not combined, because an honest endpoint may refuse them or the answer would prove nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value for one factor: `way` is the encoding where that is the factor."""

    name: str
    factor: str
    change: Change = field(compare=False, repr=False)
    way: Encoding | None = field(default=None, compare=False, repr=False)


def combined(contract: Contract, models: ModelList | None, base: Draft) -> Iterator[Question]:
    """The combined edits of a contract, as few as are easily found, all of them confirmed to be valid."""
    first = plain(contract.edit)[0]

    def asked(row: Iterable[Choice]) -> Question | None:
        return confirmed(_question(tuple(row), base, first), contract, models)

    known = tuple(choices(contract, models, base))
    left = {frozenset(pair) for pair in combinations(known, 2) if _go_together(pair)}
    while left:
        row = _row(known, left)
        question = asked(row)
        if question is None:
            bad = [pair for pair in map(frozenset, combinations(row, 2)) if pair in left and asked(pair) is None]
            left -= set(bad or [frozenset(row[:2])])
            continue
        left -= set(map(frozenset, combinations(row, 2)))
        yield question


def choices(contract: Contract, models: ModelList | None, base: Draft) -> Iterator[Choice]:
    """Every choice beside the plainest one of each factor that a contract documents."""
    yield from (Choice(way.name, "encoding", _same, way) for way in plain(contract.edit)[1:])
    yield Choice("images-2", "images", lambda draft: draft.with_images(*samples.pictures(2)))
    for kind in ("jpeg", "webp"):
        yield Choice(f"image-{kind}", "images", _pictured(kind))
    if documented(contract, "mask"):
        yield Choice("mask", "mask", lambda draft: samples.masked(draft.with_field("prompt", STRONG)))
    yield from _of_fields(contract, models, base)


def _of_fields(contract: Contract, models: ModelList | None, base: Draft) -> Iterator[Choice]:
    for kind in choosing.values(contract, "output_format"):
        if kind in ("jpeg", "webp"):
            yield Choice(kind, "output_format", _formatted(kind, packed=documented(contract, "output_compression")))
    if "url" in choosing.values(contract, "response_format"):
        yield Choice("url", "response_format", _with("response_format", "url"))
    if (size := other_size(contract, models, base)) is not None:
        yield Choice("size", "size", _with("size", size))
    if "transparent" in choosing.values(contract, "background"):
        yield Choice("transparent", "background", _with("background", "transparent"))
    if (finer := _finer(contract, base)) is not None:
        yield Choice(f"quality-{finer}", "quality", _with("quality", finer))
    for name, field_name, value in (("n-2", "n", 2), ("stream", "stream", True), ("user", "user", "Zoë")):
        if documented(contract, field_name):
            yield Choice(name, field_name, _with(field_name, value))


def _same(draft: Draft) -> Draft:
    return draft


def _with(name: str, value: object) -> Change:
    return lambda draft: draft.with_field(name, value)


def _formatted(kind: str, *, packed: bool) -> Change:
    """WebP is packed, too: JPEG has a design of its own for that."""
    wanted = _with("output_format", kind)
    return (lambda draft: _with("output_compression", 50)(wanted(draft))) if packed and kind == "webp" else wanted


def _finer(contract: Contract, base: Draft) -> object:
    """A quality beside the base's, the next one that is listed."""
    offered = [value for value in choosing.values(contract, "quality", str(base.get("model"))) if value != "auto"]
    held = base.get("quality")
    return next(iter(offered[offered.index(held) + 1 :]), None) if held in offered else None


def _pictured(kind: str) -> Change:
    return lambda draft: draft.with_images(samples.picture(kind=kind))


def _go_together(pair: Iterable[Choice]) -> bool:
    one, other = pair
    return one.factor != other.factor and {one.name, other.name} not in _APART


def _row(known: Sequence[Choice], left: set[frozenset[Choice]]) -> list[Choice]:
    """Choices for one edit: the first pair that is left, then whatever adds most pairs that are left."""
    row = list(next(pair for pair in combinations(known, 2) if frozenset(pair) in left))
    while True:
        fitting = [each for each in known if all(each is not held and _go_together((each, held)) for held in row)]
        worth = {each: sum(frozenset((each, held)) in left for held in row) for each in fitting}
        best = max(fitting, key=lambda each: worth[each], default=None)
        if best is None or not worth[best]:
            return row
        row.append(best)


def _question(row: Sequence[Choice], base: Draft, first: Encoding) -> Question:
    draft, way = base, first
    for choice in row:
        draft, way = choice.change(draft), choice.way or way
    name = COMBINED + "-".join(sorted(choice.name for choice in row))
    return Question(name, (), draft, way, billable=True)
