"""A schema taken apart: every field below it with its type, its limits and the pointers where they stand.

`$ref`s are followed, and what stands behind one keeps its own place. Alternatives (`anyOf`, `oneOf`) become one field
whose type is either of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from contract_tests.documents.said import WHOLE, Value
from specs import pointers

DEEPEST = 6
"""Levels of fields within fields that are looked at."""

_LIMITS = {
    "pattern": "pattern",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "multipleOf": "multiple of",
    "minLength": "min length",
    "maxLength": "max length",
    "minItems": "min items",
    "maxItems": "max items",
}
_LOOSEST = {"minimum": min, "minLength": min, "minItems": min, "maximum": max, "maxLength": max, "maxItems": max}
_SCHEMA = frozenset({"type", "enum", "const", "properties", "items", "format", *_LIMITS})


@dataclass(frozen=True, slots=True)
class Node:
    """A schema and the pointer to it; `choice`: it is one of several alternatives."""

    at: str
    value: Mapping[str, Any]
    choice: bool = False

    def below(self, *steps: str | int) -> str:
        """The pointer to a part of it."""
        return self.at + pointers.pointer(*steps)


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing a schema says of a field, and where."""

    field: str
    name: str
    value: Value
    at: str


def followed(document: Mapping[str, Any], at: str, *, choice: bool = False) -> Node:
    """The object at a pointer, behind any `$ref`; nothing at all (an empty one) where there is none."""
    for _ in range(30):
        try:
            found = pointers.at(document, at)
        except pointers.NothingThere:
            break
        ref = found.get("$ref") if isinstance(found, Mapping) else None
        if not isinstance(ref, str):
            return Node(at, found if isinstance(found, Mapping) else {}, choice)
        if not ref.startswith("#"):
            break
        at = unquote(ref[1:])
    return Node(at, {}, choice)


def aspects(document: Mapping[str, Any], at: str) -> Iterator[Aspect]:
    """Everything the schema at a pointer says, of the whole and of every field below it."""
    root = followed(document, at)
    yield from _of_node(document, root, WHOLE)
    yield from _below(document, root, "", (root.at,))


def _below(document: Mapping[str, Any], node: Node, path: str, way: tuple[str, ...]) -> Iterator[Aspect]:
    for holder in leaves(document, node):
        properties = holder.value.get("properties")
        for name in properties if isinstance(properties, Mapping) else ():
            child = followed(document, holder.below("properties", name))
            field = f"{path}{name}"
            yield _required(holder, str(name), field)
            yield from _of_node(document, child, field)
            if len(way) < DEEPEST and child.at not in way:
                yield from _below(document, child, f"{field}.", (*way, child.at))
        if "items" in holder.value and path and len(way) < DEEPEST:
            item = followed(document, holder.below("items"))
            if item.at not in way:
                yield from _below(document, item, f"{path.removesuffix('.')}[].", (*way, item.at))


def _required(holder: Node, name: str, field: str) -> Aspect:
    """Whether a field is required; one of several alternatives cannot require anything."""
    listed = holder.value.get("required")
    if not isinstance(listed, list):
        return Aspect(field, "required", value=False, at=holder.at)
    return Aspect(field, "required", value=not holder.choice and name in listed, at=holder.below("required"))


def leaves(document: Mapping[str, Any], node: Node, depth: int = 0) -> tuple[Node, ...]:
    """The schemas that a schema is made of: its alternatives and parts, and itself where it says something."""
    found: list[Node] = []
    for kind in ("anyOf", "oneOf", "allOf"):
        parts = node.value.get(kind)
        for index in range(len(parts)) if isinstance(parts, list) and depth < DEEPEST else ():
            child = followed(document, node.below(kind, index), choice=node.choice or kind != "allOf")
            found += leaves(document, child, depth + 1)
    return (node, *found) if not found or _SCHEMA & set(node.value) else tuple(found)


