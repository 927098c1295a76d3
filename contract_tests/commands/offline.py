"""Commands over what was recorded: judge, export, report. Nothing is sent."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from contract_tests import importing, keeping, reports
from contract_tests.commands.options import Verbs, WrongUsage, verb, with_provider, with_strict
from contract_tests.commands.telling import telling, with_telling
from contract_tests.running import Outcome, writable
from contract_tests.weighing import folders_in
from specs import recordings
from specs.har import to_har

_JUDGE = (
    "judge image-contract-report/transcript.jsonl --out judged",
    "judge captured.har --provider chatanywhere --out judged",
)
_EXPORT = "export image-contract-report/transcript.jsonl --har run.har"
_REPORT = "report monday tuesday --out site"


def add(verbs: Verbs) -> None:
    """Add these commands."""
    judge = verb(verbs, "judge", judged, "judge a recording, without asking", *_JUDGE)
    with_telling(with_strict(with_provider(judge, required=False)))
    judge.add_argument("recording", type=Path, metavar="FILE", help="a transcript, or a HAR 1.2 of any tool")
    judge.add_argument("--out", type=Path, metavar="DIR", help="write the reports here")
    export = verb(verbs, "export", exported, "write a transcript as HAR 1.2, for other tools", _EXPORT)
    export.add_argument("recording", type=Path, metavar="FILE", help="a transcript")
    export.add_argument("--har", type=Path, required=True, metavar="FILE", help="write it here")
    report = verb(verbs, "report", merged, "one page over many runs", _REPORT)
    told = "folders that `test` wrote, or folders of such folders"
    report.add_argument("runs", nargs="+", type=Path, metavar="DIR", help=told)
    report.add_argument("--out", type=Path, required=True, metavar="DIR")


def judged(given: argparse.Namespace) -> int:
    """Judge a recording again, or for the first time."""
    teller = telling(given)
    transcript = recordings.read(given.recording)
    try:
        contract = importing.contract_of(transcript, given.provider)
    except importing.NoProvider as problem:
        raise WrongUsage(f"{given.recording}: {problem}") from problem
    report, sifted = importing.judged_offline(contract, transcript)
    if given.out:
        writable(given.out)
        keeping.keep(given.recording, transcript, sifted.judged, contract.provider, given.out)
        reports.write_report(report, transcript, given.out)
    tell((*transcript.notes, *sifted.notes))
    teller.recorded(transcript.exchanges)
    return teller.ended(Outcome(report), given.out)


def tell(notes: Iterable[str]) -> None:
    """Say what else the user should know."""
    for note in notes:
        print(f"image-contract: {note}", file=sys.stderr)


def exported(given: argparse.Namespace) -> int:
    """Write a transcript as HAR."""
    document = to_har(recordings.read(given.recording))
    try:
        with given.har.open("w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
    except OSError as problem:
        raise WrongUsage(f"{given.har} cannot be written: {problem.strerror or problem}") from problem
    print(f"{given.har}: {len(document['log']['entries'])} entries")
    return 0


def merged(given: argparse.Namespace) -> int:
    """Write one page over many runs."""
    writable(given.out)
    page = reports.write_site([reports.opened(folder) for folder in folders_in(given.runs)], given.out)
    print(f"page: {page}")
    return 0
