"""Limits: what a run may use, and the purse that sees to it that nothing is used beyond that.

Whatever may be billed is reserved before it is sent: an edit, and what it costs at most. So a limit is not exceeded by
requests that are retried, that go out side by side, or that are accepted though they should be refused.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from contract_tests.pacing import Rate


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use.

    `budget`: billable edits; `credits`: by the provider's own prices; `requests`: of any kind; `seconds`: from the
    first request to the last byte. `patience`: attempts per question; `first_wait` and `longest_wait`: seconds between
    them. `rate`: requests in a span of time; `jobs`: questions side by side.
    """

    budget: int | None = None
    patience: int = 3
    longest_wait: float = 60.0
    first_wait: float = 0.2
    credits: float | None = None
    requests: int | None = None
    seconds: float | None = None
    rate: Rate | None = None
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request costs at most."""

    edits: int = 0
    credits: float = 0.0


EDIT = Cost(edits=1)


@dataclass
class Purse:
    """What is left of the limits, for any number of threads. `spent` is what earlier sessions of the run used."""

    limits: Limits
    spent: Cost = field(default_factory=Cost)
    requests: int = 0
    clock: Callable[[], float] = time.monotonic
    closed: str = ""
    """The limit that was reached first, in words; empty as long as none was."""

    def __post_init__(self) -> None:
        self._began: float | None = None
        self._edits, self._credits = self.spent.edits, self.spent.credits
        self._held: list[Cost] = []
        self._shut = ""
        self._changed = threading.Condition()

    def take(self, cost: Cost, *, wait: bool = True, missed: bool = True) -> bool:
        """Reserve what a request may cost; False when there is no room.

        With `wait`, a decision is put off until what is under way has come back: it may not have been billed. What
        is not `missed` closes nothing: the run is whole without it.
        """
        with self._changed:
            while (limit := self._lacks(cost)) and wait and self._held:
                self._changed.wait()
            if limit:
                self.closed = self.closed or (limit if missed else "")
                return False
            self._held.append(cost)
            return True

    def shut(self, why: str) -> None:
        """Nothing is billed any more, and why."""
        with self._changed:
            self._shut = self._shut or why
            self.closed = self.closed or why

    def settle(self, cost: Cost, *, billed: bool) -> None:
        """What was reserved was used, or not."""
        with self._changed:
            self._held.remove(cost)
            if billed:
                self._edits += cost.edits
                self._credits += cost.credits
            self._changed.notify_all()

    def send(self) -> float | None:
        """Count a request that is about to be sent: the seconds it may take, None when it must not be sent."""
        with self._changed:
            left = self.left()
            if self.limits.requests is not None and self.requests >= self.limits.requests:
                self.closed = self.closed or _counted(self.limits.requests, "request")
            elif left <= 0:
                self.closed = self.closed or f"{self.limits.seconds:g} s"
            else:
                self.requests += 1
                return left
            return None

    def left(self) -> float:
        """The seconds that are left; without end when there is no such limit."""
        if self.limits.seconds is None:
            return float("inf")
        self._began = self.clock() if self._began is None else self._began
        return self.limits.seconds - (self.clock() - self._began)

    def _lacks(self, cost: Cost) -> str:
        if self._shut:
            return self._shut
        held = sum(each.edits for each in self._held)
        if self.limits.budget is not None and self._edits + held + cost.edits > self.limits.budget:
            return _counted(self.limits.budget, "billable edit")
        known = sum(each.credits for each in self._held)
        if self.limits.credits is not None and self._credits + known + cost.credits > self.limits.credits:
            return f"{self.limits.credits:g} credits"
        return ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"
