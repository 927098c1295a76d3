"""What goes over the wire, as frozen values: no framework, no socket, no provider.

Everything else in the house is built on these five: a `Request`, the `Response` it got (or the `Failure` why none
came), both together an `Exchange`, and the `Part`s of a multipart body.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Header fields in wire order; names as written, compared without case."""

FailureKind: TypeAlias = Literal["unreachable", "timeout", "cut", "tls", "too-long", "garbage"]
"""Why nothing (or not all) came back. `garbage`: what came back is not HTTP."""

Purpose: TypeAlias = Literal["edit", "models", "fetch"]
"""What an exchange is for: an edit, the provider's model list, or a picture's `url` fetched."""


def first(headers: Headers, name: str) -> str | None:
    """The value of the first header field called `name` (any case), or None."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def media_type(headers: Headers) -> str | None:
    """The `Content-Type` without its parameters, in lower case, or None."""
    value = first(headers, "content-type")
    return value.partition(";")[0].strip().lower() if value else None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a `multipart/form-data` body, as it stood on the wire.

    `filename` and `content_type` are None when the part did not state them.
    """

    name: str
    data: bytes
    filename: str | None = None
    content_type: str | None = None

    @property
    def is_file(self) -> bool:
        """A part is a file when it has a file name or says it is not text."""
        stated = (self.content_type or "text/plain").partition(";")[0].strip().lower()
        return self.filename is not None or not stated.startswith("text/")


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: method, absolute or root-relative URL, header fields, body bytes."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path of the URL, without query."""
        return urlsplit(self.url).path or "/"

    def header(self, name: str) -> str | None:
        """The value of a header field, or None."""
        return first(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response.

    `arrivals` are (seconds since the request was sent, bytes of the body arrived by then): how a stream is told from
    a buffered answer.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    arrivals: tuple[tuple[float, int], ...] = ()

    def header(self, name: str) -> str | None:
        """The value of a header field, or None."""
        return first(self.headers, name)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no whole response came back; `detail` is one sentence without secrets."""

    kind: FailureKind
    detail: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back.

    `sent` is unix seconds, `seconds` the time until the last byte. `question` names the planned question, `about`
    the claims it is about, `attempt` counts from 1. `response` may stand beside `failure`: a body cut short.
    """

    id: str
    request: Request
    response: Response | None = None
    failure: Failure | None = None
    sent: float = 0.0
    seconds: float = 0.0
    purpose: Purpose = "edit"
    question: str | None = None
    about: tuple[str, ...] = field(default=())
    attempt: int = 1
