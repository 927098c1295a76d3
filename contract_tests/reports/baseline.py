"""`baseline.yaml`: deviations that are known, why, and until when. Known ones do not fail a build.

One that is fixed, has expired, or names a claim that there is not, does fail it, with the line to delete: a list of
excuses that nobody has to clear up only grows.

    format: image-contract-baseline/1
    known:
      - {claim: mask-heeded, provider: chatanywhere, why: "reported, ticket 17", until: 2027-01-31}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from contract_tests.reports import answers, places
from contract_tests.reports.json_form import FindingValue, ReportValue

FORMAT = "image-contract-baseline/1"
DAYS = 90
"""How long a written baseline excuses what it lists."""
_KEYS = ("claim", "provider", "why", "until")


class UnreadableBaseline(ValueError):
    """The file is not a baseline; the message names the file, the line and the fault."""


@dataclass(frozen=True, slots=True)
class Known:
    """A deviation that is known, and the lines of the file where it stands."""

    claim: str
    provider: str
    why: str
    until: date
    line: int
    last: int

    @property
    def lines(self) -> str:
        """`line 7`, `lines 7 to 10`."""
        return f"line {self.line}" if self.line == self.last else f"lines {self.line} to {self.last}"


@dataclass(frozen=True, slots=True)
class Weighed:
    """The broken claims of some runs beside a baseline.

    `new` are broken and not known, `excused` broken and known; `fixed`, `expired` and `gone` have to be deleted.
    """

    new: tuple[tuple[ReportValue, FindingValue], ...] = ()
    excused: tuple[Known, ...] = ()
    fixed: tuple[Known, ...] = ()
    expired: tuple[Known, ...] = ()
    gone: tuple[Known, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether there is something to do: new deviations, or lines to delete."""
        return bool(self.new or self.fixed or self.expired or self.gone)

    @property
    def stale(self) -> tuple[tuple[Known, str], ...]:
        """What has to be deleted, and why."""
        return (
            *((known, "fixed") for known in self.fixed),
            *((known, f"still broken, excused until {known.until}") for known in self.expired),
            *((known, "no such claim is judged") for known in self.gone),
        )

    def described(self, path: Path) -> str:
        """What there is to do, one line each; the file's lines to delete are named."""
        new = (
            f"{report['provider']} {finding['claim']}: broken ({finding['level']}) and not in {path}"
            for report, finding in self.new
        )
        return "".join(f"{line}\n" for line in (*new, *self.to_delete(path), *self.excuses(path)))

    def to_delete(self, path: Path) -> Iterator[str]:
        """The lines to delete, one sentence each."""
        for known, why in self.stale:
            yield f"{known.provider} {known.claim}: {why}: delete {known.lines} of {path}"

    def excuses(self, path: Path) -> Iterator[str]:
        """How many deviations are known; nothing when none is."""
        if self.excused:
            yield f"{len(self.excused)} known to be broken: see {path}"


def read(path: Path) -> tuple[Known, ...]:
    """The known deviations of a baseline file. Raises UnreadableBaseline."""
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
        value = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UnreadableBaseline(f"there is no {path}") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableBaseline(f"{path} cannot be read: {problem}") from problem
    except (yaml.YAMLError, ValueError) as problem:
        raise UnreadableBaseline(f"{path} is not YAML: {' '.join(str(problem).split())}") from problem
    if not isinstance(value, dict) or value.get("format") != FORMAT or not isinstance(value.get("known") or [], list):
        raise UnreadableBaseline(f"{path} is not a baseline: it needs `format: {FORMAT}` and a list `known`")
    assert isinstance(root, yaml.MappingNode), "an object was read from it"
    if twice := _twice(root):
        raise UnreadableBaseline(f"{path}: `{twice}` stands twice in it")
    nodes = next((node.value for key, node in root.value if key.value == "known"), ())
    return tuple(_known(path, item, node) for item, node in zip(value.get("known") or [], nodes, strict=False))


def _known(path: Path, item: Any, node: yaml.Node) -> Known:
    first = node.start_mark.line + 1
    last = places.last_line(node)
    if not isinstance(item, dict):
        raise UnreadableBaseline(f"{path}, line {first}: an entry is an object with {', '.join(_KEYS)}")
    for key in _KEYS[:3]:
        if not isinstance(item.get(key), str) or not item[key].strip():
            raise UnreadableBaseline(f"{path}, line {first}: `{key}` is missing or no text")
    if twice := _twice(node):
        raise UnreadableBaseline(f"{path}, line {first}: `{twice}` stands twice in this entry")
    if strange := sorted(set(map(str, item)) - set(_KEYS)):
        raise UnreadableBaseline(f"{path}, line {first}: there is no `{strange[0]}`, only {', '.join(_KEYS)}")
    if type(item.get("until")) is not date:
        raise UnreadableBaseline(f"{path}, line {first}: `until` is missing or no day such as 2027-01-31")
    return Known(item["claim"], item["provider"], item["why"], item["until"], first, last)


def _twice(node: yaml.Node) -> str | None:
    """A key that stands there more than once: YAML would take the last one and say nothing."""
    assert isinstance(node, yaml.MappingNode), "an object was read from it"
    keys = [str(key.value) for key, _value in node.value]
    return next((key for key in keys if keys.count(key) > 1), None)


def weigh(known: Sequence[Known], reports: Sequence[ReportValue], today: date, *, strict: bool = False) -> Weighed:
    """What is new, excused, fixed, expired or gone. A broken `should` is new only when `strict`.

    A known deviation of a provider that was not run, or that could not be judged, is left alone.
    """
    sorted_known: dict[str, list[Known]] = {"excused": [], "fixed": [], "expired": [], "gone": []}
    for each in known:
        if kind := _kind(each, reports, today):
            sorted_known[kind].append(each)
    excuses = {(each.provider, each.claim) for each in known}
    new = tuple(
        (report, finding)
        for report in reports
        for finding in answers.broken(report)
        if (strict or finding["level"] == "must") and (report["provider"], finding["claim"]) not in excuses
    )
    return Weighed(new, **{kind: tuple(found) for kind, found in sorted_known.items()})


def _kind(known: Known, reports: Sequence[ReportValue], today: date) -> str | None:
    runs = [report for report in reports if report["provider"] == known.provider]
    found = [f for report in runs for f in report["findings"] if f["claim"] == known.claim and answers.judged(f)]
    verdicts = {finding["verdict"] for finding in found}
    if "broken" in verdicts:
        return "expired" if today > known.until else "excused"
    if not runs or (found and "holds" not in verdicts):
        return None
    return "fixed" if found else "gone"


def write_baseline(reports: Sequence[ReportValue], path: Path, today: date) -> int:
    """Write the baseline that excuses every broken claim of these runs for DAYS days; returns how many there are."""
    entries = {
        (report["provider"], finding["claim"]): {
            "claim": finding["claim"],
            "provider": report["provider"],
            "why": f"known on {today}: expected {finding['expected']}, found {finding['actual']}"[:300],
            "until": today + timedelta(days=DAYS),  # a date of its own: YAML would write a reference to a shared one
        }
        for report in reports
        for finding in answers.broken(report)
    }
    value = {"format": FORMAT, "known": list(entries.values())}
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110), "utf-8")
    return len(entries)
