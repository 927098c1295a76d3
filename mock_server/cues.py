"""Cues: which scenario plays for which requests. They stand in a queue; the first that fits takes the request.

So a list of cues is a script: the first is used up, then comes the second. A share takes only a part of the requests
that fit, always the same ones by its seed.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Cue:
    """A scenario (or a fault) by id, its options, and which requests it is for.

    `left` is how often it still plays (None: for ever); `share` of 1 is every request that fits; `seen` counts those.
    """

    scenario: str
    options: Mapping[str, Any] = field(default_factory=dict)
    left: int | None = None
    share: float = 1.0
    seed: int = 0
    provider: str | None = None
    test_id: str | None = None
    id: int = 0
    seen: int = 0
    played: int = 0

    def fits(self, provider: str, test_id: str | None) -> bool:
        """Whether a request of a provider (and of a test) is for this cue."""
        return self.provider in (None, provider) and self.test_id in (None, test_id) and self.left != 0

    def hits(self) -> bool:
        """Whether the share takes the next request that fits."""
        if self.share >= 1:
            return True
        drawn = hashlib.sha256(f"{self.seed}/{self.scenario}/{self.seen}".encode()).digest()
        return int.from_bytes(drawn[:6], "big") < self.share * 2**48

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "options": dict(self.options)}


class Cues:
    """The queue of cues, and the faults that are set while the mock runs."""

    def __init__(self) -> None:
        self._queue: list[Cue] = []
        self._faults: tuple[str, ...] = ()
        self._turns: Counter[str] = Counter()
        self._next = 1
        self._lock = threading.Lock()
        self.busy = False

    def add(self, cue: Cue) -> Cue:
        """Put a cue at the end of the queue; gives it its id."""
        with self._lock:
            placed = replace(cue, id=self._next)
            self._next += 1
            self._queue.append(placed)
            self.busy = True
        return placed

    def take(self, provider: str, test_id: str | None) -> Cue | None:
        """The cue that takes the next request, now played once more; None when there is none."""
        if not self.busy:
            return None
        with self._lock:
            for place, cue in enumerate(self._queue):
                if not cue.fits(provider, test_id):
                    continue
                hit = cue.hits()
                left = None if cue.left is None else cue.left - hit
                self._queue[place] = replace(cue, seen=cue.seen + 1, played=cue.played + hit, left=left)
                if hit:
                    return cue
        return None

    def turn(self, words: str, cue: Cue) -> bool:
        """Whether the cue that a request carries itself plays: as often as it says, then once not, then anew."""
        if cue.left is None and cue.share >= 1:
            return True
        with self._lock:
            if len(self._turns) > 10_000:
                self._turns.clear()
            turn = self._turns[words]
            self._turns[words] += 1
            if cue.left is not None and turn >= cue.left:
                del self._turns[words]
                return False
        return replace(cue, seen=turn).hits()

    def drop(self, id: int) -> bool:
        """Take a cue out; whether there was one of that id."""
        with self._lock:
            kept = [cue for cue in self._queue if cue.id != id]
            found = len(kept) < len(self._queue)
            self._queue = kept
            self.busy = bool(kept)
        return found

    def listed(self) -> tuple[Cue, ...]:
        """Every cue, used up or not, in order."""
        with self._lock:
            return tuple(self._queue)

    def set_faults(self, ids: tuple[str, ...]) -> None:
        """The faults that are set from now on, besides those of the start."""
        with self._lock:
            self._faults = tuple(dict.fromkeys(ids))

    def faults(self) -> tuple[str, ...]:
        """The faults that were set while the mock ran."""
        return self._faults

    def clear(self, test_id: str | None = None) -> None:
        """No cue any more (or none of one test)."""
        with self._lock:
            self._queue = [] if test_id is None else [cue for cue in self._queue if cue.test_id != test_id]
            self.busy = bool(self._queue)
            if test_id is None:
                self._turns.clear()
