"""Multipart bodies, byte for byte: what the encodings and the malformed bodies are made of.

Nothing is random: a boundary is derived from the parts, so the same draft is always the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from specs.messages import Part

LONGEST_BOUNDARY = 70
"""Characters; RFC 2046, section 5.1.1."""

_END = 4096
"""Bytes."""

_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


def boundary_for(parts: Sequence[Part], length: int = 32) -> str:
    """A boundary of `length` characters (at most 70) made from the parts, which stands in none of them.

    Of large parts only both ends count: it is to be found again, not to be different.
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part.name}\0{part.filename}\0{len(part.data)}\0".encode())
        digest.update(part.data[:_END] + part.data[-_END:])
    while True:
        boundary = (digest.hexdigest() * 2)[:length]
        if not any(boundary.encode() in part.data for part in parts):
            return boundary
        digest.update(b"again")


def body(parts: Sequence[Part], boundary: str, *, backslashes: bool = False) -> bytes:
    r"""The bytes of a multipart body. Quotation marks in names become `%22` (browsers) or `\"` (`backslashes`: Go)."""
    pieces: list[bytes] = []
    for part in parts:
        pieces += (b"--", boundary.encode(), b"\r\n", head(part, backslashes=backslashes), part.data, b"\r\n")
    pieces += (b"--", boundary.encode(), b"--\r\n")
    return b"".join(pieces)


def head(part: Part, *, backslashes: bool = False) -> bytes:
    """The header fields of a part, with the empty line after them."""
    lines = [f'Content-Disposition: form-data; name="{_quoted(part.name, backslashes)}"']
    if part.filename is not None:
        lines[0] += f'; filename="{_quoted(part.filename, backslashes)}"'
    if part.content_type is not None:
        lines.append(f"Content-Type: {part.content_type}")
    return "\r\n".join((*lines, "", "")).encode()


def _quoted(text: str, backslashes: bool) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"') if backslashes else text.translate(_ESCAPES)


def texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    """The form fields a value becomes, as the official SDKs write it.

    None is dropped, booleans are `true` and `false`, items of a list are `name[]`, members of an object `name[key]`.
    """
    if isinstance(value, dict):
        for key, member in value.items():
            yield from texts(f"{name}[{key}]", member)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(f"{name}[]", item)
    elif isinstance(value, str):
        yield name, value
    elif value is not None:
        yield name, json.dumps(value)
