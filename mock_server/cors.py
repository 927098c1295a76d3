"""CORS: browser apps of the origins named at the start may use the mock."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

_ORIGIN = re.compile(r"\*|null|[a-z][a-z0-9+.-]*://[^/\s]+", re.IGNORECASE)
_EXPOSED = "x-request-id, openai-processing-ms, retry-after, retry-after-ms"


def is_origin(text: str) -> bool:
    """Whether a browser could state this as its app's origin; `*` stands for all."""
    return _ORIGIN.fullmatch(text) is not None


def is_preflight(environ: WSGIEnvironment) -> bool:
    """Whether a browser asks if it may ask."""
    return environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ


def preflight(environ: WSGIEnvironment) -> list[tuple[str, str]]:
    """What it may ask: everything it wants to."""
    wanted = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    return [
        ("access-control-allow-methods", "GET, POST, PUT, DELETE, OPTIONS"),
        ("access-control-allow-headers", wanted if wanted.isprintable() and wanted.isascii() else "*"),
        ("access-control-max-age", "600"),
    ]


def opened(environ: WSGIEnvironment, start_response: StartResponse, origins: Sequence[str]) -> StartResponse:
    """`start_response` that lets a browser app of one of the origins read the answer."""
    origin = environ.get("HTTP_ORIGIN")
    if not origin or ("*" not in origins and origin not in origins):
        return start_response
    allowed = [
        ("access-control-allow-origin", "*" if "*" in origins else origin),
        ("access-control-expose-headers", _EXPOSED),
        ("vary", "Origin"),
    ]

    def starting(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        return start_response(status, [*headers, *allowed], *((exc_info,) if exc_info else ()))

    return starting
