"""Violations of single fields: absent, of another type, not offered, too short, too long, out of range, unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from contract_tests import choosing, samples
from contract_tests.violations.models import miswritten
from contract_tests.violations.register import Attempt, Bad, Good, Start, violation
from specs.edits import exact_size

_OTHER_TYPES: dict[str, dict[str, Any]] = {
    "string": {"integer": 123, "boolean": True, "array": ["x"], "object": {"type": "text", "text": "x"}},
    "integer": {"text": "abc", "number-in-text": "2", "fraction": 1.5, "boolean": True, "array": [1], "empty": ""},
    "boolean": {"text": "maybe", "yes": "yes", "boolean-in-text": "true", "integer": 2, "array": [True]},
}
_OTHER_TEXT: dict[str, dict[str, str]] = {
    "integer": {"text": "abc", "fraction": "1.5", "number-and-text": "2abc", "not-a-number": "NaN"},
    "boolean": {"text": "maybe"},
}
_NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "quality": ("ultra", "standard", "hd"),
    "size": ("512x512", "1792x1024", "1025x1024", "1024x1023", "1024*1024", "0x0", "large"),
    "output_format": ("bmp", "jpg", "gif", "tiff", "avif"),
    "response_format": ("base64", "b64", "file"),
    "background": ("white",),
    "moderation": ("none",),
    "input_fidelity": ("medium",),
}
"""Values that other services, older models and typing errors give a field."""

_LARGEST_ASKED = 1000
"""A maximum beyond this is a generator's, not a promise: nobody asks for that many."""


