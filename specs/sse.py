"""Server-sent events out of bytes, by the rules of the WHATWG HTML standard (section "Server-sent events").

A client shows only events with data; here every block of lines is a frame, because what is judged is what was sent:
comments that keep a connection open, blocks without data, a last block without its blank line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

_BOM = b"\xef\xbb\xbf"
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|\Z)")


class NotJson(ValueError):
    """The data of a frame is not JSON (or there is none); the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One block of lines.

    `event`, `data` and `id` are None when no line states them; the lines of `data` are joined by line feeds.
    `comments` are without their colon, `stray` are lines that are none of the standard's fields. `start` and `end`
    are bytes of the body, the closing blank line included; `complete` tells whether there was one. `lossy` tells
    whether bytes that are not UTF-8 were replaced. `retry` is in milliseconds.
    """

    event: str | None
    data: str | None
    id: str | None
    comments: tuple[str, ...]
    start: int
    end: int
    complete: bool
    retry: int | None = None
    stray: tuple[str, ...] = ()
    lossy: bool = False

    @property
    def json(self) -> Any:
        """The data, parsed; raises NotJson."""
        if self.data is None:
            raise NotJson("the frame has no data")
        try:
            return json.loads(self.data, parse_constant=_no_constant)
        except RecursionError as problem:
            raise NotJson("the data is nested too deeply") from problem
        except ValueError as problem:
            raise NotJson(f"the data is not JSON: {problem}") from problem


def frames(body: bytes) -> tuple[Frame, ...]:
    """Every frame of a stream, in order; the last one is not complete when the body ends without a blank line."""
    return tuple(_frames(body))


def _frames(body: bytes) -> Iterator[Frame]:
    block: list[bytes] = []
    start = at = len(_BOM) if body.startswith(_BOM) else 0
    while at < len(body):
        found = _LINE.match(body, at)
        assert found, "the pattern matches anything"
        at = found.end()
        if found[1]:
            block.append(found[1])
            continue
        if block:
            yield _frame(block, start, at, complete=True)
        block, start = [], at
    if block:
        yield _frame(block, start, at, complete=False)


def _frame(block: Sequence[bytes], start: int, end: int, *, complete: bool) -> Frame:
    said: dict[str, list[str]] = {"event": [], "data": [], "id": [], "retry": [], "": []}
    stray: list[str] = []
    for line in (raw.decode(errors="replace") for raw in block):
        name, _, value = line.partition(":")
        said.get(name, stray).append(value.removeprefix(" ") if name in said else line)
    ids = [value for value in said["id"] if "\0" not in value]
    waits = [int(value) for value in said["retry"] if value.isascii() and value.isdigit() and len(value) < 16]
    return Frame(
        event=_last(said["event"]),
        data="\n".join(said["data"]) if said["data"] else None,
        id=_last(ids),
        comments=tuple(said[""]),
        start=start,
        end=end,
        complete=complete,
        retry=_last(waits),
        stray=tuple(stray),
        lossy=any(not _is_utf8(line) for line in block),
    )


def _last(values: Sequence[Any]) -> Any:
    """A field that is stated twice has its last value."""
    return values[-1] if values else None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")
