"""What a command that judges says, and how it ends: --baseline, --github, -v, -q, --json.

Standard output holds the result and nothing else: the summary, the lines of -q, or the report as JSON. The progress
line, the exchanges of -v and complaints go to standard error. What was given wrong is told before anything is asked.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from contract_tests.asking import Watcher
from contract_tests.commands.options import WrongUsage, screen, status, with_json
from contract_tests.reports import exchange_line, github, json_form, terminal
from contract_tests.reports.baseline import Weighed
from contract_tests.reports.json_form import ReportValue
from contract_tests.reports.progress import Progress
from contract_tests.running import Outcome
from contract_tests.weighing import Baseline, only_new, read_baseline
from specs.messages import Exchange
from specs.transcripts import billed

SUMMARY = "GITHUB_STEP_SUMMARY"


def with_telling(found: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add the options that say what is told, and what is known to be broken."""
    known = "what is known to be broken does not fail; what is fixed or has expired does"
    found.add_argument("--baseline", type=Path, metavar="FILE", help=known)
    found.add_argument("--github", action="store_true", help="annotations for GitHub Actions, and the step's summary")
    loudness = found.add_mutually_exclusive_group()
    loudness.add_argument("-v", "--verbose", action="store_true", help="every exchange as it comes; all that is broken")
    loudness.add_argument("-q", "--quiet", action="store_true", help="only what is broken, one line each")
    return with_json(found)


@dataclass(frozen=True, slots=True)
class Telling:
    """How much is said, and what is known already."""

    known: Baseline | None = None
    github: bool = False
    verbose: bool = False
    quiet: bool = False
    json: bool = False
    strict: bool = False

    @contextmanager
    def watching(self) -> Iterator[Watcher]:
        """The watcher of a run: a progress line, and with -v a line for each exchange."""
        with Progress(0, sys.stderr, quiet=self.quiet) as progress:

            def watch(exchange: Exchange, *, asked: int, billable: int, left: int) -> None:
                del asked, billable
                if self.verbose:
                    progress.say(exchange_line.line(exchange))
                progress.total = progress.done + 1 + left
                progress.asked(billed=billed(exchange))

            yield watch

    def recorded(self, exchanges: Sequence[Exchange]) -> None:
        """With -v the exchanges of a recording, a line each."""
        if self.verbose:
            sys.stderr.writelines(f"{exchange_line.line(exchange)}\n" for exchange in exchanges)

    def ended(self, outcome: Outcome, out: Path | None) -> int:
        """Say what came of it; the exit status. `out` is the folder with the page, None where none was written."""
        report = json_form.value(outcome.report)
        weighed = self.known.weigh([report], strict=self.strict) if self.known else None
        self._say(report, weighed, out)
        if self.github:
            say_on_github([report], self.known, sys.stderr if self.json else sys.stdout)
        return _status(outcome, weighed, strict=self.strict)

    def _say(self, report: ReportValue, weighed: Weighed | None, out: Path | None) -> None:
        beside = self._beside(weighed)
        if self.json:
            print(json_form.text(report), end="")
            sys.stderr.writelines(f"{line}\n" for line in beside.lines)
        elif self.quiet:
            print(terminal.brief([report], beside), end="")
        else:
            page = str(out / "index.html") if out else "none (--out DIR writes it)"
            print(terminal.summary([report], page, self._screen(), beside), end="")

    def _beside(self, weighed: Weighed | None) -> terminal.Beside:
        if self.known is None or weighed is None:
            return terminal.Beside()
        lines = (*weighed.to_delete(self.known.path), *([] if self.quiet else weighed.excuses(self.known.path)))
        return terminal.Beside(self.known.excused, lines)

    def _screen(self) -> terminal.Screen:
        found = screen()
        return terminal.Screen(found.columns, terminal.ENDLESS, found.colour) if self.verbose else found


def telling(given: argparse.Namespace) -> Telling:
    """How the options say it. Reads the baseline. Raises UnreadableBaseline, WrongUsage."""
    if given.github:
        _open_summary()
    known = read_baseline(given.baseline) if given.baseline else None
    return Telling(known, given.github, given.verbose, given.quiet, given.json, given.strict)


def _status(outcome: Outcome, weighed: Weighed | None, *, strict: bool) -> int:
    """3 or 130 as without a baseline; else 1 for what is new or is to be deleted, 2 for our own mistake."""
    found = status(outcome, strict=strict)
    if weighed is None or found > 2:
        return found
    if weighed.fails:
        return 1
    return 2 if any(finding.verdict == "faulty-suite" for finding in outcome.report.findings) else 0


def say_on_github(reports: Sequence[ReportValue], known: Baseline | None = None, file: TextIO | None = None) -> None:
    """Write the annotations to `file` (standard output), and the summary to the file that GitHub names."""
    print(github.workflow_commands(only_new(reports, known)), end="", file=file)
    if known:
        print(github.at_lines(str(known.path), known.weigh(reports).stale), end="", file=file)
    if name := _open_summary():
        with Path(name).open("a", encoding="utf-8") as summary:
            summary.write(github.step_summary(reports))
    else:
        print(f"image-contract: {SUMMARY} is not set, so no summary was written", file=sys.stderr)


def _open_summary() -> str | None:
    """The file that GitHub names for the summary, which can be written; None when it names none."""
    name = os.environ.get(SUMMARY)
    if not name:
        return None
    try:
        with Path(name).open("a", encoding="utf-8"):
            return name
    except OSError as problem:
        raise WrongUsage(f"{name} cannot be written: {problem.strerror or problem}") from problem
