"""How a run ends: what is said on which stream, with which exit status, and what a baseline and GitHub add."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

import reports_exchanges as recorded
import reports_samples as samples
from contract_tests import weighing
from contract_tests.__main__ import main
from contract_tests.commands.telling import Telling
from contract_tests.findings import Report
from contract_tests.reports import exchange_line, json_form, terminal
from contract_tests.running import Outcome
from contract_tests.weighing import Baseline, read_baseline
from specs.messages import Exchange, Failure, Request

TODAY = date(2026, 11, 21)
WORST_FIRST = ["image-kind", "mask-keeps-opaque", "picture-size", "stream-event-names", "error-envelope"]
NOTHING_BROKEN = {"retry-after": ("not-run", "", "", "never refused for being too fast", ())}

Known = Callable[..., Baseline]


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "today", lambda: TODAY)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


@pytest.fixture
def known(tmp_path: Path) -> Known:
    """A baseline that knows some claims of the sample run."""

    def write(*claims: str, until: str = "2027-01-31") -> Baseline:
        entries = [{"claim": claim, "provider": "chatanywhere", "why": "told them", "until": "DAY"} for claim in claims]
        text = yaml.safe_dump({"format": "image-contract-baseline/1", "known": entries}).replace("DAY", until)
        (tmp_path / "known.yaml").write_text(text)
        return read_baseline(tmp_path / "known.yaml")

    return write


def whole(**told: samples.Told) -> Report:
    """The sample run without a mistake of ours in it."""
    found = {claim: state for claim, state in samples.CHATANYWHERE.items() if state[0] != "faulty-suite"}
    return samples.report(told={**found, **told})


def test_without_options_a_run_ends_with_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert Telling().ended(Outcome(whole()), Path("out")) == 1
    said = capsys.readouterr()
    assert said.out.startswith("ChatAnywhere\n")
    assert said.out.endswith("page: out/index.html\n")
    assert said.err == ""


def test_json_is_the_report_and_nothing_else(known: Known, capsys: pytest.CaptureFixture[str]) -> None:
    assert Telling(known("mask-keeps-opaque"), github=True, json=True).ended(Outcome(whole()), Path("out")) == 1
    said = capsys.readouterr()
    assert json_form.checked(json.loads(said.out)) == json_form.value(whole())
    assert "1 known to be broken" in said.err
    assert "::error file=" in said.err


def test_quiet_is_one_line_for_each_broken_claim_the_worst_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert Telling(quiet=True).ended(Outcome(whole()), Path("out")) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"chatanywhere {claim}" for claim in WORST_FIRST]
    size = "chatanywhere picture-size: broken (should, inherited): expected 1024x1536, found 1536x1024"
    assert size in lines


def test_quiet_says_nothing_where_nothing_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    assert Telling(quiet=True).ended(Outcome(samples.report(told=NOTHING_BROKEN)), Path("out")) == 0
    said = capsys.readouterr()
    assert said.out == said.err == ""


def test_verbose_lists_all_that_is_broken_on_any_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINES", "10")
    assert Telling().ended(Outcome(whole()), Path("out")) == 1
    assert "more broken: see the page" in capsys.readouterr().out
    assert Telling(verbose=True).ended(Outcome(whole()), Path("out")) == 1
    assert capsys.readouterr().out.count("expected  ") == len(WORST_FIRST)


def test_verbose_shows_every_exchange_as_it_comes(capsys: pytest.CaptureFixture[str]) -> None:
    with Telling(verbose=True).watching() as watch:
        for left, exchange in enumerate(reversed(recorded.recording().exchanges)):
            watch(exchange, asked=1, billable=0, left=left)
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == len(recorded.recording().exchanges)
    assert said.out == ""


def test_an_exchange_on_a_line_has_status_time_and_id() -> None:
    billed = next(e for e in recorded.recording().exchanges if e.response and e.response.status == 200)
    assert exchange_line.line(billed).split()[0] == "200"
    assert exchange_line.line(billed).endswith(f"{billed.id}  billed")
    failed = Exchange("q9", Request("POST", "http://x/y"), failure=Failure("timeout", "no\x1b[2J\nanswer"), attempt=2)
    assert exchange_line.line(failed) == "---       0 ms  q9  attempt 2  timeout: no\ufffd[2J answer"


def test_what_is_known_does_not_fail_and_is_not_listed(known: Known, capsys: pytest.CaptureFixture[str]) -> None:
    musts = known("image-kind", "picture-size", "mask-keeps-opaque", "stream-event-names")
    assert Telling(musts).ended(Outcome(whole()), Path("out")) == 0
    said = capsys.readouterr().out
    assert "4 known to be broken: see " in said
    assert "no: 2 of 10 judged claims broken" in said
    assert [line.split()[1] for line in said.splitlines() if line.startswith("broken ")] == ["error-envelope"]
    assert Telling(musts, strict=True).ended(Outcome(whole()), Path("out")) == 1


@pytest.mark.parametrize(
    ("told", "gone", "until", "sentence"),
    [
        ({"mask-keeps-opaque": ("holds", "", "", "", ("q03",))}, [], "2027-01-31", "fixed"),
        ({}, [], "2026-11-20", "still broken, excused until 2026-11-20"),
        ({}, ["mask-kept-of-old"], "2027-01-31", "no such claim is judged"),
    ],
)
@pytest.mark.parametrize("quiet", [False, True])
def test_what_is_fixed_expired_or_gone_fails_with_the_line_to_delete(
    told: dict[str, samples.Told],
    gone: list[str],
    until: str,
    sentence: str,
    quiet: bool,
    known: Known,
    capsys: pytest.CaptureFixture[str],
) -> None:
    baseline = known(*WORST_FIRST, *gone, until=until)
    assert Telling(baseline, quiet=quiet, strict=True).ended(Outcome(whole(**told)), Path("out")) == 1
    assert f": {sentence}: delete lines " in capsys.readouterr().out


def test_a_run_that_broke_off_is_status_3_whatever_is_known(known: Known, capsys: pytest.CaptureFixture[str]) -> None:
    teller = Telling(known(*WORST_FIRST))
    assert teller.ended(Outcome(whole(), "it refused the key"), Path("out")) == 3
    assert teller.ended(Outcome(whole(), "it was interrupted", interrupted=True), Path("out")) == 130


def test_a_mistake_of_ours_is_no_success_because_the_rest_is_known(known: Known) -> None:
    assert Telling(known(*WORST_FIRST)).ended(Outcome(samples.report()), Path("out")) == 2


def test_github_gets_what_is_new_and_the_lines_to_delete(
    known: Known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    baseline = known("image-kind", "key-present")
    assert Telling(baseline, github=True, quiet=True).ended(Outcome(whole()), Path("out")) == 1
    said = capsys.readouterr()
    titles = [line for line in said.out.splitlines() if line.startswith("::") and "title=chatanywhere%3A" in line]
    assert len(titles) == len(WORST_FIRST) - 1 + 1
    assert titles[-1].endswith("::fixed: delete lines 7 to 10")
    assert (tmp_path / "summary.md").read_text("utf-8").startswith("## Image-edit contract\n")
    assert said.err == ""


@pytest.mark.parametrize("verb", [["test", "--provider", "chatanywhere", "--mock"], ["judge", "absent.jsonl"]])
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--baseline", "absent.yaml"], "there is no absent.yaml"),
        (["--baseline", "pyproject.toml"], "pyproject.toml is not YAML"),
        (["--github"], "/proc/absent/summary.md cannot be written"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_asked(
    verb: list[str],
    options: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/proc/absent/summary.md")
    assert main([*verb, *options]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""


@pytest.mark.parametrize("lines", [12, 16, 24, 50])
@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_summary_beside_a_baseline_fits_on_one_screen_and_says_something_of_both(count: int, lines: int) -> None:
    beside = terminal.Beside(
        lines=tuple(f"chatanywhere claim-{n}: fixed: delete line {n} of b.yaml" for n in range(count))
    )
    text = terminal.summary([json_form.value(whole())], "out/index.html", terminal.Screen(60, lines), beside)
    assert text.count("\n") < lines
    assert "delete line 0" in text or f"{count} more about the baseline" in text
    assert "broken  image-kind" in text or "5 more broken" in text
    assert all(terminal.width(line) <= 60 for line in text.splitlines())
