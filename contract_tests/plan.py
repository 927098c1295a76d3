"""The plan: every question with what it is about and what it should cost, made before anything is sent.

Order: what should be refused (free) first, then the plainest valid edit, then what is billed: in the `full` profile one
question for each documented feature, each way of writing it down, each claim's allowed edge; in the `quick` one all of
that in pools, those first that serve the most claims for their price; in the `free` one nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal, TypeAlias

from contract_tests import choosing, quick, samples
from contract_tests import designs as designed
from contract_tests.combining import combined
from contract_tests.confirming import URL, confirmed
from contract_tests.designs import Design, designs, documented
from contract_tests.drafts import Draft, Link
from contract_tests.encodings import ENCODINGS, Encoding, offered, plain
from contract_tests.pooling import Bench, FaultyPool
from contract_tests.questions import Question
from contract_tests.selecting import selected
from contract_tests.violations import Attempt, Good, attempts
from specs.contract import Contract
from specs.models import ModelList
from specs.reading import JSON

Profile: TypeAlias = Literal["quick", "full", "free"]
PROFILES: tuple[Profile, ...] = ("quick", "full", "free")

__all__ = ["PROFILES", "URL", "FaultyPlan", "Profile", "chosen", "plan"]


LINKED = "image-link"
"""The id of the question that sends a link."""


class FaultyPlan(ValueError):
    """A question of ours is not what it says it is: valid, or a breach of exactly one claim."""


def plan(
    contract: Contract,
    models: ModelList | None,
    seed: int = 0,
    *,
    heavy: bool = True,
    profile: Profile = "full",
    claims: Collection[str] = (),
    picture_url: str = "",
) -> tuple[Question, ...]:
    """All questions about a contract, in the order in which they are asked; `claims`: only what these need.

    `picture_url` leads to a picture that the endpoint can fetch: without one no edit of a link is asked for.
    Raises FaultyPlan.
    """
    whole = _one_by_one(contract, models, seed, heavy=heavy, picture_url=picture_url)
    return chosen(whole, contract, models, seed, profile=profile, claims=claims)


def chosen(
    whole: Sequence[Question],
    contract: Contract,
    models: ModelList | None,
    seed: int = 0,
    *,
    profile: Profile = "full",
    claims: Collection[str] = (),
) -> tuple[Question, ...]:
    """Of the whole plan, what a profile asks, or what some claims need of it. Raises FaultyPlan."""
    wanted = selected(whole, contract, claims) if claims else whole
    if profile == "full":
        return _unique(wanted)
    free = tuple(quick.thinned((question for question in wanted if not question.billable), contract))
    if profile == "free":
        return _unique(free)
    linked = [question for question in wanted if question.id == LINKED]
    return _unique((*free, *_pooled([q for q in wanted if q not in linked], Bench(contract, models, seed)), *linked))


def _pooled(questions: Sequence[Question], bench: Bench) -> Iterator[Question]:
    try:
        found = quick.traits([question for question in questions if question.billable], bench)
        ground, *pools = quick.pools(found, bench)
        yield bench.plainest(ground)
        yield from map(bench.sure, pools)
    except FaultyPool as problem:
        raise FaultyPlan(str(problem)) from problem


_PLAINEST = ("valid-edit", "bare-edit")
"""What is paid for first: whoever refuses these has no edit to sell, or not to this key."""


def _one_by_one(
    contract: Contract, models: ModelList | None, seed: int, *, heavy: bool, picture_url: str
) -> tuple[Question, ...]:
    base = samples.valid(contract, models, seed)
    made = (
        *_streamed(contract, models, seed),
        *_attempted(contract, models, seed, heavy=heavy),
        *_good(contract, models, base, seed),
        *_linked(contract, base, picture_url),
    )
    checked = (confirmed(question, contract, models) for question in made)
    found = [question for question in checked if question is not None]
    return tuple(sorted(found, key=lambda question: (question.billable, question.id not in _PLAINEST)))


def _linked(contract: Contract, base: Draft, url: str) -> Iterator[Question]:
    """The valid edit with a link instead of its picture, where links are spoken of; it is pooled with nothing."""
    spoken_of = any("url" in claim.when.get("features", ()) for claim in contract.of_area("acceptance"))
    if url and spoken_of and JSON in contract.edit.schemas:
        yield Question(LINKED, (), base.with_images(Link(url)), ENCODINGS["json"], billable=True)


def _unique(questions: Sequence[Question]) -> tuple[Question, ...]:
    ids = [question.id for question in questions]
    if doubles := {id for id in ids if ids.count(id) > 1}:
        raise FaultyPlan(f"there are two questions called {', '.join(sorted(doubles))}")
    return tuple(questions)


def _attempted(contract: Contract, models: ModelList | None, seed: int, *, heavy: bool) -> Iterator[Question]:
    for claim in contract.of_area("request"):
        for attempt in attempts(claim, contract, models, seed, heavy=heavy):
            yield _question(claim.id, attempt)


_STREAMED = (
    *("key_present", "field_required", "image_required", "text_at_least", "integer_between", "integer_at_least"),
    *("model_listed", "image_decodes", "mask_matches_image", "mask_has_alpha"),
)
"""Rules whose breach is tried once more in a request for a stream: the refusal has to come before it begins."""


def _streamed(contract: Contract, models: ModelList | None, seed: int) -> Iterator[Question]:
    if not documented(contract, "stream"):
        return
    for claim in contract.of_area("request"):
        if claim.rule in _STREAMED or (claim.rule == "field_one_of" and claim.numbers["field"] == "model"):
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
        yield from _designed(design, (first,) if design.name in designed.ONCE else (first, *others))
    yield from _encoded(contract, base)
    yield from _read_otherwise(contract, designed.telling(contract, models, base))
    yield from combined(contract, models, base)


_READ_OTHERWISE = ("files-first", "duplicate-field", "text-part-charset", "chunked", "extra-field", "json")
"""Ways of writing for which many servers have a code path of their own, on which fields get lost."""


def _read_otherwise(contract: Contract, draft: Draft | None) -> Iterator[Question]:
    """The same telling edit in each of these ways: what is lost in one of them shows in its answer."""
    for way in offered(contract.edit):
        if way.name in _READ_OTHERWISE and draft is not None:
            yield Question(f"telling-{way.name}", (), draft, way, billable=True)


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
