"""What a document says about one thing: one value, and where it stands.

Schemas and claims are brought into this one form, so that providers can be laid beside each other field by field, and
an old document beside a new one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from specs.contract import Citation, Claim

Value: TypeAlias = bool | int | float | str | tuple[str, ...]
"""A tuple is a set of texts in the document's order."""

PARTS = ("operation", "request", "answer", "stream")
WHOLE = "(whole body)"
"""The name of a body itself, where something is said of it and not of one of its fields."""

ASPECTS = (
    "path", "method", "servers", "key", "media types", "statuses", "type", "required", "refused", "values",
    "accepted values", "default", "null", "format", "pattern", "kinds", "minimum", "maximum", "above", "below",
    "multiple of", "min length", "max length", "min items", "max items", "max bytes", "alpha channel", "dimensions",
    "with", "sides", "fields", "further fields", "names", "deprecated",
)  # fmt: skip
"""What can be said about a thing, in the order of the tables."""

UNITED = ("media types", "accepted values", "names", "servers", "statuses")
"""Aspects that several places say a bit of each."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a document says.

    `media` is the media type of the body, where the schema of one says it; `claim` is the claim, where it is one that
    makes the prose checkable. Without a claim the schema says it.
    """

    part: str
    field: str
    aspect: str
    value: Value
    place: Citation
    media: str | None = None
    claim: Claim | None = None

    @property
    def subject(self) -> tuple[str, str, str]:
        """What it is about."""
        return self.part, self.field, self.aspect

    @property
    def binding(self) -> bool:
        """Whether it counts in a comparison: a point on which the sources disagree does not."""
        return self.claim is None or self.claim.judged

    @property
    def shown(self) -> str:
        """The value as it is written in tables."""
        return shown(self.value, self.aspect)


def shown(value: Value | None, aspect: str = "") -> str:
    """A value in words: `yes`, `10`, `png, jpeg`, `string or array of string`."""
    if value is None:
        return "not said"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return (" or " if aspect == "type" else ", ").join(value) or "none"
    return str(value) or '""'


def canonical(value: Value) -> Hashable:
    """The value as it is compared: texts in any order."""
    return frozenset(value) if isinstance(value, tuple) else (type(value) is bool, value)


def stated(sayings: Iterable[Said]) -> frozenset[Hashable]:
    """Everything that is said of one aspect, as it is compared."""
    binding = [said for said in sayings if said.binding]
    if binding and binding[0].aspect in UNITED:
        return frozenset(text for said in binding if isinstance(said.value, tuple) for text in said.value)
    return frozenset(canonical(said.value) for said in binding)


def order(aspect: str) -> int:
    """The place of an aspect in the tables."""
    return ASPECTS.index(aspect) if aspect in ASPECTS else len(ASPECTS)
