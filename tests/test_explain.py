"""A claim explained: words, questions, price, refusal, bugs, cases; and the public reports behind it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from contract_tests import bugs, explaining, explaining_views
from contract_tests.__main__ import main
from contract_tests.commands import explaining as explain_command
from contract_tests.explaining import Explanation
from contract_tests.plan import plan
from mock_server.faults import FAULTS
from specs import loading, models
from specs.contract import Claim
from tests.walking import planned

CLAIMS = {claim.id for name in loading.providers() for claim in loading.load(name).claims}


@cache
def _explained(provider: str, claim: str) -> Explanation:
    contract = loading.load(provider)
    return explaining.explained(contract, contract.claim(claim), planned(provider))


@pytest.mark.parametrize(
    ("provider", "claim", "said"),
    [
        (
            "aitoearn",
            "mask-is-png",
            ["must, AiToEarn's own", "需为与 `image` 尺寸一致的 PNG 图片", "in English: must be a PNG"],
        ),
        ("aitoearn", "mask-is-png", ["status 400 or 415", "invalid_mask_image_format", "param null", "RP-18"]),
        ("aitoearn", "mask-is-png", ["(specs/providers/aitoearn/published.yaml, line 9", "tests/cases/mask.yaml"]),
        (
            "aitoearn",
            "mask-is-png",
            ["mask-is-png/mask-jpeg  (free, to be refused)", "--profile quick: 3 free, 2 billable edits, 2 credits"],
        ),
        ("chatanywhere", "prompt-length", ["to be accepted, one edit", "param `prompt`", "IV-05"]),
        (
            "chatanywhere",
            "error-envelope",
            ["should; must at openai, taken over by ChatAnywhere", "官方文档", "judged on every refused request"],
        ),
        (
            "aitoearn",
            "mask-keeps-opaque",
            ["judged on every accepted edit it can speak of", "MK-02", "litellm/pull/13673"],
        ),
        ("openai", "size-on-grid", ["for the model gpt-image-2 or gpt-image-2-*"]),
        ("openai", "accepts-stream-false", ["where `stream` is false"]),
        ("openai", "accepts-image-array-of-one", ["with multipart, image[]", "without images"]),
        ("openai", "retry-after", ["observed", "promised nowhere"]),
        ("aitoearn", "route-known", ["no public report is known"]),
    ],
)
def test_an_explanation_says(provider: str, claim: str, said: list[str]) -> None:
    text = explaining_views.text(_explained(provider, claim))
    assert [words for words in said if words not in text] == []


@pytest.mark.parametrize("provider", loading.providers())
def test_questions_about_a_claim_are_its_own_and_the_others_serve_it(provider: str) -> None:
    own = _explained(provider, "prompt-required")
    assert own.questions
    assert all("prompt-required" in question.about for question in own.questions)
    assert set(own.questions) | set(own.serving) <= set(own.full)
    assert sum(q.billable for q in own.quick) <= sum(q.billable for q in own.full)
    stream = _explained(provider, "stream-one-completed")
    assert stream.serving
    assert all(question.draft.get("stream") is True for question in stream.serving)
    mask = _explained(provider, "mask-repaints-transparent")
    assert mask.serving
    assert all(question.draft.mask is not None for question in mask.serving)
    refusal = _explained(provider, "error-envelope")
    assert not any(question.billable for question in refusal.serving)


def test_the_price_is_that_of_the_list_of_models() -> None:
    cost = explaining_views.value(_explained("aitoearn", "mask-is-png"))["cost"]
    assert cost["quick"]["credits"] == cost["quick"]["billable"] > 0
    assert explaining_views.value(_explained("chatanywhere", "mask-is-png"))["cost"]["full"]["credits"] == 0


@pytest.fixture(scope="module")
def rules() -> dict[str, Claim]:
    """One claim of each rule."""
    return {claim.rule: claim for name in loading.providers() for claim in loading.load(name).claims}


def test_the_cases_of_a_rule_are_counted_as_they_stand(rules: dict[str, Claim]) -> None:
    found = list(explaining.cases("text_at_most"))
    text = Path(found[0].file).name
    assert text == "values.yaml"
    assert sum(found[0].counts.values()) == len(found[0].examples)
    assert set(found[0].counts) <= {"kept", "broken", "silent", "disputed"}
    assert all(rule in rules or list(explaining.cases(rule)) for rule in ("accepts", "data_count"))


def test_without_the_source_there_are_no_cases(tmp_path: Path) -> None:
    assert list(explaining.cases("accepts", tmp_path)) == []


def test_every_report_names_its_claims_or_says_why_there_are_none() -> None:
    found = bugs.bugs()
    assert len({bug.id for bug in found}) == len(found) > 90
    for bug in found:
        assert set(bug.claims) <= CLAIMS, bug.id
        assert bool(bug.claims) is (bug.undetected is None), bug.id
        assert bug.sources, bug.id
        assert bug.nature in ("fault", "depends"), bug.id
        assert bug.symptom.endswith("."), bug.id


def test_sources_are_addresses_or_say_what_they_are() -> None:
    for bug in bugs.bugs():
        assert all(re.match(r"https://\S+|code of ", source) for source in bug.sources), bug.id


def test_a_report_that_the_mock_re_creates_is_found_by_a_claim_which_that_fault_breaks() -> None:
    known = {bug.id: bug for bug in bugs.bugs()}
    for fault in FAULTS.values():
        for id in fault.catalogue:
            assert set(known[id].claims) & set(fault.breaks), (fault.id, id)


def test_what_is_explained_is_the_plan_of_the_endpoint() -> None:
    contract = loading.load("chatanywhere")
    questions = explaining.planned(contract)
    told = explaining.explained(contract, contract.claim("prompt-length"), questions)
    listed = models.from_value(contract.models.example) if contract.models else None
    alone = plan(contract, listed, profile="quick", claims=("prompt-length",))
    assert [(q.id, q.about, q.draft, q.billable) for q in told.quick] == [
        (q.id, q.about, q.draft, q.billable) for q in alone
    ]
    assert {q.id for q in told.full} <= {q.id for q in questions}


def test_the_command_explains_for_each_provider(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(explain_command, "planned", lambda contract: planned(contract.provider))
    assert main(["explain", "prompt-length"]) == 0
    heads = [line for line in capsys.readouterr().out.splitlines() if line.startswith("prompt-length")]
    assert len(heads) == len(loading.providers())
    assert main(["explain", "prompt-length", "--provider", "chatanywhere", "--json"]) == 0
    (value,) = json.loads(capsys.readouterr().out)
    assert value["cost"]["full"]["billable"] >= 2
    assert value["refusal"]["status"] == [400, 413]
    assert [bug["id"] for bug in value["bugs"]] == ["IV-05"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["explain", "prompt-lenght"], "is it prompt-length"),
        (["explain", "zzzz"], "`image-contract list` names them all"),
        (["explain", "json-image-refused", "--provider", "chatanywhere"], "that chatanywhere makes"),
        (["explain", "prompt-length", "--provider", "nobody"], "there is no provider 'nobody'"),
    ],
)
def test_what_cannot_be_explained_is_status_2_and_one_sentence(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert told in said
    assert len(said.splitlines()) == 1
