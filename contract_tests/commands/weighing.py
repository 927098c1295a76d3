"""Commands that say only what is new: baseline, weigh, diff, github. Nothing is sent."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from contract_tests.commands.options import Verbs, WrongUsage, verb, with_example, with_json, with_strict
from contract_tests.commands.telling import SUMMARY, say_on_github
from contract_tests.reports import answers, diffing
from contract_tests.reports.baseline import DAYS
from contract_tests.weighing import read_baseline, reports_in, write_baseline

_BASELINE = "write the baseline that excuses what is broken in these runs"
_WEIGH = "weigh what is broken in these runs against a baseline"
_DIFF = "tell what changed between two runs"
_GITHUB = "write annotations for GitHub Actions, and the summary of the step"
_RUNS = "folders that `test` wrote, or folders of such folders"
_BASELINE_MORE = "A baseline that is there is not written over: its reasons were written by hand."
_WEIGH_MORE = (
    "Exit status: 0 nothing new, 1 a new deviation, or a line of the baseline to delete (it is fixed, has expired, or "
    "names no claim), 3 a run judged nothing."
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
    reports = reports_in(given.runs)
    weighed = known.weigh(reports, strict=given.strict)
    print(weighed.described(known.path) or "nothing new is broken\n", end="")
    if weighed.fails:
        return 1
    silent = [report["base_url"] for report in reports if not answers.judges(report)]
    for url in silent:
        print(f"image-contract: nothing was judged at {url}", file=sys.stderr)
    return 3 if silent else 0


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
