"""Only what is new: baselines, differences and annotations, as a user meets them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

import reports_samples as samples
from contract_tests import weighing
from contract_tests.__main__ import main
from contract_tests.findings import Report
from contract_tests.reports import json_form

TODAY = date(2026, 11, 21)
HELD = {"mask-keeps-opaque": ("holds", "", "", "", ("q03",))}


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "today", lambda: TODAY)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def _written(folder: Path, report: Report) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json_form.text(json_form.value(report)), "utf-8")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with five broken claims, one of them a `should`."""
    return _written(tmp_path / "run", samples.report())


@pytest.fixture
def mended(tmp_path: Path) -> Path:
    """The same run a day later, with one claim mended and another one newly broken."""
    told = {**samples.CHATANYWHERE, **HELD, "no-wrapper": ("broken", "bare", "wrapped", "", ("q04",))}
    return _written(tmp_path / "mended", samples.report(told=told, started=samples.STARTED + 86400))


@pytest.fixture
def baseline(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    file = tmp_path / "baseline.yaml"
    assert main(["baseline", str(run), "--out", str(file)]) == 0
    assert "5 known to be broken" in capsys.readouterr().out
    return file


def test_a_baseline_excuses_what_it_was_written_from(
    run: Path, baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["weigh", str(run), "--baseline", str(baseline), "--strict"]) == 0
    assert capsys.readouterr().out == f"5 known to be broken: see {baseline}\n"


def test_what_is_fixed_and_what_is_new_fail_with_the_lines_to_delete(
    mended: Path, baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["weigh", str(mended), "--baseline", str(baseline), "--strict"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"chatanywhere no-wrapper: broken (should) and not in {baseline}"
    assert said[1].startswith("chatanywhere mask-keeps-opaque: fixed: delete lines ")
    first, last = (int(word) for word in said[1].split() if word.isdigit())
    deleted = baseline.read_text("utf-8").splitlines()[first - 1 : last]
    assert yaml.safe_load("\n".join(deleted))[0]["claim"] == "mask-keeps-opaque"
    kept = [line for n, line in enumerate(baseline.read_text("utf-8").splitlines(), 1) if not first <= n <= last]
    baseline.write_text("\n".join(kept), "utf-8")
    assert main(["weigh", str(mended), "--baseline", str(baseline)]) == 0


def test_an_expired_entry_fails(run: Path, baseline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "today", lambda: TODAY + timedelta(days=91))
    assert main(["weigh", str(run), "--baseline", str(baseline)]) == 1


def test_a_baseline_with_reasons_is_not_written_over(
    run: Path, baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = baseline.read_text("utf-8")
    assert main(["baseline", str(run), "--out", str(baseline)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert baseline.read_text("utf-8") == before
    assert main(["baseline", str(run), "--out", str(baseline), "--force"]) == 0


def test_a_run_that_judged_nothing_is_no_success_beside_a_baseline(
    baseline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mute: samples.Told = ("inconclusive", "", "", "no answer", ())
    silent = _written(tmp_path / "silent", samples.report(told={row[0]: mute for row in samples.CLAIMS}))
    assert main(["weigh", str(silent), "--baseline", str(baseline)]) == 3
    assert "nothing was judged at https://api.chatanywhere.tech" in capsys.readouterr().err


def test_a_difference_is_told_and_a_newly_broken_claim_is_status_1(
    run: Path, mended: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", str(run), str(mended)]) == 1
    said = capsys.readouterr().out
    assert "newly broken: 1 claim\n    no-wrapper  holds → broken: expected bare, found wrapped" in said
    assert "fixed: 1 claim\n    mask-keeps-opaque" in said
    assert main(["diff", str(run / "report.json"), str(run)]) == 0
    assert "nothing changed" in capsys.readouterr().out


def test_a_difference_as_data_has_both_findings(run: Path, mended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(run), str(mended), "--json"]) == 1
    (value,) = json.loads(capsys.readouterr().out)
    (change,) = value["newly_broken"]
    assert (change["before"]["verdict"], change["after"]["verdict"]) == ("holds", "broken")


def test_a_folder_of_runs_is_all_of_them(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _written(tmp_path / "all" / "one", samples.report())
    _written(tmp_path / "all" / "two", samples.report("aitoearn"))
    assert [report["provider"] for report in weighing.reports_in([tmp_path / "all"])] == ["chatanywhere", "aitoearn"]
    assert main(["diff", str(tmp_path / "all"), str(run)]) == 0
    assert main(["diff", str(tmp_path / "all" / "two"), str(run)]) == 2
    assert "there is nothing to compare" in capsys.readouterr().err


def test_annotations_and_the_summary_are_written(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert main(["github", str(run)]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert len([line for line in lines if line.startswith(("::error ", "::warning file="))]) == 5
    assert all(line.startswith("::") for line in lines)
    assert said.err == ""
    assert summary.read_text("utf-8").startswith("before\n## Image-edit contract\n")


def test_without_github_there_is_no_summary_and_that_is_said(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["github", str(run)]) == 0
    assert "GITHUB_STEP_SUMMARY is not set" in capsys.readouterr().err


def test_with_a_baseline_only_what_is_new_is_annotated(
    mended: Path, baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["github", str(mended), "--baseline", str(baseline)]) == 0
    titles = [line for line in capsys.readouterr().out.splitlines() if "title=chatanywhere%3A" in line]
    assert len(titles) == 2
    assert "no-wrapper is broken" in titles[0]
    assert titles[1].startswith(f"::error file={baseline},line=")
    assert "mask-keeps-opaque::fixed: delete lines" in titles[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["weigh", "RUN", "--baseline", "absent.yaml"], "there is no absent.yaml"),
        (["weigh", "absent", "--baseline", "BASELINE"], "there is no absent"),
        (["weigh", "EMPTY", "--baseline", "BASELINE"], "there is no report.json in"),
        (["weigh", "RUN", "--baseline", "BROKEN"], "is not a baseline"),
        (["diff", "RUN", "BROKEN"], "is not JSON"),
        (["diff", "absent", "RUN"], "there is no absent"),
        (["baseline", "RUN", "--out", "/proc/nowhere/b.yaml"], "cannot be written"),
        (["github", "EMPTY"], "there is no report.json in"),
        (["github", "RUN", "--baseline", "BROKEN"], "is not a baseline"),
    ],
)
def test_bad_input_is_status_2_and_one_sentence(
    arguments: list[str], told: str, baseline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.yaml").write_text("a: 1\n")
    named = {"RUN": run, "BASELINE": baseline, "EMPTY": tmp_path / "empty", "BROKEN": tmp_path / "broken.yaml"}
    assert main([str(named.get(word, word)) for word in arguments]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["baseline", "weigh", "diff", "github", "documents", "drift", "explain"])
def test_the_help_of_a_command_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"example:\n  image-contract {command} " in capsys.readouterr().out
