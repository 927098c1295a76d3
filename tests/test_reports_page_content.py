"""What the page says: two answers, each claim's words, numbers and evidence, and what was not judged."""

from __future__ import annotations

import base64
import io
import re

import pytest
from PIL import Image

import reports_samples as samples
from contract_tests.reports import exhibits, markdown, page
from contract_tests.reports.run import Run
from reports_outline import Outline, written_site


@pytest.fixture(scope="module")
def text(tmp_path_factory) -> str:
    return (written_site(tmp_path_factory.mktemp("site")) / "index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def outline(text) -> Outline:
    return Outline(text)


def test_each_run_has_its_two_answers_and_no_score(outline):
    said = outline.words
    assert said.count("Keeps its own contract") == 2
    assert said.count("Keeps OpenAI\u2019s contract") == 2
    assert "2 of 9 judged claims broken (2 must)" in said
    assert "3 of 19 judged claims broken (3 should)" in said
    assert not re.search(r"\d\s?%|score|grade|\d points", said, re.IGNORECASE)


def test_openai_itself_has_one_answer():
    own = [samples.finding(row[0], "aitoearn", {}) for row in samples.CLAIMS if row[0] in samples.OWN]
    report = {**samples.report("aitoearn").value(), "provider": "openai", "findings": [f.value() for f in own]}
    said = Outline(page.page([_run(report)], 0.0)).words
    assert said.count("Keeps OpenAI\u2019s contract") == 1
    assert "Keeps its own contract" not in said


def test_what_several_broken_claims_have_in_common_is_told_once():
    broken = [row["claim"] for row in samples.report().value()["findings"] if row["verdict"] == "broken"]
    cause = {"id": "mask-unused", "sentence": "the mask <b>is</b> not used", "claims": broken[:2]}
    report = {**samples.report().value(), "causes": [cause]}
    said = f"Likely one cause: the mask <b>is</b> not used . It explains {broken[0]} , {broken[1]}"
    found = Outline(page.page([_run(report)], 0.0))
    assert said.replace(" ", "") in found.words.replace(" ", "")
    assert "Likely one cause" not in Outline(page.page([_run(samples.report().value())], 0.0)).words
    comment = markdown.text([report])
    assert f"&lt;/b\\> not used. It explains `{broken[0]}`, `{broken[1]}`." in comment


def _run(report):
    return Run("x", report, exhibits.of_run(report, None))


def test_a_row_opens_to_words_numbers_exchange_command_and_pictures(text):
    panel = text.partition('id="mask-keeps-opaque--chatanywhere"')[2].partition('id="mask-repaints"')[0]
    said = Outline(panel).words
    for expected in (
        "What the mask covers stays as it was.",
        "a difference of at most 12 where the mask is opaque",
        "86 of 255",
        "您最多可以提供 16 张图片",
        "You may provide at most 16 pictures.",
        "/paths/~1v1~1images~1edits/post/requestBody",
        "POST /v1/images/edits \u2192 200",
        "Put a red hat on the cat",
        "--form 'mask=@exchanges/chatanywhere/q03/04-mask.png;type=image/png;filename=mask.png'",
        "of 255 where the mask is opaque",
    ):
        assert expected in said
    assert [a["alt"].split(":")[0] for a in Outline(panel).all("img")] == ["source", "mask", "result", "difference"]


def test_an_inherited_claim_shows_the_sentence_that_takes_it_over(text):
    panel = text.partition('id="error-envelope--aitoearn"')[2]
    assert "请求、响应与错误格式完全遵循 OpenAI 规范" in panel.partition("</tbody>")[0]


def test_a_stream_stands_on_a_time_line(text):
    panel = Outline(
        text.partition('id="stream-event-names--chatanywhere"')[2].partition("</section></section>")[0]
    ).words
    for expected in ("200 ms", "comment", "900 ms", "1.90 s", "image_edit.partial_image", "image_generation.completed"):
        assert expected in panel


def test_what_never_came_back_is_said(text):
    panel = Outline(text.partition('id="accepts-stream--chatanywhere"')[2].partition("</tbody>")[0]).words
    assert "no answer" in panel
    assert "timeout: nothing came back within 180 s" in panel


def test_chinese_words_are_marked_as_chinese(outline):
    assert {a.get("lang") for a in outline.all("blockquote")} == {"zh", None}


def test_thumbnails_are_small_pictures_made_anew(outline):
    for attributes in outline.all("img"):
        kind, _, data = attributes["src"].partition(";base64,")
        assert kind in ("data:image/webp", "data:image/png", "data:image/jpeg")
        assert max(Image.open(io.BytesIO(base64.b64decode(data))).size) <= 256
    assert len(outline.all("img")) >= 8


def test_sections_say_what_was_not_judged_observed_and_contradicts_itself(text):
    sections = {name: Outline(text.partition(f'id="{name}"')[2].partition("</section>")[0]).words
                for name in ("contradictions", "not-judged", "observed", "runs", "changes")}  # fmt: skip
    assert "one file by its schema" in sections["contradictions"]
    assert "budget: 12 billed edits" in sections["not-judged"]
    assert "the rule failed: division by zero" in sections["not-judged"]
    assert "refused with status 400: duplicate parameter" in sections["observed"]
    assert "3 runs of 2 endpoints" in sections["runs"]
    assert "prompt-length broken \u2192 holds" in sections["changes"]
