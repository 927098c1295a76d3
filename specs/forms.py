"""Form bodies: parts out of `multipart/form-data`, and what form text means under a schema (said here, once).

Text becomes a number or a boolean only where the schema asks for one and the text is one; anything else stays text, so
that a type rule can say what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from specs.messages import Part

MOST_PARTS = 1000
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}\Z")
_BRACKETS = re.compile(r"\[([^\]]*)\]")


class MalformedForm(ValueError):
    """The body is not a well-formed form; the message is one sentence that says why.

    `passable`: parsers in use overlook it (a missing end, a part without a name), so that it is no proof of anything.
    """

    def __init__(self, message: str, *, passable: bool = False) -> None:
        super().__init__(message)
        self.passable = passable


def parts(body: bytes, content_type: str) -> tuple[Part, ...]:
    """The parts of a multipart body, in wire order.

    Raises MalformedForm: no boundary, a cut or garbled body, a part without a name, more than MOST_PARTS parts.
    """
    boundary = parse_options_header(content_type)[1].get("boundary")
    if not boundary:
        raise MalformedForm("the Content-Type names no boundary")
    try:
        return tuple(_read(body, boundary))
    except MalformedForm:
        raise
    except MultipartError as problem:
        unended = "end of multipart" in str(problem) and boundary.encode() in body
        raise MalformedForm(f"the multipart body cannot be read: {str(problem).lower()}", passable=unended) from problem
    except (UnicodeError, ValueError) as problem:
        raise MalformedForm("the multipart body has a part header that cannot be read") from problem


def _read(body: bytes, boundary: str) -> Iterator[Part]:
    with PushMultipartParser(boundary, max_segment_count=MOST_PARTS, max_header_size=8192, strict=True) as parser:
        segment: MultipartSegment | None = None
        chunks: list[bytes] = []
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                segment, chunks = event, []
            elif event is None and segment is not None:
                yield _part(segment, b"".join(chunks))
            elif event is not None:
                chunks.append(event)


def _part(segment: MultipartSegment, data: bytes) -> Part:
    if not segment.name:
        raise MalformedForm("a part of the multipart body has no name", passable=True)
    return Part(segment.name, bytes(data), segment.filename, segment.header("Content-Type"))


def text(data: bytes) -> str:
    """Form text is UTF-8; bytes that are not become U+FFFD."""
    return data.decode("utf-8", "replace")


def typed(value: str, schema: Mapping[str, Any]) -> Any:
    """What form text means under a schema: an integer, a boolean or text."""
    kinds = _kinds(schema)
    if "integer" in kinds and _INTEGER.match(value):
        return int(value)
    if "number" in kinds and (number := _number(value)) is not None:
        return number
    if "boolean" in kinds and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    stated = schema.get("type")
    kinds = {stated} if isinstance(stated, str) else set(stated or ())
    for key in ("anyOf", "oneOf"):
        for option in schema.get(key, ()):
            kinds |= _kinds(option)
    return kinds


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if number - number == 0 else None


def split_name(name: str) -> tuple[str, tuple[str, ...]]:
    """`image[]` -> ("image", ("",)); `svg[model]` -> ("svg", ("model",)); `n` -> ("n", ())."""
    root, bracket, _rest = name.partition("[")
    return (root, tuple(_BRACKETS.findall(name[len(root) :]))) if bracket and root else (name, ())
