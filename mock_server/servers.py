"""The servers that may run for days: granian, waitress where it has no wheel, Werkzeug's for those who want it.

All of them end on SIGTERM and SIGINT: nothing new is accepted, pauses of open streams end, what is being answered is
answered, and after a grace the process is gone in any case.
"""

from __future__ import annotations

import ctypes
import http.client
import importlib.util
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import TypeAlias

from PIL import _imaging

from mock_server import silence
from mock_server.addresses import PortTaken, listening, reachable, url
from mock_server.app import create_app
from mock_server.house import House
from mock_server.settings import Settings, WrongSettings

__all__ = ["GRACE", "PortTaken", "Service", "serve"]

GRACE = 5.0
"""Seconds that open answers have to come to their end."""

THREADS = 64

_ARENA_MAX, _MMAP_THRESHOLD = -8, -3
_BLOCK, _BLOCKS = 4 << 20, 4
"""Bytes of a block of pixels, and how many blocks are kept for the next picture."""

Say: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Service:
    """Where and how to serve. `say` is told the address once the mock answers there.

    A connection on which nothing moves for `patience` seconds is dropped.
    """

    host: str
    port: int
    say: Say
    server: str = "auto"
    workers: int = 1
    patience: float = 120.0


def serve(settings: Settings, service: Service) -> None:
    """Serve until told to end. Raises PortTaken, WrongSettings."""
    named = _chosen(service.server)
    workers = service.workers
    if workers < 1 or (workers > 1 and named != "granian"):
        raise WrongSettings(
            f"{workers} workers cannot serve with {named}: there is at least one, and several need granian"
        )
    _thrifty()
    if named == "granian":
        from mock_server import granian_server  # noqa: PLC0415 - not every platform has it

        granian_server.serve(settings, service)
    else:
        {"waitress": _waitress, "werkzeug": _werkzeug}[named](settings, service)


def _chosen(server: str) -> str:
    found = importlib.util.find_spec("granian") is not None
    if server == "granian" and not found:
        raise WrongSettings("granian is not installed; --server waitress works everywhere")
    return server if server != "auto" else "granian" if found and sys.platform != "win32" else "waitress"


def _thrifty() -> None:
    """Bodies and pictures come in many sizes on many threads: keep one heap, and give large pieces back at once.

    Pixels have their own store: fresh memory costs more than painting it.
    """
    if sys.platform == "linux":
        try:
            mallopt = ctypes.CDLL(None).mallopt
        except (OSError, AttributeError):  # not the C library of GNU
            return
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, 1 << 18)
    _imaging.set_block_size(_BLOCK)
    _imaging.set_blocks_max(_BLOCKS)


def announce(host: str, port: int, say: Say) -> None:
    """Tell the address as soon as the mock answers there; returns at once."""
    threading.Thread(target=_announced, args=(host, port, say), daemon=True).start()


def _announced(host: str, port: int, say: Say) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(reachable(host), port, timeout=5)
        try:
            connection.request("GET", "/_mock/health", headers={"Connection": "close"})
            if connection.getresponse().status == 200:
                say(f"image-mock listens on {url(host, port)}")
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.005)
        finally:
            connection.close()


def ended(house: House | None) -> None:
    """Begin to end: pauses end now, and what still hangs after the grace ends with the process."""
    if house is not None:
        house.ending.set()
    last = threading.Timer(GRACE, os._exit, (0,))
    last.daemon = True
    last.start()


def on_signals(act: Callable[[], None]) -> None:
    """Call `act` when the process is told to end."""

    def told(_number: int, _frame: FrameType | None) -> None:
        act()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)


def _waitress(settings: Settings, service: Service) -> None:
    import waitress  # noqa: PLC0415 - only where it serves

    app = create_app(settings)
    house: House = app.extensions["house"]
    with listening(service.host, service.port) as stream:
        port = stream.getsockname()[1]
        server = waitress.create_server(
            app,
            sockets=[stream],
            threads=THREADS,
            max_request_body_size=settings.largest + 1,
            max_request_header_size=1 << 18,
            ident="image-mock",
        )

        def end() -> None:
            ended(house)
            raise SystemExit

        on_signals(end)
        silence.watch(port, service.patience, house.ending)
        announce(service.host, port, service.say)
        server.run()
        server.close()


def _werkzeug(settings: Settings, service: Service) -> None:
    from mock_server.serving import bind  # noqa: PLC0415 - only where it serves

    server = bind(settings, service.host, service.port)
    server.daemon_threads = False  # type: ignore[attr-defined]
    house: House = server.app.extensions["house"]  # type: ignore[attr-defined]

    def end() -> None:
        ended(house)
        threading.Thread(target=server.shutdown, daemon=True).start()

    on_signals(end)
    silence.watch(server.port, service.patience, house.ending)
    announce(service.host, server.port, service.say)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
