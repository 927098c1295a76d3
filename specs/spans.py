"""Where things stand in some bytes: whole picture files, runs of one byte, text."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

Bounds: TypeAlias = tuple[int, int]

_PNG = b"\x89PNG\r\n\x1a\n"
_MAGIC = (_PNG, b"\xff\xd8\xff", b"RIFF")
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_ALTERNATIONS = 200
"""How often text and other bytes may take turns before the rest is taken as bytes."""
_BROKEN = 200
"""How many beginnings of pictures without an end are looked at: each may cost a walk through all that follows."""


class Span(NamedTuple):
    """Bytes `start` to `end`; `found` tells what was looked for from what lies between."""

    start: int
    end: int
    found: bool


def split(data: bytes, wanted: Iterable[Bounds]) -> Iterator[Span]:
    """All of `data` in order: what is wanted and what lies between, nothing empty."""
    at = 0
    for start, end in wanted:
        if at < start:
            yield Span(at, start, found=False)
        yield Span(start, end, found=True)
        at = end
    if at < len(data):
        yield Span(at, len(data), found=False)


def pictures(data: bytes) -> Iterator[Bounds]:
    """Every whole PNG, JPEG and WebP file, in order, by the structure of its format."""
    at = broken = 0
    magics = [_Magic(data, magic) for magic in _MAGIC]
    while broken < _BROKEN and (start := _first(magics, at)) >= 0:
        end = _end(data, start)
        if end is None:
            broken += 1
            at = start + 1
        else:
            yield start, end
            at = end


class _Magic:
    """One way in which pictures begin; no byte is searched for it twice."""

    def __init__(self, data: bytes, magic: bytes) -> None:
        self._data, self._magic, self.end = data, magic, len(data)
        self._start, self._searched = -1, 0

    def find(self, at: int, before: int) -> int:
        """Where it stands first, from `at` on and before `before`; -1 when it does not."""
        if self._start < at <= before:
            begin, end = max(at, self._searched), before + len(self._magic) - 1
            self._start = self._data.find(self._magic, begin, end)
            self._searched = max(self._searched, self._start if self._start >= 0 else before)
        return self._start if self._start < before else -1


def _first(magics: Iterable[_Magic], at: int) -> int:
    first = -1
    for magic in magics:
        start = magic.find(at, first if first >= 0 else magic.end)
        first = start if start >= 0 else first
    return first


def _end(data: bytes, start: int) -> int | None:
    if data.startswith(_PNG, start):
        return _png_end(data, start + len(_PNG))
    return _webp_end(data, start) if data.startswith(b"RIFF", start) else _jpeg_end(data, start + 2)


def _png_end(data: bytes, at: int) -> int | None:
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if not name.isalpha():
            return None
        at += 12 + length
        if name == b"IEND":
            return at if at <= len(data) else None
    return None


def _webp_end(data: bytes, start: int) -> int | None:
    if data[start + 8 : start + 12] != b"WEBP":
        return None
    (length,) = struct.unpack_from("<I", data, start + 4)
    end = int(start + 8 + length + length % 2)
    return end if end <= len(data) else None


def _jpeg_end(data: bytes, at: int) -> int | None:
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xD8:
            return None
        if marker == 0xFF:
            at += 1
        elif marker in _STANDALONE:
            at += 2
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
            at = _after_scan(data, at) if marker == 0xDA else at
    return at + 2 if data[at : at + 2] == b"\xff\xd9" else None


_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _after_scan(data: bytes, at: int) -> int:
    """Where the entropy-coded bytes end: at a marker that is neither a stuffed 0xFF nor a restart."""
    found = _SCAN_END.search(data, at)
    return found.start() if found else len(data)


def runs(data: bytes, shortest: int) -> Iterator[Bounds]:
    """Every run of one byte of at least `shortest` bytes (an even number), in order."""
    step = shortest // 2
    at = 0
    while at + step <= len(data):
        if data[at] == data[at + step - 1] and data[at : at + step] == data[at : at + 1] * step:
            start, end = _run_around(data, at, step)
            if end - start >= shortest:
                yield start, end
            at = -(-end // step) * step
        else:
            at += step


def _run_around(data: bytes, at: int, step: int) -> Bounds:
    byte = data[at : at + 1]
    before = data[max(0, at - step) : at]
    start = at - (len(before) - len(before.rstrip(byte)))
    end = at + step
    while data[end : end + step] == byte * step:
        end += step
    rest = data[end : end + step]
    return start, end + len(rest) - len(rest.lstrip(byte))


def texts(data: bytes) -> Iterator[str | bytes]:
    """All of `data` in order, as text where it is UTF-8, else as bytes.

    What is not UTF-8 is taken to last until the next line that begins with `--`, as a part of a multipart body does.
    """
    at = 0
    for _ in range(_ALTERNATIONS):
        try:
            rest = data[at:].decode()
        except UnicodeDecodeError as problem:
            start = at + problem.start
        else:
            yield from (rest,) if rest else ()
            return
        if start > at:
            yield data[at:start].decode()
        line = data.find(b"\r\n--", start)
        at = line if line >= 0 else len(data)
        yield data[start:at]
    yield from (data[at:],) if at < len(data) else ()
