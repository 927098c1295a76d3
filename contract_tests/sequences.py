"""Sequences: the same good requests in orders that bring out what an endpoint keeps from one request to the next.

Nothing here judges. A request that follows another is as good as it was alone, so the rules that judge any exchange
show what went wrong: a count, a size, a format of the request before, a picture that belongs to somebody else.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from contract_tests import samples
from contract_tests.client import Client
from contract_tests.drafts import Draft
from contract_tests.encodings import Encoding, encode, plain
from contract_tests.plan import plan
from contract_tests.probing import Probing, Watcher
from contract_tests.questions import Question
from contract_tests.strategies_choices import Choices
from specs.contract import Contract
from specs.messages import Request
from specs.recording import Recorder

AT_ONCE = 4
"""Requests that are under way together."""

BURST = 8
"""Requests that nobody waits for, before one that somebody does."""

_FORMATS = ("jpeg", "webp", "png")


@dataclass(frozen=True)
class Exploring:
    """One exploration: a run, what there is to choose from, and chance by the seed."""

    run: Probing
    choices: Choices
    chance: random.Random
    seed: int

    def ask(self, draft: Draft, told: str, way: Encoding | None = None) -> None:
        """Ask one good request, patiently, within the budget."""
        if not self.run.spent:
            found = self.run.ask_patiently(self.written(draft, way), f"sequence/{told}")
            self.run.follow_links(found)

    def written(self, draft: Draft, way: Encoding | None = None) -> Request:
        """A draft as a request."""
        operation = self.run.contract.edit
        return encode(draft, way or plain(operation)[0], operation, self.run.url, self.run.key)

    def plain(self, number: int = 0) -> Draft:
        """A plain request; another `number` has another source picture and another colour."""
        return samples.valid(self.run.contract, self.choices.models, self.seed + number)

    def refused(self, most: int) -> Sequence[Question]:
        """Requests that should be refused, one for each claim, in an order by chance."""
        every = plan(self.run.contract, self.choices.models, self.seed, heavy=False)
        first = {question.about: question for question in every if not question.billable}
        found = list(first.values())
        self.chance.shuffle(found)
        return found[:most]


def explore(
    contract: Contract,
    client: Client,
    recorder: Recorder,
    seed: int = 0,
    *,
    key: str,
    budget: int | None = None,
    rounds: int = 1,
    watcher: Watcher | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Probing:
    """Play every sequence `rounds` times, at most `budget` edits of it billable; the result has all exchanges.

    A round costs some 40 edits. What the endpoint does wrong is recorded, never raised.
    """
    run = Probing(contract, client, recorder, key, "s", budget, watcher, wait)
    choices = run.choices()
    for number in range(rounds):
        at = Exploring(run, choices, random.Random(seed + number), seed + number)
        for play in SEQUENCES.values():
            if run.spent:
                run.ended = f"the budget of {budget} billable edits is used up"
                return run
            play(at)
    return run


def after_each_refusal(at: Exploring) -> None:
    """A good request after a refused one is as good as any."""
    for question in at.refused(8):
        request = question.request(at.run.contract, at.run.url, at.run.key)
        at.run.ask(request, f"sequence/refused/{question.id}", about=question.about)
        at.ask(at.plain(), f"after/{question.id}")


def nothing_leaks(at: Exploring) -> None:
    """What one request asked for is not kept for the next, in either order."""
    for name, draft in rich(at):
        at.ask(draft, f"leak/{name}")
        at.ask(at.plain(1), f"leak/after-{name}")


def rich(at: Exploring) -> Iterator[tuple[str, Draft]]:
    """Requests that ask for something special, each in its own way, as far as the contract has it."""
    base, has = at.plain(), at.choices.documents
    way = plain(at.run.contract.edit)[0]
    wanted: dict[str, Draft] = {}
    if has("n"):
        wanted["several"] = base.with_field("n", 2)
    if has("output_format"):
        wanted["format"] = base.with_field("output_format", "webp")
    if has("stream"):
        wanted["stream"] = base.with_field("stream", True)
    if has("mask"):
        wanted["mask"] = samples.masked(base)
    others = [size for size in at.choices.sizes(str(base.get("model"))) if size != base.get("size")]
    if others:
        wanted["size"] = base.with_field("size", others[0])
    for name, draft in wanted.items():
        if not at.choices.objections(draft, way):
            yield name, draft


def the_same_again(at: Exploring) -> None:
    """The same request three times over is three times as good."""
    for turn in range(3):
        at.ask(at.plain(2), f"again/{turn}")


def in_both_encodings(at: Exploring) -> None:
    """One request in each documented encoding, in turn."""
    for turn, way in enumerate((*plain(at.run.contract.edit), *plain(at.run.contract.edit))):
        at.ask(at.plain(3), f"encodings/{turn}-{way.name}", way)


def all_at_once(at: Exploring) -> None:
    """Requests under way together get their own answers: sources, sizes and formats all differ."""
    drafts = list(different(at, AT_ONCE))
    for turn in range(2):
        at.chance.shuffle(drafts)
        room = AT_ONCE if at.run.budget is None else at.run.budget - at.run.billable
        with ThreadPoolExecutor(AT_ONCE) as crew:
            asked = [
                crew.submit(at.run.ask_patiently, at.written(draft), f"sequence/at-once/{turn}-{place}")
                for place, draft in enumerate(drafts[: max(0, room)])
            ]
        for answered in asked:
            at.run.follow_links(answered.result())


def different(at: Exploring, count: int) -> Iterator[Draft]:
    """Requests that cannot be taken for each other."""
    sizes = list(dict.fromkeys(at.choices.sizes(str(at.plain().get("model")))))
    way = plain(at.run.contract.edit)[0]
    for number in range(count):
        draft = at.plain(10 + number)
        for field, values in (("size", sizes), ("output_format", _FORMATS)):
            if at.choices.documents(field) and values:
                changed = draft.with_field(field, values[number % len(values)])
                draft = draft if at.choices.objections(changed, way) else changed
        yield draft


def a_burst(at: Exploring) -> None:
    """After many requests in a hurry, good and bad, one asked in peace is served."""
    requests = [question.request(at.run.contract, at.run.url, at.run.key) for question in at.refused(BURST)]
    with ThreadPoolExecutor(BURST) as crew:
        for place, request in enumerate(requests):
            crew.submit(at.run.ask, request, f"sequence/burst/{place}")
    at.ask(at.plain(), "burst/after")


SEQUENCES: Mapping[str, Callable[[Exploring], None]] = {
    "after-each-refusal": after_each_refusal,
    "nothing-leaks": nothing_leaks,
    "the-same-again": the_same_again,
    "in-both-encodings": in_both_encodings,
    "all-at-once": all_at_once,
    "a-burst": a_burst,
}
"""Every sequence by name."""
