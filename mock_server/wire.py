"""The only file that touches `flask.Request`: from Flask to a `Request`, from a `Reply` to Flask.

Keys stop here. The right key becomes `<key>`, any other a made-up one, so that nothing behind this line can leak one.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import flask

from mock_server.replies import Reply
from specs.messages import Request
from specs.rules.request import FAKE, REDACTED

LARGEST = 420 * 1024 * 1024
"""Bytes of a body we are willing to hold: sixteen pictures of 25 MB, and a little more."""

_SECRET = ("authorization", "x-api-key", "cookie", "proxy-authorization")


def read(request: flask.Request, api_key: str | None) -> Request:
    """The request as a value. Raises werkzeug's 413 when the body is too large."""
    headers = tuple((name, _redacted(name, value, api_key)) for name, value in request.headers.items())
    return Request(request.method, request.url, headers, request.get_data(cache=False))


def _redacted(name: str, value: str, api_key: str | None) -> str:
    if name.lower() not in _SECRET:
        return value
    if name.lower() != "authorization":
        return "<redacted>"
    scheme, _, key = value.strip().partition(" ")
    if scheme.lower() != "bearer":
        return "<redacted>"
    return f"Bearer {REDACTED if is_right(key.strip(), api_key) else FAKE}" if key.strip() else "Bearer"


def is_right(key: str, api_key: str | None) -> bool:
    """Whether a key opens the door: the one that was set, or any that is not made up."""
    return key == api_key if api_key is not None else not key.startswith(FAKE)


def write(reply: Reply, started: float) -> flask.Response:
    """Flask's response for a reply: a stream is sent frame by frame, each with its pause."""
    body: bytes | Iterator[bytes] = _frames(reply) if reply.events is not None else reply.body()
    response = flask.Response(body, status=reply.status, content_type=reply.content_type)
    response.headers["x-request-id"] = f"req_{uuid.uuid4().hex}"
    response.headers["openai-processing-ms"] = str(int((time.time() - started) * 1000))
    if reply.events is not None:
        response.headers["cache-control"] = "no-cache"
    for name, value in reply.headers:
        response.headers[name] = value
    return response


def _frames(reply: Reply) -> Iterator[bytes]:
    for number, event in enumerate(reply.events or ()):
        if number and reply.pause:
            time.sleep(reply.pause)
        yield event.encoded()
