"""A few claims are asked about without paying for all."""

from __future__ import annotations

import pytest

from contract_tests.questions import Question
from contract_tests.selecting import GROUND, selected
from specs import loading, models
from tests.planned_once import planned

AITOEARN = loading.load("aitoearn")
LISTED = models.from_value(AITOEARN.models.example) if AITOEARN.models else None


def plan() -> tuple[Question, ...]:
    return planned(AITOEARN, LISTED, heavy=False)


def chosen(*claims: str) -> list[str]:
    return [question.id for question in selected(plan(), AITOEARN, claims)]


def test_a_request_claim_needs_its_own_questions_and_the_ground() -> None:
    ids = chosen("mask-has-alpha")
    assert set(GROUND) < set(ids)
    assert all(id in GROUND or "mask-has-alpha" in next(q.about for q in plan() if q.id == id) for id in ids)


@pytest.mark.parametrize("claim", ["mask-keeps-opaque", "mask-repaints-transparent"])
def test_a_claim_about_repainting_needs_only_edits_with_a_mask(claim: str) -> None:
    ids = set(chosen(claim)) - set(GROUND)
    assert ids
    assert all(question.draft.mask is not None for question in plan() if question.id in ids)


def test_a_claim_about_links_needs_only_edits_that_ask_for_links() -> None:
    assert all("url" in id for id in set(chosen("url-fetchable")) - set(GROUND))


def test_a_stream_claim_needs_streams_and_no_other_edit() -> None:
    ids = set(chosen("stream-usage")) - set(GROUND)
    assert ids
    assert all(question.draft.get("stream") is True for question in plan() if question.id in ids)


def test_a_refusal_claim_needs_every_request_that_should_be_refused() -> None:
    assert set(chosen("no-trace")) == {q.id for q in plan() if not q.billable} | set(GROUND)


def test_all_claims_need_the_whole_plan() -> None:
    assert chosen(*(claim.id for claim in AITOEARN.claims)) == [question.id for question in plan()]
