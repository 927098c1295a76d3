"""Commands over what was recorded: judge, report. Nothing is sent."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from contract_tests import reports
from contract_tests.commands.options import Verbs, status, summed, verb, with_provider, with_strict
from contract_tests.running import TRANSCRIPT, Outcome, reported, writable
from specs import loading
from specs.transcripts import load


def add(verbs: Verbs) -> None:
    """Add these commands."""
    judge = with_strict(with_provider(verb(verbs, "judge", judged, "judge a transcript again, without asking")))
    judge.add_argument("transcript", type=Path, metavar="TRANSCRIPT")
    judge.add_argument("--out", type=Path, metavar="DIR", help="write the reports here")
    report = verb(verbs, "report", merged, "one page over many runs")
    report.add_argument("runs", nargs="+", type=Path, metavar="DIR", help="folders that `test` wrote")
    report.add_argument("--out", type=Path, required=True, metavar="DIR")


def judged(given: argparse.Namespace) -> int:
    """Judge a transcript again."""
    contract = loading.load(given.provider)
    transcript = load(given.transcript)
    report = reported(contract, transcript)
    if given.out:
        writable(given.out)
        reports.write_report(report, transcript, given.out)
        if not (given.out / TRANSCRIPT).exists():
            shutil.copyfile(given.transcript, given.out / TRANSCRIPT)
    summed(report, given.out)
    return status(Outcome(report), strict=given.strict)


def merged(given: argparse.Namespace) -> int:
    """Write one page over many runs."""
    writable(given.out)
    page = reports.write_site([reports.opened(folder) for folder in given.runs], given.out)
    print(f"page: {page}")
    return 0
