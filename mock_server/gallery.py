"""Pictures that were promised as links: kept by digest, in bounded memory, and served without a key."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from urllib.parse import urlsplit

from specs.messages import Request
from specs.pictures import kind_of

PATH = "/_mock/pictures/"
ROOM = 64 * 1024 * 1024
"""Bytes of pictures kept; the oldest go first."""


class Gallery:
    """`link` keeps a picture and gives its address, `get` the bytes behind a name."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def link(self, picture: bytes, request: Request) -> str:
        """The absolute address of a picture, on the host the request came to."""
        parts = urlsplit(request.url)
        return f"{parts.scheme}://{parts.netloc}{PATH}{self.keep(picture)}"

    def keep(self, picture: bytes) -> str:
        """Keep a picture; gives its name."""
        name = f"{hashlib.sha256(picture).hexdigest()[:32]}.{kind_of(picture) or 'bin'}"
        with self._lock:
            if name not in self._held:
                self._held[name] = picture
                self._size += len(picture)
            while self._size > ROOM:
                self._size -= len(self._held.popitem(last=False)[1])
        return name

    def get(self, name: str) -> bytes | None:
        """The picture called `name`, or None."""
        return self._held.get(name)