@violation("field_required")
def field_required(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """The field left out, also beside a mask."""
    name, bare = f"no-{_slug(numbers['field'])}", start.draft.without(numbers["field"])
    yield Bad(name, bare)
    if start.has_mask:
        yield Bad(f"{name}-but-a-mask", samples.masked(bare), start.first)


@violation("field_type")
def field_type(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Values of other JSON types, and form text that is none of the type."""
    field, slug = numbers["field"], _slug(numbers["field"])
    if start.json:
        others = dict(_OTHER_TYPES.get(numbers["type"], {}))
        others |= {} if numbers.get("nullable") else {"null": None}
        others |= {"array": [choosing.value(start.contract, field)]} if numbers["type"] == "string" else {}
        for name, value in others.items():
            yield Bad(f"{slug}-json-{name}", start.draft.with_field(field, value), start.json)
    if start.form:
        for name, text in _OTHER_TEXT.get(numbers["type"], {}).items():
            yield Bad(f"{slug}-form-{name}", start.draft.with_field(field, text), start.form)


@violation("field_one_of")
def field_one_of(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Values beside the list: nonsense, neighbours, near misses, in capitals; and each value of the list."""
    field, values = numbers["field"], [str(value) for value in numbers["values"]]
    known = {*values, *(numbers.get("disputed") or ())}
    turned = ["x".join(reversed(value.split("x"))) for value in values if field == "size" and "x" in value]
    loud = [value.upper() for value in values if value.islower() and (value.isalpha() or field == "model")][:1]
    wrong = dict.fromkeys((f"{values[0]}-nothing", *_NEIGHBOURS.get(field, ()), *turned))
    for value in wrong:
        if value not in known:
            yield Bad(f"{_slug(field)}-{_told(value)}", start.draft.with_field(field, value))
    for value in [value for value in values if field == "size" and exact_size(value)][:1]:
        yield from miswritten(start, value)
    for value in loud:
        yield Bad(f"{_slug(field)}-{_slug(value)}-in-capitals", start.draft.with_field(field, value), start.first)
    for value in numbers["values"]:
        if value != start.draft.get(field):
            yield Good(f"{_slug(field)}-{_slug(str(value))}", start.draft.with_field(field, value), start.first)


@violation("text_at_least")
def text_at_least(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """One character too few, and just enough, of ASCII and of Chinese."""
    field, least = numbers["field"], numbers["minimum"]
    if least > 0:
        yield Bad(f"{_slug(field)}-{least - 1}-characters", start.draft.with_field(field, ascii_text(least - 1)))
        for name, text in (("ascii", ascii_text(least)), ("chinese", "猫" * least)):
            yield Good(f"{_slug(field)}-{least}-{name}", start.draft.with_field(field, text), start.first)


@violation("text_at_most")
def text_at_most(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """One character too many, and just not, of ASCII (1 byte each) and of emoji (4 bytes, 2 UTF-16 units each)."""
    field, most = numbers["field"], numbers["maximum"]
    for name, text in (("ascii", ascii_text), ("emoji", emoji_text)):
        heavy = most * (4 if name == "emoji" else 1) > _HEAVY
        if heavy and not start.heavy:
            continue
        bad, good = (start.draft.with_field(field, text(count)) for count in (most + 1, most))
        yield Bad(f"{_slug(field)}-{most + 1}-{name}", bad, heavy=heavy)
        yield Good(f"{_slug(field)}-{most}-{name}", good, start.first, heavy=heavy)


_HEAVY = 5_000_000


def ascii_text(count: int) -> str:
    """A harmless prompt of `count` characters that no trimming shortens."""
    sentence = "Paint the roof red and keep the rest. "
    return (sentence * (count // len(sentence) + 1))[: max(0, count - 1)] + "." * min(count, 1)


def emoji_text(count: int) -> str:
    """A harmless prompt of `count` code points, nearly all of them outside the basic plane."""
    start = "Paint: "
    return start + "\N{ARTIST PALETTE}" * (count - len(start)) if count > len(start) else "\N{ARTIST PALETTE}" * count


_COMPANIONS: dict[str, tuple[str, Any]] = {
    "partial_images": ("stream", True),
    "output_compression": ("output_format", "jpeg"),
}
"""Fields that mean something only beside another: an endpoint may refuse them alone."""


def _accompanied(start: Start, field: str) -> Start:
    name, value = _COMPANIONS.get(field, ("", None))
    known = any(name in schema.get("properties", {}) for schema in start.operation.schemas.values())
    return replace(start, draft=start.draft.with_field(name, value)) if known else start


@violation("integer_between")
def integer_between(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """One too few, one too many, and numbers that do not fit a machine word; and both ends."""
    start = _accompanied(start, numbers["field"])
    least, most = numbers["minimum"], numbers["maximum"]
    wrapped = 2**32 + max(least, 1)
    yield from _out_of_range(start, numbers["field"], (least - 1, most + 1, -1, wrapped, 2**63, 10**25), least, most)
    for value in dict.fromkeys((least, most)):
        if value <= _LARGEST_ASKED:
            yield _in_range(start, numbers["field"], value)


@violation("integer_at_least")
def integer_at_least(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """One too few, far too few; and the least."""
    least = numbers["minimum"]
    yield from _out_of_range(start, numbers["field"], (least - 1, -1, -(2**63) - 1), least, None)
    yield _in_range(start, numbers["field"], least)


def _out_of_range(start: Start, field: str, tried: tuple[int, ...], least: int, most: int | None) -> Iterator[Attempt]:
    for value in dict.fromkeys(tried):
        if value < least or (most is not None and value > most):
            yield Bad(f"{_slug(field)}-{_slug(str(value))}", start.draft.with_field(field, value))


def _in_range(start: Start, field: str, value: int) -> Good:
    return Good(f"{_slug(field)}-{_slug(str(value))}", start.draft.with_field(field, value), start.first)


@violation("field_refused")
def field_refused(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """The field with a value it has elsewhere."""
    value = _ELSEWHERE.get(numbers["field"]) or choosing.value(start.contract, numbers["field"])
    yield Bad(f"{_slug(numbers['field'])}-sent", start.draft.with_field(numbers["field"], value))


_ELSEWHERE = {"response_format": "b64_json", "style": "vivid", "input_fidelity": "low"}


@violation("no_unknown_field")
def no_unknown_field(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """A field that nobody has, and a misspelt one."""
    for name, value in (("x_client_note", "contract"), ("promt", "Paint the roof red."), ("Size", "1024x1024")):
        if name not in numbers["fields"]:
            yield Bad(f"unknown-{_slug(name)}", start.draft.with_field(name, value))


@violation("value_requires")
def value_requires(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """The value beside one that the other field must not have then, and beside each that it may."""
    draft = start.draft.with_field(numbers["field"], numbers["value"])
    other, allowed = numbers["other"], numbers["allowed"]
    name = f"{_slug(numbers['field'])}-{_slug(str(numbers['value']))}-{_slug(other)}"
    for value in _others(start, other, allowed)[:1]:
        yield Bad(f"{name}-{_slug(str(value))}", draft.with_field(other, value))
    for value in allowed:
        yield Good(f"{name}-{_slug(str(value))}", draft.with_field(other, value), start.first)


def _others(start: Start, field: str, allowed: list[Any]) -> list[Any]:
    if all(isinstance(value, int) and not isinstance(value, bool) for value in allowed):
        return [max(allowed) + 1]
    return [value for value in choosing.values(start.contract, field) if value not in allowed]


def _told(value: str) -> str:
    """A slug that does not end as those of an encoding do."""
    return _slug({"b64": "b64-alone"}.get(value, value))


def _slug(text: str) -> str:
    kept = "".join(character if character.isascii() and character.isalnum() else "-" for character in text.lower())
    return "-".join(piece for piece in kept.split("-") if piece) if not text.startswith("-") else f"minus{kept}"
