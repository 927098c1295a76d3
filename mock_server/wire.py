"""The mock's door to HTTP: from a WSGI environment to a `Request`, from a `Reply` to header fields; nothing else reads
the one or writes the other.

Keys stop here. The right key becomes `<redacted-key>`, any other a made-up one, so that nothing behind this line can
leak one.
Nothing here parses a form: Werkzeug's own parser drops broken parts, and so hides what is wrong with them.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode
from wsgiref.types import WSGIEnvironment

import flask

from mock_server.replies import Reply
from specs.messages import Headers, Request
from specs.redaction import CREDENTIALS, MASKED
from specs.rules.request import FAKE, REDACTED

SCENARIO_KEY = "sk-mock-"
"""A key that begins so asks for the scenario whose name follows."""

PIECE = 1 << 20
"""Bytes read at a time where the length of a body is not known."""

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.~-]*\Z")


class TooLarge(ValueError):
    """The body is larger than we are willing to hold; it was not read."""


class Unreadable(ValueError):
    """The body broke off or is no HTTP; one sentence."""


def read(environ: WSGIEnvironment, body: bytes, api_key: str | None) -> Request:
    """The request as a value, keys taken out."""
    headers = tuple((name, _redacted(name, value, api_key)) for name, value in _fields(environ))
    return Request(environ["REQUEST_METHOD"], url(environ), _with_scenario(environ, headers), body)


def url(environ: WSGIEnvironment) -> str:
    """The absolute URL of a request; a strange host is replaced by the server's own name."""
    host = environ.get("HTTP_HOST") or ""
    if not _HOST.match(host):
        host = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "/")
    if not _PLAIN_PATH.match(path):
        path = quote(path.encode("latin-1", "replace"), safe="/:@!$&'()*+,;=~-._")
    query = environ.get("QUERY_STRING")
    return f"{environ['wsgi.url_scheme']}://{host}{path}{f'?{query}' if query else ''}"


def size_stated(environ: WSGIEnvironment, largest: int) -> int | None:
    """The length of the body as the request states it, None when it does not. Raises TooLarge, Unreadable."""
    stated = environ.get("CONTENT_LENGTH") or ""
    if not stated:
        return None if environ.get("wsgi.input_terminated") and "HTTP_TRANSFER_ENCODING" in environ else 0
    if not (stated.isascii() and stated.isdigit() and len(stated) < 19):
        raise Unreadable("the Content-Length is not a number")
    if (size := int(stated)) > largest:
        raise TooLarge(f"the body has {size} bytes, {size - largest} too many")
    return size


def beginning(environ: WSGIEnvironment, most: int) -> bytes:
    """The first bytes of a body whose length is not stated; all of it when there are fewer than `most`."""
    with _reading():
        return _up_to(environ["wsgi.input"], most)


def body(environ: WSGIEnvironment, stated: int | None, largest: int = 0, head: bytes = b"") -> bytes:
    """The body (`head` was read already); what a client does not send is missing. Raises TooLarge, Unreadable."""
    if stated == 0:
        return b""
    with _reading():
        if stated is not None:
            return _up_to(environ["wsgi.input"], stated)
        found = bytearray(head)  # grown in place, so that what is too large is held once
        while len(found) <= largest and (piece := environ["wsgi.input"].read(PIECE)):
            found += piece
    if len(found) > largest:
        raise TooLarge(f"the body has more than {largest} bytes")
    return bytes(found)


def _up_to(stream: Any, size: int) -> bytes:
    """So many bytes of a stream, fewer at its end; servers may give fewer at a time."""
    first = bytes(stream.read(size))
    if len(first) == size or not first:
        return first
    pieces, left = [first], size - len(first)
    while left and (piece := stream.read(min(left, PIECE))):
        pieces.append(bytes(piece))
        left -= len(piece)
    return b"".join(pieces)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except TimeoutError as problem:
        raise Unreadable("the body did not come in time") from problem
    except (OSError, ValueError) as problem:
        raise Unreadable("the body broke off, or its chunks are malformed") from problem


def _fields(environ: WSGIEnvironment) -> Headers:
    found = [(_name(key), value) for key, value in environ.items() if key.startswith("HTTP_")]
    found += [(_name(key), environ[key]) for key in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(key)]
    return tuple(found)


@lru_cache(maxsize=512)
def _name(key: str) -> str:
    return key.removeprefix("HTTP_").replace("_", "-").title()


def _redacted(name: str, value: str, api_key: str | None) -> str:
    if name.lower() not in CREDENTIALS:
        return value
    if name != "Authorization":
        return MASKED
    scheme, _, key = value.strip().partition(" ")
    if scheme.lower() != "bearer":
        return MASKED
    return f"Bearer {REDACTED if is_right(key.strip(), api_key) else FAKE}" if key.strip() else "Bearer"


def is_right(key: str, api_key: str | None) -> bool:
    """Whether a key opens the door: the one that was set (or any that is not made up), or one that names a scenario."""
    if key.startswith(SCENARIO_KEY):
        return True
    return key == api_key if api_key is not None else not key.startswith(FAKE)


def _with_scenario(environ: WSGIEnvironment, headers: Headers) -> Headers:
    """A scenario that the key asks for, as if the header field had asked for it."""
    scheme, _, key = (environ.get("HTTP_AUTHORIZATION") or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not key.startswith(SCENARIO_KEY) or "HTTP_X_MOCK_SCENARIO" in environ:
        return headers
    return (*headers, ("X-Mock-Scenario", key.strip().removeprefix(SCENARIO_KEY)))


def status_line(status: int) -> str:
    """`404 Not Found`."""
    return _status_line(status)


@lru_cache(maxsize=128)
def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def fields(reply: Reply, started: float, served: int) -> list[tuple[str, str]]:
    """The header fields of a reply; `served` is how many requests were served before it."""
    if reply.bare:
        return [(name, _one_line(value)) for name, value in reply.headers]
    found = {
        "content-type": reply.content_type,
        "x-request-id": f"req_{uuid.uuid4().hex}",
        "openai-processing-ms": str(int((time.time() - started) * 1000)),
        "openai-version": "2020-10-01",
        "x-ratelimit-limit-requests": "5000",
        "x-ratelimit-remaining-requests": str(4999 - served % 4999),
        "x-ratelimit-reset-requests": "12ms",
    }
    if reply.events is not None:
        found["cache-control"] = "no-cache"
    repeated = []
    for name, value in reply.headers:
        if name.lower() == "set-cookie":
            repeated.append((name, _one_line(value)))
        else:
            found[name.lower()] = _one_line(value)
    return [*found.items(), *repeated]


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ").encode("latin-1", "replace").decode("latin-1")


def control_request() -> tuple[str, dict[str, str], Any]:
    """Of the request to the mock's own API that Flask is serving: method, query, and the JSON value (None: no JSON)."""
    asked = flask.request
    return asked.method, dict(asked.args), asked.get_json(force=True, silent=True) if asked.content_length else None


def origin() -> str:
    """Where the mock is reached by who asks its own API."""
    return flask.request.host_url.rstrip("/")


def query(**named: Any) -> str:
    """A query string of what is not None."""
    return urlencode({name: value for name, value in named.items() if value is not None})
