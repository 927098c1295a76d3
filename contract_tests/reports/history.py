"""Many runs: which endpoints there are, what each claim's verdicts were over time, what changed since the last run.

An endpoint is a provider at a base URL. A story is a claim's verdicts there, oldest first, written as stretches of
equal verdicts, so that three hundred runs are a handful of values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias, TypeVar

from contract_tests.reports.json_form import ReportValue

T = TypeVar("T")

Endpoint: TypeAlias = tuple[str, str]
"""(provider, base URL without a slash at its end)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Runs in a row with the same verdict; times are when the first and the last of them started."""

    verdict: str
    runs: int
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Story:
    """A claim's verdicts at one endpoint, oldest stretch first."""

    stretches: tuple[Stretch, ...]

    @property
    def last(self) -> Stretch:
        """The stretch that the newest run belongs to."""
        return self.stretches[-1]

    @property
    def runs(self) -> int:
        """How many runs judged or tried to judge the claim."""
        return sum(stretch.runs for stretch in self.stretches)

    @property
    def broken_since(self) -> float | None:
        """When it broke, if it is broken now: runs that said nothing in between do not mend it."""
        since = None
        for stretch in reversed(self.stretches):
            if stretch.verdict == "broken":
                since = stretch.since
            elif stretch.verdict == "holds" or since is None:
                break
        return since


def endpoint(report: ReportValue) -> Endpoint:
    """Which endpoint a report is about."""
    return report["provider"], report["base_url"].rstrip("/")


def by_endpoint(reports: Iterable[ReportValue]) -> dict[Endpoint, list[ReportValue]]:
    """The runs of each endpoint, oldest first."""
    return grouped(reports, lambda report: report)


def grouped(runs: Iterable[T], report_of: Callable[[T], ReportValue]) -> dict[Endpoint, list[T]]:
    """As `by_endpoint`, for anything that a report belongs to."""
    found: dict[Endpoint, list[T]] = {}
    for run in sorted(runs, key=lambda r: (report_of(r)["started"], report_of(r)["finished"])):
        found.setdefault(endpoint(report_of(run)), []).append(run)
    return found


def stories(runs: Sequence[ReportValue]) -> dict[str, Story]:
    """The story of every claim over the runs of one endpoint, oldest run first."""
    told: dict[str, list[tuple[str, float]]] = {}
    for run in runs:
        for finding in run["findings"]:
            told.setdefault(finding["claim"], []).append((finding["verdict"], run["started"]))
    return {claim: Story(tuple(_stretches(verdicts))) for claim, verdicts in told.items()}


def _stretches(verdicts: Iterable[tuple[str, float]]) -> Iterable[Stretch]:
    for verdict, same in groupby(verdicts, key=lambda pair: pair[0]):
        times = [time for _, time in same]
        yield Stretch(verdict, len(times), times[0], times[-1])
