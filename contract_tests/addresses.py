"""Addresses: a base URL joined with a documented path, and where a connection has to go."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

_SAFE = "!#$%&'()*+,/:;=?@[]~"


class BadAddress(ValueError):
    """An address that nothing can be asked at; the message says why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a connection goes."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def origin(url: str) -> Origin:
    """The origin of an absolute http(s) URL. Raises BadAddress."""
    parts = _split(url)
    return Origin(parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme])


def host_field(url: str) -> str:
    """What the `Host` header field says of a URL."""
    return _split(url).netloc.encode("idna" if not url.isascii() else "ascii").decode()


def target(url: str) -> str:
    """What the request line says of a URL: its path and query, with nothing in it that could end the line."""
    parts = _split(url)
    return quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress(f"{_shown(url)!r} is not a URL: its host or port cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadAddress(f"{_shown(url)!r} is not an absolute http or https URL")
    if port == 0:
        raise BadAddress(f"{_shown(url)!r} has the port 0")
    if parts.username is not None:
        raise BadAddress(f"the URL of {parts.hostname} has a user name in it; the key goes into a header")
    return parts


def _shown(url: str) -> str:
    """A URL as a message may show it: without what may be a password, and without its query."""
    bare = f"…@{url.rpartition('@')[2]}" if "@" in url else url
    return bare.partition("?")[0]


def join_url(base_url: str, path: str) -> str:
    """The URL of a documented path on a server.

    `base_url` is the server's root, or already ends in a beginning of the path (`…/v1`, `…/api/ai`, the whole path):
    what both have in common stands once. A query of the base URL is kept. Raises BadAddress.
    """
    parts = _split(base_url.strip())
    have, want = parts.path.strip("/").split("/"), path.strip("/").split("/")
    longest = min(len(have), len(want))
    shared = next((size for size in range(longest, 0, -1) if have[-size:] == want[:size]), 0)
    steps = [step for step in (*have, *want[shared:]) if step]
    return parts._replace(path="/" + "/".join(steps), fragment="").geturl()


def root_of(base_url: str, *paths: str) -> str:
    """The server's root, where `base_url` ends in (a beginning of) one of its documented paths. Raises BadAddress.

    Asking two operations of one server needs it: a base URL that is the whole path of one ends in no beginning of the
    other.
    """
    parts = _split(base_url.strip())
    have = [step for step in parts.path.split("/") if step]
    known = [[step for step in path.split("/") if step] for path in paths]
    sizes = [size for want in known for size in range(1, len(want) + 1) if have[-size:] == want[:size]]
    rest = have[: len(have) - max(sizes, default=0)]
    return parts._replace(path="".join(f"/{step}" for step in rest), fragment="").geturl()
