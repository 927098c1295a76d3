"""The page: one file that needs nothing, a real table, landmarks, words beside colours, links that lead somewhere."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

import reports_samples as samples
from contract_tests import reports
from contract_tests.findings import VERDICTS
from contract_tests.reports import json_form, page

VOID = {"meta", "img", "input", "br", "hr"}
ATTRIBUTES_WITH_ADDRESSES = {"href", "src", "action", "srcset", "poster", "data", "formaction", "background"}


class Outline(HTMLParser):
    """Every element of a page in order, its attributes, what it stands in, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.words = ""
        self.unbalanced: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes, _ in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [a[attribute] or "" for _, a, _ in self.elements if attribute in a]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Both runs in one page, the first with an earlier run of the day before."""
    home = tmp_path_factory.mktemp("site")
    reports.write_report(samples.report(), samples.recording(), home / "one")
    earlier = samples.report(told={"prompt-length": ("broken", "a refusal", "accepted", "", ())}, started=1_795_137_120)
    given = [
        reports.ReportInput(json_form.value(samples.report()), samples.recording, home / "one"),
        reports.ReportInput(json_form.value(earlier)),
        reports.ReportInput(json_form.value(samples.report("aitoearn")), samples.recording),
    ]
    reports.write_site(given, home)
    return home


@pytest.fixture(scope="module")
def text(site) -> str:
    return (site / "index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def outline(text) -> Outline:
    return Outline(text)


def test_every_element_is_closed_where_it_was_opened(outline):
    assert outline.unbalanced == []
    assert outline.open == []


def test_nothing_is_loaded_from_elsewhere(outline, text):
    addresses = [a[name] for _, a, _ in outline.elements for name in ATTRIBUTES_WITH_ADDRESSES & set(a)]
    assert all(re.match(r"#|data:image/|exchanges/|one/index\.html\Z", address) for address in addresses)
    assert not outline.all("link")
    assert "@import" not in text
    assert not re.search(r"url\((?!\s*data:)", text.partition("</style>")[0])


def test_the_policy_allows_exactly_our_style_and_script(outline, text):
    policy = next(a["content"] for a in outline.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    for element in ("style", "script"):
        (content,) = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert outline.values("style") == []


def test_the_page_has_landmarks_one_title_and_headings_in_order(outline):
    assert outline.all("html") == [{"lang": "en"}]
    assert [len(outline.all(name)) for name in ("header", "nav", "main", "h1", "title")] == [1, 1, 1, 1, 1]
    levels = [int(tag[1]) for tag, _, _ in outline.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert outline.elements[[tag for tag, *_ in outline.elements].index("a")][1]["href"] == "#main"


def test_ids_are_unique_and_every_reference_to_one_resolves(outline):
    ids = outline.values("id")
    assert [id for id, count in Counter(ids).items() if count > 1] == []
    references = [href[1:] for href in outline.values("href") if href.startswith("#")]
    references += [id for said in outline.values("aria-labelledby") for id in said.split()]
    assert set(references) <= set(ids)


def test_every_table_header_says_what_it_is_the_header_of(outline):
    assert all(a.get("scope") in ("col", "row", "rowgroup") for a in outline.all("th"))
    assert len(outline.all("th")) > 60


def test_what_needs_a_name_has_one(outline):
    assert all(a.get("alt") for a in outline.all("img"))
    assert all("aria-label" in a or "aria-labelledby" in a for a in outline.all("form") + outline.all("nav"))
    assert all(a.get("aria-hidden") == "true" for a in outline.all("svg"))
    assert all("aria-labelledby" in a for a in outline.all("section") + outline.all("article"))


def test_a_block_that_scrolls_can_be_reached_by_the_keyboard(outline):
    assert all(a.get("tabindex") == "0" and a.get("role") == "region" for a in outline.all("pre"))


def test_a_verdict_is_a_word_and_not_only_a_colour(text):
    marks = re.findall(r'<span class="mark ([a-z-]+)"><svg[^>]*><use [^>]*/></svg>([^<]+)</span>', text)
    assert {word for kind, word in marks if kind != "observed"} == set(VERDICTS)
    assert all(kind == word for kind, word in marks if kind != "observed")
    assert {word for kind, word in marks if kind == "observed"} == {"otherwise", "as described"}


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


def _run(report):
    from contract_tests.reports import exhibits
    from contract_tests.reports.run import Run

    return Run("x", report, exhibits.of_run(report, None))


def test_a_row_opens_to_words_numbers_exchange_command_and_pictures(text):
    panel = text.partition('id="mask-keeps-opaque--chatanywhere"')[2].partition('id="mask-keeps-opaque--aitoearn"')[0]
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


def test_the_filter_is_hidden_until_the_script_shows_it(outline):
    assert ["hidden" in a for a in outline.all("form")] == [True]
    assert len(outline.all("details")) > len(samples.CLAIMS)


def test_the_colours_of_text_have_enough_contrast_on_both_grounds():
    style = page.static("page.css")
    light, dark, paper = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", block))
                          for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL))  # fmt: skip
    for theme in (light, dark, light | paper):
        for name in ("ink", "quiet", "link", "observed", *VERDICTS):
            for ground in ("paper", "raised"):
                assert contrast(theme[name], theme[ground]) >= 4.5, (name, ground)


def contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio of two colours."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
