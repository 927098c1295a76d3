"""Slow senders: a connection on which nothing moves for a while is dropped, so that nobody can hold a thread for ever.

Servers that read bodies in native code offer no such limit. On Linux the kernel tells, for every connection of this
process, how many bytes have come and were acknowledged; elsewhere slow senders are borne.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

LEAST = 1024
"""Bytes that have to come in the time of patience; who drips less is slow, too."""

_COUNTS = struct.Struct("=QQ")
_AT = 120
"""Where `tcpi_bytes_acked` and `tcpi_bytes_received` stand in the kernel's `tcp_info`."""


class Ending(threading.Event):
    """Set when the mock is to end. While somebody waits for it on purpose, no connection is called slow."""

    def __init__(self) -> None:
        super().__init__()
        self._waiters = 0
        self._counting = threading.Lock()

    def wait(self, timeout: float | None = None) -> bool:
        """As of any event."""
        with self._counting:
            self._waiters += 1
        try:
            return super().wait(timeout)
        finally:
            with self._counting:
                self._waiters -= 1

    @property
    def awaited(self) -> bool:
        """Whether an answer pauses on purpose."""
        return self._waiters > 0


def watch(port: int, patience: float, ending: Ending) -> None:
    """Drop slow connections to a port of this process from now on; returns at once."""
    if sys.platform == "linux" and patience > 0:
        threading.Thread(target=_watched, args=(port, patience, ending), daemon=True).start()


def _watched(port: int, patience: float, ending: Ending) -> None:
    before: Mapping[tuple[int, object], tuple[int, int]] = {}
    while not threading.Event.wait(ending, patience):
        now = dict(_moved(port))
        if not ending.awaited:
            for place, (acknowledged, received) in now.items():
                held = before.get(place)
                if held is not None and held[0] == acknowledged and received - held[1] < LEAST:
                    _drop(place)
        before = now


def _moved(port: int) -> Iterator[tuple[tuple[int, object], tuple[int, int]]]:
    """The connections to a port: descriptor and peer, bytes acknowledged and received."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - the names alone are wanted
        stream = _connection(int(name))
        if stream is None:
            continue
        with stream:
            try:
                if stream.getsockname()[1] == port:
                    told = stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _AT + _COUNTS.size)
                    yield (int(name), stream.getpeername()), _COUNTS.unpack_from(told, _AT)
            except (OSError, struct.error, IndexError):
                continue


def _connection(descriptor: int) -> socket.socket | None:
    try:
        if not str(Path(f"/proc/self/fd/{descriptor}").readlink()).startswith("socket:"):
            return None
        return socket.socket(fileno=os.dup(descriptor))
    except OSError:
        return None


def _drop(place: tuple[int, object]) -> None:
    """Shut a connection, unless its descriptor is another one's by now."""
    stream = _connection(place[0])
    if stream is None:
        return
    with stream:
        try:
            if stream.getpeername() == place[1]:
                stream.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
