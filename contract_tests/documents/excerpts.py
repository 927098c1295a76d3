"""Of a document with many operations, what concerns the edit: the head, its path, the components it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specs import pointers

_HEAD = ("info", "servers", "security")


def excerpt(document: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The part of a document that one path needs; everything in it keeps its pointer, but for items of lists."""
    kept = {name: document[name] for name in _HEAD if name in document}
    held = document.get("paths")
    item = held.get(path) if isinstance(held, Mapping) else None
    components: dict[str, dict[str, Any]] = {}
    if item is not None:
        kept["paths"] = {path: item}
        _gather(document, item, components)
    schemes = section_of(document, "securitySchemes")
    return {**kept, "components": {**components, **({"securitySchemes": schemes} if schemes else {})}}


def section_of(document: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    """A section of the components; nothing where there is none."""
    components = document.get("components")
    found = components.get(section) if isinstance(components, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _gather(document: Mapping[str, Any], item: Any, components: dict[str, dict[str, Any]]) -> None:
    waiting = [item]
    while waiting:
        for section, name in _references(waiting.pop()):
            found = section_of(document, section).get(name)
            if found is not None and name not in components.setdefault(section, {}):
                components[section][name] = found
                waiting.append(found)


def _references(node: Any) -> Iterator[tuple[str, str]]:
    """(section, name) of every component a part of the document refers to."""
    children = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    ref = node.get("$ref") if isinstance(node, Mapping) else None
    if isinstance(ref, str) and ref.startswith("#/components/"):
        try:
            steps = pointers.steps(ref[1:])
        except pointers.NothingThere:
            steps = ()
        if len(steps) >= 3:
            yield steps[1], steps[2]
    for child in children:
        yield from _references(child)
