"""One connection: exact bytes out, bytes in, and a clock that no server can outlast.

Every read and write has what is left of the whole time, so that neither silence nor a byte a second keeps us. An answer
that comes before the request is out is noticed, and the rest of the request is not sent: a server that refuses early
and closes would otherwise destroy its own answer.
"""

from __future__ import annotations

import io
import re
import select
import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import monotonic

from contract_tests.addresses import Origin

CONNECTING = 15.0
"""Seconds for a connection to be made."""

RESTING = 1.5
"""Seconds after which an idle connection is not used again: shorter than any usual server keeps one (gunicorn: 2)."""

GO_AHEAD = 2.0
"""Seconds to wait for `100 Continue` before the body is sent all the same (RFC 9110, 10.1.1: not indefinitely)."""

_PIECE = 65536
_INTERIM = b"HTTP/1.1 1"
_KEPT = 4096


class Clock:
    """How long one exchange may take, and has taken: `spent` seconds so far."""

    def __init__(self, seconds: float) -> None:
        self.began = monotonic()
        self.allowed = seconds

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return monotonic() - self.began

    def left(self, most: float | None = None) -> float:
        """Seconds left, at most `most`. Raises TimeoutError when there are none."""
        left = self.allowed - self.spent
        if left <= 0:
            raise TimeoutError
        return left if most is None else min(left, most)


class _Incoming(io.RawIOBase):
    """The bytes a socket receives; `began` keeps the first ones for error messages."""

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        self.sock, self.clock = sock, clock
        self.patience: float | None = None
        self.began = b""
        self.over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # what BufferedReader gives
        if self.over:
            return 0
        self.sock.settimeout(self.clock.left(self.patience))
        count = self.sock.recv_into(buffer)
        if len(self.began) < _KEPT:
            self.began += bytes(buffer[:count])
        return count


class Reader(io.BufferedReader):
    """A buffered reader that HTTPResponse cannot close: what came after an answer is still to be looked at.

    `line` is the last line read; HTTPResponse takes the end of a connection for the end of a head.
    """

    line = b""

    def readline(self, size: int | None = -1, /) -> bytes:
        """As everywhere."""
        self.line = super().readline(size)
        return self.line

    def close(self) -> None:
        """Leaves the socket and the buffer as they are."""


class Wire:
    """A connection to an origin, for one exchange at a time."""

    def __init__(self, sock: socket.socket, origin: Origin) -> None:
        self.sock, self.origin = sock, origin
        self.secure = isinstance(sock, ssl.SSLSocket)
        self.rested = monotonic()
        self.used = False

    def begin(self, clock: Clock) -> None:
        """Begins an exchange under a clock."""
        self.clock = clock
        self.incoming = _Incoming(self.sock, clock)
        self.reader = Reader(self.incoming, _PIECE)
        self._heard = False

    def write(self, pieces: Iterable[bytes]) -> bool:
        """Sends the pieces; False when an answer came (or the other side closed) before all was sent.

        Raises TimeoutError.
        """
        try:
            return all(self._send(memoryview(piece)) for piece in pieces)
        except (BrokenPipeError, ConnectionResetError):
            return False

    def _send(self, rest: memoryview) -> bool:
        while rest:
            listen = [] if self.secure or self._heard else [self.sock]
            readable, writable, _ = select.select(listen, [self.sock], [], self.clock.left())
            if readable and self._answered():
                return False
            if writable:
                self.sock.settimeout(self.clock.left())
                rest = rest[self.sock.send(rest[:_PIECE]) :]
        return True

    def _answered(self) -> bool:
        start = self.sock.recv(len(_INTERIM), socket.MSG_PEEK)
        self._heard = _interim(start)
        return not self._heard

    def may_go_on(self) -> bool:
        """Waits for `100 Continue`: True when it comes or nothing does, False when a final answer came instead."""
        self.incoming.patience = GO_AHEAD
        try:
            start = self.reader.peek(len(_INTERIM))
        except TimeoutError:
            self.clock.left()
            return True
        finally:
            self.incoming.patience = None
        return _interim(start)

    def leftover(self) -> bytes:
        """What has come after the end of an answer, without waiting for more; how the connection ends is no matter."""
        self.incoming.over = True
        found = self.reader.peek(1)
        with suppress(OSError):
            if not found and not self.secure and _readable(self.sock):
                found = self.sock.recv(_KEPT, socket.MSG_PEEK)
        return found.strip(b"\r\n")

    def usable(self) -> bool:
        """Whether the connection has not rested long and nothing has come meanwhile, not even its end."""
        return monotonic() - self.rested < RESTING and not _readable(self.sock)

    @property
    def stale(self) -> bool:
        """Whether nothing came on a connection that had rested: its other side may have closed it meanwhile."""
        return self.used and not self.incoming.began

    def close(self) -> None:
        """Closes the connection."""
        self.sock.close()


def _interim(start: bytes) -> bool:
    """Whether an answer that begins so is an interim one (1xx)."""
    return bool(start) and re.sub(rb"^HTTP/1\.\d", b"HTTP/1.1", start).startswith(_INTERIM[: len(start)])


def _readable(sock: socket.socket) -> bool:
    return bool(select.select([sock], [], [], 0)[0])


class Wires:
    """The connections of a client: idle ones are used again. Safe to use from several threads.

    `trust` is a file of further certificates to trust, beside the system's.
    """

    def __init__(self, trust: Path | None = None) -> None:
        self._trust = trust
        self._idle: list[Wire] = []
        self._closing: set[Origin] = set()
        self._lock = threading.Lock()

    def take(self, origin: Origin, clock: Clock) -> Wire:
        """A connection to an origin, ready for one exchange. Raises OSError (ssl.SSLError, TimeoutError …)."""
        with self._lock:
            mine = [wire for wire in self._idle if wire.origin == origin]
            self._idle = [wire for wire in self._idle if wire.origin != origin or wire is not mine[-1]]
        wire = mine[-1] if mine else None
        if wire is not None and (origin in self._closing or not wire.usable()):
            wire.close()
            wire = None
        wire = wire or connect(origin, self._trust, clock)
        wire.begin(clock)
        return wire

    def give(self, wire: Wire, *, again: bool) -> None:
        """Takes a connection back; one that cannot be used `again` is closed."""
        if not again or wire.origin in self._closing:
            wire.close()
            return
        wire.rested, wire.used = monotonic(), True
        with self._lock:
            self._idle.append(wire)

    def distrust(self, origin: Origin) -> None:
        """Use no connection to this origin twice any more: it closes them without a word."""
        with self._lock:
            self._closing.add(origin)

    def close(self) -> None:
        """Closes every idle connection."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()


@cache
def _trusting(trust: Path | None) -> ssl.SSLContext:
    """Whom TLS connections trust: made when the first is opened, for the system's certificates take long to read."""
    context = ssl.create_default_context()
    if trust is not None:
        context.load_verify_locations(trust)
    return context


def connect(origin: Origin, trust: Path | None, clock: Clock) -> Wire:
    """A new connection, TLS verified where the scheme asks for it. Raises OSError (ssl.SSLError, TimeoutError …)."""
    sock = socket.create_connection((origin.host, origin.port), clock.left(CONNECTING))
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if origin.scheme == "https":
            sock.settimeout(clock.left(CONNECTING))
            sock = _trusting(trust).wrap_socket(sock, server_hostname=origin.host)
    except BaseException:
        sock.close()
        raise
    return Wire(sock, origin)
