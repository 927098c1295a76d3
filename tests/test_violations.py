"""Violations: each breaks its rule and nothing else, its counterpart breaks nothing, and both stand at the boundary."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.encodings import ENCODINGS
from contract_tests.questions import Question
from contract_tests.violations import VIOLATIONS, Attempt, Bad, Good, attempts, violation
from draft_samples import KEY, LISTED, broken_claims, claim, contract
from specs import models
from specs.contract import Claim, Contract
from specs.edits import Edit
from specs.loading import load, providers
from specs.models import ModelList
from specs.reading import read
from specs.rules import RULES

MEBI = 1024 * 1024
CLAIMS = [(provider, each.id) for provider in providers() for each in load(provider).of_area("request")]
PICTURE_BYTES = {"image_bytes_at_most", "mask_bytes_at_most"}


def listed_for(found: Contract) -> ModelList | None:
    return models.from_value(found.models.example) if found.models else None


def lighter(found: Contract, each: Claim) -> tuple[Contract, Claim]:
    """The contract with a smaller limit of bytes, so that the test needs no large files."""
    if each.rule not in PICTURE_BYTES:
        return found, each
    small = replace(each, numbers={**each.numbers, "maximum": MEBI})
    return replace(found, claims=tuple(small if c.id == each.id else c for c in found.claims)), small


def edit_of(attempt: Attempt, found: Contract, listed: ModelList | None) -> Edit:
    bent = {"method": attempt.method, "path": attempt.path, "raw_body": attempt.raw_body} if is_bad(attempt) else {}
    question = Question(
        attempt.name,
        (),
        attempt.draft,
        ENCODINGS[attempt.encoding or ""],
        attempt.billable,
        attempt.key,
        headers=attempt.headers,
        **bent,
    )
    return read(found, question.request(found, f"http://h{found.edit.path}", KEY), listed)


def is_bad(attempt: Attempt) -> bool:
    return isinstance(attempt, Bad)


def test_every_request_rule_has_a_violation_and_no_violation_is_without_a_rule() -> None:
    assert set(VIOLATIONS) == {name for name, rule in RULES.items() if rule.area == "request"}


@pytest.mark.parametrize(("provider", "id"), CLAIMS)
def test_a_violation_breaks_its_claim_alone_and_its_counterpart_none(provider: str, id: str) -> None:
    whole = load(provider)
    found, each = lighter(whole, whole.claim(id))
    listed = listed_for(found)
    tried = list(attempts(each, found, listed))
    for attempt in tried:
        broken = broken_claims(found, edit_of(attempt, found, listed))
        assert broken == ([id] if is_bad(attempt) else []), attempt.name
    assert any(is_bad(attempt) for attempt in tried)
    assert len({attempt.name for attempt in tried}) == len(tried)
    assert not any(attempt.billable for attempt in tried if is_bad(attempt))


def tried(
    rule: str,
    numbers: dict[str, Any] | None = None,
    when: dict[str, Any] | None = None,
    listed: ModelList | None = None,
    *,
    heavy: bool = False,
) -> list[Attempt]:
    each = claim(rule, numbers, when)
    return list(attempts(each, contract(each, listed=listed is not None), listed, heavy=heavy))


def values(rule: str, field: str, numbers: dict[str, Any], kind: type) -> list[object]:
    """The values of a field in the attempts of a kind, in the first encoding."""
    found = tried(rule, {"field": field, **numbers})
    return [a.draft.get(field) for a in found if isinstance(a, kind) and a.encoding == "multipart"]


@pytest.mark.parametrize(
    ("rule", "field", "numbers", "bad", "good"),
    [
        ("integer_between", "n", {"minimum": 1, "maximum": 10}, [0, 11, -1, 2**32 + 1, 2**63, 10**25], [1, 10]),
        ("integer_between", "n", {"minimum": 1, "maximum": 9007199254740991}, [0, 2**53, -1, 2**63, 10**25], [1]),
        ("integer_between", "n", {"minimum": 0, "maximum": 3}, [-1, 4, 2**32 + 1, 2**63, 10**25], [0, 3]),
        ("integer_at_least", "n", {"minimum": 1}, [0, -1, -(2**63) - 1], [1]),
        ("field_type", "n", {"type": "integer"}, ["abc", "1.5", "2abc", "NaN"], []),
        ("text_at_least", "prompt", {"minimum": 1}, [""], [".", "猫"]),
        ("field_one_of", "quality", {"values": ["low", "high"], "disputed": ["hd"]},
         ["low-nothing", "ultra", "standard", "LOW"], ["low", "high"]),
    ],
)  # fmt: skip
def test_values_stand_on_both_sides_of_the_boundary(
    rule: str, field: str, numbers: dict[str, Any], bad: list[object], good: list[object]
) -> None:
    assert values(rule, field, numbers, Bad) == bad
    assert set(values(rule, field, numbers, Good)) >= set(good) - {"low"}


def test_json_has_more_types_than_a_form() -> None:
    found = tried("field_type", {"field": "n", "type": "integer"})
    values_ = [attempt.draft.get("n") for attempt in found if attempt.encoding == "json"]
    assert values_ == ["abc", "2", 1.5, True, [1], "", None]
    nullable = tried("field_type", {"field": "n", "type": "integer", "nullable": True})
    assert None not in [attempt.draft.get("n") for attempt in nullable]


def test_the_longest_prompt_is_counted_in_characters_not_in_bytes_or_units() -> None:
    found = tried("text_at_most", {"field": "prompt", "maximum": 32000})
    lengths = {a.name: (len(str(a.draft.get("prompt"))), len(str(a.draft.get("prompt")).encode())) for a in found}
    assert lengths["prompt-32000-ascii"] == (32000, 32000)
    assert lengths["prompt-32001-ascii"] == (32001, 32001)
    assert lengths["prompt-32000-emoji"][0] == 32000
    assert lengths["prompt-32000-emoji"][1] > 3.9 * 32000
    assert lengths["prompt-32001-emoji-json"][0] == 32001
    assert all(str(a.draft.get("prompt")).strip() == a.draft.get("prompt") for a in found)


@pytest.mark.parametrize("most", [1, 2, 16])
def test_pictures_are_counted_to_the_limit_and_one_beyond(most: int) -> None:
    found = tried("images_at_most", {"maximum": most})
    assert {len(a.draft.images) for a in found if isinstance(a, Bad)} == {most + 1}
    assert {len(a.draft.images) for a in found if isinstance(a, Good)} == ({most} if most > 1 else set())
    assert all(len(set(a.draft.images)) == len(a.draft.images) for a in found)


def test_what_the_list_of_models_says_is_asked_about() -> None:
    sizes = tried("size_listed", listed=LISTED)
    sized = {(a.draft.get("model"), a.draft.get("size")) for a in sizes if isinstance(a, Good)}
    assert sized == {("cheap", "2048x2048"), ("cheap", "1024x1536"), ("dear", "1024x1024")}
    assert "1025x1024" in {a.draft.get("size") for a in sizes if isinstance(a, Bad)}
    limits = {(a.draft.get("model"), len(a.draft.images)) for a in tried("images_within_model_limit", listed=LISTED)}
    assert limits == {("cheap", 2), ("cheap", 3), ("dear", 4), ("dear", 5)}
    assert {a.draft.get("model") for a in tried("model_listed", listed=LISTED) if isinstance(a, Good)} == {"dear"}


@pytest.mark.parametrize(
    ("most", "lengths"),
    [(25 * MEBI, {25 * MEBI + 1, 24_999_999}), (25_000_000, {25_000_001, 25_000_000})],
)
def test_a_limit_in_megabytes_is_kept_below_in_either_reading(most: int, lengths: set[int]) -> None:
    found = tried("image_bytes_at_most", {"maximum": most}, heavy=True)
    assert {len(attempt.draft.images[0].data) for attempt in found} == lengths
    assert all(attempt.heavy for attempt in found)


def test_heavy_bodies_are_made_only_when_asked_for() -> None:
    assert tried("image_bytes_at_most", {"maximum": 25 * MEBI}) == []
    assert tried("mask_bytes_at_most", {"maximum": 25 * MEBI}) == []
    assert len(tried("mask_bytes_at_most", {"maximum": MEBI})) == 2


def test_a_violation_meets_the_conditions_of_its_claim() -> None:
    found = tried("integer_between", {"field": "n", "minimum": 1, "maximum": 2}, {"features": ["stream", "json"]})
    assert {attempt.encoding for attempt in found} == {"json"}
    assert all(attempt.draft.get("stream") is True for attempt in found)
    chunked = tried("field_required", {"field": "prompt"}, {"features": ["chunked"], "fields": {"n": [2, 3]}})
    assert {(attempt.encoding, attempt.draft.get("n")) for attempt in chunked} == {("chunked", 2)}


@pytest.mark.parametrize("when", [{"features": ["url"]}, {"model": ["nobody-*"]}, {"not": ["multipart", "json"]}])
def test_conditions_nobody_can_meet_give_no_attempts(when: dict[str, Any]) -> None:
    assert tried("field_required", {"field": "prompt"}, when) == []


def test_a_second_violation_of_a_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="two violations of the rule route_known"):
        violation("route_known")(lambda start, numbers: iter(()))
