"""Asking: the plan's questions put to an endpoint, each exchange recorded before the next.

No request is sent that is not in the plan, but for three: the provider's list of models, a picture's `url` fetched,
and the same question again after 429 or a gateway's 5xx. What the endpoint does wrong is recorded, never raised.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from contract_tests import pricing
from contract_tests.client import Client, join_url, root_of
from contract_tests.crew import Crew
from contract_tests.evidence import model_list
from contract_tests.limits import EDIT, Cost, Limits, Purse
from contract_tests.pacing import Pace, told_to_wait
from contract_tests.presence import Door, Unjudgeable
from contract_tests.questions import Question
from contract_tests.resuming import Kept
from specs.answers import Asked
from specs.contract import Contract
from specs.edits import Edit
from specs.messages import Exchange, Request
from specs.models import ModelList
from specs.recording import Recorder
from specs.transcripts import billed

__all__ = ["Asking", "Limits", "Unjudgeable", "Watcher", "links"]

RETRIED = frozenset({429, 500, 502, 503, 504, 529})
"""Statuses after which a question is asked again: it may be the hour and not the request."""

_BUSY = frozenset({429, 503})
"""Statuses after which nobody else should ask either."""


class Watcher(Protocol):
    """Is told of every exchange as it is recorded."""

    def __call__(self, exchange: Exchange, *, asked: int, billable: int, left: int) -> None:
        """One more exchange: how many questions were asked, how many edits billed so far, how many questions are left."""


@dataclass
class Asking:
    """One run: asks questions of one endpoint and keeps every exchange.

    `exchanges` are those of earlier sessions, where the run goes on, and then all there are.
    """

    contract: Contract
    client: Client
    key: str
    recorder: Recorder
    limits: Limits = field(default_factory=Limits)
    watcher: Watcher | None = None
    wait: Callable[[float], None] = time.sleep
    exchanges: list[Exchange] = field(default_factory=list)
    unasked: list[Question] = field(default_factory=list)

    def __post_init__(self) -> None:
        operations = [each for each in (self.contract.edit, self.contract.models) if each is not None]
        self._root = root_of(self.client.base_url, *(operation.path for operation in operations))
        self._kept = Kept(self.exchanges, (self.key,))
        self._models: ModelList | None = model_list(self.exchanges)
        self._number = max((_number(exchange) for exchange in self.exchanges), default=0)
        used = sum(map(_may_be_billed, self.exchanges))
        spent = Cost(used, sum(self._credits_of(exchange) for exchange in self.exchanges))
        self.purse = Purse(self.limits, spent, len(self.exchanges))
        self._pace = Pace(self.limits.rate, self.wait)
        self._door = Door()
        self._asked = {exchange.question for exchange in self.exchanges if exchange.question}
        self._left = 0
        self._surprised = False
        self._lock = threading.Lock()

    @property
    def billable(self) -> int:
        """How many edits were answered 2xx so far."""
        return sum(map(billed, self.exchanges))

    def read_models(self) -> None:
        """Ask for the provider's list of models, where its contract has one. Raises Unjudgeable."""
        if self.contract.models is not None and self._models is None:
            url = join_url(self._root, self.contract.models.path)
            self._get(url, "application/json", purpose="models", id="models")
            self._door.opened(self.exchanges[-1:])
            self._models = model_list(self.exchanges)
        if self.limits.credits is not None and not pricing.priced(self._models):
            raise Unjudgeable("its list of models tells no prices, so no limit in credits can be kept")

    def ask(self, questions: Iterable[Question]) -> None:
        """Ask every question within the limits. Raises Unjudgeable when the endpoint is not there to be judged."""
        left = deque(questions)
        self._door.expected = sum(question.billable for question in left) or 1
        ordered = promoted = False
        with Crew(self.limits.jobs) as crew:
            while left:
                if self._surprised and not ordered:
                    left, ordered = deque(sorted(left, key=lambda question: not question.billable)), True
                elif self._door.suspicious and not promoted:
                    left, promoted = _one_first(left), True
                question = left.popleft()
                self._left = len(left)
                if act := self._begun(question):
                    crew.do(act)

    def put(self, question: Question) -> Exchange | None:
        """Ask one question now, or find its answer: the last exchange; None when there is no room for it."""
        if act := self._begun(question):
            act()
        found = self._answers(question)
        return found[-1] if found else None

    def _answers(self, question: Question) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.question == question.id and exchange.purpose == "edit"]

    def _begun(self, question: Question) -> Callable[[], None] | None:
        """What is still to be done about a question, its price reserved; None when it is answered or cannot be paid."""
        request = question.request(self.contract, join_url(self._root, self.contract.edit.path), self.key)
        kept = self._kept.of(question.id, request)
        if kept and self._is_final(kept[-1]):
            self._door.seen(question, kept[-1])
            self._surprised = self._surprised or (billed(kept[-1]) and not question.billable)
            return partial(self._fetch_links, question, kept[-1])
        cost = self._cost(question)
        if not self.purse.take(cost):
            self.unasked.append(question)
            return None
        first = kept[-1].attempt + (kept[-1].response is not None) if kept else 1
        return partial(self._follow, question, request, cost, first)

    def _is_final(self, exchange: Exchange) -> bool:
        return exchange.response is not None and (not _worth_again(exchange) or exchange.attempt >= self.limits.patience)

    def _cost(self, question: Question) -> Cost:
        """What is billed if this is accepted; what should be refused may be accepted, too."""
        if self.limits.credits is None or self._models is None:
            return EDIT
        return Cost(1, pricing.dearest(question.draft, self._models))

    def _credits_of(self, exchange: Exchange) -> float:
        if self.limits.credits is None or self._models is None or not _may_be_billed(exchange):
            return 0.0
        return pricing.dearest_of(exchange.request, self.contract, self._models)

    def _follow(self, question: Question, request: Request, cost: Cost, first: int) -> None:
        last = self._attempts(question, request, cost, first)
        if last is None:
            self.unasked.append(question)
            return
        with self._lock:
            self._surprised = self._surprised or (billed(last) and not question.billable)
            self._door.seen(question, last)
        self._fetch_links(question, last)

    def _attempts(self, question: Question, request: Request, cost: Cost, first: int) -> Exchange | None:
        """Ask until there is an answer, or patience, room or time has run out: the last exchange, None without any."""
        last, held = None, True
        try:
            for attempt in range(first, max(first, self.limits.patience) + 1):
                seconds = self._turn()
                if seconds is None:
                    break
                about = {"question": question.id, "about": question.about, "attempt": attempt}
                last = self._send(request, seconds, id=question.id, purpose="edit", **about)
                if _may_be_billed(last):
                    self.purse.settle(cost, billed=True)
                    held = False
                if not _worth_again(last) or attempt >= self.limits.patience or not self._waited(last, attempt):
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
            self._asked |= {clean.question} - {None}
            if self.watcher:
                self.watcher(clean, asked=len(self._asked), billable=self.billable, left=self._left)
        return last

    def _fetch_links(self, question: Question, last: Exchange) -> None:
        known = {exchange.request.url for exchange in self.exchanges if exchange.purpose == "fetch"}
        for url in links(last):
            if url not in known:
                self._get(url, "image/*", purpose="fetch", id=f"{question.id}-fetch")

    def _get(self, url: str, accept: str, **about: str) -> None:
        seconds = self._turn()
        if seconds is not None:
            self._send(Request("GET", url, (("Accept", accept),)), seconds, **about)


