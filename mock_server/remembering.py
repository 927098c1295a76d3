"""Verdicts that are remembered: what a request asks for, why it is refused or what it is answered.

A request is known again by its bytes (then nothing is read at all), or by its parts, whatever the form's boundary is
(then nothing is judged and painted). Everything that may change an answer is in what it is known by, or keeps it from
being remembered: links, streams, fetched pictures.
"""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from mock_server.replies import Reply, Sealed
from specs.cache import ByteCache
from specs.edits import Edit
from specs.messages import Request

ROOM = 12_000_000
"""Bytes of requests and answers that are remembered."""

ALIASES = 400_000
"""Bytes for what is known of the bytes of requests: a few thousand requests."""

Known: TypeAlias = bytes

_TELLING = ("Authorization", "Transfer-Encoding", "Expect", "Accept", "Accept-Encoding", "Content-Encoding")
"""Header fields that rules and faults look at, besides Content-Type."""

_kin = itertools.count(1)


@dataclass(slots=True)
class Verdict:
    """An edit, the claim it breaks (or None) and the reply; `tail` is the answer's JSON behind `created`."""

    edit: Edit
    refused_by: str | None
    reply: Reply | None
    key: Known = b""
    tail: bytes | None = None
    kin: int = 0

    @property
    def cost(self) -> int:
        """Bytes that it holds."""
        return 2 * len(self.edit.request.body) + 2 * len(self.tail or b"") + 4000

    def seal(self) -> None:
        """Write the JSON of an answer beforehand."""
        document = self.reply.document if self.reply else None
        if self.reply and self.reply.accepted and isinstance(document, dict) and next(iter(document), "") == "created":
            rest = {key: value for key, value in document.items() if key != "created"}
            self.tail = b"," + json.dumps(rest, separators=(",", ":"))[1:].encode()

    def fresh(self) -> Reply | None:
        """The reply, created now."""
        if self.reply is None or self.tail is None:
            return self.reply
        now = int(time.time())
        document: dict[str, Any] = {**self.reply.document, "created": now}
        return replace(self.reply, document=document, sealed=Sealed(document, (b'{"created":%d' % now, self.tail)))


def by_bytes(provider: str, request: Request) -> Known:
    """What a request is known by when it comes again byte for byte."""
    return _folded(provider, request, request.header("content-type"), hash(request.body), len(request.body))


def by_parts(provider: str, edit: Edit) -> Known:
    """What a form is known by when it comes again with another boundary (of which only the manner counts)."""
    stated = edit.request.header("content-type") or ""
    manner = ('"' in stated, len(stated))
    parts = [(part.name, part.filename, part.content_type, hash(part.data), len(part.data)) for part in edit.parts]
    return _folded(provider, edit.request, *manner, parts)


def _folded(provider: str, request: Request, *more: object) -> Known:
    told = [request.header(name) for name in _TELLING]
    return repr((provider, request.method, request.url, told, more)).encode()


class Memory:
    """The verdicts that are remembered, in bounded bytes."""

    def __init__(self, room: int = ROOM) -> None:
        self._held: ByteCache[Verdict] = ByteCache(room)
        self._aliases: ByteCache[Known] = ByteCache(ALIASES)

    def get(self, key: Known) -> Verdict | None:
        """The verdict on a request known so."""
        return self._held.get(self._aliases.get(key) or key)

    def keep(self, verdict: Verdict) -> Verdict:
        """Remember a verdict, unless it is too large."""
        verdict.kin = verdict.kin or next(_kin)
        return self._held.put(verdict.key, verdict, verdict.cost)

    def alias(self, by: Known, key: Known) -> None:
        """Know a verdict by something else, too."""
        self._aliases.put(by, key, len(by) + len(key) + 200)
