"""The page at `/_mock/`, in front of the control API: who prefers HTML gets it, everybody else is let through."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mock_server import control, wire
from mock_server.house import House
from mock_server.replies import Reply, refusal
from mock_server.room.page import POLICY, page
from specs.cache import ByteCache
from specs.messages import Request

DRAWN = 16_000_000
"""Bytes of rows that are kept for the next time somebody looks."""


class Room:
    """The control room with its page, as a WSGI application; `inner` serves the rest of `/_mock/`."""

    def __init__(self, house: House, inner: WSGIApplication) -> None:
        self._house, self._inner = house, inner
        self._drawn: ByteCache[str] = ByteCache(DRAWN)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the page, or let through."""
        found = None
        if environ.get("PATH_INFO") == control.PATH and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            found = respond(self._house, wire.read(environ, b"", None), self._drawn)
        if found is None:
            return self._inner(environ, start_response)
        body = found.body()
        fields = [*found.headers, ("Content-Length", str(len(body)))]
        start_response(wire.status_line(found.status), fields)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def respond(house: House, request: Request, drawn: ByteCache[str] | None = None) -> Reply | None:
    """The page, the body of one request (`?body=7`), or where HTML is not wanted the index of the control API.

    None when the control API has an index of its own.
    """
    parts = urlsplit(request.url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if "body" in query:
        return _body(house, query["body"])
    if not prefers_html(request.header("accept") or ""):
        return None if any(route.path == "" for route in control.ROUTES) else _index(house)
    text = page(house, f"{parts.scheme}://{parts.netloc}", _number(query.get("before", "")), drawn)
    reply = Reply().with_body(text.encode("utf-8", "replace"), "text/html; charset=utf-8")
    return reply.with_headers(("Content-Security-Policy", POLICY), *_GUARDS)


_GUARDS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("Vary", "Accept"),
)


def _index(house: House) -> Reply:
    edits = {name: f"/{name}{contract.edit.path}" for name, contract in house.contracts.items()}
    operations = [f"{route.method} {control.PATH}{route.path}" for route in control.ROUTES]
    document = {"edits": edits, "described": f"{control.PATH}openapi.json", "operations": operations}
    return Reply(document=document, headers=(("Content-Type", "application/json"), *_GUARDS))


def _body(house: House, text: str) -> Reply:
    """The body of a request as it came, as a file that no browser opens."""
    number = _number(text)
    entry = house.journal.entry(number) if number is not None else None
    if entry is None or entry.stripped:
        reply = refusal(404, f"There is no body {text:.40} (any more).", code="control")
        return reply.with_headers(("Content-Type", "application/json"), *_GUARDS)
    reply = Reply().with_body(entry.edit.request.body, "application/octet-stream")
    return reply.with_headers(("Content-Disposition", "attachment"), *_GUARDS)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def prefers_html(accept: str) -> bool:
    """Whether an Accept header names HTML, and JSON not before it."""
    weights = dict(map(_weight, accept.lower().split(",")))
    wanted = weights.get("text/html", 0.0)
    return wanted > 0 and wanted >= weights.get("application/json", 0.0)


def _weight(choice: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in choice.split(";"))
    stated = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
    try:
        return name, float(stated)
    except ValueError:
        return name, 0.0
