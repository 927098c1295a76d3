"""Asking: the plan's questions put to an endpoint, each exchange recorded before the next.

No request is sent that is not in the plan, but for three: the provider's list of models, a picture's `url` fetched,
and the same question again: after 429 or a gateway's 5xx, or an accepted one to learn whether the purse is empty. What
the endpoint does wrong is recorded, never raised.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from contract_tests import pricing
from contract_tests.client import Client, join_url, root_of
from contract_tests.crew import Crew
from contract_tests.evidence import model_list
from contract_tests.limits import EDIT, Cost, Limits, Purse
from contract_tests.presence import Door, Unjudgeable
from contract_tests.questions import Question
from contract_tests.resuming import Kept
from contract_tests.sending import Ask, Sending, is_final, links, may_be_billed, of_account
from specs.contract import Contract
from specs.messages import Exchange, Request
from specs.models import ModelList
from specs.recording import Recorder
from specs.transcripts import billed

__all__ = ["Asking", "Limits", "Unjudgeable", "Watcher"]


DRY = 3
"""Valid edits in a row that were refused for lack of money or quota, after which the account may well be empty."""


class Watcher(Protocol):
    """Is told of every exchange as it is recorded."""

    def __call__(self, exchange: Exchange, *, asked: int, billable: int, left: int) -> None:
        """One more exchange: how many questions were asked, how many edits billed so far, how many are left to ask."""


@dataclass
class Asking:
    """One run: asks questions of one endpoint and keeps every exchange.

    `exchanges` are those of earlier sessions, where the run goes on, and then all there are. `unasked` is what there
    was no room for; `purse.closed` says which limit was reached. `left` is how many questions are still to be asked,
    `later` how many after those.
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
        spent = [self._charge(exchange) for exchange in self.exchanges]
        used = Cost(sum(cost.edits for cost in spent), sum(cost.credits for cost in spent))
        self.purse = Purse(self.limits, used, len(self.exchanges))
        self._out = Sending(self.client, self.recorder, self.limits, self.purse, self.exchanges, self.wait, self._told)
        self._door = Door()
        self._asked = {exchange.question for exchange in self.exchanges if exchange.question}
        self._asks: dict[str, Ask] = {}
        self.left = self.later = 0
        self._surprised = self._rich = False
        self._dry = 0
        self._lock = threading.Lock()

    @property
    def cut_short(self) -> bool:
        """Whether something was not asked for lack of room."""
        return bool(self.unasked or self.purse.closed)

    @property
    def billable(self) -> int:
        """How many edits were answered 2xx so far."""
        return sum(map(billed, self.exchanges))

    def read_models(self) -> None:
        """Ask for the provider's list of models, where its contract has one. Raises Unjudgeable."""
        if self.contract.models is not None and self._models is None:
            url = join_url(self._root, self.contract.models.path)
            self._out.get(url, "application/json", purpose="models", id="models")
            self._door.opened(self.exchanges[-1:])
            self._models = model_list(self.exchanges)
        if self.limits.credits is not None and not pricing.priced(self._models):
            raise Unjudgeable("its list of models tells no prices, so no limit in credits can be kept")

    def ask(self, questions: Iterable[Question]) -> None:
        """Ask every question within the limits. Raises Unjudgeable when the endpoint is not there to be judged."""
        left = deque(questions)
        self._door.expected = sum(question.billable for question in left) or 1
        ordered = False
        with Crew(self.limits.jobs) as crew:
            while left:
                if self._surprised and not ordered:
                    left, ordered = deque(sorted(left, key=lambda question: not question.billable)), True
                elif self._door.suspicious and not left[0].billable:
                    left = _one_first(left)
                question = left.popleft()
                self.left = len(left)
                crew.do(self._act(question))
        self._door.closed()

    def put(self, question: Question) -> Exchange | None:
        """Ask one question now, or find what it was answered: the last exchange, None when there is no room for it."""
        self._act(question)()
        found = [each for each in self.exchanges if each.question == question.id and each.purpose == "edit"]
        return found[-1] if found else None

    def probe(self, name: str, request: Request, about: tuple[str, ...] = ()) -> Exchange | None:
        """As `put`, for a request that is in no plan. Raises Unjudgeable when nobody is there any more."""
        found: list[Exchange | None] = []
        self._begun(Ask(name, about, request, self._cost_of(request)), found.append)()
        if (last := found[0]) is None:
            return None
        with self._lock:
            self._door.heard(last)
        self._make_sure(last)
        self._fetch(name, last)
        return self._written(last)

    def again(self, exchange: Exchange) -> Exchange | None:
        """Ask once more what has been answered: the new exchange, None when there is no room or it is not known how."""
        ask = self._asks.get(exchange.id)
        if ask is None or not self.purse.take(ask.cost, missed=False):
            return None
        last = self._follow(ask, 1)
        if last is None:
            return None
        self._fetch(ask.name, last)
        return self._written(last)

    def _written(self, exchange: Exchange) -> Exchange:
        """An exchange as it was written down, without secrets."""
        return next(each for each in reversed(self.exchanges) if each.id == exchange.id)

    def _act(self, question: Question) -> Callable[[], None]:
        """What is still to be done about a question."""
        request = question.request(self.contract, join_url(self._root, self.contract.edit.path), self.key)
        ask = Ask(question.id, question.about, request, self._cost(question))
        return self._begun(ask, partial(self._answered, question))

    def _begun(self, ask: Ask, answered: Callable[[Exchange | None], None]) -> Callable[[], None]:
        """What is still to be done, its price reserved; `answered` is told the last exchange, None without room."""
        kept = self._kept.of(ask.name, ask.request)
        self._asks |= {exchange.id: ask for exchange in kept}
        if kept and kept[-1].response is not None and is_final(kept[-1], self.limits):
            return partial(answered, kept[-1])
        if not self.purse.take(ask.cost):
            return partial(answered, None)
        first = kept[-1].attempt + (kept[-1].response is not None) if kept else 1
        return lambda: answered(self._follow(ask, first))

    def _follow(self, ask: Ask, first: int) -> Exchange | None:
        last = self._out.follow(ask, first)
        if last is not None:
            self._asks[last.id] = ask
        return last

    def _cost(self, question: Question) -> Cost:
        """What is billed if this is accepted; what should be refused may be accepted, too."""
        if self.limits.credits is None or self._models is None:
            return EDIT
        return Cost(1, pricing.dearest(question.draft, self._models))

    def _cost_of(self, request: Request) -> Cost:
        """As `_cost`, of a request that was sent, or is in no plan."""
        if self.limits.credits is None or self._models is None:
            return EDIT
        return Cost(1, pricing.dearest_of(request, self.contract, self._models))

    def _charge(self, exchange: Exchange) -> Cost:
        """What an exchange of an earlier session has cost."""
        return self._cost_of(exchange.request) if may_be_billed(exchange) else Cost()

    def _answered(self, question: Question, last: Exchange | None) -> None:
        if last is None:
            self.unasked.append(question)
            return
        with self._lock:
            self._surprised = self._surprised or (billed(last) and not question.billable)
            self._door.seen(question, last)
            if question.billable:
                self._dry = self._dry + 1 if of_account(last) else 0
        if self._dry >= DRY and not self._rich:
            self._reckon(last)
        self._make_sure(last)
        self._fetch(question.id, last)

    def _reckon(self, last: Exchange) -> None:
        """Is the account empty? Then no more is asked for. To know, an accepted edit is asked for again, once a run."""
        good = next((e for e in self.exchanges if e.purpose == "edit" and billed(e) and e.id in self._asks), None)
        again = self.again(good) if good is not None else None
        self._rich = again is not None and billed(again)
        if not self._rich:
            self.purse.shut(f"the account has run dry: {last.response.status if last.response else ''}")

    def _make_sure(self, last: Exchange) -> None:
        """After several questions that nothing answered: is anybody there? Raises Unjudgeable."""
        known = [e for e in self.exchanges if e.purpose == "edit" and e.response and e.id in self._asks]
        if not (self._door.silent and known):
            return
        free = next((each for each in known if not billed(each)), known[0])
        found = self.again(free)
        if found is not None and found.response is None:
            why = last.failure.detail if last.failure else "nothing came back"
            raise Unjudgeable(f"it was there and is no more: {why}")
        if found is not None:
            self._door.heard(found)

    def _fetch(self, name: str, last: Exchange) -> None:
        known = {exchange.request.url for exchange in self.exchanges if exchange.purpose == "fetch"}
        for url in links(last):
            if url not in known:
                self._out.get(url, "image/*", purpose="fetch", id=f"{name}-fetch")

    def _told(self, exchange: Exchange) -> None:
        if exchange.question:
            self._asked.add(exchange.question)
        if self.watcher:
            self.watcher(exchange, asked=len(self._asked), billable=self.billable, left=self.left + self.later)


def _one_first(questions: Iterable[Question]) -> deque[Question]:
    """The first valid edit moved to the front: it tells whether going on makes sense."""
    left = deque(questions)
    first = next((question for question in left if question.billable), None)
    if first is not None:
        left.remove(first)
        left.appendleft(first)
    return left
