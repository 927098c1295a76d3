"""Taking apart, against an endpoint that only exists as a sentence: which combinations it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from contract_tests.apart import MOST, Apart
from contract_tests.plan import plan
from contract_tests.pooling import APART, Bench
from contract_tests.questions import Question
from specs import loading, models
from specs.messages import Exchange, Request, Response
from specs.transcripts import billed

PROVIDERS = loading.providers()
PICTURE = b'{"created": 1, "data": [{"b64_json": "aGVsbG8="}]}'
REFUSAL = b'{"error": {"message": "no", "type": "invalid_request_error", "param": null, "code": null}}'


@cache
def _planned(provider: str) -> tuple[Bench, tuple[Question, ...]]:
    contract = loading.load(provider)
    listed = models.from_value(contract.models.example) if contract.models else None
    found = plan(contract, listed, profile="quick", heavy=False)
    return Bench(contract, listed), tuple(question for question in found if question.billable)


@dataclass
class Pretended:
    """Stands for an Asking: answers by a rule, and has room for so many questions."""

    refuses: Callable[[set[str]], bool]
    room: int = 1000
    status: int = 400
    exchanges: list[Exchange] = field(default_factory=list)

    def put(self, question: Question) -> Exchange | None:
        if not self.room:
            return None
        self.room -= 1
        refused = self.refuses({trait.name for trait in question.traits})
        response = Response(self.status, (), REFUSAL) if refused else Response(200, (), PICTURE)
        self.exchanges.append(Exchange(question.id, Request("POST", "/"), response, question=question.id, attempt=3))
        return self.exchanges[-1]

    def answered(self, status: int) -> Iterator[str]:
        return (str(e.question) for e in self.exchanges if e.response and e.response.status == status)


def explained(provider: str, refuses: Callable[[set[str]], bool], status: int = 400) -> Pretended:
    """A quick run: every pool asked, the refused ones taken apart."""
    bench, questions = _planned(provider)
    asking = Pretended(refuses, status=status)
    for question in questions:
        asking.put(question)
    Apart(asking, bench).explain(questions)  # type: ignore[arg-type]
    return asking


def paid(asking: Pretended) -> int:
    return sum(map(billed, asking.exchanges))


def traits(provider: str) -> list[str]:
    bench, questions = _planned(provider)
    return sorted({t.name for q in questions for t in q.traits} - {trait.name for trait in bench.padding})


@pytest.mark.parametrize("provider", PROVIDERS)
def test_whichever_trait_is_refused_is_singled_out_for_a_few_edits(provider: str) -> None:
    asked = len(_planned(provider)[1])
    for name in traits(provider):
        found = explained(provider, lambda names, name=name: name in names)
        alone = [id for id in found.answered(400) if id.startswith(APART)]
        assert len(alone) == 1
        assert alone[0].startswith(APART + name)
        assert paid(found) <= asked + MOST


@pytest.mark.parametrize("status", [400, 500, 502])
def test_a_padding_that_is_refused_is_found_in_every_pool(status: int) -> None:
    found = explained("chatanywhere", lambda names: "quality-low" in names, status)
    assert paid(found) <= len(_planned("chatanywhere")[1]) + MOST
    assert any(id.startswith("valid-edit") for id in found.answered(status))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_several_that_are_refused_cost_no_more_each(provider: str) -> None:
    guilty = set(traits(provider)[::7])
    found = explained(provider, lambda names: bool(names & guilty))
    alone = [id.removeprefix(APART) for id in found.answered(400) if id.startswith(APART)]
    assert len(alone) == len(guilty)
    assert all(any(id.startswith(name) for id in alone) for name in guilty)
    assert paid(found) <= len(_planned(provider)[1]) + MOST * len(guilty)


def test_what_is_only_refused_together_is_not_blamed_alone() -> None:
    _, questions = _planned("openai")
    pair = {trait.name for trait in questions[1].traits[:2]}
    found = explained("openai", lambda names: pair <= names)
    assert not [id for id in found.answered(400) if id.startswith(APART)]
    assert paid(found) <= len(questions) + MOST


@pytest.mark.parametrize("status", [429, 503])
def test_an_endpoint_that_stops_answering_is_not_asked_much_more(status: int) -> None:
    bench, questions = _planned("chatanywhere")
    asking = Pretended(lambda _names: False, status=status)
    for place, question in enumerate(questions):
        asking.refuses = (lambda _names: True) if place >= 5 else (lambda _names: False)
        asking.put(question)
    Apart(asking, bench).explain(questions)  # type: ignore[arg-type]
    assert len(asking.exchanges) <= 2 * len(questions)
    assert not [id for id in asking.answered(status) if id.startswith(APART)]


def test_without_room_nothing_is_blamed() -> None:
    bench, questions = _planned("chatanywhere")
    asking = Pretended(lambda names: "wire-chunked" in names)
    for question in questions:
        asking.put(question)
    asking.room = 2
    Apart(asking, bench).explain(questions)  # type: ignore[arg-type]
    assert len(asking.exchanges) == len(questions) + 2
    assert not [id for id in asking.answered(400) if id.startswith(APART)]
