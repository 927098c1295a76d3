"""Whatever an endpoint sends, in whatever place, the page and the comment hold no markup but their own."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import reports_exchanges as recorded
import reports_samples as samples
from contract_tests.findings import Report
from contract_tests.reports import exhibits, github, json_form, junit, markdown, markup, page, terminal
from contract_tests.reports.run import Run
from reports_outline import Outline
from specs.messages import Exchange, Failure, Request, Response

ATTACKS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</td></tr></table><iframe src=javascript:alert(1)>",
    "<!--", "-->", "<![CDATA[", "&lt;b&gt;", "&#60;script&#62;", "\u2028<b>", "\x00<i>", "\ud800", "\u202e<u>evil",
    "`<b>`", "``` <b>", "</summary></details><h1>", "@everyone", "#1", "[x](javascript:alert(1))", "![x](http://e.vil/x)",
    "| a | b |", "\n\n# heading\n\n<b>", "http://e.vil", "$$x$$", ":tada:", "\x1b[2J\x1b]0;title\x07", "%0A::error::x",
    "\r\n::error file=x::y", "]]>", "{{7*7}}", "${x}", "%s", "\\", "",
)  # fmt: skip
HOSTILE = st.one_of(
    st.sampled_from(ATTACKS),
    st.lists(st.sampled_from(ATTACKS), max_size=4).map("".join),
    st.text(max_size=40),
    st.tuples(st.text(alphabet="<>&\"'`=/ \n\\!-[]()ab", max_size=30)).map(lambda t: t[0]),
)


def hostile_report(text: str) -> Report:
    """A report in which everything that an endpoint (or a document) can decide is `text`."""
    whole = samples.report()
    cited = replace(samples.CHINESE, quote=text, gloss=text, at=f"/{text}", document=text)
    findings = tuple(
        replace(f, expected=text, actual=text, reason=text, claim=claim)
        for f in whole.findings
        for claim in [replace(f.claim, citation=cited, statement=text, note=text)]
    )
    places = replace(samples.CONTRADICTION, problem=text, resolution=text, why=text, places=(cited,))
    return replace(whole, title=text or "x", base_url=text, findings=findings, contradictions=(places,))


def hostile_exchanges(text: str) -> recorded.Recording:
    """Exchanges whose every header, field, body, frame and failure is `text`, under ids that findings cite."""
    data = text.encode("utf-8", "replace")
    one_line = re.sub(r"[\r\n]+", " ", text)
    body = json.dumps({text: text, "data": [{"b64_json": text, "url": text, "revised_prompt": text}]}).encode()
    form, kind = recorded.form((one_line.replace('"', "") or "x", data, one_line.replace('"', ""), None))
    stream = f"event: {one_line}\ndata: {json.dumps({'type': text})}\n\n: {one_line}\n\n".encode("utf-8", "replace")
    answers = (
        Response(200, ((one_line, one_line), ("Content-Type", "application/json")), body),
        Response(200, (("Content-Type", "text/event-stream"),), stream, ((0.1, 10), (0.2, len(stream)))),
        Response(500, (("Content-Type", "text/html"),), data),
        None,
    )
    request = Request("POST", f"https://x/v1/images/edits?{one_line}", (("Content-Type", kind), ("X", one_line)), form)
    return recorded.Recording(tuple(
        Exchange(f"q{n:02}", request, answers[n % 4], Failure("garbage", text), question=text) for n in range(1, 10)
    ))  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def no_documents():
    """No section on what providers publish: it is long, and an endpoint can decide nothing in it."""
    with patch.object(page, "_documents", lambda runs: None):
        yield


def the_page(text: str) -> str:
    value = json_form.value(hostile_report(text))
    return page.page([Run("run", value, exhibits.of_run(value, hostile_exchanges(text)))], 0.0)


def allowed() -> tuple[set[str], set[str]]:
    """The elements and attributes of pages that are not attacked at all."""
    elements: set[str] = set()
    attributes: set[str] = set()
    for text in ("plain", "`code`"):
        outline = Outline(the_page(text))
        elements |= {tag for tag, *_ in outline.elements}
        attributes |= {name for _, found, _ in outline.elements for name in found}
    return elements, attributes | {"lang"}


ELEMENTS, NAMES = allowed()


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_stays_text(attack):
    check_page(attack)


@settings(max_examples=25, deadline=None)
@given(HOSTILE)
def test_any_text_stays_text(text):
    check_page(text)


def check_page(text: str) -> None:
    written = the_page(text)
    outline = Outline(written)
    assert outline.unbalanced == []
    assert {tag for tag, *_ in outline.elements} <= ELEMENTS
    assert {name for _, found, _ in outline.elements for name in found} <= NAMES
    assert len(outline.all("script")) == 1
    assert all(re.match(r"#|exchanges/[A-Za-z0-9._/-]+\Z", href) for href in outline.values("href"))
    written.encode("utf-8", "replace")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_text_that_is_escaped_reads_as_it_was(text):
    shown = Outline(markup.tag("p", text, title=text))
    assert shown.words == markup.visible(text)
    assert shown.all("p") == [{"title": markup.visible(text)}]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_comment_holds_no_markup_of_an_endpoint(attack):
    check_comment(attack)


@settings(max_examples=40, deadline=None)
@given(HOSTILE)
def test_a_comment_holds_no_markup_of_any_text(text):
    check_comment(text)


def check_comment(text: str) -> None:
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(
        markdown.text([json_form.value(hostile_report(text))])
    )  # fmt: skip
    found = {tag for tag, *_ in Outline(rendered).elements}
    assert found <= {"h2", "h3", "h4", "p", "code", "table", "thead", "tbody", "tr", "th", "td", "strong", "em", "ul",
                     "li", "details", "summary", "blockquote", "br"}  # fmt: skip
    bare = re.sub(r"<code>.*?</code>", "", rendered, flags=re.DOTALL)
    assert "<a " not in bare


def test_nobody_is_mentioned_in_a_comment():
    """GitHub links names and numbers after it has rendered the Markdown; in code spans it leaves them alone."""
    text = markdown.text([json_form.value(hostile_report("@octocat closes #1"))])
    bare = re.sub(r"`+[^`]*`+", "", text)
    assert "@octocat" not in bare.replace("\\@", "")
    assert "#1" not in bare.replace("\\#", "")
    assert "@<!-- -->octocat closes #<!-- -->1" in bare


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_terminal_and_no_runner_takes_orders_from_an_endpoint(attack):
    report = json_form.value(hostile_report(attack))
    screen = terminal.summary([report], "index.html", terminal.Screen())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", screen)
    commands = github.workflow_commands([report]).splitlines()
    assert len(commands) == 6
    assert all(re.match(r"::(error|warning) (file=specs/|title=)", command) for command in commands)
    junit.text([report]).encode("utf-8")
