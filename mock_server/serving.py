"""A running mock: a real server on a real port, as a context manager (for tests) or until it is ended (the command)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from mock_server.addresses import PortTaken, listening
from mock_server.app import create_app
from mock_server.house import House
from mock_server.settings import Settings

__all__ = ["Mock", "PortTaken", "bind", "running"]


class _Quiet(WSGIRequestHandler):
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    timeout = 60
    """Seconds that a sender may be silent."""

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
    with listening(host, port) as stream:
        return make_server(host, port, app, threaded=True, request_handler=_Quiet, fd=stream.fileno())


@contextmanager
def running(settings: Settings | None = None, host: str = "127.0.0.1", port: int = 0) -> Iterator[Mock]:
    """A mock on a free port, ended when the block is left."""
    server = bind(settings or Settings(), host, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    house: House = server.app.extensions["house"]  # type: ignore[attr-defined]
    try:
        yield Mock(f"http://{host}:{server.port}", house)
    finally:
        house.ending.set()
        server.shutdown()
        thread.join()
        server.server_close()
