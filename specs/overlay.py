"""OpenAPI Overlay 1.0: actions (`update`, `remove`) on the nodes that an RFC 9535 JSONPath selects.

A target that selects nothing is our mistake (the published document moved), so it is an error and not a silence.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import jsonpath

_RFC_9535 = jsonpath.JSONPathEnvironment(strict=True)
"""Without the library's own extensions to the syntax."""


class BrokenOverlay(ValueError):
    """The overlay cannot be applied; the message says which action and why."""


def apply(document: Mapping[str, Any], actions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A copy of `document` with all actions applied, in order."""
    result: dict[str, Any] = copy.deepcopy(dict(document))
    for number, action in enumerate(actions, 1):
        _act(result, action, f"overlay action {number}")
    return result


def _act(document: dict[str, Any], action: Mapping[str, Any], where: str) -> None:
    target = action.get("target") if isinstance(action, Mapping) else None
    if not isinstance(target, str):
        raise BrokenOverlay(f"{where} has no target")
    try:
        matches = list(_RFC_9535.finditer(target, document))
    except jsonpath.JSONPathError as problem:
        why = problem.args[0]  # str() of it draws the place over several lines, and fails for an empty path
        raise BrokenOverlay(f"{where}: the target {target!r} is not a JSONPath: {why}") from problem
    if not matches:
        raise BrokenOverlay(f"{where}: the target {target!r} selects nothing")
    if action.get("remove"):
        for parts in sorted((match.parts for match in matches), key=_order, reverse=True):
            _remove(document, parts, where)
    elif "update" in action:
        for match in matches:
            _update(document, match.parts, action["update"], where)
    else:
        raise BrokenOverlay(f"{where} has neither update nor remove")


def _parent(document: dict[str, Any], parts: Sequence[int | str]) -> Any:
    node: Any = document
    for part in parts[:-1]:
        node = node[part]
    return node


def _order(parts: Sequence[int | str]) -> list[tuple[int, str]]:
    """Document order, items by number: from the back, a removal moves nothing that is still to be removed."""
    return [(part, "") if isinstance(part, int) else (0, part) for part in parts]


def _remove(document: dict[str, Any], parts: Sequence[int | str], where: str) -> None:
    if not parts:
        raise BrokenOverlay(f"{where}: the whole document cannot be removed")
    del _parent(document, parts)[parts[-1]]


def _update(document: dict[str, Any], parts: Sequence[int | str], update: Any, where: str) -> None:
    node = _parent(document, parts)[parts[-1]] if parts else document
    if isinstance(node, dict) and isinstance(update, Mapping):
        _merge(node, update)
    elif isinstance(node, list):
        node.append(copy.deepcopy(update))
    else:
        raise BrokenOverlay(f"{where}: only objects and arrays can be updated, the target is a {type(node).__name__}")


def _merge(node: dict[str, Any], update: Mapping[str, Any]) -> None:
    for key, value in update.items():
        held = node.get(key)
        if isinstance(held, dict) and isinstance(value, Mapping):
            _merge(held, value)
        elif isinstance(held, list) and isinstance(value, list):
            held.extend(copy.deepcopy(value))
        else:
            node[key] = copy.deepcopy(value)
