"""Commands that say only what is new: baseline, weigh, diff, github. Nothing is sent."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from contract_tests.commands.options import Verbs, WrongUsage, verb, with_example, with_json, with_strict
from contract_tests.reports import diffing, github, json_form
from contract_tests.reports.baseline import DAYS
from contract_tests.reports.json_form import ReportValue
from contract_tests.running import Outcome
from contract_tests.weighing import Baseline, only_new, read_baseline, reports_in, write_baseline

SUMMARY = "GITHUB_STEP_SUMMARY"
_BASELINE = "write the baseline that excuses what is broken in these runs"
_WEIGH = "weigh what is broken in these runs against a baseline"
_DIFF = "tell what changed between two runs"
_GITHUB = "write annotations for GitHub Actions, and the summary of the step"
_RUNS = "folders that `test` wrote, or folders of such folders"
_BASELINE_MORE = "A baseline that is there is not written over: its reasons were written by hand."
_WEIGH_MORE = (
    "Exit status: 0 nothing new, 1 a new deviation, or a line of the baseline to delete (it is fixed, has expired, or "
    "names no claim)."
)
_DIFF_MORE = "Exit status: 1 when a claim is newly broken, else 0."
_GITHUB_MORE = (
    f"Annotations go to standard output, the summary to the file named by ${SUMMARY}. With --baseline only what is new "
    "is annotated."
)


def add(verbs: Verbs) -> None:
    """Add these commands."""
    written = _runs(verb(verbs, "baseline", write, _BASELINE))
    with_example(written, _BASELINE_MORE, "baseline report --out baseline.yaml")
    written.add_argument("--out", type=Path, required=True, metavar="FILE", help="write it here")
    written.add_argument("--force", action="store_true", help="write over a baseline that is there")
    weighed = with_strict(_runs(verb(verbs, "weigh", weigh, _WEIGH)))
    with_example(weighed, _WEIGH_MORE, "weigh report --baseline baseline.yaml")
    weighed.add_argument("--baseline", type=Path, required=True, metavar="FILE", help="what is known to be broken")
    different = with_json(verb(verbs, "diff", diff, _DIFF))
    with_example(different, _DIFF_MORE, "diff yesterday today")
    different.add_argument("old", type=Path, metavar="OLD", help="a folder that `test` wrote, or a report.json")
    different.add_argument("new", type=Path, metavar="NEW", help="the same, of a later run")
    told = _runs(verb(verbs, "github", annotate, _GITHUB))
    with_example(told, _GITHUB_MORE, "github report")
    told.add_argument("--baseline", type=Path, metavar="FILE", help="leave out what is known to be broken")


def _runs(found: argparse.ArgumentParser) -> argparse.ArgumentParser:
    found.add_argument("runs", nargs="+", type=Path, metavar="DIR", help=_RUNS)
    return found


def write(given: argparse.Namespace) -> int:
    """Write a baseline; one that is there may hold reasons written by hand, so it is not written over."""
    reports = reports_in(given.runs)
    if given.out.exists() and not given.force:
        raise WrongUsage(f"{given.out} is there already; --force writes over it and its reasons")
    try:
        count = write_baseline(reports, given.out)
    except OSError as problem:
        raise WrongUsage(f"{given.out} cannot be written: {problem.strerror or problem}") from problem
    print(f"{given.out}: {count} known to be broken, excused for {DAYS} days")
    return 0


def weigh(given: argparse.Namespace) -> int:
    """Weigh runs against a baseline."""
    known = read_baseline(given.baseline)
    weighed = known.weigh(reports_in(given.runs), strict=given.strict)
    print(weighed.described(known.path) or "nothing is broken\n", end="")
    return 1 if weighed.fails else 0


def outcome_status(outcome: Outcome, known: Baseline, *, strict: bool = False) -> int:
    """The exit status of a finished run beside a baseline; what there is to do stands on standard error.

    1 for a new deviation or for a line to delete, else 0. Whether the run could be judged at all is for the caller to
    look at first: `options.status` gives 2, 3 or 130 where it could not.
    """
    weighed = known.weigh([json_form.value(outcome.report)], strict=strict)
    print(weighed.described(known.path), end="", file=sys.stderr)
    return 1 if weighed.fails else 0


def diff(given: argparse.Namespace) -> int:
    """Compare two runs, or two folders of runs, endpoint by endpoint."""
    old, new = reports_in([given.old]), reports_in([given.new])
    known, seen = ({report["provider"] for report in reports} for reports in (old, new))
    if not known & seen:
        told = f"{given.old} is about {', '.join(sorted(known))}, {given.new} about {', '.join(sorted(seen))}"
        raise WrongUsage(f"{told}: there is nothing to compare")
    found = diffing.compare_all(old, new)
    if given.json:
        print(json.dumps([asdict(difference) for difference in found], ensure_ascii=False, indent=1))
    else:
        print("\n".join(diffing.described(difference) for difference in found))
    return diffing.exit_status(found)


def annotate(given: argparse.Namespace) -> int:
    """Say on GitHub what is broken. Its exit status is 0: it tells what another command has found."""
    say_on_github(reports_in(given.runs), read_baseline(given.baseline) if given.baseline else None)
    return 0


def say_on_github(reports: list[ReportValue], known: Baseline | None = None) -> None:
    """Write the annotations to standard output and the summary to the file that GitHub names."""
    print(github.workflow_commands(only_new(reports, known)), end="")
    print("".join(_stale(known, reports)), end="")
    _summarise(reports)


def _stale(known: Baseline | None, reports: list[ReportValue]) -> Iterator[str]:
    """An annotation at each line of the baseline that has to be deleted."""
    if known is None:
        return
    weighed = known.weigh(reports)
    for told, entries in (("fixed", weighed.fixed), ("gone", weighed.gone), ("expired", weighed.expired)):
        for each in entries:
            where = f"file={_escaped(str(known.path))},line={each.line},endLine={each.last}"
            title = _escaped(f"{each.provider}: {each.claim}")
            yield f"::error {where},title={title}::{_WHY[told]}: delete {each.lines}\n"


_WHY = {
    "fixed": "this is fixed",
    "gone": "there is no such claim",
    "expired": "this is still broken and its time is over",
}


def _escaped(text: str) -> str:
    """A property of a workflow command."""
    for mark, escaped in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(mark, escaped)
    return text


def _summarise(reports: list[ReportValue]) -> None:
    file = os.environ.get(SUMMARY)
    if not file:
        print(f"image-contract: {SUMMARY} is not set, so no summary was written", file=sys.stderr)
        return
    try:
        with Path(file).open("a", encoding="utf-8") as summary:
            summary.write(github.step_summary(reports))
    except OSError as problem:
        raise WrongUsage(f"{file} cannot be written: {problem.strerror or problem}") from problem
