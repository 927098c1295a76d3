"""What is only new: the broken claims of runs weighed against a baseline of known ones, and runs against each other.

A known deviation does not fail a build. One that is fixed, has expired or names no claim does, with the line to delete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import yaml

from contract_tests.reports import answers, baseline, json_form
from contract_tests.reports.baseline import Known, Weighed
from contract_tests.reports.json_form import FindingValue, ReportValue

REPORT = "report.json"


class NoReports(LookupError):
    """A path holds no report; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline file that was read: where it is, and the deviations it knows."""

    path: Path
    known: tuple[Known, ...]

    @property
    def excused(self) -> frozenset[tuple[str, str]]:
        """The deviations whose time is not over, as (provider, claim)."""
        return frozenset((each.provider, each.claim) for each in self.known if today() <= each.until)

    def weigh(self, reports: Sequence[ReportValue], *, strict: bool = False) -> Weighed:
        """The runs' broken claims beside the known ones, today."""
        return baseline.weigh(self.known, reports, today(), strict=strict)


def read_baseline(path: Path) -> Baseline:
    """A baseline file. Read it before anything is asked: a bad one then costs nothing. Raises UnreadableBaseline."""
    return Baseline(path, baseline.read(path))


class _Whole(yaml.SafeDumper):
    """Writes every value where it stands: an entry that refers to another could not be deleted by itself."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def write_baseline(reports: Sequence[ReportValue], path: Path) -> int:
    """Write the baseline that excuses what is broken; returns how many entries it has. Raises OSError."""
    count = baseline.write_baseline(reports, path, today())
    value = yaml.safe_load(path.read_text("utf-8"))
    path.write_text(yaml.dump(value, Dumper=_Whole, allow_unicode=True, sort_keys=False, width=110), "utf-8")
    return count


def today() -> date:
    """The day in UTC, so that a baseline expires everywhere at once."""
    return datetime.now(UTC).date()


def reports_in(paths: Iterable[Path]) -> list[ReportValue]:
    """The reports of files, of folders that `test` wrote, and of folders with such folders in them.

    Raises NoReports, UnreadableReport.
    """
    return [json_form.read(file) for path in paths for file in _files(path)]


def folders_in(paths: Iterable[Path]) -> list[Path]:
    """The folders that `test` wrote, of such folders and of folders with such folders in them. Raises NoReports."""
    return [file.parent for path in paths for file in (_files(path) if path.is_dir() else [path / REPORT])]


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir() or (path / REPORT).is_file():
        yield path / REPORT if path.is_dir() else path
        return
    found = sorted(path.glob(f"*/{REPORT}"))
    if not found:
        raise NoReports(f"there is no {REPORT} in {path}, nor in a folder of it")
    yield from found


def only_new(reports: Sequence[ReportValue], known: Baseline | None) -> list[ReportValue]:
    """The reports without the broken claims that a baseline excuses."""
    if known is None:
        return list(reports)
    return [_without(report, known.excused) for report in reports]


def _without(report: ReportValue, excused: frozenset[tuple[str, str]]) -> ReportValue:
    known = [f["claim"] for f in answers.broken(report) if (report["provider"], f["claim"]) in excused]
    kept: list[FindingValue] = [finding for finding in report["findings"] if finding["claim"] not in known]
    return cast(ReportValue, {**report, "findings": kept})
