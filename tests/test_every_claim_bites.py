"""Law 3: for each claim there is a mock that breaks it; exactly that verdict turns `broken`, no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import pytest

from contract_tests.evidence import is_valid
from contract_tests.judging import findings
from contract_tests.questions import Question
from mock_server import faults
from mock_server.faults import Fault
from mock_server.settings import Settings
from specs import loading
from tests.pool_walks import pooled
from tests.walking import NEEDS_A_LINK, breaking, broken, faultless, found, touched_by

PROVIDERS = loading.providers()
HEAVY = {"image-bytes"}
"""Claims that only bodies of over 5 MB can break; `test_large_pictures` asks them."""

FORGETTABLE = [
    (provider, claim.id)
    for provider in PROVIDERS
    for claim in loading.load(provider).of_area("request")
    if claim.judged and claim.id not in HEAVY
]
OFFERED = [(provider, fault) for provider in PROVIDERS for fault in faults.offered(loading.load(provider))]


def _in_turn(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each thing one of the providers it is paired with, each provider having its turn."""
    offering: dict[str, list[str]] = defaultdict(list)
    for provider, id in pairs:
        offering[id].append(provider)
    return {id: providers[place % len(providers)] for place, (id, providers) in enumerate(sorted(offering.items()))}


_turn = _in_turn((provider, fault.id) for provider, fault in OFFERED)

FAULTS = [(provider, fault) for provider, fault in OFFERED if _turn[fault.id] == provider]
"""Every fault with one provider; `make killmatrix` walks every fault with every provider, and asks more of each."""

FORGET = [(provider, claim) for claim, provider in _in_turn(FORGETTABLE).items()]
"""Every claim alone with one provider; all of a provider's are forgotten together, and one by one by `killmatrix`."""


def _together(claims: tuple[str, ...], provider: str) -> set[str]:
    """The claims whose valid requests are all also about one of these: nothing can tell them apart by asking."""
    evidence = faultless(provider)
    cases: dict[str, set[str | None]] = defaultdict(set)
    for one in filter(is_valid, evidence.asked):
        for id in evidence.claims_of(one):
            cases[id].add(one.exchange.question)
    return {id for id, asked in cases.items() for claim in claims if claim in cases and asked == cases[claim]}


def _one_for_each(questions: Sequence[Question]) -> tuple[Question, ...]:
    """The first question of those that break a claim, and the first of those that ask for a stream."""
    first = {(question.about, str(question.draft.get("stream"))): question.id for question in reversed(questions)}
    return tuple(question for question in questions if question.id in first.values())


def _caught(provider: str, fault: Fault) -> set[str]:
    """The claims found broken by enough of what a fault can touch; what it does to answers shows in pools, too."""
    settings = Settings(providers=(provider,), faults=(fault.id,), caption=False)
    if fault.on in ("answer", "edit"):
        return broken(found(settings, [question for question in pooled(provider) if question.billable]))
    touched = touched_by(provider, fault)
    if fault.on == "refusal":
        return broken(found(settings, _one_for_each(touched)))
    return broken(found(settings, touched))


@pytest.mark.parametrize(("provider", "claim"), FORGET, ids=[f"{p}-{c}" for p, c in FORGET])
def test_a_mock_that_forgets_a_claim_is_caught_at_that_claim(provider: str, claim: str) -> None:
    settings = Settings(providers=(provider,), forget=frozenset({claim}), caption=False)
    assert broken(found(settings, breaking(provider, claim))) == {claim}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_mock_that_forgets_every_claim_is_caught_at_each(provider: str) -> None:
    claims = {claim for one, claim in FORGETTABLE if one == provider}
    questions = {question.id: question for claim in sorted(claims) for question in breaking(provider, claim)}
    settings = Settings(providers=(provider,), forget=frozenset(claims), caption=False)
    assert broken(found(settings, tuple(questions.values()))) == claims


@pytest.mark.parametrize(("provider", "fault"), FAULTS, ids=[f"{p}-{f.id}" for p, f in FAULTS])
def test_a_mock_with_a_fault_is_caught_at_the_claims_it_breaks(provider: str, fault: Fault) -> None:
    caught = _caught(provider, fault)
    assert caught
    assert caught <= {*fault.breaks, *_together(fault.breaks, provider)}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_judged_claim_has_a_mock_that_breaks_it(provider: str) -> None:
    contract = loading.load(provider)
    broken_by_faults = {claim for fault in faults.offered(contract) for claim in fault.breaks}
    forgotten = {claim.id for claim in contract.of_area("request")}
    assert {claim.id for claim in contract.claims if claim.judged} <= broken_by_faults | forgotten


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_faultless_mock_keeps_every_claim(provider: str) -> None:
    judged = [finding for finding in findings(faultless(provider)) if finding.claim.judged]
    assert [f.claim.id for f in judged if f.verdict in ("broken", "faulty-suite")] == []
    assert {f.claim.id for f in judged if f.verdict != "holds"} <= NEEDS_A_LINK | HEAVY