def _of_node(document: Mapping[str, Any], node: Node, field: str) -> Iterator[Aspect]:
    parts = leaves(document, node)
    yield _type(document, node, parts, field)
    yield from _values(node, parts, field)
    for key, name in _LIMITS.items():
        if stated := [leaf for leaf in parts if _is_limit(leaf.value.get(key), key)]:
            loosest = _LOOSEST.get(key, max)(leaf.value[key] for leaf in stated)
            chosen = next(leaf for leaf in stated if leaf.value[key] == loosest)
            yield Aspect(field, name, loosest, chosen.below(key))
    if "default" in node.value:
        yield Aspect(field, "default", _plain(node.value["default"]), node.below("default"))
    if nullable := next((leaf for leaf in (node, *parts) if _nullable(leaf)), None):
        yield Aspect(field, "null", True, nullable.at)
    for leaf in parts:
        if "additionalProperties" in leaf.value:
            further = leaf.value["additionalProperties"] is not False
            yield Aspect(field, "further fields", further, leaf.below("additionalProperties"))
    if node.value.get("deprecated") is True:
        yield Aspect(field, "deprecated", True, node.below("deprecated"))


def _is_limit(value: Any, key: str) -> bool:
    """Whether a document's value is a limit at all: a pattern is a text, all others are numbers."""
    return (
        isinstance(value, str) if key == "pattern" else isinstance(value, int | float) and not isinstance(value, bool)
    )


def _type(document: Mapping[str, Any], node: Node, parts: tuple[Node, ...], field: str) -> Aspect:
    labels = dict.fromkeys(label for leaf in parts for label in _labels(document, leaf))
    place = parts[0].below("type") if len(parts) == 1 and "type" in parts[0].value else node.at
    return Aspect(field, "type", tuple(labels) or ("anything",), place)


def _labels(document: Mapping[str, Any], leaf: Node, depth: int = 0) -> Iterator[str]:
    stated = leaf.value.get("type")
    for kind in stated if isinstance(stated, list) else [stated]:
        if kind == "array":
            inner = leaves(document, followed(document, leaf.below("items"))) if depth < DEEPEST else ()
            labels = dict.fromkeys(label for each in inner for label in _labels(document, each, depth + 1))
            yield f"array of {' or '.join(labels) or 'anything'}"
        elif isinstance(kind, str) and kind != "null":
            form = leaf.value.get("format")
            yield f"{kind} ({form})" if isinstance(form, str) else kind
        elif kind is None and "properties" in leaf.value:
            yield "object"


def _values(node: Node, parts: tuple[Node, ...], field: str) -> Iterator[Aspect]:
    """The values of an enumeration; where another alternative leaves any text open, that stands as one of them."""
    named: dict[str, None] = {}
    places = []
    for leaf in parts:
        listed = leaf.value.get("enum", [leaf.value["const"]] if "const" in leaf.value else None)
        if isinstance(listed, list):
            named.update((str(_plain(value)), None) for value in listed if value is not None)
            places.append(leaf.below("enum" if "enum" in leaf.value else "const"))
    if not places:
        return
    if any(_is_any_text(leaf) for leaf in parts):
        named["any string"] = None
    yield Aspect(field, "values", tuple(named), places[0] if len(places) == 1 else node.at)


def _is_any_text(leaf: Node) -> bool:
    """Whether an alternative takes every text."""
    return leaf.choice and leaf.value.get("type") == "string" and not {"enum", "const"} & set(leaf.value)


def _nullable(leaf: Node) -> bool:
    kind, listed = leaf.value.get("type"), leaf.value.get("enum")
    by_type = kind == "null" or (isinstance(kind, list) and "null" in kind)
    return leaf.value.get("nullable") is True or by_type or (isinstance(listed, list) and None in listed)


def _plain(value: Any) -> Value:
    """A default or a named value; what is no scalar stands as its JSON."""
    return value if isinstance(value, bool | int | float | str) else pointers.words(value)
