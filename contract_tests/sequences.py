"""Sequences: the same good requests in orders that bring out what an endpoint keeps from one request to the next.

Nothing here judges. A request that follows another is as good as it was alone, so the rules that judge any exchange
show what went wrong: a count, a size, a format of the request before, a picture that belongs to somebody else.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from contract_tests import samples
from contract_tests.asking import Asking
from contract_tests.crew import Crew
from contract_tests.drafts import Draft
from contract_tests.encodings import Encoding, encode, plain
from contract_tests.probing import Probing
from contract_tests.questions import Question
from contract_tests.strategies_choices import Choices
from specs.messages import Request

AT_ONCE = 4
"""Requests that are under way together."""

BURST = 8
"""Requests that nobody waits for, before one that somebody does."""

_FORMATS = ("jpeg", "webp", "png")


@dataclass(frozen=True)
class Exploring:
    """One exploration: a run, its plan, what there is to choose from, and chance by the seed."""

    run: Probing
    questions: Sequence[Question]
    choices: Choices
    chance: random.Random
    seed: int

    def ask(self, draft: Draft, told: str, way: Encoding | None = None) -> None:
        """Ask one good request, if there is room for it."""
        self.run.ask(self.written(draft, way), f"sequence/{told}")

    def written(self, draft: Draft, way: Encoding | None = None) -> Request:
        """A draft as a request."""
        operation = self.run.contract.edit
        return encode(draft, way or plain(operation)[0], operation, self.run.url, self.run.key)

    def plain(self, number: int = 0) -> Draft:
        """A plain request; another `number` has another source picture and another colour."""
        return samples.valid(self.run.contract, self.choices.models, self.seed + number)

    def refused(self, most: int) -> Sequence[Question]:
        """Requests that should be refused, one for each claim, in an order by chance."""
        first = {q.about: q for q in reversed(self.questions) if not (q.billable or q.heavy)}
        found = list(first.values())
        self.chance.shuffle(found)
        return found[:most]


def explore(asking: Asking, questions: Sequence[Question], seed: int = 0, *, rounds: int = 1) -> Probing:
    """Play every sequence `rounds` times, within the limits of the run. Raises Unjudgeable.

    `questions` are those of the plan, some of which are repeated. A round costs some 40 edits. What the endpoint does
    wrong is recorded, never raised.
    """
    run = Probing(asking)
    choices = run.choices()
    for number in range(rounds):
        at = Exploring(run, questions, choices, random.Random(seed + number), seed + number)
        for play in SEQUENCES.values():
            if not run.spent:
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
        _together(at, [(at.written(draft), f"at-once/{turn}-{place}") for place, draft in enumerate(drafts)])


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
    _together(at, [(request, f"burst/{place}") for place, request in enumerate(requests)])
    at.ask(at.plain(), "burst/after")


def _together(at: Exploring, requests: Sequence[tuple[Request, str]]) -> None:
    """Ask several at once."""
    with Crew(len(requests)) as crew:
        for request, told in requests:
            crew.do(partial(_ask_one, at.run, request, f"sequence/{told}"))


def _ask_one(run: Probing, request: Request, told: str) -> None:
    run.ask(request, told)


SEQUENCES: Mapping[str, Callable[[Exploring], None]] = {
    "after-each-refusal": after_each_refusal,
    "nothing-leaks": nothing_leaks,
    "the-same-again": the_same_again,
    "in-both-encodings": in_both_encodings,
    "all-at-once": all_at_once,
    "a-burst": a_burst,
}
"""Every sequence by name."""
