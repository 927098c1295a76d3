"""The WSGI application in front of the house: bodies read within bounds, replies sent, nothing lost on the way.

`/_mock/` is left to the control room. Whatever fails in the house is our fault: it is logged and answered with a 500
in the error envelope, and counted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from functools import partial
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mock_server import access, cors, wire
from mock_server.house import Handled, House
from mock_server.replies import Reply, refusal
from mock_server.sending import Sending

CONTROL = "/_mock/"
CHUNKED = 64 * 1024 * 1024
"""Bytes that are set aside for a body whose length is not known."""

SMALL = 1 << 20
"""A body up to this size needs no leave to be read."""

_log = logging.getLogger("image_mock")


class Door:
    """A house as a WSGI application, with its control room beside it."""

    def __init__(self, house: House, control: WSGIApplication) -> None:
        self._house, self._control = house, control
        self._write = access.writer(house.settings.log)
        self._origins = house.settings.cors

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        started = time.time()
        if self._origins:
            start_response = cors.opened(environ, start_response, self._origins)
            if cors.is_preflight(environ):
                start_response("204 No Content", cors.preflight(environ))
                return []
        if environ.get("PATH_INFO", "").startswith(CONTROL):
            return self._control(environ, start_response)
        try:
            handled = self._handled(environ)
        except Exception:  # noqa: BLE001 - whatever it is, the caller gets an answer and the log the reason
            _log.exception("the mock failed at %s %s", environ.get("REQUEST_METHOD"), environ.get("PATH_INFO"))
            self._house.journal.count("failures of the mock")
            handled = Handled(refusal(500, "The mock itself failed; its log says why.", "server_error"), 0)
        return self._sent(environ, start_response, handled, started)

    def _handled(self, environ: WSGIEnvironment) -> Handled:
        house, key = self._house, self._house.settings.api_key
        try:
            largest = house.settings.largest
            stated = wire.size_stated(environ, largest)
            head = wire.beginning(environ, SMALL) if stated is None else b""
            if len(head) == SMALL or (stated or 0) > SMALL:
                with house.bodies.lent(2 * (stated or CHUNKED)):
                    return house.handle(wire.read(environ, wire.body(environ, stated, largest, head), key))
            return house.handle(wire.read(environ, head or wire.body(environ, stated), key))
        except wire.TooLarge as problem:
            return self._refused(environ, 413, f"The request is too large: {problem}.")
        except wire.Unreadable as problem:
            return self._refused(environ, 400, f"The request cannot be read: {problem}.")

    def _refused(self, environ: WSGIEnvironment, status: int, message: str) -> Handled:
        handled = self._house.refuse(wire.read(environ, b"", self._house.settings.api_key), status, message)
        return Handled(handled.reply.with_headers(("Connection", "close")), handled.number)

    def _sent(
        self, environ: WSGIEnvironment, start_response: StartResponse, handled: Handled, started: float
    ) -> Iterable[bytes]:
        reply, house = handled.reply, self._house
        if reply.delay:
            house.ending.wait(reply.delay)
        fields = wire.fields(reply, started, handled.number)
        told = partial(self._told, environ, handled, started)
        if reply.events is not None or reply.cut is not None or reply.drip:
            return self._flowing(environ, start_response, reply, fields, told)
        pieces = reply.pieces()
        size = sum(map(len, pieces))
        start_response(wire.status_line(reply.status), [*fields, ("content-length", str(size))])
        if self._write:
            self._write(environ, reply.status, size, started)
        return list(pieces) if environ["REQUEST_METHOD"] != "HEAD" else []

    def _flowing(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        reply: Reply,
        fields: list[tuple[str, str]],
        told: partial[None],
    ) -> Iterable[bytes]:
        """A body that promises more than it sends makes the server break the connection."""
        if reply.cut is not None or reply.drip:
            least = 0 if reply.cut is None else reply.cut + 1
            fields.append(("content-length", str(max(sum(map(len, reply.pieces())), least, reply.promised))))
        start_response(wire.status_line(reply.status), fields)
        if environ["REQUEST_METHOD"] == "HEAD":
            return []
        return Sending(reply, self._house.ending, self._house.settings.keep_alive, told)

    def _told(self, environ: WSGIEnvironment, handled: Handled, started: float, outcome: str, sent: int) -> None:
        self._house.journal.finish(handled.number, outcome, sent, time.time() - started)
        if self._write:
            self._write(environ, handled.reply.status, sent, started)
