"""A running mock: a real server on a real port, as a context manager (for tests) or until it is ended (the command)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from mock_server.app import create_app
from mock_server.house import House
from mock_server.settings import Settings


class PortTaken(OSError):
    """The address cannot be listened on; the message names it."""


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are in the journal, not on the terminal."""


@dataclass(frozen=True, slots=True)
class Mock:
    """A mock that listens: its address and its house."""

    url: str
    house: House

    def base_url(self, provider: str) -> str:
        """The address to use instead of the provider's server."""
        return f"{self.url}/{provider}"


def bind(settings: Settings, host: str = "127.0.0.1", port: int = 0) -> BaseWSGIServer:
    """A server that is bound and does not serve yet. Raises PortTaken."""
    app = create_app(settings)
    try:
        listening = socket.create_server((host, port), backlog=128)
    except (OSError, OverflowError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise PortTaken(
            f"{host}:{port} cannot be listened on: {str(why).lower()}; choose another with --port"
        ) from None
    with listening:
        return make_server(host, port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno())


@contextmanager
def running(settings: Settings | None = None, host: str = "127.0.0.1", port: int = 0) -> Iterator[Mock]:
    """A mock on a free port, ended when the block is left."""
    server = bind(settings or Settings(), host, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        house: House = server.app.extensions["house"]  # type: ignore[attr-defined]
        yield Mock(f"http://{host}:{server.port}", house)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
