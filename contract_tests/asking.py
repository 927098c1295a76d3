"""Asking: the plan's questions put to an endpoint, one exchange after the other, each recorded before the next.

No request is sent that is not in the plan, but for three: the provider's list of models, a picture's `url` fetched,
and the same question again after 429 or a gateway's 5xx. What the endpoint does wrong is recorded, never raised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Protocol

from contract_tests.client import Client, join_url
from contract_tests.questions import Question
from specs.answers import Asked
from specs.contract import Contract
from specs.edits import Edit
from specs.messages import Exchange, Request, Response
from specs.recording import Recorder
from specs.transcripts import billed

RETRIED = frozenset({429, 500, 502, 503, 504, 529})
"""Statuses after which a question is asked again: it may be the hour and not the request."""


class Unjudgeable(RuntimeError):
    """The endpoint cannot be judged at all: unreachable, or the key is refused. One sentence."""


class Watcher(Protocol):
    """Is told of every exchange as it is recorded."""

    def __call__(self, exchange: Exchange, *, asked: int, billable: int) -> None:
        """One more exchange: how many questions were asked, how many edits billed so far."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use. `budget`: billable edits; `patience`: attempts per question; waits are in seconds."""

    budget: int | None = None
    patience: int = 3
    longest_wait: float = 60.0
    first_wait: float = 0.2


@dataclass
class Asking:
    """One run: asks questions of one endpoint and keeps every exchange."""

    contract: Contract
    client: Client
    key: str
    recorder: Recorder
    limits: Limits = field(default_factory=Limits)
    watcher: Watcher | None = None
    wait: Callable[[float], None] = time.sleep
    exchanges: list[Exchange] = field(default_factory=list)
    unasked: list[Question] = field(default_factory=list)

    @property
    def billable(self) -> int:
        """How many edits were answered 2xx so far."""
        return sum(billed(exchange) for exchange in self.exchanges)

    def read_models(self) -> None:
        """Ask for the provider's list of models, where its contract has one."""
        if self.contract.models is None:
            return
        url = join_url(self.client.base_url, self.contract.models.path)
        self._keep(self._ask(Request("GET", url, (("Accept", "application/json"),)), purpose="models", id="models"))

    def ask(self, questions: Iterable[Question]) -> None:
        """Ask every question within the budget. Raises Unjudgeable when the endpoint is not there to be judged."""
        url = join_url(self.client.base_url, self.contract.edit.path)
        for question in questions:
            if self._over_budget():
                self.unasked.append(question)
                continue
            last = self._answered(question, question.request(self.contract, url, self.key))
            self._check_there(last)
            self._fetch_links(question, last)

    def _over_budget(self) -> bool:
        """Even a request that should be refused is billed when it is accepted, so nothing is asked at the limit."""
        return self.limits.budget is not None and self.billable >= self.limits.budget

    def _answered(self, question: Question, request: Request) -> Exchange:
        for attempt in range(1, self.limits.patience + 1):
            last = self._keep(self._ask(request, id=question.id, question=question.id, about=question.about, attempt=attempt))
            if not _worth_again(last) or attempt == self.limits.patience:
                break
            self.wait(min(self.limits.longest_wait, _pause(last.response, attempt, self.limits.first_wait)))
        return last

    def _ask(self, request: Request, *, id: str, purpose: str = "edit", **about: object) -> Exchange:
        number = len(self.exchanges) + 1
        return self.client.ask(request, id=f"{number:04d}-{id}", purpose=purpose, **about)  # type: ignore[arg-type]

    def _keep(self, exchange: Exchange) -> Exchange:
        clean = self.recorder.write(exchange)
        self.exchanges.append(clean)
        if self.watcher:
            asked = len({e.question for e in self.exchanges if e.question})
            self.watcher(clean, asked=asked, billable=self.billable)
        return exchange

    def _check_there(self, last: Exchange) -> None:
        reached = [e for e in self.exchanges if e.response is not None]
        if not reached and last.failure and last.failure.kind in ("unreachable", "tls", "garbage", "timeout"):
            raise Unjudgeable(last.failure.detail)

    def _fetch_links(self, question: Question, last: Exchange) -> None:
        for url in links(last):
            self._keep(self._ask(Request("GET", url, (("Accept", "image/*"),)), purpose="fetch", id=f"{question.id}-fetch"))


def links(exchange: Exchange) -> Iterator[str]:
    """The absolute http(s) links to pictures in an answer; at most four are fetched."""
    asked = Asked(exchange, Edit(exchange.request, "none", None, on_route=True))
    found = [p.url for p in asked.payloads if isinstance(p.url, str) and p.url.startswith(("http://", "https://"))]
    yield from dict.fromkeys(found[:4])


def _worth_again(exchange: Exchange) -> bool:
    status = exchange.response.status if exchange.response else None
    cut = exchange.failure is not None and exchange.failure.kind == "cut" and exchange.response is None
    return status in RETRIED or cut


def _pause(response: Response | None, attempt: int, first: float) -> float:
    """Seconds to wait: what the answer says, else twice as long each time."""
    said = response.header("retry-after") if response else None
    if said:
        with suppress(ValueError):
            return max(0.0, float(said))
        with suppress(ValueError):
            return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    return first * 2 ** (attempt - 1)
