"""The page: one file that needs nothing, a real table, landmarks, words beside colours, links that lead somewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from itertools import pairwise

import pytest

import reports_samples as samples
from contract_tests.findings import VERDICTS
from contract_tests.reports import page
from reports_outline import Outline, written_site

ATTRIBUTES_WITH_ADDRESSES = {"href", "src", "action", "srcset", "poster", "data", "formaction", "background"}


@pytest.fixture(scope="module")
def text(tmp_path_factory) -> str:
    return (written_site(tmp_path_factory.mktemp("site")) / "index.html").read_text("utf-8")


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
    assert all(a.get("tabindex") == "0" and a.get("role") == "group" for a in outline.all("pre"))


def test_landmarks_are_few_and_each_has_a_name_of_its_own(outline):
    """A screen reader lists them: hundreds of claims and exchanges are groups, which it does not list."""
    named = [a["aria-labelledby"] for a in outline.all("section")]
    named += [a["aria-label"] for _, a, _ in outline.elements if a.get("role") == "region"]
    assert len(named) == len(set(named)) < 16


def test_a_verdict_is_a_word_and_not_only_a_colour(text):
    marks = re.findall(r'<span class="mark ([a-z-]+)"><svg[^>]*><use [^>]*/></svg>([^<]+)</span>', text)
    assert {word for kind, word in marks if kind != "observed"} == set(VERDICTS)
    assert all(kind == word for kind, word in marks if kind != "observed")
    assert {word for kind, word in marks if kind == "observed"} == {"otherwise", "as described"}


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
