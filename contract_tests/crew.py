"""A crew: questions put side by side by a few threads, in the order in which they are handed out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Crew:
    """At most `jobs` acts at once; with one job, each is done on the spot.

    An act's exception is raised by the next `do`, or at the end of the block. When the block itself ends with an
    exception, what is under way is waited for, unless the user has interrupted it.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._free = threading.Semaphore(jobs)
        self._threads: list[threading.Thread] = []
        self._problems: list[BaseException] = []

    def do(self, act: Callable[[], None]) -> None:
        """Have an act done, as soon as somebody is free."""
        if self._jobs == 1:
            act()
            return
        self._free.acquire()
        self._raise()
        thread = threading.Thread(target=self._work, args=(act,), daemon=True)
        self._threads = [*(each for each in self._threads if each.is_alive()), thread]
        thread.start()

    def _work(self, act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as problem:  # noqa: BLE001 - raised in the thread that handed the act out
            self._problems.append(problem)
        finally:
            self._free.release()

    def _raise(self) -> None:
        if self._problems:
            self._free.release()
            raise self._problems[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is not None and not issubclass(kind, Exception):
            return
        for thread in self._threads:
            thread.join()
        if kind is None and self._problems:
            raise self._problems[0]
