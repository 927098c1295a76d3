"""A load generator that costs little: one thread, many connections kept alive, requests written beforehand."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

CONNECTIONS = 16


@dataclass(frozen=True)
class Measured:
    """Answers per second, how many there were, how many were not 200, and the mean size of an answer in bytes."""

    rate: float
    answers: int
    wrong: int
    size: int


class _Connection:
    """One connection: what is still to be sent, and what is still to come."""

    def __init__(self, port: int, selector: selectors.BaseSelector) -> None:
        self.stream = socket.create_connection(("127.0.0.1", port))
        self.stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream.setblocking(False)
        self._selector = selector
        self._left = memoryview(b"")
        self._head = b""
        self._missing: int | None = None
        self._chunked = False
        self._tail = b""
        self.ok = True
        selector.register(self.stream, selectors.EVENT_READ, self)

    def ask(self, request: bytes) -> None:
        self._left = memoryview(request)
        self._selector.modify(self.stream, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def send(self) -> None:
        try:
            self._left = self._left[self.stream.send(self._left) :]
        except BlockingIOError:
            return
        if not self._left:
            self._selector.modify(self.stream, selectors.EVENT_READ, self)

    def receive(self, room: bytearray) -> tuple[int, bool]:
        """Bytes that came, and whether the answer is whole now."""
        size = self.stream.recv_into(room)
        if not size:
            raise SystemExit("the server closed a connection")
        if self._missing is None:
            self._head += bytes(room[:size])
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return size, False
            head = self._head[:end].lower()
            self.ok = head.startswith(b"http/1.1 200")
            self._chunked = b"transfer-encoding: chunked" in head
            stated = head.partition(b"content-length:")[2].split(b"\r\n")[0]
            self._missing = 1 if self._chunked else end + 4 + int(stated) - len(self._head)
            self._tail, self._head = self._head[-5:], b""
        elif not self._chunked:
            self._missing -= size
        if self._chunked:
            self._tail = (self._tail + bytes(room[max(0, size - 5) : size]))[-5:]
            self._missing = int(self._tail != b"0\r\n\r\n")
        if self._missing:
            return size, False
        self._missing = None
        return size, True


def loaded(port: int, requests: Iterator[bytes], seconds: float) -> Measured:
    """Ask for so many seconds, or until there is nothing left to ask."""
    selector = selectors.DefaultSelector()
    room = bytearray(1 << 20)
    connections = [_Connection(port, selector) for _ in range(CONNECTIONS)]
    busy = sum(_next(connection, requests) for connection in connections)
    begun = time.perf_counter()
    answers = wrong = received = 0
    while busy and time.perf_counter() - begun < seconds:
        for key, events in selector.select(1):
            connection: _Connection = key.data
            if events & selectors.EVENT_WRITE:
                connection.send()
            if events & selectors.EVENT_READ:
                size, whole = connection.receive(room)
                received += size
                if whole:
                    answers += 1
                    wrong += not connection.ok
                    busy -= not _next(connection, requests)
    spent = time.perf_counter() - begun
    for connection in connections:
        connection.stream.close()
    selector.close()
    return Measured(answers / spent, answers, wrong, received // max(1, answers))


def _next(connection: _Connection, requests: Iterator[bytes]) -> bool:
    request = next(requests, None)
    if request is None:
        return False
    connection.ask(request)
    return True
