"""Secrets taken out of an exchange, before anything is written down.

Known secrets are replaced wherever they show. In the header fields that carry credentials also whatever is not known
to be harmless, and what such a field of the request carried is a secret for the rest of that exchange.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from specs import echoes
from specs.messages import Exchange, Failure, Headers, Request, Response, first

REDACTED = "<redacted-key>"
"""Stands for a known secret."""
PART = "<part-of-key>"
"""Stands for a part of a known secret."""
MASKED = "<redacted>"
"""Stands for a credential that is not known."""
FAKE = "sk-invalid"
"""Keys that begin so are nobody's: the tester sends them where a wrong key is asked for."""

CREDENTIALS = frozenset(
    ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-auth-token")
)
"""Header fields whose value is a credential."""

_SCHEME = re.compile(r"(?:bearer|basic|digest|token|negotiate|apikey|key)\s+", re.IGNORECASE)
_TELLING = re.compile(r"[A-Za-z0-9+/_=.~-]{8,}")
_USERINFO = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#@]*@", re.IGNORECASE)
_LARGEST_INFLATED = 1 << 28


class Redactor:
    """Knows the secrets of a run and takes them out of text, bytes, JSON values and exchanges."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets` may be bare keys or whole `Bearer …` values; empty ones are ignored."""
        bare = (_SCHEME.sub("", secret.strip(), count=1).strip() for secret in secrets)
        self.secrets = tuple(dict.fromkeys(secret for secret in bare if secret))

    def data(self, data: bytes) -> bytes:
        """`data` with every secret, in whatever form, replaced by its marker."""
        found = echoes.merged(chain.from_iterable(echoes.spans(secret, data) for secret in self.secrets))
        pieces, at = [], 0
        for span in found:
            pieces += [data[at : span.start], (REDACTED if span.whole else PART).encode()]
            at = span.end
        return b"".join((*pieces, data[at:])) if found else data

    def text(self, text: str) -> str:
        """As `data`, for text."""
        return self.data(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def value(self, value: Any) -> Any:
        """As `text`, for every string of a JSON value."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(key): self.value(item) for key, item in value.items()}
        return [self.value(item) for item in value] if isinstance(value, list | tuple) else value

    def url(self, url: str) -> str:
        """As `text`; a user and password in front of the host go too."""
        return _USERINFO.sub(rf"\g<1>{MASKED}@", self.text(url))

    def headers(self, headers: Headers) -> Headers:
        """As `text`; of credentials, the scheme and what is known to be harmless is kept."""
        return tuple((self.text(name), self._header(name, value)) for name, value in headers)

    def exchange(self, exchange: Exchange) -> Exchange:
        """The exchange as it may be written down."""
        knowing = Redactor((*self.secrets, *_credentials(exchange.request.headers)))
        request = replace(exchange.request, headers=self.headers(exchange.request.headers))
        failure = exchange.failure
        return replace(
            exchange,
            request=knowing._request(request),
            response=exchange.response and knowing._response(exchange.response),
            failure=failure and Failure(failure.kind, knowing.text(failure.detail)),
        )

    def _header(self, name: str, value: str) -> str:
        value = self.text(value)
        if name.lower() not in CREDENTIALS or _harmless(value):
            return value
        scheme = _SCHEME.match(value)
        return (scheme.group() if scheme else "") + MASKED

    def _request(self, request: Request) -> Request:
        body = self._body(request.headers, request.body)
        return Request(request.method, self.url(request.url), self.headers(request.headers), body)

    def _response(self, response: Response) -> Response:
        body = self._body(response.headers, response.body)
        shift = len(body) - len(response.body)
        arrivals = tuple((seconds, max(0, arrived + min(shift, 0))) for seconds, arrived in response.arrivals)
        if shift > 0 and arrivals:
            arrivals = (*arrivals[:-1], (arrivals[-1][0], arrivals[-1][1] + shift))
        return Response(response.status, self.headers(response.headers), body, arrivals)

    def _body(self, headers: Headers, body: bytes) -> bytes:
        """A compressed body is looked into, and compressed anew when a secret was in it."""
        inflated = _inflated(first(headers, "content-encoding"), body)
        if inflated is not None and (clean := self.data(inflated)) != inflated:
            return gzip.compress(clean, mtime=0) if body[:2] == b"\x1f\x8b" else zlib.compress(clean)
        return self.data(body)


def _harmless(credential: str) -> bool:
    """Whether nothing of a credential is worth hiding: a fake, a marker, or hardly anything."""
    token = _SCHEME.sub("", credential, count=1).strip()
    if token in ("", MASKED) or token.startswith(FAKE) or _SCHEME.fullmatch(f"{token} "):
        return True
    rest = token.replace(REDACTED, " ").replace(PART, " ")
    return rest != token and not _TELLING.search(rest)


def _credentials(headers: Headers) -> Iterable[str]:
    """The credentials of a request that are long enough to be looked for everywhere."""
    for name, value in headers:
        token = _SCHEME.sub("", value, count=1).strip()
        if name.lower() in CREDENTIALS - {"cookie"} and len(token) >= echoes.PIECE and not _harmless(value):
            yield token


def _inflated(encoding: str | None, body: bytes) -> bytes | None:
    """What a gzip or deflate body holds; None when it is neither, or cannot be read."""
    if (encoding or "").strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return None
    try:
        return zlib.decompressobj(47).decompress(body, _LARGEST_INFLATED)
    except zlib.error:
        return None
