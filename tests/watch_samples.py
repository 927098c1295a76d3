"""A pass-through in this process, and sockets to talk through it, for the tests of watching."""

from __future__ import annotations

import asyncio
import io
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field

from contract_tests.__main__ import main
from contract_tests.addresses import host_field, origin
from contract_tests.passing import Onlooker, Pass
from contract_tests.watching_exchanges import Conversation, Passed, Room
from raw_servers import CERTIFICATE

PLENTY = 1 << 30


@dataclass
class Through:
    """A pass-through that listens: its port, what it has recorded, what it has noted."""

    port: int = 0
    passed: list[Passed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    recorded: threading.Event = field(default_factory=threading.Event)
    stop: Callable[[], None] = lambda: None

    def keep(self, one: Passed) -> None:
        self.passed.append(one)
        self.recorded.set()

    def note(self, told: str) -> None:
        self.notes.append(told)
        self.recorded.set()

    def wait(self, count: int = 1) -> list[Passed]:
        """What was recorded, as soon as it is so much."""
        while len(self.passed) < count:
            assert self.recorded.wait(10), f"{len(self.passed)} of {count} exchanges were recorded"
            self.recorded.clear()
        return self.passed

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@contextmanager
def passing(
    url: str, *, look: Callable[[], Onlooker] | None = None, room: int = PLENTY, trusted: bool = True
) -> Iterator[Through]:
    """Passes on to `url`; every exchange is kept by the result."""
    through = Through()
    space = Room(room)
    trust = ssl.create_default_context(cafile=CERTIFICATE) if trusted else None
    ready = threading.Event()

    async def serve() -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        through.stop = lambda: loop.call_soon_threadsafe(ended.set)
        whole = Pass(
            origin(url), host_field(url), look or (lambda: Conversation(space, through.keep)), through.note, trust
        )
        through.port = await whole.listen("127.0.0.1", 0)
        await whole.serve()
        ready.set()
        await ended.wait()
        whole.stop()
        await whole.cut()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield through
    finally:
        through.stop()
        thread.join(10)


def received(sock: socket.socket, until: bytes | None = None) -> bytes:
    """Everything up to `until` (which may be in the middle of what came), or to the connection's end."""
    found = b""
    while until is None or until not in found:
        piece = sock.recv(65536)
        if not piece:
            break
        found += piece
    return found


def command(*options: str) -> list[str]:
    """`image-contract`, ready to be started."""
    return [sys.executable, "-m", "contract_tests", *options]


def ran(*options: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`image-contract`, run to its end; `more` are environment variables."""
    environment = {**os.environ, **more}
    return subprocess.run(command(*options), check=False, capture_output=True, text=True, timeout=120, env=environment)


def ran_here(*options: str) -> subprocess.CompletedProcess[str]:
    """As `ran`, in this process."""
    out, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(errors):
        try:
            status = main(options)
        except SystemExit as ended:
            status = int(ended.code or 0)
    return subprocess.CompletedProcess(command(*options), status, out.getvalue(), errors.getvalue())
