"""JSON pointers (RFC 6901) into a document, the words found there, and `$ref`s put in place."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_SPACE = re.compile(r"\s+")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_LONE_TILDE = re.compile(r"~(?![01])")


class NothingThere(LookupError):
    """A pointer leads nowhere; the message names the first step that is missing."""


def steps(pointer: str) -> tuple[str, ...]:
    """The unescaped steps of a pointer: `/paths/~1v1` -> ("paths", "/v1")."""
    if pointer and not pointer.startswith("/"):
        raise NothingThere(f"{pointer!r} is not a JSON pointer: it does not start with '/'")
    if _LONE_TILDE.search(pointer):
        raise NothingThere(f"{pointer!r} is not a JSON pointer: a '~' is followed by neither 0 nor 1")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def at(document: Any, pointer: str) -> Any:
    """The node a pointer leads to. Raises NothingThere."""
    node = document
    for step in steps(pointer):
        if isinstance(node, Mapping) and step in node:
            node = node[step]
        elif isinstance(node, list) and _INDEX.fullmatch(step) and int(step) < len(node):
            node = node[int(step)]
        else:
            raise NothingThere(f"there is no {step!r} on the way to {pointer}")
    return node


def pointer(*names: str | int) -> str:
    """The pointer with these steps, escaped: ("paths", "/v1", 0) -> `/paths/~1v1/0`."""
    return "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in names)


def words(node: Any) -> str:
    """A node as words to quote from: a string as it is, anything else as compact JSON; white space folded."""
    return fold(node if isinstance(node, str) else json.dumps(node, ensure_ascii=False, default=str))


def fold(text: str) -> str:
    """Runs of white space become one space."""
    return _SPACE.sub(" ", text).strip()


def inlined(document: Mapping[str, Any], node: Any, depth: int = 0) -> Any:
    """`node` with every local `$ref` replaced by what it refers to (at most 30 deep)."""
    if depth > 30:
        raise NothingThere("a $ref refers to itself")
    if isinstance(node, Mapping):
        if isinstance(ref := node.get("$ref"), str) and ref.startswith("#"):
            return inlined(document, at(document, ref[1:]), depth + 1)
        return {key: inlined(document, value, depth + 1) for key, value in node.items()}
    if isinstance(node, list):
        return [inlined(document, item, depth + 1) for item in node]
    return node
