"""Granian: with one worker inside this process (nothing to leave behind), with several as processes that share a state.

The class for free-threaded Pythons serves with threads of this process; it does so with a GIL just as well.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.synchronize import Event
from typing import Any
from wsgiref.types import WSGIApplication

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import MPServer, MTServer

from mock_server import sharing, silence
from mock_server.addresses import reserved
from mock_server.app import create_app
from mock_server.house import House
from mock_server.servers import GRACE, Service, announce, ended
from mock_server.settings import Settings
from mock_server.silence import Ending
from mock_server.waking import Waking

_BUFFER = 1 << 18
"""Bytes of header fields that are read; more is answered 431."""

AGAIN = 0.2
"""Seconds after which a worker is told again to end."""

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


def serve(settings: Settings, service: Service) -> None:
    """Serve until told to end. Raises PortTaken, WrongSettings."""
    if service.workers > 1:
        _outside(settings, service)
    else:
        app = create_app(settings)
        serve_app(app, service, app.extensions["house"])


def serve_app(app: WSGIApplication, service: Service, house: House | None = None) -> None:
    """Serve any application with one worker inside this process. Raises PortTaken."""
    with _held(service) as placed:
        server = _Inside("image-mock", **_options(placed))
        server.main_loop_interrupt = Waking()
        server.house = house
        silence.watch(placed.port, placed.patience, house.ending if house else Ending())
        announce(placed.host, placed.port, placed.say)
        server.serve(target_loader=lambda: app, wrap_loader=False)


@contextmanager
def _held(service: Service) -> Iterator[Service]:
    """The service with its port, which is kept for it; where a port cannot be shared it is given up just before."""
    holding = reserved(service.host, service.port)
    port: int = holding.getsockname()[1]
    if sys.platform != "linux":
        holding.close()
    with holding:
        yield replace(service, port=port)


def _options(service: Service) -> dict[str, Any]:
    return {
        "address": service.host,
        "port": service.port,
        "workers": service.workers,
        "interface": Interfaces.WSGI,
        "websockets": False,
        "log_enabled": False,
        "blocking_threads": _THREADS,
        "http1_settings": HTTP1Settings(max_buffer_size=_BUFFER),
    }


@dataclass(frozen=True, slots=True)
class _Work:
    """What a worker process is given, besides the settings."""

    port: int
    patience: float
    shared: sharing.Address
    parent: int


def _outside(settings: Settings, service: Service) -> None:
    """The state lives in this process, which has nothing else to do; the workers ask it."""
    house: House = create_app(settings).extensions["house"]
    method = multiprocessing.get_start_method()
    context = multiprocessing.get_context(method if method in ("fork", "spawn") else "spawn")
    with _held(service) as placed, sharing.served(house.state) as shared:
        server = _Outside("image-mock", **_options(placed), workers_kill_timeout=int(GRACE))
        server.main_loop_interrupt = Waking()
        server.told = context.Event()
        announce(placed.host, placed.port, placed.say)
        work = _Work(placed.port, placed.patience, shared, os.getpid())
        loader: Callable[[], WSGIApplication] = partial(_worker, settings, work, server.told)
        server.serve(target_loader=loader, wrap_loader=False)


def _worker(settings: Settings, work: _Work, told: Event) -> WSGIApplication:
    """The application of one worker process, which ends when its parent does."""
    app = create_app(settings, sharing.connected(work.shared))
    house: House = app.extensions["house"]
    silence.watch(work.port, work.patience, house.ending)
    threading.Thread(target=_watch, args=(house, told, work.parent), daemon=True).start()
    return app


def _watch(house: House, told: Event, parent: int) -> None:
    """End this worker when it is told to, or its parent is gone.

    A signal that comes before the worker heeds signals, or to another of its threads, is lost: it is sent again.
    """
    while not told.wait(0.5) and os.getppid() == parent:
        pass
    ended(house)
    while True:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(AGAIN)
