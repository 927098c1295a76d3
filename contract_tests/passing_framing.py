"""Where one HTTP/1.1 message ends and the next begins, in bytes that only pass by.

Nothing is held back but an unfinished head, or an unfinished line between two chunks. Every byte comes out again, in
order and as it was; what is no HTTP/1.1 comes out unread (`opaque`), for what passes is not ours to judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from specs.messages import Headers, first

Framing: TypeAlias = int | Literal["chunked", "open", "opaque"]
"""How a body ends: after so many bytes, by its last chunk, with the connection; `opaque`: no more messages come."""

MOST_HEAD = 256 * 1024
MOST_LINE = 16 * 1024

_END = re.compile(rb"\r?\n\r?\n")
_BLANK = re.compile(rb"(?:\r?\n)+")
_REQUEST = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/1\.[01]\Z")
_STATUS = re.compile(r"HTTP/1\.[01] ([1-9]\d\d)(?: .*)?\Z")
_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?\r?\n\Z", re.DOTALL)
_HOST = re.compile(rb"(?im)^(host[ \t]*:[ \t]*)[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Head:
    """The first line and the header fields of a message."""

    start: str
    headers: Headers

    @property
    def request(self) -> tuple[str, str] | None:
        """(method, target) of a request line, None when it is none."""
        found = _REQUEST.match(self.start)
        return (found[1], found[2]) if found else None

    @property
    def status(self) -> int | None:
        """The status of a status line, None when it is none."""
        found = _STATUS.match(self.start)
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes as they stand on the wire, and what they are: a whole `head`, a piece of a `body`, a message's end."""

    raw: bytes
    head: Head | None = None
    body: bytes = b""
    ended: bool = False


class Messages:
    """One direction of a connection, cut into pieces. `framing` says of a head how its body ends."""

    def __init__(self, framing: Callable[[Head], Framing]) -> None:
        self._framing = framing
        self._held = b""
        self._left = 0
        self._step: Callable[[], Piece | None] = self._head

    @property
    def opaque(self) -> bool:
        """Whether what passes is not (any more) read."""
        return self._step == self._opaque

    def feed(self, data: bytes) -> Iterator[Piece]:
        """The pieces that `data` completes."""
        self._held += data
        while self._held and (piece := self._step()) is not None:
            yield piece

    def give_up(self) -> bytes:
        """Read no more; what was held back."""
        self._step = self._opaque
        return self._take(len(self._held))

    def end(self) -> tuple[bytes, bool]:
        """The connection is over: (what was held back, whether a body ended with it as it was meant to)."""
        return self._take(len(self._held)), self._step == self._open

    def _take(self, count: int) -> bytes:
        taken, self._held = self._held[:count], self._held[count:]
        return taken

    def _head(self) -> Piece | None:
        if blank := _BLANK.match(self._held):
            return Piece(self._take(blank.end()))
        found = _END.search(self._held)
        if found is None:
            return self._unread() if len(self._held) > MOST_HEAD else None
        head = parsed(self._held[: found.end()])
        framing: Framing = self._framing(head) if head else "opaque"
        if head is None or (framing == "opaque" and head.request is None and head.status is None):
            return self._unread()
        self._enter(framing)
        return Piece(self._take(found.end()), head, ended=framing == 0)

    def _enter(self, framing: Framing) -> None:
        if isinstance(framing, int):
            self._left, self._step = framing, self._counted if framing else self._head
        else:
            self._step = {"chunked": self._size, "open": self._open, "opaque": self._opaque}[framing]

    def _unread(self) -> Piece | None:
        self._step = self._opaque
        return self._opaque()

    def _opaque(self) -> Piece | None:
        return Piece(self._take(len(self._held)))

    def _open(self) -> Piece | None:
        raw = self._take(len(self._held))
        return Piece(raw, body=raw)

    def _counted(self) -> Piece | None:
        raw = self._take(self._left)
        self._left -= len(raw)
        if not self._left:
            self._step = self._head
        return Piece(raw, body=raw, ended=not self._left)

    def _line(self) -> bytes | None:
        """The next line; None while it is not whole. Longer than any honest one: no more is read."""
        end = self._held.find(b"\n") + 1
        if end or len(self._held) <= MOST_LINE:
            return self._take(end) if end else None
        return None

    def _size(self) -> Piece | None:
        line = self._line()
        if line is None:
            return self._unread() if len(self._held) > MOST_LINE else None
        found = _SIZE.match(line)
        if found is None:
            self._step = self._opaque
            return Piece(line)
        self._left = int(found[1], 16)
        self._step = self._chunk if self._left else self._trailer
        return Piece(line)

    def _chunk(self) -> Piece | None:
        raw = self._take(self._left)
        self._left -= len(raw)
        if not self._left:
            self._step = self._chunk_end
        return Piece(raw, body=raw)

    def _chunk_end(self) -> Piece | None:
        line = self._line()
        if line is None:
            return None if self._held == b"\r" else self._unread()
        self._step = self._size if line in (b"\r\n", b"\n") else self._opaque
        return Piece(line)

    def _trailer(self) -> Piece | None:
        line = self._line()
        if line is None:
            return self._unread() if len(self._held) > MOST_LINE else None
        ended = line in (b"\r\n", b"\n")
        if ended:
            self._step = self._head
        return Piece(line, ended=ended)


def parsed(raw: bytes) -> Head | None:
    """A head as text (byte by byte), or None when a line of it is no header field."""
    start, *lines = re.split(r"\r?\n", raw.decode("latin-1").rstrip("\r\n"))
    fields: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif colon and name.strip():
            fields.append((name.strip(), value.strip()))
        else:
            return None
    return Head(start, tuple(fields))


def of_request(head: Head) -> Framing:
    """How the body of a request ends (RFC 9112, 6.3)."""
    if head.request is None or head.request[0] == "CONNECT":
        return "opaque"
    if "chunked" in (first(head.headers, "transfer-encoding") or "").lower():
        return "chunked"
    stated = first(head.headers, "content-length") or "0"
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 16 else "opaque"


def of_answer(head: Head, method: str) -> Framing:
    """How the body of the answer to a request with this method ends (RFC 9112, 6.3)."""
    status = head.status
    if status is None or status == 101 or (method == "CONNECT" and 200 <= status < 300):
        return "opaque"
    if method == "HEAD" or status < 200 or status in (204, 304):
        return 0
    if (coding := first(head.headers, "transfer-encoding")) is not None:
        return "chunked" if "chunked" in coding.lower() else "open"
    stated = first(head.headers, "content-length") or ""
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 16 else "open"


def with_host(raw: bytes, host: str) -> bytes:
    """A head in which `Host` names another server; every other byte as it was."""
    return _HOST.sub(lambda found: found[1] + host.encode("ascii"), raw)
