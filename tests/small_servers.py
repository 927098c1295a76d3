"""Endpoints of a few lines on a real port: what people point a tester at by mistake."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Small:
    """A small server: its address, and every (method, path, body) it was sent."""

    url: str
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    body: bytes = b""
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


Answer = Callable[[str, str, bytes, Any], Said]


def said(status: int, value: Any, **headers: str) -> Said:
    """A JSON answer."""
    fields = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Said(status, json.dumps(value).encode(), headers=fields)


def error(status: int, message: str = "no", **headers: str) -> Said:
    """A refusal in OpenAI's envelope."""
    envelope = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return said(status, {"error": envelope}, **headers)


@contextmanager
def serving(answer: Answer) -> Iterator[Small]:
    """A server that answers every request by a function of method, path, body and header fields."""

    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True
        protocol_version = "HTTP/1.1"

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self._any
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            pass

        def _any(self) -> None:
            body = self._body()
            small.asked.append((self.command, self.path, body))
            found = answer(self.command, self.path, body, self.headers)
            self.send_response(found.status)
            for name, value in (("Content-Type", found.kind), ("Content-Length", str(len(found.body))), *found.headers):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(found.body)

        def _body(self) -> bytes:
            if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            whole = b""
            while size := int(self.rfile.readline(), 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return whole

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    small = Small(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield small
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
