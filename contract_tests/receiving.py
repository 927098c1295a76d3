"""One answer off a connection: its head by `http.client`, its body by its framing, piece by piece as it arrives.

The body is read here and not by `http.client`, because a body cut short, a wrong chunk and a length that lies have to
be told apart, and because what came before is evidence and is kept.
"""

from __future__ import annotations

import re
import socket
import zlib
from collections.abc import Iterator
from email.errors import FirstHeaderLineIsContinuationDefect, InvalidHeaderDefect, MissingHeaderBodySeparatorDefect
from http.client import HTTPResponse
from typing import cast

from contract_tests.wires import Clock, Reader
from specs.messages import FailureKind, Headers, Response

MOST = 64 * 1024 * 1024
"""Bytes of a body we are willing to take, before and after decompression."""

_PIECE = 65536
_LINE = 8192
_NO_FIELDS = (MissingHeaderBodySeparatorDefect, FirstHeaderLineIsContinuationDefect, InvalidHeaderDefect)
_HEX = re.compile(rb"\s*([0-9a-fA-F]{1,15})\s*(;.*)?\r?\n\Z", re.DOTALL)


class Broken(Exception):
    """An answer that is not whole; `kind` as in specs.messages."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(detail)
        self.kind: FailureKind = kind


class _Lent:
    """What HTTPResponse takes for a socket."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def makefile(self, _mode: str) -> Reader:
        return self._reader


def head(reader: Reader, method: str) -> HTTPResponse:
    """The head of the final answer; interim ones (100, 103 …) are passed over.

    Raises http.client.HTTPException or Broken when it is not HTTP or cut short, OSError when the connection fails.
    """
    while True:
        found = HTTPResponse(cast("socket.socket", _Lent(reader)), method=method)
        found.begin()
        if reader.line not in (b"\r\n", b"\n"):
            raise Broken("cut", "the connection was closed in the middle of the answer's head")
        if any(isinstance(defect, _NO_FIELDS) for defect in found.headers.defects):
            raise Broken("garbage", "a line in the answer's head is no header field")
        if found.status >= 200 or found.status == 101:
            return found


def headers(found: HTTPResponse) -> Headers:
    """The header fields in wire order, folded lines unfolded."""
    return tuple((name, re.sub(r"[\r\n]+\s*", " ", str(value))) for name, value in found.headers.items())


class Body:
    """A body as it arrives: its bytes, decompressed where the answer says so, and when they came.

    `arrivals` are (seconds since the exchange began, bytes of the decompressed body by then). A body that cannot be
    decompressed is kept as it came.
    """

    def __init__(self, coding: str, clock: Clock) -> None:
        self._raw, self._plain, self._clock = bytearray(), bytearray(), clock
        self._coding = coding if coding in ("gzip", "x-gzip", "deflate") else ""
        self._inflater: zlib._Decompress | None = None
        self._problem = ""
        self.arrivals: list[tuple[float, int]] = []

    def take(self, piece: bytes) -> None:
        """Adds what has arrived. Raises Broken when it becomes too much."""
        self._raw += piece
        if self._coding and not self._problem:
            try:
                self._inflate(piece)
            except zlib.error as problem:
                self._problem = f"the body is not {self._coding}, as its Content-Encoding says: {problem}"
        self.arrivals.append((self._clock.spent, self._size))
        if max(len(self._raw), self._size) > MOST:
            raise Broken("too-long", f"the body has more than {MOST} bytes")

    def _inflate(self, piece: bytes) -> None:
        while piece:
            if self._inflater is None:
                self._inflater = zlib.decompressobj(_window(self._coding, piece[0]))
            self._plain += self._inflater.decompress(piece, MOST + 1 - len(self._plain))
            if len(self._plain) > MOST:
                return
            piece = self._inflater.unconsumed_tail
            if self._inflater.eof and self._inflater.unused_data.startswith(b"\x1f\x8b"):
                piece, self._inflater = self._inflater.unused_data, None

    def end(self) -> None:
        """The body is over. Raises Broken when it could not be decompressed to its end."""
        unfinished = self._raw and self._coding and not (self._inflater and self._inflater.eof)
        if unfinished and not self._problem:
            self._problem = f"the {self._coding} body ends too early"
        if self._problem:
            self.arrivals = []
            raise Broken("garbage", self._problem)

    @property
    def _kept(self) -> bytearray:
        return self._plain if self._coding and not self._problem else self._raw

    @property
    def _size(self) -> int:
        return len(self._kept)

    def response(self, found: HTTPResponse) -> Response:
        """The answer as far as it has come."""
        return Response(found.status, headers(found), bytes(self._kept[:MOST]), tuple(self.arrivals))


def _window(coding: str, first: int) -> int:
    """The `wbits` of zlib: gzip, zlib, or the bare deflate that some servers send instead (its first byte tells)."""
    if coding != "deflate":
        return 16 + zlib.MAX_WBITS
    return zlib.MAX_WBITS if first & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS


def pieces(reader: Reader, found: HTTPResponse) -> Iterator[bytes]:
    """The body of an answer as it arrives. Raises Broken when it ends too early, or its length or a chunk is none."""
    if found.length == 0:
        return
    if found.chunked:
        yield from _chunks(reader)
    elif found.length is not None:
        yield from _counted(reader, found.length, "Content-Length announced")
    elif (stated := found.getheader("Content-Length")) is not None:
        raise Broken("garbage", f"the Content-Length reads {stated[:20]!r}")
    else:
        while piece := reader.read1(_PIECE):
            yield piece


def _counted(reader: Reader, length: int, who: str) -> Iterator[bytes]:
    left = length
    while left:
        piece = reader.read1(min(left, _PIECE))
        if not piece:
            raise Broken("cut", f"the body ends after {length - left} of the {length} bytes that {who}")
        left -= len(piece)
        yield piece


def _chunks(reader: Reader) -> Iterator[bytes]:
    while size := _size(reader.readline(_LINE)):
        yield from _counted(reader, size, "a chunk announced")
        if (end := reader.readline(3)) not in (b"\r\n", b"\n"):
            raise _stray("a chunk is longer than it says" if end else "")
    while (trailer := reader.readline(_LINE)) not in (b"\r\n", b"\n"):
        if not trailer:
            raise _stray("")


def _size(line: bytes) -> int:
    found = _HEX.match(line)
    if found is None:
        raise _stray(f"the length of a chunk reads {line[:20]!r}" if line.endswith(b"\n") else "")
    return int(found[1], 16)


def _stray(what: str) -> Broken:
    return Broken("garbage", what) if what else Broken("cut", "the connection was closed before the last chunk")
