"""A quick run says what a full run says: conformant endpoints for at most twelve edits, deviations for a few more."""

from __future__ import annotations

import pytest

from contract_tests.pooling import APART
from mock_server import faults
from mock_server.faults import Fault
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading
from tests.pool_walks import Walk, conformant, forgetful, walk, walked

PROVIDERS = loading.providers()
MOST, MORE = 12, 8
NEEDS_A_LINK = {"accepts-image-url"}
HEAVY = {"image-bytes"}
AS_SUCCESS = {"refusal-as-200", "refusal-as-empty-data", "refusal-as-stream"}
"""Faults that answer with a status of success whatever should be refused: all of that counts as billed."""


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_conformant_endpoint_is_judged_completely_for_at_most_twelve_edits(provider: str) -> None:
    found = conformant(provider)
    assert found.billable <= MOST
    assert found.broken == set()
    judged = {finding.claim.id for finding in found.findings if finding.claim.judged}
    assert judged - found.of("holds") <= NEEDS_A_LINK | HEAVY


def test_a_quick_run_says_of_every_claim_what_a_full_run_says() -> None:
    with running(Settings(providers=("chatanywhere",), caption=False)) as mock:
        whole = walk(mock.url, "chatanywhere", profile="full")
    short = conformant("chatanywhere")
    assert {(f.claim.id, f.verdict) for f in short.findings if f.claim.judged} == {
        (f.claim.id, f.verdict) for f in whole.findings if f.claim.judged
    }


def test_large_pictures_are_pooled_as_well() -> None:
    with running(Settings(providers=("chatanywhere",), caption=False)) as mock:
        found = walk(mock.url, "chatanywhere", heavy=True)
    assert found.billable <= MOST
    assert "image-bytes" in found.of("holds")


def _offered(provider: str) -> list[Fault]:
    known = {claim.id for claim in loading.load(provider).claims}
    return [fault for fault in faults.offered(loading.load(provider)) if set(fault.breaks) & known - NEEDS_A_LINK]


SOME = [("chatanywhere", _offered("chatanywhere")[::12]), *((p, _offered(p)[::40]) for p in ("aitoearn", "openai"))]
"""A choice; `make killmatrix` walks them all."""

CASES = {(provider, fault.id): fault for provider, some in SOME for fault in some}


def _together(claims: tuple[str, ...], found: Walk) -> set[str]:
    """Claims that only ever stand together with these in a valid request: asking cannot tell them apart."""
    cases: dict[str, set[str | None]] = {}
    for exchange in found.exchanges:
        accepted = exchange.response is not None and exchange.response.status == 200
        for claim in exchange.about if accepted else ():
            cases.setdefault(claim, set()).add(exchange.question)
    return {id for id in cases for claim in claims if claim in cases and cases[id] <= cases[claim]}


@pytest.mark.parametrize(("provider", "fault"), list(CASES), ids=["-".join(case) for case in CASES])
def test_a_fault_is_caught_at_its_claim_for_at_most_eight_edits_more(provider: str, fault: str) -> None:
    breaks = CASES[provider, fault].breaks
    found = walked(provider, faults=(fault,))
    assert found.broken
    assert found.broken <= {*breaks, *_together(breaks, conformant(provider))}
    assert fault in AS_SUCCESS or found.billable <= conformant(provider).billable + MORE


FORGOTTEN = [
    (provider, claim.id)
    for place, provider in enumerate(PROVIDERS)
    for claim in [c for c in loading.load(provider).of_area("request") if c.judged and c.id not in HEAVY][place::9]
]


@pytest.mark.parametrize(("provider", "claim"), FORGOTTEN, ids=["-".join(case) for case in FORGOTTEN])
def test_a_claim_that_is_not_enforced_is_caught_at_that_claim(provider: str, claim: str) -> None:
    found = forgetful(provider, claim)
    assert found.broken == {claim}
    assert found.billable <= conformant(provider).billable + MORE


THREE = ("refuses-mask", "refuses-chunked", "refuses-several-results")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_three_deviations_at_once_are_told_apart(provider: str) -> None:
    breaks = {"accepts-mask", "accepts-chunked", "accepts-several-results"}
    found = walked(provider, faults=THREE)
    assert found.broken == breaks
    assert found.billable <= conformant(provider).billable + MORE * len(THREE)
    assert "accepts-size" in found.of("holds")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_three_breaches_in_the_answers_need_no_further_edits(provider: str) -> None:
    found = walked(provider, faults=("b64-data-prefix", "size-told-wrong", "completed-twice"))
    assert found.broken == {"base64-strict", "echo-size-true", "stream-one-completed"}
    assert found.billable == conformant(provider).billable


def test_whatever_is_singled_out_was_refused_by_itself_too() -> None:
    found = walked("chatanywhere", faults=("refuses-files-first",))
    answers = {e.question: e.response.status for e in found.exchanges if e.question and e.response}
    assert answers[f"{APART}wire-files-first"] == 400
    assert found.broken == {"accepts-files-first"}


def test_where_one_content_type_is_refused_the_rest_is_asked_in_the_other() -> None:
    found = walked("openai", faults=("form-read-as-json",))
    assert found.broken <= {"accepts-multipart", "valid-edit-accepted"}
    assert {"accepts-several-results", "accepts-size", "accepts-output-format", "accepts-mask"} <= found.of("holds")


def test_an_endpoint_that_refuses_every_edit_is_said_to_do_so_and_costs_nothing() -> None:
    found = walked("chatanywhere", faults=("edits-not-supported",))
    assert found.billable == 0
    assert "valid-edit-accepted" in found.broken
    assert not any((e.question or "").startswith(APART) for e in found.exchanges)
