"""What was asked and answered, kept in bounded memory, without keys (wire redacts them before anything is kept)."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass

from mock_server.replies import Reply
from specs.edits import Edit

MOST = 500
"""Entries kept; the oldest go first."""

ROOM = 48 * 1024 * 1024
"""Bytes of bodies kept over all entries."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request, its reply, the claim it was refused by (or None), unix seconds."""

    provider: str
    edit: Edit
    reply: Reply
    refused_by: str | None
    at: float

    @property
    def weight(self) -> int:
        """Roughly how many bytes this entry holds."""
        return len(self.edit.request.body) + 2000


class Journal:
    """`add` an entry, read the `entries`, `clear` them; counters go on after entries were dropped."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._weight = 0
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def add(self, entry: Entry) -> None:
        """Keep an entry, dropping the oldest ones when there is no room."""
        with self._lock:
            self._entries.append(entry)
            self._weight += entry.weight
            self.counts["requests"] += 1
            self.counts["refused" if entry.refused_by else "accepted"] += 1
            while len(self._entries) > 1 and (len(self._entries) > MOST or self._weight > ROOM):
                self._weight -= self._entries.popleft().weight

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that are kept, the oldest first."""
        with self._lock:
            return tuple(self._entries)

    def clear(self) -> None:
        """Forget everything, counters too."""
        with self._lock:
            self._entries.clear()
            self._weight = 0
            self.counts.clear()
