"""Law 1: every normative sentence of a published document is answered for, and a new one is noticed."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from specs import loading, prose
from specs.contract import Citation, Contract, SetAside

RELAYS = ("aitoearn", "chatanywhere")
EDIT = "/paths/~1v1~1images~1edits/post/description"


@pytest.mark.parametrize(("provider", "count"), [("aitoearn", 15), ("chatanywhere", 6)])
def test_every_normative_sentence_is_answered_for(provider: str, count: int) -> None:
    contract = loading.load(provider)
    assert prose.uncovered(contract) == ()
    assert len(prose.sentences(contract.published)) == count, "the document has changed: quote what is new"


@pytest.mark.parametrize("provider", loading.providers())
def test_what_is_set_aside_stands_in_the_document(provider: str) -> None:
    assert prose.unfounded(loading.load(provider)) == ()


@pytest.mark.parametrize("provider", RELAYS)
def test_what_is_set_aside_has_a_reason(provider: str) -> None:
    for aside in loading.load(provider).set_aside:
        assert len(aside.why.split()) >= 4, aside
        assert aside.why.endswith("."), aside


def said(published: Any, quote: str | None = None, **changes: Any) -> Contract:
    """ChatAnywhere's contract over another document, with one more sentence set aside, where one is given."""
    contract = loading.load("chatanywhere")
    asides = (SetAside(quote, "a reason for it."),) if quote else ()
    return replace(contract, published=published, set_aside=(*contract.set_aside, *asides), **changes)


def tampered(*more: str) -> dict[str, Any]:
    """ChatAnywhere's document with more said about the edit."""
    published = copy.deepcopy(dict(loading.load("chatanywhere").published))
    operation = published["paths"]["/v1/images/edits"]["post"]
    operation["description"] = "\n".join((operation["description"], *more))
    return published


def test_a_sentence_more_is_noticed() -> None:
    assert prose.uncovered(said(tampered("遮罩必须为PNG。"))) == (prose.Sentence(EDIT, "遮罩必须为PNG。"),)


def test_a_sentence_that_obliges_nobody_is_not() -> None:
    assert prose.uncovered(said(tampered("遮罩很有用。", "Masks are useful."))) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "The mask must be a PNG.", "A Mask is REQUIRED.", "Only PNG is taken.", "At most 16.", "It has at  least one.",
        "n is optional.", "The default is 1.", "It is exactly one.", "It never expires.", "It cannot be null.",
        "最多16张。", "需为PNG", "仅支持PNG", "不超过4MB", "最大长度为9", "完全透明", "支持PNG", "以此为准", "保持不变",
        "不使用包裹", "默认为1", "只需替换", "（可选）", "应为png", "必填",
    ],
)  # fmt: skip
def test_a_word_makes_a_sentence_normative(sentence: str) -> None:
    assert [found.at for found in prose.sentences({"a": {"description": sentence}})] == ["/a/description"]


@pytest.mark.parametrize(
    "sentence", ["Mustard and commonly.", "A defaultless thing.", "The mask is a PNG.", "图片列表", ""]
)
def test_other_sentences_are_not(sentence: str) -> None:
    assert prose.sentences({"description": sentence}) == ()


def test_sentences_end_where_readers_stop() -> None:
    text = "It must be one. It must be two; 必须三；必须四。必须五\n必须 six.7"
    found = [sentence.text for sentence in prose.sentences({"summary": text})]
    assert found == ["It must be one.", "It must be two;", "必须三；", "必须四。", "必须五", "必须 six.7"]


def test_only_descriptions_and_summaries_are_prose() -> None:
    document = {
        "description": "must",
        "title": "must",
        "example": "must",
        "x": [{"summary": "must", "pattern": "must"}],
    }
    assert [sentence.at for sentence in prose.sentences(document)] == ["/description", "/x/0/summary"]


def test_a_sentence_set_aside_is_answered_for() -> None:
    assert prose.uncovered(said(tampered("遮罩必须为PNG。"), quote="遮罩必须为PNG。")) == ()
    assert prose.uncovered(said(tampered("It must  be\ttrue."), quote="It must be true.")) == ()


def test_each_normative_word_of_a_sentence_has_to_be_quoted() -> None:
    document = tampered("遮罩必须为PNG，且不超过 4MB。")
    assert prose.uncovered(said(document, quote="遮罩必须为PNG"))
    assert not prose.uncovered(said(document, quote="遮罩必须为PNG，且不超过"))


def test_the_same_words_elsewhere_answer_for_nothing() -> None:
    document = tampered("您最多可以提供 16 张图片")
    assert [sentence.at for sentence in prose.uncovered(said(document))] == [EDIT]


@pytest.mark.parametrize("field", ["claims", "contradictions", "takes_over"])
def test_claims_contradictions_and_what_is_taken_over_answer_for_sentences(field: str) -> None:
    contract = loading.load("chatanywhere")
    here = Citation("chatanywhere", EDIT, "遮罩必须为PNG")
    own = next(claim for claim in contract.claims if claim.origin == "own")
    change: dict[str, Any] = {
        "claims": (*contract.claims, replace(own, citation=here)),
        "contradictions": (*contract.contradictions, replace(contract.contradictions[0], places=(here,))),
        "takes_over": here,
    }
    left = prose.uncovered(said(tampered("遮罩必须为PNG。"), **{field: change[field]}))
    assert "遮罩必须为PNG。" not in [sentence.text for sentence in left]


def test_an_inherited_claim_answers_for_nothing() -> None:
    contract = loading.load("chatanywhere")
    here = Citation("chatanywhere", EDIT, "遮罩必须为PNG")
    inherited = next(claim for claim in contract.claims if claim.origin == "inherited")
    claims = (*contract.claims, replace(inherited, citation=here))
    assert prose.uncovered(said(tampered("遮罩必须为PNG。"), claims=claims))


def test_a_quotation_of_another_document_answers_for_nothing() -> None:
    elsewhere = Citation("openai", EDIT, "遮罩必须为PNG")
    claims = loading.load("chatanywhere").claims
    own = next(claim for claim in claims if claim.origin == "own")
    changed = (*claims, replace(own, citation=elsewhere))
    assert prose.uncovered(said(tampered("遮罩必须为PNG。"), claims=changed))


def test_something_set_aside_that_nobody_says_is_noticed() -> None:
    contract = said(loading.load("chatanywhere").published, quote="遮罩必须为PNG。")
    assert [aside.quote for aside in prose.unfounded(contract)] == ["遮罩必须为PNG。"]
