"""The terminal: one screen at the end, one line on the way, colour only where it is wanted."""

from __future__ import annotations

import io
import re

import pytest

import reports_samples as samples
from contract_tests.reports import json_form, terminal
from contract_tests.reports.progress import Progress
from contract_tests.reports.terminal import Screen

FIRST = json_form.value(samples.report())
SECOND = json_form.value(samples.report("aitoearn"))
PAGE = "reports/index.html"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def much_broken(count: int):
    findings = [
        {**f, "verdict": "broken", "expected": "必须" * 90, "actual": "x" * 300} for f in FIRST["findings"][:count]
    ]
    return {**FIRST, "findings": findings}


@pytest.mark.parametrize("lines", [16, 24, 50])
@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("reports", [[FIRST], [FIRST, SECOND], [much_broken(30)], [FIRST] * 20, []])
def test_the_summary_fits_on_one_screen(reports, columns, lines):
    text = terminal.summary(reports, PAGE, Screen(columns, lines))
    assert text.count("\n") < lines
    assert all(terminal.width(line) <= columns for line in text.splitlines())
    assert text.splitlines()[-1] == f"page: {PAGE}"


def test_the_summary_gives_totals_and_the_worst_first():
    text = terminal.summary([FIRST], PAGE, Screen(150, 50))
    expected = (
        "ChatAnywhere  https://api.chatanywhere.tech  86 requests, 12 billed, CUT SHORT (the endpoint",
        "keeps its own contract   no: 2 of 9 judged claims broken (2 must); 1 not judged",
        "keeps OpenAI\u2019s contract  not every should: 3 of 19 judged claims broken (3 should); 4 not judged",
        "broken  image-kind  (must, own)",
        "expected  a refusal with status 400",
        "actual    accepted with status 200",
        "broken  error-envelope  (should, inherited)",
        "page: reports/index.html",
    )
    places = [text.index(words) for words in expected]
    assert places == sorted(places)
    assert "accepts-repeated-image" not in text


def test_a_narrow_screen_has_every_fact_on_a_line_of_its_own():
    lines = terminal.summary([SECOND], PAGE, Screen(60, 50)).splitlines()
    assert lines[:3] == ["AiToEarn", "    https://aitoearn.cn", "    112 requests, 12 billed, complete"]
    assert "  keeps OpenAI\u2019s contract  not every should:" in lines
    assert "    1 of 22 judged claims broken (1 should); 1 not judged" in lines


def test_a_run_that_was_cut_short_says_by_what():
    findings = [{**f, "verdict": "not-run", "reason": "budget: 3 edits spent, 2 not asked"} for f in FIRST["findings"]]
    text = terminal.summary([{**FIRST, "findings": findings}], PAGE, Screen(150, 50))
    assert "CUT SHORT (budget: 3 edits spent)\n" in text


def test_several_runs_name_the_provider_and_put_every_must_first():
    text = terminal.summary([SECOND, FIRST], PAGE, Screen(100, 60))
    assert text.index("chatanywhere  mask-keeps-opaque") < text.index("aitoearn  mask-has-alpha")


def test_what_does_not_fit_is_counted():
    text = terminal.summary([much_broken(30)], PAGE, Screen(80, 24))
    shown = text.count("expected")
    assert f"{29 - shown} more broken: see the page" in text


def test_nothing_judged_is_never_a_success():
    assert "not known: none of 0 claims was judged" in terminal.summary([{**FIRST, "findings": []}], PAGE)


@pytest.mark.parametrize(
    ("stream", "environment", "colour"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(stream, environment, colour):
    assert terminal.coloured(stream, environment) is colour


def test_colour_changes_no_word():
    plain, coloured = (terminal.summary([FIRST], PAGE, Screen(100, 50, colour)) for colour in (False, True))
    assert "\x1b[31mbroken\x1b[0m  image-kind" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab\u2026"),
        ("图片列表", 8, "图片列表"),
        ("图片列表", 7, "图片列\u2026"),
        ("图片列表", 6, "图片\u2026"),
        ("a\nb\tc", 9, "a b c"),
        ("\x1b[2Jx", 9, "\ufffd[2Jx"),
        ("e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"),
    ],
)
def test_a_line_is_as_wide_as_the_cells_it_takes(text, columns, shown):
    assert terminal.fitted(text, columns) == shown


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_progress_counts_what_is_asked_left_and_billed_and_guesses_the_time():
    stream, clock = Terminal(), Clock()
    with Progress(10, stream, clock) as progress:
        assert stream.getvalue().endswith("0 asked, 10 left, 0 billed\x1b[K")
        for billed in (True, False, True, True):
            clock.now += 5
            progress.asked(billed=billed)
        assert progress.line == "4 asked, 6 left, 3 billed, about 30 s to go"
        assert "4 asked" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")
    assert "\n" not in stream.getvalue()


def test_progress_draws_no_more_than_ten_times_a_second():
    stream, clock = Terminal(), Clock()
    with Progress(1000, stream, clock) as progress:
        for _ in range(999):
            clock.now += 0.001
            progress.asked()
    assert stream.getvalue().count("asked") <= 12


def test_progress_may_ask_more_than_was_planned():
    progress = Progress(1, io.StringIO())
    progress.asked()
    progress.asked()
    assert progress.line == "2 asked, 0 left, 0 billed"


def test_progress_is_silent_when_nobody_looks():
    stream = io.StringIO()
    with Progress(2, stream) as progress:
        progress.asked(billed=True)
    assert stream.getvalue() == ""
    assert progress.billed == 1
