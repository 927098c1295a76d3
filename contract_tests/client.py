"""The client: sends a `Request` byte for byte and says what came back, whatever that is.

It follows no redirect, repeats nothing and raises nothing for what an endpoint does: every ending is a `Response`, a
`Failure`, or both (a body cut short). No message of it holds the key.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from pathlib import Path
from types import TracebackType
from typing import Self

from contract_tests.addresses import BadAddress, Origin, host_field, join_url, origin, root_of, target
from contract_tests.receiving import Body, Broken, head, pieces
from contract_tests.wires import Clock, Wire, Wires
from specs.messages import Exchange, Failure, FailureKind, Purpose, Request, Response
from specs.redaction import Redactor

__all__ = ["BadAddress", "Client", "join_url", "root_of"]

_SAFE = ("GET", "HEAD", "OPTIONS")
_CHUNK = 16384
_LINE_ENDS = re.compile(r"[\r\n]")


class Client:
    """Asks one endpoint. `timeout` bounds a whole exchange, in seconds, however slowly it drips.

    `base_url` completes URLs that are only a path; `key` is what no message may hold; `trust` is a file of further
    certificates to trust, beside the system's. May be used from several threads. Raises BadAddress.
    """

    def __init__(
        self, base_url: str, key: str | None = None, timeout: float = 180.0, trust: Path | None = None
    ) -> None:
        origin(base_url)
        self.base_url = base_url
        self.timeout = timeout
        self._redactor = Redactor((key,) if key else ())
        self._wires = Wires(trust)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes every idle connection."""
        self._wires.close()

    def ask(
        self,
        request: Request,
        *,
        id: str,
        purpose: Purpose = "edit",
        question: str | None = None,
        about: tuple[str, ...] = (),
        attempt: int = 1,
        timeout: float | None = None,
    ) -> Exchange:
        """Sends a request once and returns the whole exchange."""
        sent = time.time()
        response, failure, seconds = self.send(request, timeout=timeout)
        return Exchange(id, request, response, failure, sent, seconds, purpose, question, about, attempt)

    def send(self, request: Request, *, timeout: float | None = None) -> tuple[Response | None, Failure | None, float]:
        """Sends a request once: what came back, what failed, and the seconds it took until the last byte."""
        clock = Clock(self.timeout if timeout is None else timeout)
        url = request.url if "://" in request.url else join_url(self.base_url, request.url)
        try:
            response, failure = self._send(request, url, clock)
        except BadAddress as problem:
            response, failure = None, Failure("unreachable", str(problem))
        if failure:
            failure = Failure(failure.kind, self._redactor.text(failure.detail))
        return response, failure, clock.spent

    def _send(self, request: Request, url: str, clock: Clock) -> tuple[Response | None, Failure | None]:
        """What came back. A request that changes nothing is sent again where a connection had been closed meanwhile."""
        where = origin(url)
        opening = opening_lines(request, url)
        try:
            wire = self._wires.take(where, clock)
        except (OSError, UnicodeError) as problem:
            return None, Failure(*_connecting(problem, where))
        again = False
        try:
            whole = _deliver(wire, opening, request)
            found = head(wire.reader, request.method)
            response, failure = _received(wire, found, clock)
            again = whole and not failure and not found.will_close
            return response, failure
        except (Broken, HTTPException, OSError) as problem:
            failure = self._no_answer(problem, wire, clock)
        finally:
            self._wires.give(wire, again=again and (request.header("connection") or "").lower() != "close")
        if failure.kind == "cut" and wire.stale:
            self._wires.distrust(where)
            if request.method in _SAFE:
                return self._send(request, url, clock)
        return None, failure

    def _no_answer(self, problem: Exception, wire: Wire, clock: Clock) -> Failure:
        kind, detail = _failing(problem, clock)
        if isinstance(problem, HTTPException) and kind == "garbage":
            start = self._redactor.data(wire.incoming.began).decode("latin-1")
            detail = f"what came back is not HTTP: {start[:60]!r}"
        return Failure(kind, detail)


def opening_lines(request: Request, url: str) -> bytes:
    """The request line and the header fields of a request to an absolute URL, with the empty line after them.

    `Host` is put first where the request does not have it, `Content-Length` last where nothing says how long the body
    is. Raises ValueError for a field that holds a line end: our own mistake.
    """
    fields = list(request.headers)
    if request.header("host") is None:
        fields.insert(0, ("Host", host_field(url)))
    if request.body and request.header("content-length") is None and not _chunked(request):
        fields.append(("Content-Length", str(len(request.body))))
    lines = [f"{request.method} {target(url)} HTTP/1.1", *(f"{name}: {value}" for name, value in fields)]
    if any(_LINE_ENDS.search(line) for line in lines):
        raise ValueError("a header field of the request holds the end of a line")
    return "\r\n".join((*lines, "", "")).encode("utf-8", "surrogateescape")


def _chunked(request: Request) -> bool:
    return "chunked" in (request.header("transfer-encoding") or "").lower()


def _body(request: Request) -> Iterator[bytes]:
    if not _chunked(request):
        yield request.body
        return
    for start in range(0, len(request.body), _CHUNK):
        piece = request.body[start : start + _CHUNK]
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def _deliver(wire: Wire, opening: bytes, request: Request) -> bool:
    """Sends the request; False when it was not wanted to its end."""
    if not wire.write((opening,)):
        return False
    if "100-continue" in (request.header("expect") or "").lower() and not wire.may_go_on():
        return False
    return wire.write(_body(request))


def _received(wire: Wire, found: HTTPResponse, clock: Clock) -> tuple[Response, Failure | None]:
    body = Body((found.getheader("Content-Encoding") or "").strip().lower(), clock)
    failure = None
    try:
        for piece in pieces(wire.reader, found):
            body.take(piece)
        body.end()
        if extra := wire.leftover():
            failure = Failure("cut", f"at least {len(extra)} bytes came after the end that the answer announced")
    except (Broken, OSError) as problem:
        failure = Failure(*_failing(problem, clock))
    return body.response(found), failure


def _failing(problem: Exception, clock: Clock) -> tuple[FailureKind, str]:
    if isinstance(problem, Broken):
        return problem.kind, str(problem)
    if isinstance(problem, TimeoutError):
        return "timeout", f"the answer was not there after {clock.allowed:g} s"
    if isinstance(problem, RemoteDisconnected | ssl.SSLEOFError):
        return "cut", "the connection was closed without an answer"
    if isinstance(problem, ssl.SSLError):
        return "tls", f"the encryption failed: {problem.reason or problem}"
    if isinstance(problem, OSError):
        return "cut", f"the connection broke: {problem.strerror or type(problem).__name__}"
    return "garbage", str(problem)


def _connecting(problem: Exception, where: Origin) -> tuple[FailureKind, str]:
    if isinstance(problem, ssl.SSLCertVerificationError):
        return "tls", f"the certificate of {where} is not to be trusted: {problem.verify_message}"
    if isinstance(problem, ssl.SSLError):
        return "tls", f"{where} does not speak TLS as it should: {problem.reason or problem}"
    if isinstance(problem, socket.gaierror | UnicodeError):
        return "unreachable", f"there is no host called {where.host}"
    if isinstance(problem, TimeoutError):
        return "unreachable", f"{where} did not accept a connection in time"
    reason = problem.strerror if isinstance(problem, OSError) else None
    return "unreachable", f"{where} cannot be reached: {reason or type(problem).__name__}"
