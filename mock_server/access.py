"""The access log: one line for each request on stderr, in the common format or as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import TypeAlias
from wsgiref.types import WSGIEnvironment

from mock_server.settings import Log

Write: TypeAlias = Callable[[WSGIEnvironment, int, int, float], None]
"""Called with the request, the status, the bytes of the body and when it began (unix seconds)."""


def writer(log: Log) -> Write | None:
    """What writes the lines; None when none are wanted."""
    return {"none": None, "common": _common, "json": _json}[log]


def _common(environ: WSGIEnvironment, status: int, size: int, started: float) -> None:
    when = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(started))
    line = f'"{environ["REQUEST_METHOD"]} {_target(environ)} {environ.get("SERVER_PROTOCOL", "HTTP/1.1")}"'
    _line(f"{environ.get('REMOTE_ADDR', '-')} - - [{when}] {line} {status} {size}")


def _json(environ: WSGIEnvironment, status: int, size: int, started: float) -> None:
    told = {
        "time": round(started, 3),
        "client": environ.get("REMOTE_ADDR"),
        "method": environ["REQUEST_METHOD"],
        "target": _target(environ),
        "status": status,
        "bytes": size,
        "seconds": round(time.time() - started, 4),
    }
    _line(json.dumps(told))


def _target(environ: WSGIEnvironment) -> str:
    query = environ.get("QUERY_STRING")
    text = f"{environ.get('PATH_INFO', '/')}{f'?{query}' if query else ''}"
    return ascii(text)[1:-1].replace('"', "%22")


def _line(text: str) -> None:
    try:
        sys.stderr.write(f"{text}\n")
    except OSError:  # who read the log is gone; the mock goes on
        return
