"""The replay on the wire: a WSGI application, and a server for it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from mock_server.replaying import Replay, Replayed
from specs import loading, recordings
from specs.messages import Headers, Request
from specs.transcripts import UnreadableTranscript

LARGEST = 420 * 1024 * 1024
"""Bytes of a request's body that are read; what is longer was never recorded."""


class CannotReplay(ValueError):
    """The recording cannot be replayed, or the address not be listened on; one sentence."""


class Cut(ConnectionAbortedError):
    """Breaks the connection, as the recorded endpoint did."""


def create_replay_app(path: Path, *, provider: str | None = None, pace: float = 1.0) -> WSGIApplication:
    """A WSGI application that replays a transcript or a HAR document.

    `provider` says whose it is where the recording does not. `pace` scales the pauses of streams. Raises CannotReplay.
    """
    try:
        transcript = recordings.read(path)
        name = provider or transcript.provider
        if not name:
            raise CannotReplay(f"{path} does not say whose it is: name a provider of {', '.join(loading.providers())}")
        return application(Replay(transcript, loading.load(name), pace))
    except (UnreadableTranscript, loading.UnknownProvider, loading.BrokenContract) as problem:
        raise CannotReplay(str(problem)) from problem


def application(replay: Replay) -> WSGIApplication:
    """A replay as a WSGI application."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        origin = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST') or environ['SERVER_NAME']}"
        replayed = replay.answer(_request(environ), origin)
        start_response(f"{replayed.status} {_phrase(replayed.status)}", list(replayed.headers))
        return _pieces(replayed) if environ["REQUEST_METHOD"] != "HEAD" else ()

    return app


def _request(environ: WSGIEnvironment) -> Request:
    path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
    query = environ.get("QUERY_STRING")
    return Request(environ["REQUEST_METHOD"], path + (f"?{query}" if query else ""), _fields(environ), _body(environ))


def _fields(environ: WSGIEnvironment) -> Headers:
    found = [(name[5:], value) for name, value in environ.items() if name.startswith("HTTP_")]
    found += [(name, environ[name]) for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)]
    return tuple((name.replace("_", "-").title(), value) for name, value in found)


def _body(environ: WSGIEnvironment) -> bytes:
    stated = environ.get("CONTENT_LENGTH") or ""
    if environ.get("wsgi.input_terminated"):
        return bytes(environ["wsgi.input"].read(LARGEST))
    return bytes(environ["wsgi.input"].read(min(int(stated), LARGEST))) if stated.isdigit() else b""


def _pieces(replayed: Replayed) -> Iterator[bytes]:
    for pause, piece in replayed.pieces:
        if pause:
            time.sleep(pause)
        yield piece
    if replayed.cut:
        raise Cut("the recorded answer was cut short here")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing is told on the terminal."""


def bind_replay(
    path: Path, host: str = "127.0.0.1", port: int = 0, *, provider: str | None = None, pace: float = 1.0
) -> BaseWSGIServer:
    """A server that is bound to its address and does not serve yet. Raises CannotReplay."""
    app = create_replay_app(path, provider=provider, pace=pace)
    try:
        listening = socket.create_server((host, port), backlog=128)
    except (OSError, OverflowError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise CannotReplay(f"{host}:{port} cannot be listened on: {str(why).lower()}") from problem
    with listening:  # werkzeug would print its own advice and exit
        return make_server(host, port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno())


def serve_replay(
    path: Path,
    host: str = "127.0.0.1",
    port: int = 4010,
    *,
    provider: str | None = None,
    pace: float = 1.0,
    say: Callable[[str], None] = print,
) -> int:
    """Replay until interrupted; the exit status. `say` is told the address when it listens. Raises CannotReplay."""
    server = bind_replay(path, host, port, provider=provider, pace=pace)
    say(f"image-mock listens on http://{host}:{server.port}")
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0
