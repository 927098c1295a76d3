"""An event that a signal is never lost to: what the main thread of a server waits for.

Python runs the handler of a signal in the main thread, between two of its steps. A signal that comes just before that
thread begins to wait for a lock, or that the system gives to another thread, would be handled only when something else
wakes it. So the main thread waits for a socket here, into which Python writes a byte for every signal.
"""

from __future__ import annotations

import select
import signal
import socket
import threading
import time
from contextlib import suppress


class Waking(threading.Event):
    """An event without a lock, to be made and waited for in the main thread; set from any."""

    def __init__(self) -> None:
        super().__init__()
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._is_set = False
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def is_set(self) -> bool:
        """Whether it is set."""
        return self._is_set

    def set(self) -> None:
        """Let the main thread go on."""
        self._is_set = True
        with suppress(BlockingIOError):  # there is enough to read
            self._writer.send(b"\0")

    def clear(self) -> None:
        """Let it wait again."""
        self._is_set = False

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, or so many seconds; handlers of signals run meanwhile."""
        ending = None if timeout is None else time.monotonic() + timeout
        while not self._is_set and (ending is None or time.monotonic() < ending):
            left = None if ending is None else max(0.0, ending - time.monotonic())
            if select.select([self._reader], [], [], left)[0]:
                with suppress(BlockingIOError):
                    self._reader.recv(4096)
        return self._is_set
