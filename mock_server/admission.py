"""How many bytes may be held at once over all requests: who asks for more than is free waits for the others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Admission:
    """`most` bytes are lent at once. A demand for more than that is met too, but alone."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lent = 0
        self._freed = threading.Condition()

    @contextmanager
    def lent(self, size: int) -> Iterator[None]:
        """Hold `size` bytes while the block runs; waits until they are free."""
        size = min(size, self._most)
        with self._freed:
            self._freed.wait_for(lambda: self._lent + size <= self._most)
            self._lent += size
        try:
            yield
        finally:
            with self._freed:
                self._lent -= size
                self._freed.notify_all()
