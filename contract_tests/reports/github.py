"""GitHub Actions: annotations at the lines of the published document, and the summary of a step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from contract_tests.reports import answers, markdown, places
from contract_tests.reports.baseline import Known
from contract_tests.reports.json_form import FindingValue, ReportValue
from contract_tests.reports.markup import visible

MOST_SUMMARY = 900_000
"""Characters; GitHub takes a summary of at most 1 MiB."""
_COMMANDS = {"must": "error", "should": "warning"}
_BLANK = re.compile(r"\s*\n\s*")


def workflow_commands(reports: Sequence[ReportValue]) -> str:
    """A workflow command (`::error file=…,line=…::…`) for each broken claim, worst first; none when nothing is."""
    return "".join(f"{line}\n" for report in reports for line in _lines(report))


def _lines(report: ReportValue) -> Iterator[str]:
    for finding in answers.broken(report):
        at = places.nearest(finding["citation"], report["provider"])
        title = f"{report['provider']}: {finding['claim']} is broken ({finding['level']}, {finding['origin']})"
        where = f"file={_property(at.path)},line={at.line},endLine={at.last},title={_property(title)}"
        yield f"::{_COMMANDS[finding['level']]} {where}::{_message(_said(finding))}"
    if not report["complete"]:
        yield f"::warning title={_property(report['provider'])}::the run was cut short"


def at_lines(path: str, stale: Sequence[tuple[Known, str]]) -> str:
    """An annotation at each entry of a baseline that has to be deleted, with the reason."""
    return "".join(f"{_stale(path, known, why)}\n" for known, why in stale)


def _stale(path: str, known: Known, why: str) -> str:
    title = _property(f"{known.provider}: {known.claim}")
    where = f"file={_property(path)},line={known.line},endLine={known.last},title={title}"
    return f"::error {where}::{_message(f'{why}: delete {known.lines}')}"


def _said(finding: FindingValue) -> str:
    return f"{finding['statement']}\nexpected {finding['expected']}\nfound {finding['actual']}"


def _message(text: str) -> str:
    """Data of a workflow command: a line break in it would begin another command."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(_BLANK.sub(" ", text)).replace(":", "%3A").replace(",", "%2C")


def step_summary(reports: Sequence[ReportValue]) -> str:
    """The text to append to the file named by $GITHUB_STEP_SUMMARY."""
    return markdown.text(reports, MOST_SUMMARY)
