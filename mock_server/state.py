"""What changes while the mock runs, in one place, so that several processes can share it (see `sharing`)."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

from mock_server.cues import Cues
from mock_server.gallery import Gallery
from mock_server.journal import Journal


class Turns:
    """How often each of some things had its turn."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, name: str) -> int:
        """Its next turn, counted from 0."""
        with self._lock:
            turn = self._taken[name]
            self._taken[name] += 1
        return turn

    def clear(self) -> None:
        """As if nothing had had a turn."""
        with self._lock:
            self._taken.clear()


@dataclass(frozen=True)
class State:
    """The journal, the cues, the pictures that were promised as links, and the turns of recorded answers."""

    journal: Journal = field(default_factory=Journal)
    cues: Cues = field(default_factory=Cues)
    gallery: Gallery = field(default_factory=Gallery)
    turns: Turns = field(default_factory=Turns)
