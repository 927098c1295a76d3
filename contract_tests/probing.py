"""Asking what is in no plan: probes and sequences, recorded like any exchange, within the same budget."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from contract_tests.asking import links
from contract_tests.client import Client, join_url
from contract_tests.evidence import model_list
from contract_tests.strategies_choices import Choices
from specs.contract import Contract
from specs.messages import Exchange, Purpose, Request
from specs.recording import Recorder
from specs.transcripts import billed

Watcher: TypeAlias = Callable[[Exchange], None]
"""Is told of every exchange as it is recorded."""

_BUSY = frozenset({429, 503})
_LONGEST_WAIT = 30.0


@dataclass
class Probing:
    """A run under way: what was asked so far, and why it ended early (None when it did not). For several threads.

    `name` begins the ids of its exchanges. `wait` sleeps for so many seconds.
    """

    contract: Contract
    client: Client
    recorder: Recorder
    key: str
    name: str
    budget: int | None = None
    watcher: Watcher | None = None
    wait: Callable[[float], None] = time.sleep
    exchanges: list[Exchange] = field(default_factory=list)
    ended: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _number: int = 0

    @property
    def billable(self) -> int:
        """How many edits were accepted."""
        return sum(map(billed, tuple(self.exchanges)))

    @property
    def spent(self) -> bool:
        """Whether the budget is used up."""
        return self.budget is not None and self.billable >= self.budget

    @property
    def url(self) -> str:
        """Where edits are asked for."""
        return join_url(self.client.base_url, self.contract.edit.path)

    def choices(self) -> Choices:
        """What there is to choose from: asks for the list of models, where the contract has one."""
        if self.contract.models is not None and model_list(self.exchanges) is None:
            url = join_url(self.client.base_url, self.contract.models.path)
            self.ask(Request("GET", url, (("Accept", "application/json"),)), "models", purpose="models")
        return Choices(self.contract, model_list(self.exchanges))

    def ask(
        self, request: Request, told: str, *, purpose: Purpose = "edit", about: tuple[str, ...] = (), attempt: int = 1
    ) -> Exchange:
        """Send one request and record it; the exchange as recorded, without secrets."""
        with self._lock:
            self._number += 1
            id = f"{self.name}{self._number:05d}"
        question = told if purpose == "edit" else None
        found = self.client.ask(request, id=id, purpose=purpose, question=question, about=about, attempt=attempt)
        kept = self.recorder.write(found)
        with self._lock:
            self.exchanges.append(kept)
        if self.watcher:
            self.watcher(kept)
        return kept

    def ask_patiently(self, request: Request, told: str, patience: int = 3) -> Exchange:
        """As `ask`, and again after an endpoint that is busy has said when to come back."""
        for attempt in range(1, patience + 1):
            found = self.ask(request, told, attempt=attempt)
            if found.response is None or found.response.status not in _BUSY or attempt == patience:
                break
            self.wait(min(_LONGEST_WAIT, _told_to_wait(found) or 0.5 * 2**attempt))
        return found

    def follow_links(self, exchange: Exchange) -> None:
        """Fetch the pictures an answer links to."""
        for link in links(exchange):
            self.ask(Request("GET", link, (("Accept", "image/*"),)), "link", purpose="fetch")


def _told_to_wait(exchange: Exchange) -> float | None:
    said = exchange.response.header("retry-after") if exchange.response else None
    try:
        return float(said) if said else None
    except ValueError:
        return None
