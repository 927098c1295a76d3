"""Forms and JSON bodies read with the standard library: the boundary found by `email`."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

_PARAMETER = re.compile(r';\s*([A-Za-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')
_ESCAPED = re.compile(r"\\(.)")


class Unreadable(ValueError):
    """The body is not what its Content-Type says."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture as it was sent: `data` None where the field held something else."""

    field: str
    data: bytes | None
    media_type: str | None = None
    index: int = 0


@dataclass(slots=True)
class Order:
    """What a body holds: plain values by name, pictures, the mask; `typed` says whether values are JSON's own."""

    values: dict[str, Any] = field(default_factory=dict)
    images: list[Upload] = field(default_factory=list)
    mask: Upload | None = None
    typed: bool = False
    repeated: bool = False


def form(body: bytes, content_type: str, *, forgiving: bool = False) -> Order:
    """The order in a form. Raises Unreadable."""
    stated = Message()
    stated["Content-Type"] = content_type
    boundary = stated.get_boundary()
    if not boundary:
        raise Unreadable("no boundary")
    order = Order()
    for head, data in _parts(body, boundary.encode(), forgiving=forgiving):
        _place(order, head, data, forgiving=forgiving)
    return order


def _parts(body: bytes, boundary: bytes, *, forgiving: bool) -> list[tuple[dict[str, str], bytes]]:
    preamble, *pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    del preamble
    if not pieces:
        raise Unreadable("no part")
    closed = pieces[-1].startswith(b"--")
    if not closed and not forgiving:
        raise Unreadable("the last boundary is missing")
    found = []
    for piece in pieces[:-1] if closed else pieces:
        line, newline, rest = piece.partition(b"\r\n")
        if line.strip() or not newline:
            raise Unreadable("a boundary is followed by something else")
        head, blank, data = (b"\r\n" + rest).partition(b"\r\n\r\n")
        if not blank:
            raise Unreadable("a part has no end of its head")
        found.append((_head(head), data))
    return found


def _head(lines: bytes) -> dict[str, str]:
    """The fields of a part's head, names in lower case."""
    pairs = (line.partition(":") for line in lines.decode("utf-8", "replace").split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _place(order: Order, head: dict[str, str], data: bytes, *, forgiving: bool) -> None:
    said = _disposition(head)
    name = said.get("name")
    if not name:
        if forgiving:
            return
        raise Unreadable("a part has no name")
    kind = (head.get("content-type") or "").partition(";")[0].strip().lower() or None
    is_file = "filename" in said or (kind is not None and not kind.startswith("text/"))
    root, _, _ = name.partition("[")
    if root == "image":
        order.images.append(Upload(name, data if is_file else None, kind, len(order.images)))
    elif root == "mask":
        order.mask = Upload(name, data if is_file else None, kind)
    else:
        order.repeated = order.repeated or name in order.values
        order.values[name] = data.decode("utf-8", "replace")


def _disposition(head: dict[str, str]) -> dict[str, str]:
    """The parameters of Content-Disposition, raw UTF-8 and backslashes included."""
    text = head.get("content-disposition", "")
    if not text.lower().startswith("form-data"):
        return {}
    return {found[1].lower(): _ESCAPED.sub(r"\1", found[2] or found[3] or "") for found in _PARAMETER.finditer(text)}


def document(body: bytes, pictures: str, *, forgiving: bool = False) -> Order:
    """The order in a JSON body whose pictures stand under `pictures`. Raises Unreadable."""
    try:
        text = body.decode("utf-8")
        value = json.JSONDecoder().raw_decode(text.lstrip())[0] if forgiving else json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise Unreadable("this is not JSON") from problem
    if not isinstance(value, dict):
        raise Unreadable("this is no JSON object")
    order = Order(typed=True)
    held = value.pop(pictures, None)
    for index, item in enumerate(held if isinstance(held, list) else [held] if held is not None else []):
        at = f"{pictures}[{index}]" if isinstance(held, list) else pictures
        order.images.append(Upload(at, _picture(item, wrapped=pictures == "images"), index=index))
    mask = value.pop("mask", None)
    if mask is not None:
        order.mask = Upload("mask", _picture(mask, wrapped=pictures == "images"))
    order.values = {name: item for name, item in value.items() if item is not None or name in ("prompt", "model")}
    return order


def _picture(value: Any, *, wrapped: bool) -> bytes | None:
    text = value.get("image_url") if wrapped and isinstance(value, dict) and len(value) == 1 else value
    if not isinstance(text, str) or wrapped != isinstance(value, dict) or not text.startswith("data:"):
        return None
    head, comma, rest = text.partition(",")
    if not comma or not head.endswith(";base64"):
        return None
    try:
        return base64.b64decode(rest, validate=True)
    except (binascii.Error, ValueError):
        return None
