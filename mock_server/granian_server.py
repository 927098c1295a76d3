"""Granian: with one worker inside this process (nothing to leave behind), with several as processes that share a state.

The class for free-threaded Pythons serves with threads of this process; it does so with a GIL just as well.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.synchronize import Event
from typing import Any
from wsgiref.types import WSGIApplication

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import MPServer, MTServer

from mock_server import sharing
from mock_server.addresses import reserved
from mock_server.app import create_app
from mock_server.house import House
from mock_server.servers import GRACE, Say, announce, ended
from mock_server.settings import Settings

_BUFFER = 1 << 18
"""Bytes of header fields that are read; more is answered 431."""

_THREADS = 256
"""Requests that are worked on at once; those that wait for slow senders stand in the way of nobody."""


class _Inside(MTServer):
    """One worker, as a thread of this process."""

    house: House | None

    def _check_gil(self) -> None:
        """With a GIL it is one thread at a time that runs Python, as in every server."""

    def signal_handler_interrupt(self, *args: Any, **named: Any) -> None:
        """The process is told to end."""
        ended(self.house)
        super().signal_handler_interrupt(*args, **named)  # type: ignore[no-untyped-call]


class _Outside(MPServer):
    """Several workers, each a process."""

    told: Event

    def signal_handler_interrupt(self, *args: Any, **named: Any) -> None:
        """The process is told to end; the workers are told so too."""
        self.told.set()
        ended(None)
        super().signal_handler_interrupt(*args, **named)  # type: ignore[no-untyped-call]


def serve(settings: Settings, host: str, port: int, workers: int, say: Say) -> None:
    """Serve until told to end. Raises PortTaken, WrongSettings."""
    holding = reserved(host, port)
    if workers > 1:
        _outside(settings, host, holding, workers, say)
    else:
        app = create_app(settings)
        serve_app(app, host, holding, say, app.extensions["house"])


def serve_app(app: WSGIApplication, host: str, holding: socket.socket, say: Say, house: House | None = None) -> None:
    """Serve any application with one worker inside this process; `holding` keeps its address until then."""
    with _held(holding) as port:
        server = _Inside("image-mock", **_options(host, port, 1))
        server.house = house
        announce(host, port, say)
        server.serve(target_loader=lambda: app, wrap_loader=False)


@contextmanager
def _held(holding: socket.socket) -> Iterator[int]:
    """The port that a socket holds; where an address cannot be shared it has to be given up just before."""
    port = holding.getsockname()[1]
    if sys.platform != "linux":
        holding.close()
    with holding:
        yield port


def _options(host: str, port: int, workers: int) -> dict[str, Any]:
    return {
        "address": host,
        "port": port,
        "workers": workers,
        "interface": Interfaces.WSGI,
        "websockets": False,
        "log_enabled": False,
        "blocking_threads": _THREADS,
        "http1_settings": HTTP1Settings(max_buffer_size=_BUFFER),
    }


def _outside(settings: Settings, host: str, holding: socket.socket, workers: int, say: Say) -> None:
    """The state lives in this process, which has nothing else to do; the workers ask it."""
    house: House = create_app(settings).extensions["house"]
    method = multiprocessing.get_start_method()
    context = multiprocessing.get_context(method if method in ("fork", "spawn") else "spawn")
    with _held(holding) as port, sharing.served(house.state) as shared:
        server = _Outside("image-mock", **_options(host, port, workers), workers_kill_timeout=int(GRACE))
        server.told = context.Event()
        announce(host, port, say)
        loader: Callable[[], WSGIApplication] = partial(_worker, settings, shared, server.told, os.getpid())
        server.serve(target_loader=loader, wrap_loader=False)


def _worker(settings: Settings, shared: sharing.Address, told: Event, parent: int) -> WSGIApplication:
    """The application of one worker process, which ends when its parent does."""
    app = create_app(settings, sharing.connected(shared))
    house: House = app.extensions["house"]
    threading.Thread(target=_watch, args=(house, told, parent), daemon=True).start()
    return app


def _watch(house: House, told: Event, parent: int) -> None:
    while not told.wait(0.5):
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
            break
    ended(house)
