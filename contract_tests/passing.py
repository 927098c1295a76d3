"""A pass-through: what an app sends reaches the provider byte for byte, and what comes back the app.

One connection of the app is one connection to the provider. Nothing is added, buffered, repeated or timed out; the
only bytes that change are the value of `Host`, without which no provider would answer. A side that closes or breaks
its connection has the other side's closed or broken in the same way.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from contract_tests.addresses import Origin
from contract_tests.passing_ends import drained, end, read, why
from contract_tests.passing_framing import Framing, Head, Messages, Piece, of_request, with_host

PIECE = 65536
"""Bytes that are read at once, and that may wait in each direction."""


class Onlooker:
    """Is told of every piece that passes over one connection, after it has passed. This one takes no notice."""

    busy = False
    """Whether an answer is still to come."""

    def framing(self, head: Head) -> Framing:
        """How the body of an answer with this head ends."""
        del head
        return "opaque"

    def up(self, piece: Piece) -> None:
        """A piece of a request."""

    def down(self, piece: Piece) -> None:
        """A piece of an answer."""

    def closed(self, *, by_app: bool, meant: bool) -> None:
        """The connection is over; `meant`: the last answer ended with it as it was meant to."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Which side ended a connection, and whether it broke it (a reset) or closed it."""

    by_app: bool
    broke: bool


class Passage:
    """One connection of an app, and its connection to the provider."""

    def __init__(
        self,
        app: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        provider: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        host: str,
        onlooker: Onlooker,
        note: Callable[[str], None],
    ) -> None:
        self._from_app, self._to_app = app
        self._from_provider, self._to_provider = provider
        self._host, self.onlooker, self._note = host, onlooker, note
        self._app_is_done = False
        self._up = Messages(of_request)
        self._down = Messages(self._framing)

    async def run(self) -> None:
        """Pass everything on until one side is done, then end the other side alike."""
        both = [asyncio.create_task(self._upwards()), asyncio.create_task(self._downwards())]
        ending = Ending(by_app=True, broke=False)
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            ending = min((task.result() for task in done), key=lambda ending: ending.by_app)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            self._closed(ending)
            await asyncio.gather(*(end(side, broke=ending.broke) for side in (self._to_provider, self._to_app)))

    async def _upwards(self) -> Ending:
        while data := await read(self._from_app, PIECE):
            for piece in self._up.feed(data):
                self._to_provider.write(with_host(piece.raw, self._host) if piece.head else piece.raw)
                self._show(self.onlooker.up, piece)
            if not await drained(self._to_provider):
                await _for_ever()  # it takes no more; what it has said is still passed on, and then its end
        self._app_is_done = True
        self._to_provider.write(self._up.end()[0])
        if data is not None and self._to_provider.can_write_eof():
            self._to_provider.write_eof()
            await _for_ever()  # the app says no more, but may still listen
        return Ending(by_app=True, broke=data is None)

    async def _downwards(self) -> Ending:
        while data := await read(self._from_provider, PIECE):
            self._to_app.write(data)
            self._show(self._read_answer, data)
            if not await drained(self._to_app):
                return Ending(by_app=True, broke=True)
        return Ending(by_app=False, broke=data is None)

    def _framing(self, head: Head) -> Framing:
        return self.onlooker.framing(head)

    def _read_answer(self, data: bytes) -> None:
        for piece in self._down.feed(data):
            self.onlooker.down(piece)
        if self._down.opaque and not self._up.opaque:  # 101: from here on both sides speak something else
            self._to_provider.write(self._up.give_up())

    def _show(self, show: Callable[..., None], seen: object) -> None:
        """Whatever an onlooker does, the traffic goes on."""
        try:
            show(seen)
        except Exception as problem:  # noqa: BLE001 - our mistake must not cost the app its answer
            self.onlooker = Onlooker()
            self._note(f"a connection is not recorded any more: {type(problem).__name__}")

    def _closed(self, ending: Ending) -> None:
        by_app = ending.by_app or self._app_is_done
        meant = self._down.end()[1] and not ending.by_app and not ending.broke
        self._show(lambda _: self.onlooker.closed(by_app=by_app, meant=meant), None)


async def _for_ever() -> NoReturn:
    """Until this direction is cancelled, when the other one has come to its end."""
    await asyncio.Event().wait()
    raise AssertionError("nobody sets that event")


class Pass:
    """The whole pass-through: listens, and makes a passage of every connection.

    `host` is what `Host` says to the provider, `look` makes the onlooker of a new connection, `note` is told in one
    sentence of what goes wrong.
    """

    def __init__(
        self,
        upstream: Origin,
        host: str,
        look: Callable[[], Onlooker],
        note: Callable[[str], None],
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._upstream, self._host, self._look, self._note = upstream, host, look, note
        self._context = (trust or ssl.create_default_context()) if upstream.scheme == "https" else None
        self._open: dict[asyncio.Task[None], Passage | None] = {}
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Take an address, and nobody's connection yet; returns the port. OSError when it cannot be listened on."""
        self._server = await asyncio.start_server(self._take, host, port, limit=PIECE, start_serving=False)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def serve(self) -> None:
        """Take connections from now on."""
        if self._server:
            await self._server.start_serving()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open[task] = None
        try:
            provider = await self._connected()
            if provider is None:
                await end(writer, broke=True)
                return
            passage = self._open[task] = Passage((reader, writer), provider, self._host, self._look(), self._note)
            await passage.run()
        except asyncio.CancelledError:
            return  # by us: this task is nobody else's
        finally:
            del self._open[task]
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        to = self._upstream
        try:
            return await asyncio.open_connection(to.host, to.port, ssl=self._context, limit=PIECE)
        except (OSError, UnicodeError) as problem:
            self._note(f"{to} cannot be reached: {why(problem)}")
            return None

    @property
    def busy(self) -> int:
        """How many connections have an answer under way."""
        return sum(bool(passage and passage.onlooker.busy) for passage in self._open.values())

    def stop(self) -> None:
        """Listen no more, and close the connections that have no answer under way."""
        if self._server:
            self._server.close()
        for task, passage in self._open.items():
            if not (passage and passage.onlooker.busy):
                task.cancel()

    async def cut(self) -> None:
        """Close every connection."""
        rest = list(self._open)
        for task in rest:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*rest, return_exceptions=True)
