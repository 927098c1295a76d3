"""A cache with a bound in bytes: the least recently used value leaves first. Safe to use from several threads."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class ByteCache(Generic[V]):
    """Values by bytes (a digest, or a file itself); together they never cost more than `most_bytes`.

    What a value costs is for the caller to say; who keeps files as keys counts them too. A value that alone costs more
    than the bound is not kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.held_bytes = 0
        self._held: OrderedDict[bytes, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: bytes) -> V | None:
        """The value under `key`, now the most recently used; None when it is not held."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: bytes, value: V, cost: int) -> V:
        """Keep `value` (which costs `cost` bytes) and give it back."""
        with self._lock:
            self._drop(key)
            if cost <= self.most_bytes:
                self._held[key] = (value, cost)
                self.held_bytes += cost
                while self.held_bytes > self.most_bytes:
                    self._drop(next(iter(self._held)))
        return value

    def clear(self) -> None:
        """Hold nothing."""
        with self._lock:
            self._held.clear()
            self.held_bytes = 0

    def _drop(self, key: bytes) -> None:
        dropped = self._held.pop(key, None)
        if dropped is not None:
            self.held_bytes -= dropped[1]
