"""Pacing: how often an endpoint is asked, and how long is waited after it has said that it is busy."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from specs.messages import Response

_SPANS = {"s": 1.0, "m": 60.0, "h": 3600.0}


class NoRate(ValueError):
    """The text is no rate; the message says what one looks like."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` requests in any `seconds`."""

    count: int
    seconds: float


def rate(text: str) -> Rate:
    """The rate in a text like `5/m`: requests per second (s), minute (m) or hour (h). Raises NoRate."""
    count, slash, span = text.partition("/")
    if not slash or span not in _SPANS or not (count.isascii() and count.isdigit()) or int(count) == 0:
        raise NoRate(f"{text!r} is no rate like 5/m, 1/s or 100/h")
    return Rate(int(count), _SPANS[span])


class Pace:
    """Keeps a rate, and a rest for all threads after one of them was told to wait."""

    def __init__(
        self,
        rate: Rate | None = None,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate, self._wait, self._clock = rate, wait, clock
        self._sent: deque[float] = deque(maxlen=rate.count if rate else 1)
        self._rest = 0.0
        self._lock = threading.Lock()

    def step(self, most: float = float("inf")) -> bool:
        """Wait until the next request may go out; False when that takes longer than `most` seconds."""
        with self._lock:
            seconds = self._due() - self._clock()
            if seconds > most:
                return False
            if seconds > 0:
                self._wait(seconds)
            self._sent.append(max(self._clock(), self._due()))
            return True

    def rest(self, seconds: float) -> None:
        """Nobody is to ask for so many seconds."""
        with self._lock:
            self._rest = max(self._rest, self._clock() + seconds)

    def _due(self) -> float:
        full = self._rate is not None and len(self._sent) == self._rate.count
        return max(self._rest, self._sent[0] + self._rate.seconds if full and self._rate else 0.0)


def told_to_wait(response: Response | None) -> float | None:
    """The seconds that `Retry-After` asks for: a number, or until a date; None where it is not there or neither."""
    said = response.header("retry-after") if response else None
    if said:
        with suppress(ValueError):
            return max(0.0, float(said))
        with suppress(ValueError):
            return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    return None
