"""Traits: what sets a valid question of the one-by-one plan apart from the plainest edit, taken off and put together.

A trait lays down slots: a field, the pictures, the mask, a piece of the way it is written. Traits that lay down
different slots can stand in one request, which is then a case of all that each of them is a case of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from contract_tests.drafts import Draft
from contract_tests.encodings import ENCODINGS, PLAIN, Encoding
from contract_tests.questions import Question
from specs.edits import ABSENT
from specs.messages import Headers, Part

_PROBE = Part("image", b"", "picture.png", "image/png")
_WIRE = tuple(
    each.name
    for each in fields(Encoding)
    if each.name not in ("name", "media_type", "features", "source", "of_file", "headers")
)


@dataclass(frozen=True, slots=True)
class Trait:
    """One difference from the plainest edit.

    `slots`: what it lays down, by slot: `field:<name>` (ABSENT: left out), `images`, `mask`, `wire:<attribute>`,
    `header:<name>`. `wants`: what other slots may hold beside it, where not anything. `media`: the content types it can
    be written in, the preferred one first. `edges`: the request claims at whose edge it stands. `doubtful`: no judged
    claim promises that such a form is taken, so an endpoint that keeps its contract may refuse it.
    """

    name: str
    slots: Mapping[str, Any] = field(compare=False, repr=False)
    media: tuple[str, ...]
    edges: tuple[str, ...] = ()
    wants: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, compare=False, repr=False)
    features: tuple[str, ...] = ()
    heavy: bool = False
    doubtful: bool = False

    def goes_with(self, other: Trait) -> bool:
        """Whether both can stand in one request, as far as their slots tell."""
        same = all(self.slots[slot] == other.slots[slot] for slot in self.slots.keys() & other.slots.keys())
        return same and _fit(self.wants, other.slots) and _fit(other.wants, self.slots)


def _fit(wants: Mapping[str, tuple[Any, ...]], slots: Mapping[str, Any]) -> bool:
    return all(slots[slot] in allowed for slot, allowed in wants.items() if slot in slots)


def taken_off(question: Question, base: Draft, media: tuple[str, ...]) -> Trait:
    """The trait that a valid question of the one-by-one plan shows: its difference from the `base` in plain writing."""
    draft = question.draft
    names = dict.fromkeys(name for name, _ in (*base.fields, *draft.fields))
    slots: dict[str, Any] = {
        f"field:{name}": draft.get(name, ABSENT) for name in names if draft.get(name, ABSENT) != base.get(name, ABSENT)
    }
    slots |= {"images": draft.images} if draft.images != base.images else {}
    slots |= {"mask": draft.mask} if draft.mask != base.mask else {}
    slots |= _written(question.encoding) | {f"header:{name}": value for name, value in question.headers}
    edges = tuple(question.id.partition("/")[0:1]) if "/" in question.id else ()
    return Trait(question.id, slots, media, edges, {}, question.encoding.features, question.heavy)


def _written(encoding: Encoding) -> dict[str, Any]:
    plain = ENCODINGS[PLAIN[encoding.media_type]]
    slots: dict[str, Any] = {
        f"wire:{name}": getattr(encoding, name) for name in _WIRE if getattr(encoding, name) != getattr(plain, name)
    }
    part = encoding.of_file(_PROBE)
    if part.filename != _PROBE.filename:
        slots |= {"wire:filename": part.filename, "wire:backslashes": encoding.backslashes}
    if part.content_type != _PROBE.content_type:
        slots["wire:part-type"] = part.content_type
    return slots | {f"header:{name}": value for name, value in encoding.headers}


def draft_of(traits: Iterable[Trait], bare: Draft) -> Draft:
    """The bare draft with all that the traits lay down."""
    for slot, value in _laid(traits).items():
        kind, _, name = slot.partition(":")
        if kind == "field":
            bare = bare.without(name) if value is ABSENT else bare.with_field(name, value)
        elif kind == "images":
            bare = bare.with_images(*value)
        elif kind == "mask":
            bare = bare.with_mask(value)
    return bare


def encoding_of(traits: Iterable[Trait], media_type: str) -> Encoding:
    """The plain encoding of a content type with all that the traits lay down."""
    traits = tuple(traits)
    plain = ENCODINGS[PLAIN[media_type]]
    laid = {slot.removeprefix("wire:"): value for slot, value in _laid(traits).items() if slot.startswith("wire:")}
    part = {key: laid.pop(slot) for key, slot in _OF_PART.items() if slot in laid}
    names = [trait.name.removeprefix("wire-") for trait in traits if _is_wire(trait)]
    return replace(
        plain,
        name="+".join((plain.name, *names)),
        features=tuple(dict.fromkeys(feature for trait in traits for feature in trait.features)),
        of_file=lambda whole: replace(whole, **part),
        **laid,
    )


_OF_PART = {"filename": "filename", "content_type": "part-type"}


def _is_wire(trait: Trait) -> bool:
    return any(slot.startswith(("wire:", "header:")) for slot in trait.slots)


def headers_of(traits: Iterable[Trait]) -> Headers:
    """The header fields that the traits lay down."""
    laid = _laid(traits).items()
    return tuple((slot.removeprefix("header:"), value) for slot, value in laid if slot.startswith("header:"))


def _laid(traits: Iterable[Trait]) -> dict[str, Any]:
    return {slot: value for trait in traits for slot, value in trait.slots.items()}
