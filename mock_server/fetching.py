"""Pictures behind links, fetched within limits: of time, size, redirects, addresses, and of what is a picture.

By default nothing is fetched. The address a name stands for is looked up once and connected to, so that it cannot
change between the check and the connection.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import replace
from urllib.parse import SplitResult, urljoin, urlsplit

from mock_server.settings import Fetch
from specs import pictures
from specs.edits import Edit, Input

SECONDS = 10.0
LARGEST = 52_428_800
REDIRECTS = 3

_PORTS = {"http": 80, "https": 443}


class NotFetched(ValueError):
    """The picture behind a link could not be had; one sentence, and the field it stood in."""

    def __init__(self, at: str, why: str) -> None:
        super().__init__(f"The picture of `{at}` could not be downloaded: {why}")
        self.at = at


def fetched(edit: Edit, fetch: Fetch) -> Edit:
    """The edit with every link in it replaced by the picture behind it. Raises NotFetched."""
    images = tuple(_filled(picture, fetch) for picture in edit.images)
    return replace(edit, images=images, mask=_filled(edit.mask, fetch) if edit.mask else None)


def _filled(picture: Input, fetch: Fetch) -> Input:
    return replace(picture, data=_picture(picture.at, picture.url, fetch)) if picture.url else picture


def _picture(at: str, url: str, fetch: Fetch) -> bytes:
    deadline = time.monotonic() + SECONDS
    for _hop in range(REDIRECTS + 1):
        try:
            found = _got(url, fetch, deadline)
        except (OSError, http.client.HTTPException, ValueError) as problem:
            why = "it took too long" if isinstance(problem, TimeoutError) else str(problem).lower() or "no answer"
            raise NotFetched(at, f"{why:.120}") from problem
        if isinstance(found, bytes):
            if pictures.kind_of(found) is None:
                raise NotFetched(at, "what is there is no picture")
            return found
        url = urljoin(url, found)
    raise NotFetched(at, f"there are more than {REDIRECTS} redirects")


def _got(url: str, fetch: Fetch, deadline: float) -> bytes | str:
    """The body at a URL, or the URL it redirects to. Raises OSError, HTTPException, ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        raise ValueError("only http and https links without a user are followed")
    connection = _connected(parts, fetch, deadline)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(
            "GET", target, headers={"Host": parts.netloc, "Accept": "image/*", "User-Agent": "image-mock"}
        )
        response = connection.getresponse()
        if response.status in (301, 302, 303, 307, 308) and (location := response.getheader("location")):
            return location
        if response.status != 200:
            raise ValueError(f"the answer is {response.status}")
        return _body(response, connection, deadline)
    finally:
        connection.close()


def _body(response: http.client.HTTPResponse, connection: http.client.HTTPConnection, deadline: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := response.read1(65536):
        size += len(piece)
        if size > LARGEST:
            raise ValueError(f"it has more than {LARGEST} bytes")
        pieces.append(piece)
        if connection.sock:
            connection.sock.settimeout(_left(deadline))
        else:
            _left(deadline)
    return b"".join(pieces)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connected(parts: SplitResult, fetch: Fetch, deadline: float) -> http.client.HTTPConnection:
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    address = _address(host, port, fetch)
    stream = socket.create_connection((address, port), timeout=_left(deadline))
    connection = http.client.HTTPConnection(host, port)
    connection.sock = stream
    if parts.scheme == "https":
        try:
            connection.sock = ssl.create_default_context().wrap_socket(stream, server_hostname=host)
        except OSError:
            stream.close()
            raise
    return connection


def _address(host: str, port: int, fetch: Fetch) -> str:
    """The first address of a host that may be asked. Raises OSError, ValueError."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    allowed = next((address for address in found if _may_be_asked(address, fetch)), None)
    if allowed is None:
        where = "of this machine" if fetch == "loopback" else "of this machine or public"
        raise ValueError(f"{host} has no address that is {where}")
    return allowed


def _may_be_asked(address: str, fetch: Fetch) -> bool:
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    known = getattr(known, "ipv4_mapped", None) or known
    return known.is_loopback or (fetch == "any" and known.is_global and not known.is_multicast)
