"""What stands on the page beside the verdicts: operation, price, words, what was seen, lines of a stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

import reports_exchanges as recorded
import reports_samples as samples
from contract_tests.documents import section
from contract_tests.documents.said import Said
from contract_tests.reports import answers, exhibits, json_form, overview, timeline
from contract_tests.reports.exhibits import Paid
from contract_tests.reports.run import Run
from reports_outline import Outline
from specs import loading
from specs.answers import Asked
from specs.contract import Citation
from specs.edits import Edit
from specs.messages import Exchange, Request, Response

AITOEARN = loading.load("aitoearn")
LISTED = Response(200, (("Content-Type", "application/json"),), json.dumps(AITOEARN.models.example).encode())
LIST = Exchange("m1", Request("GET", "https://aitoearn.cn/api/ai/models/image/edit"), LISTED, purpose="models")


def _edit(id: str, status: int, **fields: str) -> Exchange:
    parts = [(name, value.encode(), None, None) for name, value in fields.items()]
    body, kind = recorded.form(*parts)
    request = Request("POST", "https://aitoearn.cn/api/ai/images/edits", (("Content-Type", kind),), body)
    return Exchange(id, request, Response(status))


def _run(*exchanges: Exchange, provider: str = "aitoearn") -> Run:
    value = json_form.value(samples.report(provider))
    return Run("x", value, exhibits.of_run(value, recorded.Recording(exchanges)))


def test_what_was_paid_is_counted_by_the_endpoints_own_list() -> None:
    known = AITOEARN.models.example["data"][0]
    model, size, price = known["name"], known["pricing"][0]["size"], float(known["pricing"][0]["price"])
    billed = _edit("a", 200, model=model, size=size, n="3"), _edit("b", 200, model=model, size="auto")
    run = _run(LIST, *billed, _edit("c", 400, model=model, size=size))
    assert run.exhibits.paid == Paid(3 * price, 1)
    assert f", {3 * price:g} credits by its own list and 1 without a price" in Outline(overview.overview([run])).words


@pytest.mark.parametrize("exchanges", [(), (_edit("a", 200, model="x"),)])
def test_without_a_list_of_prices_no_price_is_told(exchanges: tuple[Exchange, ...]) -> None:
    run = _run(*exchanges)
    assert run.exhibits.paid is None
    assert "credits" not in Outline(overview.overview([run])).words


def test_the_top_names_the_operation_and_the_words_that_are_broken() -> None:
    said = Outline(overview.overview([_run(*recorded.exchanges(), provider="chatanywhere")])).words
    assert "POST /v1/images/edits" in said
    assert "ChatAnywhere says: 每张图片应为png、webp或jpg" in said
    assert "(Each picture is to be a png, webp or jpg file of at most 25 MB." in said
    assert "OpenAI says: at most 32000 characters" in said


@pytest.mark.parametrize(
    ("verdict", "actual", "seen"),
    [
        ("holds", "", "as described"),
        ("broken", "12", "otherwise"),
        ("not-run", "kept", "as described"),
        ("not-run", "accepted: 2", "otherwise"),
        ("not-run", "", "not seen"),
        ("inconclusive", "", "not seen"),
    ],
)
def test_an_observed_point_says_what_was_seen(verdict: Any, actual: str, seen: str) -> None:
    told: dict[str, samples.Told] = {"accepts-repeated-image": (verdict, "", actual, "", ())}
    (finding,) = [f for f in json_form.value(samples.report(told=told))["findings"] if not answers.judged(f)]
    assert answers.seen(finding) == seen


@pytest.mark.parametrize(
    ("broken", "unknown", "word", "tone"),
    [
        ({}, 0, "yes", "holds"),
        ({}, 1, "so far", "inconclusive"),
        ({"should": 1}, 0, "not every should", "inconclusive"),
        ({"should": 1}, 1, "so far, not every should", "inconclusive"),
        ({"must": 1, "should": 1}, 1, "no", "broken"),
    ],
)
def test_an_answer_is_a_word_and_no_broken_claim_is_hidden_by_it(
    broken: dict[str, int], unknown: int, word: str, tone: str
) -> None:
    verdicts = {"holds": 5, "broken": sum(broken.values()), "inconclusive": 0, "not-run": unknown, "faulty-suite": 0}
    answer = answers.Answer("own", verdicts, broken, unknown)
    assert (answer.word, answer.tone) == (word, tone)


def test_lines_of_a_stream_that_are_no_field_are_shown() -> None:
    body = b'event: image_edit.completed\ndata: {"type":\n\nQUJD</b>\n\n'
    response = Response(200, (("Content-Type", "text/event-stream"),), body, ((0.5, len(body)),))
    request = Request("POST", "https://x/v1/images/edits")
    asked = Asked(Exchange("q", request, response), Edit(request, "other", "", on_route=True))
    said = Outline(timeline.view(asked)).words
    assert "no event, data or comment" in said
    assert "QUJD</b>" in said


def test_a_place_that_several_claims_quote_is_shown_once() -> None:
    place, other = Citation("openai", "/a", "The body is JSON."), Citation("openai", "/b", '{"type": "object"}')
    sayings = [Said("request", "x", "type", "object", at) for at in (place, place, other)]
    assert [cited for cited, _told in section._told(sayings)] == [place, other]
    assert "<code>" in str(section._quotation(other))
    assert "<code>The body" not in str(section._quotation(place))
