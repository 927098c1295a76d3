"""Verdicts that are remembered: what a request asks for, why it is refused or what it is answered, by its digest.

A client that sends the same bytes again is answered without reading, judging and painting them anew. Everything that
may change an answer is in the digest, or keeps it from being remembered (links, streams, faults, fetched pictures).
"""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from dataclasses import dataclass, replace
from typing import Any

from mock_server.replies import Reply, Sealed
from specs.cache import ByteCache
from specs.edits import Edit
from specs.messages import Request

ROOM = 16_000_000
"""Bytes of requests and answers that are remembered."""

_TELLING = (
    "Content-Type",
    "Authorization",
    "Transfer-Encoding",
    "Expect",
    "Accept",
    "Accept-Encoding",
    "Content-Encoding",
)
"""Header fields that rules and faults look at."""

_kin = itertools.count(1)


@dataclass(slots=True)
class Verdict:
    """An edit, the claim it breaks (or None) and the reply; `tail` is the answer's JSON behind `created`."""

    edit: Edit
    refused_by: str | None
    reply: Reply | None
    tail: bytes | None = None
    kin: int = 0
    digest: bytes = b""

    @property
    def cost(self) -> int:
        """Bytes that it holds."""
        return 2 * len(self.edit.request.body) + 2 * len(self.tail or b"") + 4000

    def seal(self) -> None:
        """Write the JSON of an answer beforehand."""
        document = self.reply.document if self.reply else None
        if self.reply and self.reply.accepted and isinstance(document, dict) and next(iter(document), "") == "created":
            text = json.dumps(
                {key: value for key, value in document.items() if key != "created"}, separators=(",", ":")
            )
            self.tail = b"," + text[1:].encode()

    def fresh(self) -> Reply | None:
        """The reply, created now."""
        if self.reply is None or self.tail is None:
            return self.reply
        now = int(time.time())
        document: dict[str, Any] = {**self.reply.document, "created": now}
        return replace(self.reply, document=document, sealed=Sealed(document, (b'{"created":%d' % now, self.tail)))


def digest(provider: str, request: Request) -> bytes:
    """What names everything in a request that may change its answer."""
    named = dict(request.headers)
    told = (provider, request.method, request.url, [named.get(name) for name in _TELLING])
    found = hashlib.sha256(request.body)
    found.update(repr(told).encode())
    return found.digest()


class Memory:
    """The verdicts that are remembered, in bounded bytes."""

    def __init__(self, room: int = ROOM) -> None:
        self._held: ByteCache[Verdict] = ByteCache(room)

    def get(self, key: bytes) -> Verdict | None:
        """The verdict on a request of this digest."""
        return self._held.get(key)

    def keep(self, key: bytes, verdict: Verdict) -> Verdict:
        """Remember a verdict, unless it is too large."""
        verdict.kin = next(_kin)
        return self._held.put(key, verdict, verdict.cost)

    def clear(self) -> None:
        """Remember nothing."""
        self._held.clear()
