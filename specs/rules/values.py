"""Rules about the values of a request's fields: types, choices, lengths, ranges, and values that need another."""

from __future__ import annotations

from math import gcd
from typing import Any

from specs.edits import ABSENT, Edit, exact_size
from specs.reading import json_type
from specs.rules.register import Breach, Said, Silent, rule

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "number": (int, float),
    "object": dict,
    "array": list,
}


def is_of(value: Any, type: str) -> bool:
    """Whether a JSON value has a JSON type; a boolean is no integer, 2.0 is one."""
    if isinstance(value, bool):
        return type == "boolean"
    if type == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[type])


@rule("request")
def field_type(edit: Edit, *, field: str, type: str, nullable: bool = False) -> Said:
    """`{field}` is of type {type}."""
    value = edit.get(field)
    if value is ABSENT or (value is None and nullable) or is_of(value, type):
        return
    found = json_type(value) if edit.encoding == "json" else f"the text {_short(value)}"
    yield Breach(f"`{field}` is {found}, not of type {type}", type, found)


@rule("request")
def field_one_of(edit: Edit, *, field: str, values: list[str], disputed: list[str] | None = None) -> Said:
    """`{field}` is one of {values}."""
    value = edit.get(field)
    if isinstance(value, str) and value not in values:
        undecided = value in (disputed or ())
        yield Breach(f"`{field}` is {_short(value)}", f"one of {', '.join(values)}", _short(value), undecided)


@rule("request")
def text_at_least(edit: Edit, *, field: str, minimum: int) -> Said:
    """`{field}` has a length of at least {minimum}, counted in code points."""
    value = edit.get(field)
    if isinstance(value, str) and len(value) < minimum:
        few = minimum - len(value)
        sentence = f"the {field} has {len(value)} characters, {few} too few"
        yield Breach(sentence, f"at least {minimum} characters", f"{len(value)} characters")


@rule("request")
def text_at_most(edit: Edit, *, field: str, maximum: int) -> Said:
    """`{field}` has at most {maximum} characters, counted as code points."""
    value = edit.get(field)
    if isinstance(value, str) and len(value) > maximum:
        many = len(value) - maximum
        sentence = f"the {field} has {len(value)} characters, {many} too many"
        yield Breach(sentence, f"at most {maximum} characters", f"{len(value)} characters")


@rule("request")
def integer_between(edit: Edit, *, field: str, minimum: int, maximum: int) -> Said:
    """`{field}` is between {minimum} and {maximum}."""
    value = edit.get(field)
    if is_of(value, "integer") and not minimum <= value <= maximum:
        yield Breach(f"`{field}` is {value}", f"{minimum} to {maximum}", str(value))


@rule("request")
def integer_at_least(edit: Edit, *, field: str, minimum: int) -> Said:
    """`{field}` is at least {minimum}."""
    value = edit.get(field)
    if is_of(value, "integer") and value < minimum:
        yield Breach(f"`{field}` is {value}", f"at least {minimum}", str(value))


@rule("request")
def model_listed(edit: Edit) -> Said:
    """`model` is one of the names in the provider's list of models."""
    value = edit.get("model")
    if not isinstance(value, str):
        return
    if edit.models is None:
        yield Silent("the provider's list of models was not read")
    elif edit.models.get(value) is None:
        names = ", ".join(edit.models.names)
        yield Breach(f"the model {_short(value)} is not in the list of models", f"one of {names}", _short(value))


@rule("request")
def size_listed(edit: Edit) -> Said:
    """`size` is one of the sizes that the provider's list of models gives for the model."""
    value = edit.get("size")
    if not isinstance(value, str):
        return
    model = edit.models.get(edit.get("model")) if edit.models else None
    if model is None or not model.sizes:
        yield Silent("the provider's list of models says nothing about this model's sizes")
    elif value not in model.sizes:
        offered = f"one of the {len(model.sizes)} sizes listed for {model.name}"
        yield Breach(
            f"the size {_short(value)} is not offered for {model.name}", offered, _short(value), value == "auto"
        )


@rule("request")
def size_on_grid(edit: Edit, *, multiple: int, ratio: int, longest: int, least_pixels: int, most_pixels: int) -> Said:
    """`size` is `auto` or WIDTHxHEIGHT: in steps of {multiple}, at most {ratio}:1, a side at most {longest} pixels,
    {least_pixels} to {most_pixels} pixels in all.
    """
    value = edit.get("size")
    if not isinstance(value, str) or value == "auto":
        return
    size = exact_size(value)
    if size is None or not all(size) or value != f"{size[0]}x{size[1]}":
        yield Breach(f"the size {_short(value)} is not WIDTHxHEIGHT", "WIDTHxHEIGHT", _short(value))
        return
    width, height = size
    if gcd(gcd(width, height), multiple) != multiple:
        yield Breach(f"the size {value} is not in steps of {multiple}", f"multiples of {multiple}", value)
    elif max(size) > ratio * min(size):
        yield Breach(f"the size {value} is longer than {ratio}:1", f"at most {ratio}:1", value)
    elif max(size) > longest or not least_pixels <= width * height <= most_pixels:
        limits = f"at most {longest} a side, {least_pixels} to {most_pixels} pixels"
        yield Breach(f"the size {value} has {width * height} pixels", limits, value, disputed=True)


@rule("request")
def value_requires(edit: Edit, *, field: str, value: Any, other: str, allowed: list[Any]) -> Said:
    """With `{field}` = {value} only these values of `{other}` go: {allowed}."""
    found = edit.get(other)
    if not _same(edit.get(field), value) or found is ABSENT or found is None:
        return
    if not any(_same(found, item) for item in allowed):
        wanted = " or ".join(map(str, allowed))
        yield Breach(f"`{other}` is {found} with {field}={value}", f"`{other}` {wanted}", str(found))


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; to Python 1 is also true."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
