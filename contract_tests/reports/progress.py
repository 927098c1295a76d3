"""One line that moves while a run is under way: asked, left, billed, time left. Silent when nobody is looking."""

from __future__ import annotations

import time
from collections.abc import Callable
from shutil import get_terminal_size
from types import TracebackType
from typing import Self, TextIO

from contract_tests.reports import words
from contract_tests.reports.terminal import fitted

INTERVAL = 0.1
"""Seconds between two drawings of the line."""
ENOUGH = 3
"""Answers from which the time that is left is guessed."""


class Progress:
    """`with Progress(total, sys.stderr) as progress: … progress.asked(billed=True)`.

    `total` may be changed on the way (`progress.total = …`). On a stream that is no terminal nothing is ever written.
    """

    def __init__(
        self, total: int, stream: TextIO, clock: Callable[[], float] = time.monotonic, *, quiet: bool = False
    ) -> None:
        """`clock` counts seconds; `quiet` draws nothing."""
        self.total = total
        self.done = 0
        self.billed = 0
        self._stream = stream
        self._clock = clock
        self._began = clock()
        self._drawn: float | None = None
        self._shows = stream.isatty() and not quiet

    def asked(self, *, billed: bool = False) -> None:
        """One more exchange is over."""
        self.done += 1
        self.billed += billed
        self._draw()

    def say(self, line: str) -> None:
        """Write a line that stays, above the one that moves; on any stream."""
        self.close()
        self._stream.write(f"{line}\n")
        self._stream.flush()

    @property
    def left(self) -> int:
        """How many questions are still to ask."""
        return max(self.total - self.done, 0)

    @property
    def line(self) -> str:
        """The line as it is drawn."""
        return f"{self.done} asked, {self.left} left, {self.billed} billed{self._time_left()}"

    def _time_left(self) -> str:
        if self.done < ENOUGH or not self.left:
            return ""
        seconds = round((self._clock() - self._began) / self.done * self.left)
        return f", about {words.lasting(seconds)} to go" if seconds else ""

    def _draw(self, *, now: bool = False) -> None:
        if not self._shows or not (now or self._due()):
            return
        self._drawn = self._clock()
        self._stream.write(f"\r{fitted(self.line, get_terminal_size().columns - 1)}\x1b[K")
        self._stream.flush()

    def _due(self) -> bool:
        return self._drawn is None or self.left == 0 or self._clock() - self._drawn >= INTERVAL

    def close(self) -> None:
        """Take the line away, so that what follows stands at its place."""
        if self._shows and self._drawn is not None:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = None

    def __enter__(self) -> Self:
        self._draw(now=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
