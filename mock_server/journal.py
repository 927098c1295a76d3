"""What was asked and answered, kept in bounded memory, without keys (wire redacts them before anything is kept).

Entries that come from one remembered verdict share their bytes, which count once; an entry that alone would fill the
journal is kept without them.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from mock_server.replies import Reply
from specs.edits import Edit, Input

MOST = 2000
"""Entries kept; the oldest go first."""

ROOM = 16 * 1024 * 1024
"""Bytes of bodies, pictures and answers kept over all entries."""

SMALL = 2000
"""Bytes that an entry holds besides."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request, its reply, the claim it was refused by (or None), unix seconds.

    `number` counts from 1. `kin` is the same for entries whose pictures and answer are the very same objects (0: none),
    `own` are bytes that it holds besides. `faults` and `scenario` are what was set for it, `outcome` and `sent` (bytes)
    tell how far the answer got.
    """

    provider: str
    edit: Edit
    reply: Reply
    refused_by: str | None
    at: float
    number: int = 0
    seconds: float = 0.0
    kin: int = 0
    own: int = 0
    scenario: str | None = None
    faults: tuple[str, ...] = ()
    test_id: str | None = None
    outcome: str = "sent"
    sent: int | None = None
    stripped: bool = False

    @property
    def status(self) -> int:
        """The HTTP status of the reply."""
        return self.reply.status

    @property
    def content(self) -> int:
        """Roughly how many bytes its body, its pictures and its answer hold."""
        parts = sum(len(part.data) for part in self.edit.parts) or sum(len(p.data or b"") for p in self.edit.images)
        return len(self.edit.request.body) + parts + _bulk(self.reply)

    def bare(self) -> Entry:
        """The entry without its bytes."""
        edit = replace(
            self.edit,
            request=replace(self.edit.request, body=b""),
            parts=(),
            images=tuple(map(_told, self.edit.images)),
            mask=_told(self.edit.mask) if self.edit.mask else None,
        )
        reply = replace(self.reply, document=None, events=None, raw=b"", sealed=None)
        return replace(self, edit=edit, reply=reply, kin=0, own=0, stripped=True)


def _told(picture: Input) -> Input:
    return replace(picture, data=None, text=f"{len(picture.data)} bytes, not kept") if picture.data else picture


def _bulk(reply: Reply) -> int:
    """What a reply holds: its text is counted, numbers are not."""
    events = sum(_texts(event.data) + len(event.raw or b"") for event in reply.events or ())
    return len(reply.raw or b"") + _texts(reply.document) + events


def _texts(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_texts(item) for item in value.values())
    return sum(_texts(item) for item in value) if isinstance(value, list | tuple) else 0


class Journal:
    """`add` an entry, read the `entries`, `clear` them; counters go on after entries were dropped."""

    def __init__(self, most: int = MOST, room: int = ROOM) -> None:
        self._most, self._room = most, room
        self._entries: OrderedDict[int, tuple[Entry, int]] = OrderedDict()
        self._kin: Counter[int] = Counter()
        self._weight = 0
        self._next = 1
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def add(self, entry: Entry) -> int:
        """Keep an entry, dropping the oldest ones when there is no room; gives its number."""
        content = entry.content if not entry.kin or self._kin[entry.kin] < 1 else 0
        if content + entry.own > self._room // 4:
            entry, content = entry.bare(), 0
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._entries[number] = (replace(entry, number=number), content)
            self._kin[entry.kin] += 1
            self._weight += content + entry.own + SMALL
            self._count(entry)
            while len(self._entries) > 1 and (len(self._entries) > self._most or self._weight > self._room):
                self._drop(next(iter(self._entries)))
        return number

    def _count(self, entry: Entry) -> None:
        self.counts["requests"] += 1
        self.counts["refused" if entry.refused_by else "accepted"] += 1
        if entry.scenario:
            self.counts[f"scenario {entry.scenario}"] += 1
        self.counts[f"status {entry.status}"] += 1

    def _drop(self, number: int) -> None:
        """An entry that carries the weight of its kin hands it on."""
        entry, content = self._entries.pop(number)
        self._kin[entry.kin] -= 1
        self._weight -= entry.own + SMALL
        if not self._kin[entry.kin]:
            del self._kin[entry.kin]
        elif content and entry.kin:
            heir = next(n for n, (other, _content) in self._entries.items() if other.kin == entry.kin)
            self._entries[heir] = (self._entries[heir][0], content)
            return
        self._weight -= content

    def finish(self, number: int, outcome: str, sent: int, seconds: float) -> None:
        """How the answer to an entry ended; nothing when the entry was dropped meanwhile."""
        with self._lock:
            self.counts[f"streams {outcome}"] += 1
            if number in self._entries:
                entry, content = self._entries[number]
                self._entries[number] = (replace(entry, outcome=outcome, sent=sent, seconds=seconds), content)

    def count(self, name: str) -> None:
        """Count something that is no entry."""
        with self._lock:
            self.counts[name] += 1

    def counted(self) -> dict[str, int]:
        """All counters."""
        with self._lock:
            return {name: count for name, count in sorted(self.counts.items()) if count}

    def listed(self) -> tuple[Entry, ...]:
        """The entries that are kept, the oldest first."""
        with self._lock:
            return tuple(entry for entry, _content in self._entries.values())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """As `listed`."""
        return self.listed()

    def entry(self, number: int) -> Entry | None:
        """The entry of that number, None when it was never there or was dropped."""
        with self._lock:
            found = self._entries.get(number)
        return found[0] if found else None

    @property
    def weight(self) -> int:
        """Bytes that are kept, roughly."""
        return self._weight

    def clear(self, test_id: str | None = None) -> None:
        """Forget everything, counters too; or the entries of one test."""
        with self._lock:
            for number in [n for n, (entry, _c) in self._entries.items() if test_id in (None, entry.test_id)]:
                self._drop(number)
            if test_id is None:
                self.counts.clear()
