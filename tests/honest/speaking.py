"""HTTP as it is spoken: bodies in chunks, gzip, interim answers, HTTP/1.0, connections that close."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.honest.manners import Manners


class Speaker(BaseHTTPRequestHandler):
    """Reads whole requests and writes whole answers, in the manners it is told."""

    manners: Manners
    server_version, sys_version = "atelier/1", ""
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""

    def handle_one_request(self) -> None:
        """As everywhere; a client that goes away is no error."""
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def body(self) -> bytes:
        """The whole body of the request."""
        if "chunked" not in (self.headers.get("Transfer-Encoding") or "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def raw(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """Send an answer."""
        stated = dict(headers)
        if self.manners.gzip and "gzip" in (self.headers.get("Accept-Encoding") or "") and body:
            body, stated["Content-Encoding"] = gzip.compress(body, 1), "gzip"
        if self.manners.interim:
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
        self.send_response(status)
        for name, value in stated.items():
            self.send_header(name, value)
        chunked = self.manners.chunked and not self.manners.http10
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif not self.manners.http10:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._pieces([body[at : at + 30_000] for at in range(0, len(body), 30_000)], chunked=chunked)

    def stream(self, frames: Iterator[bytes], headers: Mapping[str, str]) -> None:
        """Send a stream of events, each as soon as it is there."""
        chunked = not self.manners.http10
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._pieces(frames, chunked=chunked)

    def _pieces(self, pieces: Iterable[bytes], *, chunked: bool) -> None:
        for piece in pieces:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        if self.manners.http10 or self.manners.abrupt:
            self.close_connection = True

    def linger(self) -> None:
        """Read on for a while, so that the refusal is not lost with a reset connection."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(1)
        self.connection.settimeout(2)
        while self.connection.recv(65536):
            pass
