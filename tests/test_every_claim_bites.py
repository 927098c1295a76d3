"""Law 3: for each claim there is a mock that breaks it; exactly that verdict turns `broken`, no other.

Each case asks only the questions that could notice (or wrongly accuse); `make killmatrix` asks the whole plan.
"""

from __future__ import annotations

import pytest

from mock_server import faults
from mock_server.faults import Fault
from mock_server.settings import Settings
from specs import loading
from tests.walking import broken, findings, planned

from contract_tests.questions import Question
from contract_tests.selecting import GROUND, selected

PROVIDERS = loading.providers()
FORGET = [
    (provider, claim.id)
    for provider in PROVIDERS
    for claim in loading.load(provider).of_area("request")
    if claim.judged
]
FAULTS = [(provider, fault) for provider in PROVIDERS for fault in faults.offered(loading.load(provider))]
NEEDS_A_LINK = {"accepts-image-url"}
"""Claims that need a picture at a public address, which a run on one machine does not have."""


def _first_of_each(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    seen: dict[tuple[str, ...] | str, Question] = {}
    for question in questions:
        key = question.about if not question.billable else question.id.removesuffix("-json")
        seen.setdefault(key, question)
    return tuple(seen.values())


def _about(provider: str, fault: Fault) -> tuple[Question, ...]:
    """The questions that a fault could show in: a sample of all that it touches."""
    questions = planned(provider)
    if fault.on == "refusal":
        streamed = tuple(q for q in questions if not q.billable and q.draft.get("stream") is True)
        return (*_first_of_each(tuple(q for q in questions if not q.billable or q.id in GROUND)), *streamed[:2])
    if fault.id.startswith("refuses-"):
        return selected(questions, loading.load(provider), fault.breaks)
    return _first_of_each(tuple(q for q in questions if q.billable and "/" not in q.id and not q.id.startswith("wire-")))


@pytest.mark.parametrize(("provider", "claim"), FORGET, ids=[f"{p}-{c}" for p, c in FORGET])
def test_a_mock_that_forgets_a_claim_is_caught_at_that_claim(provider: str, claim: str) -> None:
    questions = selected(planned(provider), loading.load(provider), {claim})
    found = findings(Settings(providers=(provider,), forget=frozenset({claim}), caption=False), questions)
    assert broken(found) == {claim}


@pytest.mark.parametrize(("provider", "fault"), FAULTS, ids=[f"{p}-{f.id}" for p, f in FAULTS])
def test_a_mock_with_a_fault_is_caught_at_the_claims_it_breaks(provider: str, fault: Fault) -> None:
    if set(fault.breaks) <= NEEDS_A_LINK:
        return
    found = findings(Settings(providers=(provider,), faults=(fault.id,), caption=False), _about(provider, fault))
    assert broken(found)
    assert broken(found) <= set(fault.breaks)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_judged_claim_has_a_mock_that_breaks_it(provider: str) -> None:
    contract = loading.load(provider)
    broken_by_faults = {claim for fault in faults.offered(contract) for claim in fault.breaks}
    forgotten = {claim.id for claim in contract.of_area("request")}
    assert {claim.id for claim in contract.claims if claim.judged} <= broken_by_faults | forgotten


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_faultless_mock_keeps_every_claim(provider: str) -> None:
    found = findings(Settings(providers=(provider,)), planned(provider))
    assert [f.claim.id for f in found if f.verdict in ("broken", "faulty-suite")] == []
    unjudged = {f.claim.id for f in found if f.claim.judged and f.verdict != "holds"}
    assert unjudged <= {*NEEDS_A_LINK, "image-bytes"}