def _number(exchange: Exchange) -> int:
    digits = exchange.id.partition("-")[0]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def _one_first(questions: Iterable[Question]) -> deque[Question]:
    """The first valid edit moved to the front: it tells whether going on makes sense."""
    left = deque(questions)
    first = next((question for question in left if question.billable), None)
    if first is not None:
        left.remove(first)
        left.appendleft(first)
    return left


def links(exchange: Exchange) -> Iterator[str]:
    """The absolute http(s) links to pictures in an answer; at most four are fetched."""
    asked = Asked(exchange, Edit(exchange.request, "none", None, on_route=True))
    found = [p.url for p in asked.payloads if isinstance(p.url, str) and p.url.startswith(("http://", "https://"))]
    yield from dict.fromkeys(found[:4])


def _may_be_billed(exchange: Exchange) -> bool:
    """Whether an edit was accepted, or sent and never answered: then nobody knows, and it counts."""
    lost = exchange.response is None and exchange.failure is not None
    return billed(exchange) or (lost and exchange.purpose == "edit" and exchange.failure.kind not in ("unreachable", "tls"))


def _worth_again(exchange: Exchange) -> bool:
    status = exchange.response.status if exchange.response else None
    cut = exchange.failure is not None and exchange.failure.kind == "cut" and exchange.response is None
    return status in RETRIED or cut
