"""The contracts as they stand: published as published, effective documents valid, schemas and claims of one mind."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter

import pytest
from openapi_spec_validator import validate

from specs import loading
from specs.contract import AREAS, LEVELS
from specs.features import UNUSUAL

PROVIDERS = loading.providers()
PUBLISHED = {
    "aitoearn": "e0bd14648977c01b2f645479174d9c9335fe2ed1ce5bc031fca4ec315f6e123c",
    "chatanywhere": "9070e5c06d5d2936143a3f1772fde36a6e1bdcfc2b765b6e1c8b354ca02ffdf6",
}
"""Digests of the documents as their providers published them; they change when a provider does, and never here."""


@pytest.mark.parametrize("provider", PUBLISHED)
def test_a_published_document_is_as_it_was_published(provider: str) -> None:
    published = loading.load(provider).published
    canonical = json.dumps(published, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == PUBLISHED[provider]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_effective_document_is_valid_openapi(provider: str) -> None:
    validate(dict(loading.load(provider).document))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_ids_are_slugs_and_name_one_thing(provider: str) -> None:
    contract = loading.load(provider)
    for things in (contract.claims, contract.contradictions):
        ids = Counter(thing.id for thing in things)
        assert [id for id, count in ids.items() if count > 1] == []
        assert [id for id in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id)] == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_claim_says_where_it_is_said(provider: str) -> None:
    for claim in loading.load(provider).claims:
        assert claim.citation.at.startswith("/")
        assert (claim.through is not None) == (claim.origin == "inherited")
        assert claim.origin == "inherited" or claim.citation.document in (provider, "openai")
        assert claim.area in AREAS
        assert (claim.refusal is not None) == (claim.area == "request")


def is_foreign(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_quotation_in_another_language_has_a_gloss(provider: str) -> None:
    contract = loading.load(provider)
    cited = [claim.citation for claim in contract.claims]
    cited += [place for contradiction in contract.contradictions for place in contradiction.places]
    assert [c.quote for c in cited if is_foreign(c.quote) and not c.gloss and '"' not in c.quote] == []
    assert [c.gloss for c in cited if c.gloss and is_foreign(c.gloss)] == []


def test_what_is_taken_over_is_worth_no_more_than_the_sentence_that_takes_it_over() -> None:
    base = {claim.id: claim for claim in loading.load("openai").claims}
    for provider, cap in (("aitoearn", "must"), ("chatanywhere", "should")):
        for claim in loading.load(provider).claims:
            if claim.origin == "inherited":
                weakest = max(LEVELS.index(cap), LEVELS.index(base[claim.id].level))
                assert claim.level == LEVELS[weakest], claim.id


FEATURES = UNUSUAL | {
    "multipart", "json", "image", "image[]", "images", "mask", "file", "data-url", "stream", "accept-event-stream",
    "accept-any",
}  # fmt: skip


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_condition_names_features_that_there_are(provider: str) -> None:
    for claim in loading.load(provider).claims:
        named = {*claim.when.get("features", ()), *claim.when.get("not", ())}
        assert {name for name in named if not name.startswith("field:")} <= FEATURES, claim.id


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_contradiction_has_two_sides_or_says_what_is_missing(provider: str) -> None:
    for contradiction in loading.load(provider).contradictions:
        assert contradiction.places, contradiction.id
        for text in (contradiction.problem, contradiction.resolution, contradiction.why):
            assert text.endswith("."), contradiction.id


@pytest.mark.parametrize(("provider", "least"), [("aitoearn", 21), ("chatanywhere", 16)])
def test_every_known_contradiction_is_written_down(provider: str, least: int) -> None:
    assert len(loading.load(provider).contradictions) >= least
