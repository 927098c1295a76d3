"""Pictures in an answer: found wherever they stand, and read as forgivingly as a careful client would."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specs.messages import Exchange
from specs.pictures import kind_of

_PREFIX = re.compile(r"\Adata:[^,]{0,100},")


@dataclass(frozen=True, slots=True)
class Payload:
    """One returned picture: the item it stands in, its text or link, its bytes where they could be read."""

    index: int
    item: Mapping[str, Any]
    b64: Any = None
    url: Any = None
    data: bytes | None = None


def items(body: Any) -> Iterator[Mapping[str, Any]]:
    """The first list of objects that hold pictures, searched breadth first; else one object that holds one."""
    level: list[Any] = [body]
    while level:
        for node in level:
            if isinstance(node, list) and (found := [i for i in node if isinstance(i, dict) and _holds(i)]):
                yield from found
                return
        below = [child for node in level for child in _children(node)]
        if not below:
            yield from (node for node in level if isinstance(node, dict) and _holds(node))
            return
        alone = [node for node in level if isinstance(node, dict) and _holds(node)]
        if alone:
            yield from alone
            return
        level = below


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return [value for value in node.values() if isinstance(value, dict | list)]
    return [value for value in node if isinstance(value, dict | list)] if isinstance(node, list) else []


def _holds(item: Mapping[str, Any]) -> bool:
    return any(isinstance(item.get(key), str) and item[key] for key in ("b64_json", "url"))


def payload(index: int, item: Mapping[str, Any], fetched: Mapping[str, Exchange]) -> Payload:
    """What one object holds; `fetched` are the exchanges that fetched links, by URL."""
    b64, url = item.get("b64_json"), item.get("url")
    data = decoded(b64) if isinstance(b64, str) else None
    if data is None and isinstance(url, str):
        data = decoded(url) if url.startswith("data:") else _body_of(fetched.get(url))
    return Payload(index, item, b64, url, data)


def _body_of(exchange: Exchange | None) -> bytes | None:
    response = exchange.response if exchange else None
    return response.body if response and kind_of(response.body) else None


def decoded(text: str) -> bytes | None:
    """The bytes of base64 text, forgiving a `data:` prefix, white space, the URL alphabet and missing padding."""
    bare = "".join(_PREFIX.sub("", text, count=1).split()).replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, but for the names of members."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)
