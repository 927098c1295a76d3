"""Watching: an app is pointed at us instead of the provider; what passes is recorded and judged, and nothing else.

This process passes the traffic on (`passing`) and hands what passed to the clerk, a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from contract_tests.addresses import BadAddress, host_field, origin, target
from contract_tests.passing import Pass
from contract_tests.passing_ends import why
from contract_tests.watching_clerk import Clerk, Task
from contract_tests.watching_exchanges import Conversation, Passed, Room

IN_MEMORY = 256 * 1024 * 1024
"""Bytes of bodies that wait for the clerk, at most."""
PATIENCE = 8.0
"""Seconds that answers under way are given when we are told to end."""
_QUIET = 30.0
"""Seconds in which the same note is told once."""


class CannotListen(OSError):
    """The address cannot be listened on; one sentence."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What to watch: the provider's server, the address to listen on, and what the clerk is to do."""

    upstream: str
    host: str
    port: int
    task: Task


def listening(text: str) -> tuple[str, int]:
    """(host, port) out of `127.0.0.1:4011`, `[::1]:4011` or `:4011` (this machine only). Raises BadAddress."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or "127.0.0.1"
    if not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise BadAddress(f"{text!r} is no address to listen on: write HOST:PORT")
    return host, int(port)


def watch(order: Watch, say: Callable[[str], None]) -> int | None:
    """Pass traffic on until a signal comes (SIGINT, SIGTERM); the exit status, None when the clerk has failed.

    `say` prints a line. Raises BadAddress, CannotListen, watching_clerk.ClerkFailed.
    """
    upstream = origin(order.upstream)
    if (upstream.host, upstream.port) in {(order.host, order.port), ("localhost", order.port)} and order.port:
        raise BadAddress(f"{order.upstream} is where we would listen ourselves")
    return asyncio.run(_Watching(order, say).run())


class _Watching:
    def __init__(self, order: Watch, say: Callable[[str], None]) -> None:
        self._order, self._say = order, say
        self._room = Room(IN_MEMORY)
        self._told: dict[str, float] = {}

    async def run(self) -> int | None:
        loop = asyncio.get_running_loop()

        def freed(count: int) -> None:
            loop.call_soon_threadsafe(self._room.give, count)

        passing = Pass(origin(self._order.upstream), host_field(self._order.upstream), self._look, self._note)
        port = await self._listen(passing)
        self._clerk = await asyncio.to_thread(Clerk, self._order.task, self._say, freed)
        await passing.serve()
        self._welcome(port)
        signals: asyncio.Queue[None] = asyncio.Queue()
        for name in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(name, signals.put_nowait, None)
        await signals.get()
        await self._end(passing, signals)
        found = await self._verdict(signals)
        if found is None:
            return None
        self._say(found[0].rstrip("\n"))
        return found[1]

    async def _verdict(self, signals: asyncio.Queue[None]) -> tuple[str, int] | None:
        """What the clerk has to say at the end; one more signal ends it without."""
        while not signals.empty():
            signals.get_nowait()
        ending = asyncio.create_task(asyncio.to_thread(self._clerk.end))
        hurry = asyncio.create_task(signals.get())
        done, _ = await asyncio.wait((ending, hurry), return_when=asyncio.FIRST_COMPLETED)
        if ending not in done:
            self._clerk.process.kill()
        hurry.cancel()
        return await ending

    async def _listen(self, passing: Pass) -> int:
        try:
            return await passing.listen(self._order.host, self._order.port)
        except OSError as problem:
            where = f"{self._order.host}:{self._order.port}"
            raise CannotListen(f"{where} cannot be listened on: {why(problem)}") from problem

    def _look(self) -> Conversation:
        return Conversation(self._room, self._keep)

    def _keep(self, passed: Passed) -> None:
        self._clerk.keep(passed)

    def _welcome(self, port: int) -> None:
        host = f"[{self._order.host}]" if ":" in self._order.host else self._order.host
        path = target(self._order.upstream).rstrip("/")
        self._say(f"image-contract watches {self._order.upstream}: point the app at http://{host}:{port}{path}")

    async def _end(self, passing: Pass, signals: asyncio.Queue[None]) -> None:
        """Answers under way have cost money: they are waited for, unless a second signal comes."""
        passing.stop()
        if passing.busy:
            self._say(f"{passing.busy} under way: ends in {PATIENCE:g} s at the latest, at once with another signal")
        deadline = time.monotonic() + PATIENCE
        while passing.busy and time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(signals.get(), 0.05)
                break
        await passing.cut()

    def _note(self, told: str) -> None:
        now = time.monotonic()
        if now - self._told.get(told, -_QUIET) >= _QUIET:
            self._told[told] = now
            self._say(told)
