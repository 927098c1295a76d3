"""Sending: a question's request put on the wire within the limits, again where that makes sense, and recorded.

Nothing is sent for which there is no room, and no answer is used before it is on disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from contract_tests.client import Client
from contract_tests.limits import Cost, Limits, Purse
from contract_tests.pacing import Pace, told_to_wait
from specs.answers import heard
from specs.messages import Exchange, Request
from specs.recording import Recorder
from specs.transcripts import billed

RETRIED = frozenset({429, 500, 502, 503, 504, 529})
"""Statuses after which a question is asked again: it may be the hour and not the request."""

_BUSY = frozenset({429, 503})
"""Statuses after which nobody else should ask either."""


@dataclass(frozen=True, slots=True)
class Ask:
    """An edit about to be asked for: under which name, about which claims, and what it costs at most."""

    name: str
    about: tuple[str, ...]
    request: Request = field(repr=False)
    cost: Cost


@dataclass
class Sending:
    """The way out: `exchanges` grows with every answer; `told` is called with each, one at a time."""

    client: Client
    recorder: Recorder
    limits: Limits
    purse: Purse
    exchanges: list[Exchange]
    wait: Callable[[float], None]
    told: Callable[[Exchange], None]

    def __post_init__(self) -> None:
        self._pace = Pace(self.limits.rate, self.wait)
        self._number = max((_number(exchange) for exchange in self.exchanges), default=0)
        self._lock = threading.Lock()

    def get(self, url: str, accept: str, **about: str) -> None:
        """Read something that costs nothing, if there is room for the request."""
        seconds = self._turn()
        if seconds is not None:
            self._send(Request("GET", url, (("Accept", accept),)), seconds, **about)

    def follow(self, ask: Ask, first: int) -> Exchange | None:
        """Ask until there is an answer, or patience, room or time has run out: the last exchange, None without any.

        Its cost has been reserved; `first` is the number of the first attempt.
        """
        last, held, cost = None, True, ask.cost
        try:
            for attempt in range(first, max(first, self.limits.patience) + 1):
                seconds = self._turn()
                if seconds is None:
                    break
                about = {"question": ask.name, "about": ask.about, "attempt": attempt}
                last = self._send(ask.request, seconds, id=ask.name, purpose="edit", **about)
                if may_be_billed(last):
                    self.purse.settle(cost, billed=True)
                    held = False
                if is_final(last, self.limits) or not self._waited(last, attempt):
                    break
                held = held or self.purse.take(cost, wait=False)
                if not held:
                    break
        finally:
            if held:
                self.purse.settle(cost, billed=False)
        return last

    def _turn(self) -> float | None:
        """Wait for the next request's turn: the seconds it may take, None when it cannot be sent any more."""
        return self.purse.send() if self._pace.step(self.purse.left()) else None

    def _waited(self, last: Exchange, attempt: int) -> bool:
        """Wait before the next attempt; False when that would take longer than we are willing to."""
        told = told_to_wait(last.response)
        seconds = self.limits.first_wait * 2 ** (attempt - 1) if told is None else told
        if seconds > min(self.limits.longest_wait, self.purse.left()):
            return False
        if last.response is not None and last.response.status in _BUSY:
            self._pace.rest(seconds)
        else:
            self.wait(seconds)
        return True

    def _send(self, request: Request, seconds: float, *, id: str, **about: object) -> Exchange:
        with self._lock:
            self._number += 1
            number = self._number
        timeout = min(self.client.timeout, seconds)
        last = self.client.ask(request, id=f"{number:04d}-{id}", timeout=timeout, **about)  # type: ignore[arg-type]
        clean = self.recorder.write(last)
        with self._lock:
            self.exchanges.append(clean)
            self.told(clean)
        return last


def _number(exchange: Exchange) -> int:
    digits = exchange.id.partition("-")[0]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def may_be_billed(exchange: Exchange) -> bool:
    """Whether an edit was accepted, or sent and never answered: then nobody knows, and it counts."""
    failure = exchange.failure
    lost = exchange.response is None and failure is not None and failure.kind not in ("unreachable", "tls")
    return billed(exchange) or (lost and exchange.purpose == "edit")


def of_account(exchange: Exchange) -> bool:
    """Whether an edit was refused because the key's account has run dry."""
    return heard(exchange).of_account


def is_final(exchange: Exchange, limits: Limits) -> bool:
    """Whether a question is not asked again after this; what was never answered is only asked again when cut off."""
    if exchange.attempt >= limits.patience:
        return True
    if exchange.response is None:
        return exchange.failure is None or exchange.failure.kind != "cut"
    return exchange.response.status not in RETRIED or of_account(exchange)


def links(exchange: Exchange) -> Iterator[str]:
    """The absolute http(s) links to pictures in an answer; at most four are fetched."""
    body = exchange.response.body if exchange.response else b""
    if b"http" not in body and b"\\u" not in body:
        return
    asked = heard(exchange)
    found = [p.url for p in asked.payloads if isinstance(p.url, str) and p.url.startswith(("http://", "https://"))]
    yield from dict.fromkeys(found[:4])
