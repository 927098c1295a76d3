"""What a new document changes for clients: each change, and whether it breaks programs that worked before.

A request that was valid has to stay valid, and an answer may not bring what it could not bring before. So a request
may only grow wider and an answer only narrower; whatever goes the other way is breaking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from contract_tests.documents.cells import ENCODINGS
from contract_tests.documents.published import Description
from contract_tests.documents.said import Said, Value, order, shown

Key: TypeAlias = tuple[str, str | None, str]
"""(part, media type, field)."""
Fields: TypeAlias = Mapping[Key, Mapping[str, Said]]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `before` and `after` are None where nothing was or is said; `at` is the place that changed."""

    part: str
    media: str | None
    field: str
    aspect: str
    before: Value | None
    after: Value | None
    breaking: bool
    at: str

    @property
    def sentence(self) -> str:
        """What changed, in one line."""
        encoding = f" ({ENCODINGS.get(self.media, self.media)})" if self.media else ""
        subject = f"{self.part}{encoding} `{self.field}`"
        if self.aspect == "gone":
            return f"{subject} is gone"
        if self.aspect == "new":
            return f"{subject} is new{', and required' if self.after is True else ''}"
        return f"{subject}: {self.aspect} {shown(self.before, self.aspect)} \u2192 {shown(self.after, self.aspect)}"


def changes(old: Description, new: Description | None) -> tuple[Change, ...]:
    """Every change of the edit operation, the breaking ones first."""
    if new is None:
        name = f"{old.method} {old.path}"
        return (Change("operation", None, name, "gone", before=True, after=None, breaking=True, at=old.operation.at),)
    found = list(_compared(_fields(old), _fields(new)))
    return tuple(sorted(found, key=lambda change: not change.breaking))


def _fields(description: Description) -> Fields:
    found: dict[Key, dict[str, Said]] = {}
    for said in description.said():
        found.setdefault((said.part, said.media, said.field), {})[said.aspect] = said
    return found


def _compared(old: Fields, new: Fields) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        if not _media_stays(key, old, new) or _within_another(key, old, new):
            continue
        if key not in new:
            yield _presence(key, old[key], "gone")
        elif key not in old:
            yield _presence(key, new[key], "new")
        else:
            yield from _of_field(key, old[key], new[key])


def _media_stays(key: Key, old: Fields, new: Fields) -> bool:
    """A media type that came or went is one change, told once under `media types`."""
    part, media, _field = key
    return media is None or all(any(k[:2] == (part, media) for k in fields) for fields in (old, new))


def _within_another(key: Key, old: Fields, new: Fields) -> bool:
    """A field came or went with the one it stands in: told once, of the outer one."""
    part, media, field = key
    if key in old and key in new:
        return False
    more, less = (old, new) if key in old else (new, old)
    outer = ((part, media, field[:place]) for place, letter in enumerate(field) if letter in ".[")
    return any(each in more and each not in less for each in outer)


def _presence(key: Key, said: Mapping[str, Said], aspect: str) -> Change:
    part, media, field = key
    required = "required" in said and said["required"].value is True
    breaking = required and part != "answer" if aspect == "new" else part != "operation" or field == "request body"
    before, after = (True, None) if aspect == "gone" else (None, required)
    at = next(iter(said.values())).place.at
    return Change(part, media, field, aspect, before, after, breaking, at)


def _of_field(key: Key, old: Mapping[str, Said], new: Mapping[str, Said]) -> Iterator[Change]:
    part, media, field = key
    for aspect in sorted({*old, *new}, key=order):
        before, after = (side[aspect].value if aspect in side else None for side in (old, new))
        if _alike(before, after):
            continue
        place = (new.get(aspect) or old[aspect]).place.at
        yield Change(part, media, field, aspect, before, after, _breaks(key, aspect, before, after), place)


def _alike(before: Value | None, after: Value | None) -> bool:
    if isinstance(before, tuple) and isinstance(after, tuple):
        return set(before) == set(after)
    return before == after and type(before) is type(after)


def _breaks(key: Key, aspect: str, before: Value | None, after: Value | None) -> bool:
    part, _media, field = key
    if part == "operation":
        return _operation_breaks(field, aspect, before, after)
    narrower = NARROWER.get(aspect)
    if narrower is None:
        return False
    if part == "request":
        return narrower(before, after)
    return aspect not in _BOUNDS and narrower(after, before)


def _operation_breaks(field: str, aspect: str, before: Value | None, after: Value | None) -> bool:
    if aspect in ("required", "method", "path"):
        return after is True or aspect != "required"
    if aspect == "statuses":
        return bool({s for s in _set(before) if s.startswith("2")} - _set(after))
    if field == "key":
        return not _set(before) <= _set(after)
    return aspect in ("servers", "media types") and bool(_set(before) - _set(after))


def _set(value: Value | None) -> frozenset[str]:
    return frozenset(value) if isinstance(value, tuple) else frozenset()


def _fewer(before: Value | None, after: Value | None) -> bool:
    """Whether a closed list lost values, or a free text became a closed list."""
    if after is None or "any string" in _set(after):
        return False
    return before is None or bool(_set(before) - _set(after))


_WIDER_TYPES = {"integer": "number"}


def _fewer_types(before: Value | None, after: Value | None) -> bool:
    held = _set(after)
    if "anything" in held:
        return False
    return any(kind not in held and _WIDER_TYPES.get(kind) not in held for kind in _set(before))


def _lower(before: Value | None, after: Value | None) -> bool:
    return after is not None and (before is None or _number(after) < _number(before))


def _higher(before: Value | None, after: Value | None) -> bool:
    return after is not None and (before is None or _number(after) > _number(before))


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


NARROWER: Mapping[str, Callable[[Value | None, Value | None], bool]] = {
    "type": _fewer_types,
    "values": _fewer,
    "required": lambda before, after: after is True and before is not True,
    "null": lambda before, after: before is True and after is not True,
    "further fields": lambda before, after: after is False and before is not False,
    "pattern": lambda before, after: after is not None and after != before,
    "multiple of": lambda before, after: after is not None and after != before,
    "minimum": _higher,
    "above": _higher,
    "min length": _higher,
    "min items": _higher,
    "maximum": _lower,
    "below": _lower,
    "max length": _lower,
    "max items": _lower,
}
"""Aspect -> whether fewer values fit afterwards."""

_BOUNDS = frozenset(NARROWER) - {"type", "values", "required", "null"}
"""Aspects of an answer whose widening no client notices by its own code."""
