"""How a reply leaves: at once, event by event, in drips, cut short, or never; and that its client left is noticed.

A body that is cut promises more bytes than it sends: the server then breaks the connection, as a fallen relay does.
Pauses end when the mock is told to end, so that open streams come to their end and keep nobody waiting.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from typing import Literal, TypeAlias

from mock_server.replies import Reply
from mock_server.silence import Ending

Outcome: TypeAlias = Literal["sent", "streaming", "abandoned", "cut"]
FLUSHED = 0.1
"""Seconds in which a server gets rid of what it was given, before it notices that the rest is missing."""

KEEP_ALIVE = b": keep-alive\n\n"


class Sending:
    """The body of a reply that takes its time, as WSGI wants it: an iterable with `close`.

    `told` is called once, with the outcome and the number of bytes that were handed over.
    """

    def __init__(self, reply: Reply, ending: Ending, keep_alive: float, told: Callable[[Outcome, int], None]) -> None:
        self._reply, self._ending, self._keep_alive, self._told = reply, ending, keep_alive, told
        self._sent = 0
        self._outcome: Outcome = "abandoned"
        self._closed = False
        self._pieces = self._flowing()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece = next(self._pieces)
        except StopIteration:
            self.close()
            raise
        self._sent += len(piece)
        return piece

    def close(self) -> None:
        """The server is done with this answer, or its client is gone."""
        if not self._closed:
            self._closed = True
            self._pieces.close()
            self._told(self._outcome, self._sent)

    def _flowing(self) -> Generator[bytes]:
        reply, left = self._reply, self._reply.cut
        for number, (own, piece) in enumerate(_parts(reply)):
            if pause := max(own, reply.pause if number else 0.0):
                yield from self._waiting(pause)
            if left is not None and len(piece) >= left:
                self._outcome = "cut"
                yield piece[:left]
                self._ending.wait(FLUSHED)
                return
            left = None if left is None else left - len(piece)
            yield piece
        self._outcome = "sent"

    def _waiting(self, seconds: float) -> Iterator[bytes]:
        """A pause; in a stream, with a comment now and then."""
        talks = self._keep_alive > 0 and self._reply.events is not None and self._reply.cut is None
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._ending.is_set():
            self._ending.wait(min(left, self._keep_alive) if talks else left)
            if talks and time.monotonic() < end:
                yield KEEP_ALIVE


def _parts(reply: Reply) -> Iterator[tuple[float, bytes]]:
    """The pieces of a body, each after a pause of its own."""
    if reply.events is not None:
        yield from ((event.pause, event.encoded()) for event in reply.events)
    elif reply.drip:
        body = b"".join(reply.pieces())
        yield from ((0.0, body[at : at + reply.drip]) for at in range(0, len(body), reply.drip))
    else:
        yield from ((0.0, piece) for piece in reply.pieces())
