"""The plan: every question with what it is about and what it should cost, made before anything is sent.

Order: what should be refused (free) first, then the plainest valid edit, then one question for each documented
feature, each way of writing it down, each claim's allowed edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from contract_tests import choosing, samples
from contract_tests.designs import Design, designs, documented
from contract_tests.drafts import Draft
from contract_tests.encodings import ENCODINGS, Encoding, offered, plain
from contract_tests.evidence import accepting, breaches
from contract_tests.questions import Question
from contract_tests.violations import Attempt, Good, attempts
from specs import reading
from specs.contract import Contract
from specs.models import ModelList

URL = "https://endpoint.invalid"


class FaultyPlan(ValueError):
    """A question of ours is not what it says it is: valid, or a breach of exactly one claim."""


def plan(contract: Contract, models: ModelList | None, seed: int = 0, *, heavy: bool = True) -> tuple[Question, ...]:
    """All questions about a contract, in the order in which they are asked."""
    base = samples.valid(contract, models, seed)
    made = (
        *_streamed(contract, models, seed),
        *_attempted(contract, models, seed, heavy=heavy),
        *_good(contract, models, base, seed),
    )
    checked = (_checked(question, contract, models) for question in made)
    found = [question for question in checked if question is not None]
    found.sort(key=lambda question: question.billable)
    return _unique(found)


def _unique(questions: Sequence[Question]) -> tuple[Question, ...]:
    ids = [question.id for question in questions]
    if doubles := {id for id in ids if ids.count(id) > 1}:
        raise FaultyPlan(f"there are two questions called {', '.join(sorted(doubles))}")
    return tuple(questions)


def _attempted(contract: Contract, models: ModelList | None, seed: int, *, heavy: bool) -> Iterator[Question]:
    for claim in contract.of_area("request"):
        for attempt in attempts(claim, contract, models, seed, heavy=heavy):
            yield _question(claim.id, attempt)


_STREAMED = ("field_required", "image_required", "text_at_least", "integer_between", "integer_at_least")
"""Rules whose breach is tried once more in a request for a stream: the refusal has to come before it begins."""


def _streamed(contract: Contract, models: ModelList | None, seed: int) -> Iterator[Question]:
    if not documented(contract, "stream"):
        return
    for claim in contract.of_area("request"):
        if claim.rule in _STREAMED:
            bad = (a for a in attempts(claim, contract, models, seed) if not isinstance(a, Good))
            for attempt in islice(bad, 1):
                found = _question(claim.id, attempt)
                yield replace(found, id=f"{found.id}-streamed", draft=found.draft.with_field("stream", True))


def _question(claim: str, attempt: Attempt) -> Question:
    found = Question(
        id=f"{claim}/{attempt.name}",
        about=(claim,),
        draft=attempt.draft,
        encoding=ENCODINGS[attempt.encoding or "multipart"],
        billable=isinstance(attempt, Good),
        key=attempt.key,
        headers=attempt.headers,
        heavy=attempt.heavy,
    )
    if isinstance(attempt, Good):
        return found
    return replace(found, method=attempt.method, path=attempt.path, raw_body=attempt.raw_body)


def _good(contract: Contract, models: ModelList | None, base: Draft, seed: int) -> Iterator[Question]:
    first, *others = plain(contract.edit)
    yield Question("valid-edit", (), base, first, billable=True)
    yield from (Question(f"valid-edit-{way.name}", (), base, way, billable=True) for way in others)
    bare = _bare(contract, base)
    yield Question("bare-edit", (), bare, first, billable=True)
    for field in ("size", "quality"):
        if base.get(field) is not None:
            yield Question(f"bare-edit-{field}", (), bare.with_field(field, base.get(field)), first, billable=True)
    for design in designs(contract, models, seed):
        yield from _designed(design, (first, *others))
    yield from _encoded(contract, base)


def _bare(contract: Contract, base: Draft) -> Draft:
    kept = {"prompt", "model", *choosing.required(contract)}
    return replace(base, fields=tuple((name, value) for name, value in base.fields if name in kept))


def _designed(design: Design, ways: Iterable[Encoding]) -> Iterator[Question]:
    for way in ways:
        name = design.name if way.name == "multipart" else f"{design.name}-{way.name}"
        yield Question(name, (), design.draft, way, billable=True)


def _encoded(contract: Contract, base: Draft) -> Iterator[Question]:
    known = {way.name for way in plain(contract.edit)}
    for way in offered(contract.edit):
        if way.name not in known:
            draft = base.with_field("stream", True) if way.name == "accept-event-stream" else base
            yield Question(f"wire-{way.name}", (), draft, way, billable=True)


def _checked(question: Question, contract: Contract, models: ModelList | None) -> Question | None:
    """The question, confirmed by the rules: valid if billed, else a breach of the claim it is about.

    None when it cannot be asked of this contract: a design or an edge that another claim forbids.
    """
    request = question.request(contract, URL + contract.edit.path, "<key>")
    edit = reading.read(contract, request, models)
    broken, disputed = breaches(contract, edit)
    if not question.billable:
        return question if [claim.id for claim in broken] == list(question.about) else None
    if broken or disputed:
        return None
    about = dict.fromkeys((*question.about, *accepting(contract, edit)))
    return replace(question, about=tuple(about), price=_price(edit.get("model"), edit.get("size"), models))


def _price(model: object, size: object, models: ModelList | None) -> float | None:
    listed = models.get(model) if models else None
    return listed.prices.get(size) if listed and isinstance(size, str) else None


