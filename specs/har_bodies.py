"""The bytes of a body out of what HAR has of it: text, base64 or form parameters.

HAR keeps text, not bytes. Which bytes a text stands for is told by the size the document states; where nothing fits,
the body is read as well as can be and said not to be whole.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from multipart import parse_options_header


class Body(NamedTuple):
    """Bytes, and whether they are what was on the wire."""

    data: bytes
    whole: bool = True


def answered(content: Mapping[str, Any]) -> Body:
    """The body in a response's `content`; `size` counts it before compression or (mitmproxy) after."""
    size = number(content.get("size"))
    if not isinstance(content.get("text"), str):
        return Body(b"", whole=size <= 0)
    sizes = (size, size + number(content.get("compression")))
    return _bytes(content["text"], content.get("encoding"), sizes)


def posted(post: Mapping[str, Any], size: float) -> Body:
    """The body in a request's `postData`, of which `size` bytes were sent (0 when that is not known)."""
    written = post.get("text")
    params = [item for item in sequence(post.get("params")) if isinstance(item, Mapping)]
    if isinstance(written, str) and (written or not params):
        return _bytes(written, post.get("encoding") or post.get("_encoding"), (size,))
    if not params:
        return Body(b"", whole=size <= 0)
    mime = text(post.get("mimeType"))
    if mime.lower().startswith("multipart/"):
        return _multipart(params, mime)
    return Body(urlencode([(text(item.get("name")), text(item.get("value"))) for item in params]).encode())


def _multipart(params: Sequence[Mapping[str, Any]], mime: str) -> Body:
    """A body with the same parts. It is never the very bytes, and of files HAR has at most the name."""
    boundary = parse_options_header(mime)[1].get("boundary", "")
    body = "".join(f"--{boundary}\r\n{_part_head(item)}\r\n{text(item.get('value'))}\r\n" for item in params)
    whole = bool(boundary) and not any(item.get("fileName") for item in params)
    return Body(f"{body}--{boundary}--\r\n".encode("utf-8", "surrogateescape"), whole)


def _part_head(item: Mapping[str, Any]) -> str:
    name, filename, kind = (text(item.get(key)).replace('"', "%22") for key in ("name", "fileName", "contentType"))
    disposition = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    return f"{disposition}\r\n" + (f"Content-Type: {kind}\r\n" if kind else "")


def _bytes(written: str, encoding: object, sizes: Sequence[float]) -> Body:
    if encoding == "base64":
        try:
            return Body(base64.b64decode(written, validate=True))
        except (binascii.Error, ValueError):
            return Body(written.encode("utf-8", "replace"), whole=False)
    candidates = _candidates(written)
    if not candidates:
        return Body(written.encode("utf-8", "replace"), whole=False)
    fitting = next((data for data in candidates if len(data) in sizes), None)
    if fitting is not None:
        return Body(fitting)
    cut_short = len(candidates[0]) < max(sizes)
    return Body(candidates[0], whole=not cut_short and "\ufffd" not in written)


def _candidates(written: str) -> list[bytes]:
    """What the text may stand for, the likeliest first: proxies write a byte that is no text as a code point."""
    as_text, as_bytes = (_encoded(written, *how) for how in (("utf-8", "surrogateescape"), ("latin-1", "strict")))
    picture = any(magic in written for magic in ("\x89PNG", "\xff\xd8\xff"))
    ordered = [as_bytes, as_text] if picture else [as_text, as_bytes]
    return [data for data in ordered if data is not None]


def _encoded(written: str, charset: str, errors: str) -> bytes | None:
    try:
        return written.encode(charset, errors)
    except UnicodeEncodeError:
        return None


def text(value: object) -> str:
    """A string, empty when it is something else."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float:
    """A number (also one written as text), 0 when it is something else."""
    try:
        found = float(value) if isinstance(value, str | int | float) else 0.0
    except (ValueError, OverflowError):
        return 0.0
    return found if abs(found) < 1e15 else 0.0


def sequence(value: object) -> Sequence[Any]:
    """A list, empty when it is something else."""
    return value if isinstance(value, list) else ()
