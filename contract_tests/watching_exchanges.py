"""From what passes over one connection to exchanges: requests and answers paired in order, with their times.

Only memory is bounded here: of a body at most MOST bytes are kept, of all bodies together what the `Room` holds. What
was not kept is said, never silently missing.
"""

from __future__ import annotations

import time
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from contract_tests.importing import CLIENT
from contract_tests.passing import Onlooker
from contract_tests.passing_framing import Framing, Head, Piece, of_answer
from specs.messages import Exchange, Failure, Headers, Request, Response, first

MOST = 64 * 1024 * 1024
"""Bytes of one body that are kept, before and after decompression."""

_MOST_ARRIVALS = 20_000
"""Arrivals of one body that are kept; the last one always is."""

LEFT = f"{CLIENT}closed the connection before the answer was whole"
UNSENT = f"{CLIENT}had not sent its whole request when the answer was over"


class Room:
    """How many bytes of bodies may be in memory at once, over all connections."""

    def __init__(self, size: int) -> None:
        self.free = size

    def take(self, count: int) -> bool:
        """Reserve some bytes; False when there is no room for them."""
        if count > self.free:
            return False
        self.free -= count
        return True

    def give(self, count: int) -> None:
        """Give bytes back."""
        self.free += count


@dataclass(slots=True)
class Body:
    """A body as it passes, at most MOST bytes of it. `arrivals` as in specs.messages."""

    room: Room
    data: bytearray = field(default_factory=bytearray)
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    passed: int = 0

    @property
    def kept(self) -> int:
        """How many bytes of it there are."""
        return len(self.data)

    def add(self, data: bytes, at: float) -> None:
        """Keep what is not too much."""
        whole = self.kept == self.passed
        self.passed += len(data)
        if whole and self.passed <= MOST and self.room.take(len(data)):
            self.data += data
            if len(self.arrivals) == _MOST_ARRIVALS:
                self.arrivals.pop()
            self.arrivals.append((at, self.kept))


@dataclass(frozen=True, slots=True)
class Passed:
    """One exchange as it passed: raw bodies, `began` in unix seconds, why it was not whole (None when it was)."""

    method: str
    target: str
    fields: Headers
    body: bytes
    began: float
    seconds: float
    status: int | None = None
    answer_fields: Headers = ()
    answer: bytes = b""
    arrivals: tuple[tuple[float, int], ...] = ()
    failure: Failure | None = None

    @property
    def weight(self) -> int:
        """Bytes of its bodies."""
        return len(self.body) + len(self.answer)


class _Open:
    """An exchange that is not over yet."""

    def __init__(self, head: tuple[str, str], fields: Headers, room: Room) -> None:
        self.method, self.target = head
        self.fields = fields
        self.began, self._clock = time.time(), time.monotonic()
        self.body, self.answer = Body(room), Body(room)
        self.sent = self.answered = False
        self.status: int | None = None
        self.answer_fields: Headers = ()

    @property
    def spent(self) -> float:
        return time.monotonic() - self._clock

    def passed(self, failure: Failure | None) -> Passed:
        for body, name in ((self.body, "request"), (self.answer, "answer")):
            if body.kept < body.passed:
                told = f"the {name} has {body.passed} bytes, of which {body.kept} were kept"
                failure = Failure("too-long", told)
        asked = (self.method, self.target, self.fields, bytes(self.body.data), self.began, self.spent)
        answer = (bytes(self.answer.data), tuple(self.answer.arrivals))
        return Passed(*asked, self.status, self.answer_fields, *answer, failure)


class Conversation(Onlooker):
    """One connection: told of every piece both ways, it hands over each exchange as soon as that is over."""

    def __init__(self, room: Room, keep: Callable[[Passed], None]) -> None:
        self._room, self._keep = room, keep
        self._open: deque[_Open] = deque()

    @property
    def busy(self) -> bool:  # type: ignore[override]  # it is read only
        """Whether a request has no (whole) answer yet."""
        return bool(self._open)

    def framing(self, head: Head) -> Framing:
        """How the body of the next answer ends: that depends on what was asked."""
        return of_answer(head, next((e.method for e in self._open if not e.answered), "GET"))

    def up(self, piece: Piece) -> None:
        """A piece of a request has passed."""
        if piece.head and piece.head.request:
            self._open.append(_Open(piece.head.request, piece.head.headers, self._room))
        if not self._open:
            return
        asked = self._open[-1]
        if piece.body:
            asked.body.add(piece.body, asked.spent)
        asked.sent = asked.sent or piece.ended
        self._hand_over()

    def down(self, piece: Piece) -> None:
        """A piece of an answer has passed."""
        asked = next((e for e in self._open if not e.answered), None)
        if asked is None:
            return
        if piece.head:
            asked.status, asked.answer_fields = piece.head.status, piece.head.headers
        if piece.body:
            asked.answer.add(piece.body, asked.spent)
        interim = asked.status is not None and 100 <= asked.status < 200
        asked.answered = piece.ended and not interim
        self._hand_over()

    def _hand_over(self) -> None:
        while self._open and self._open[0].sent and self._open[0].answered:
            self._keep(self._open.popleft().passed(None))

    def closed(self, *, by_app: bool, meant: bool) -> None:
        """The connection is over; `meant`: the last answer ended with it as it was meant to."""
        while self._open:
            asked = self._open.popleft()
            if asked.answered or (meant and asked.status is not None):
                failure = None if asked.sent else Failure("cut", UNSENT)
            else:
                failure = Failure("cut", LEFT) if by_app else _cut(asked)
            self._keep(asked.passed(failure))


def _cut(asked: _Open) -> Failure:
    if asked.status is None or asked.status < 200:
        return Failure("cut", "the connection was closed without an answer")
    return Failure("cut", f"the connection was closed after {asked.answer.passed} bytes of the answer's body")


def exchange(passed: Passed, origin: str, id: str) -> Exchange:
    """The exchange as the tester's own client would have recorded it; `origin` is where it went."""
    response = None
    if passed.status is not None and passed.status >= 200:
        body, arrivals = unpacked(first(passed.answer_fields, "content-encoding") or "", passed.answer, passed.arrivals)
        response = Response(passed.status, passed.answer_fields, body, arrivals)
    url = passed.target if "://" in passed.target else f"{origin}{passed.target}"
    request = Request(passed.method, url, passed.fields, passed.body)
    return Exchange(id, request, response, passed.failure, passed.began, passed.seconds)


def unpacked(
    coding: str, body: bytes, arrivals: tuple[tuple[float, int], ...]
) -> tuple[bytes, tuple[tuple[float, int], ...]]:
    """A gzip or deflate body decompressed, at most MOST bytes, with its arrivals; any other one as it is."""
    if coding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body, arrivals
    inflater, plain, at, came = zlib.decompressobj(47), bytearray(), 0, []
    try:
        for seconds, end in arrivals:
            plain += inflater.decompress(body[at:end], max(1, MOST - len(plain)))
            at = end
            came.append((seconds, len(plain)))
    except zlib.error:
        return body, arrivals
    return (bytes(plain), tuple(came)) if inflater.eof else (body, arrivals)
