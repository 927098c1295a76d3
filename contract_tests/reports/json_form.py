"""`report.json`: the report as data, its JSON Schema, and reading it back.

Every other form is made from this value, so a report that was written years ago can be shown and merged like a new one.
`read` checks by hand and not by the schema: hundreds of reports are merged in a second, and a fault is one sentence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from contract_tests.findings import FORMAT, VERDICTS, Report
from specs.contract import LEVELS


class UnreadableReport(ValueError):
    """A file is not a report of this format; the message names the file and the place in it."""


class CitationValue(TypedDict):
    """Words of a document and where they stand; `through` is the sentence that takes an inherited claim over."""

    document: str
    at: str
    quote: str
    gloss: NotRequired[str | None]
    through: NotRequired[CitationValue]


class FindingValue(TypedDict):
    """One claim judged."""

    claim: str
    rule: str
    area: str
    level: str
    origin: str
    verdict: str
    statement: str
    expected: str
    actual: str
    reason: str
    exchanges: list[str]
    citation: CitationValue
    note: NotRequired[str | None]
    cause: NotRequired[str | None]


class CauseValue(TypedDict):
    """One thing about the endpoint that likely explains several broken claims."""

    id: str
    sentence: str
    claims: list[str]


class ContradictionValue(TypedDict):
    """Places of published documents that cannot all be right."""

    id: str
    problem: str
    places: list[CitationValue]
    resolution: str
    why: str


class ReportValue(TypedDict):
    """One run."""

    format: str
    provider: str
    title: NotRequired[str]
    base_url: str
    started: float
    finished: float
    complete: bool
    seed: int
    requests: int
    billable: int
    counts: dict[str, int]
    findings: list[FindingValue]
    causes: NotRequired[list[CauseValue]]
    contradictions: NotRequired[list[ContradictionValue]]


def value(report: Report) -> ReportValue:
    """The report as it stands in `report.json`."""
    return cast(ReportValue, report.value())


def text(report: ReportValue) -> str:
    """The text of `report.json`."""
    return dumped(report)


def dumped(value: Any) -> str:
    """A value as JSON text that UTF-8 can hold: a lone surrogate stays the escape that JSON has for it."""
    written = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    return written.encode("utf-8", "backslashreplace").decode("utf-8")


def schema() -> dict[str, Any]:
    """The JSON Schema of `report.json`."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath("report.schema.json").read_text("utf-8"))
    return found


def read(path: Path) -> ReportValue:
    """A report that was written before. Raises UnreadableReport."""
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UnreadableReport(f"there is no {path}") from None
    except OSError as problem:
        raise UnreadableReport(f"{path} cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        raise UnreadableReport(f"{path} is not JSON: {problem}") from problem
    try:
        return checked(document)
    except UnreadableReport as problem:
        raise UnreadableReport(f"{path}: {problem}") from None


_REPORT: Mapping[str, tuple[type, ...]] = {
    "provider": (str,),
    "base_url": (str,),
    "started": (int, float),
    "finished": (int, float),
    "complete": (bool,),
    "seed": (int,),
    "requests": (int,),
    "billable": (int,),
    "counts": (dict,),
    "findings": (list,),
}
_TEXTS = ("claim", "rule", "area", "statement", "expected", "actual", "reason")
_CLOSED: Mapping[str, tuple[str, ...]] = {
    "verdict": VERDICTS,
    "level": LEVELS,
    "origin": ("own", "inherited"),
}
_NAMES: Mapping[type, str] = {str: "text", int: "a number", float: "a number", bool: "true or false", dict: "an object"}


def checked(document: Any) -> ReportValue:
    """A parsed document that has the shape of a report. Raises UnreadableReport."""
    if not isinstance(document, dict):
        raise UnreadableReport("a report is an object")
    if document.get("format") != FORMAT:
        raise UnreadableReport(f"the format is {document.get('format')!r}, not {FORMAT!r}")
    for key, kinds in _REPORT.items():
        _typed(document, key, kinds, key)
    for index, finding in enumerate(document["findings"]):
        _check_finding(finding, f"findings[{index}]")
    for index, found in enumerate(_listed(document, "causes", "causes")):
        _check_cause(found, f"causes[{index}]")
    for index, found in enumerate(_listed(document, "contradictions", "contradictions")):
        _check_contradiction(found, f"contradictions[{index}]")
    return cast(ReportValue, document)


def _check_finding(finding: Any, where: str) -> None:
    if not isinstance(finding, dict):
        raise UnreadableReport(f"{where} is not an object")
    for key in _TEXTS:
        _typed(finding, key, (str,), f"{where}.{key}")
    for key, allowed in _CLOSED.items():
        if finding.get(key) not in allowed:
            raise UnreadableReport(f"{where}.{key} is {finding.get(key)!r}, not one of {', '.join(allowed)}")
    _typed(finding, "exchanges", (list,), f"{where}.exchanges")
    if not isinstance(finding.get("cause"), str | None):
        raise UnreadableReport(f"{where}.cause is not text")
    if not all(isinstance(id, str) for id in finding["exchanges"]):
        raise UnreadableReport(f"{where}.exchanges holds something that is not text")
    _check_citation(finding.get("citation"), f"{where}.citation")


def _check_cause(found: Any, where: str) -> None:
    if not isinstance(found, dict):
        raise UnreadableReport(f"{where} is not an object")
    for key in ("id", "sentence"):
        _typed(found, key, (str,), f"{where}.{key}")
    _typed(found, "claims", (list,), f"{where}.claims")
    if not all(isinstance(id, str) for id in found["claims"]):
        raise UnreadableReport(f"{where}.claims holds something that is not text")


def _check_citation(cited: Any, where: str) -> None:
    if not isinstance(cited, dict):
        raise UnreadableReport(f"{where} is not an object")
    for key in ("document", "at", "quote"):
        _typed(cited, key, (str,), f"{where}.{key}")
    if cited.get("through") is not None:
        _check_citation(cited["through"], f"{where}.through")


def _check_contradiction(found: Any, where: str) -> None:
    if not isinstance(found, dict):
        raise UnreadableReport(f"{where} is not an object")
    for key in ("id", "problem", "resolution", "why"):
        _typed(found, key, (str,), f"{where}.{key}")
    for index, place in enumerate(_listed(found, "places", f"{where}.places")):
        _check_citation(place, f"{where}.places[{index}]")


def _typed(holder: Mapping[str, Any], key: str, kinds: tuple[type, ...], where: str) -> None:
    if key not in holder:
        raise UnreadableReport(f"{where} is missing")
    found = holder[key]
    if not isinstance(found, kinds) or (isinstance(found, bool) and bool not in kinds):
        raise UnreadableReport(f"{where} is not {_NAMES.get(kinds[0], 'a list')}")


def _listed(holder: Mapping[str, Any], key: str, where: str) -> list[Any]:
    found = holder.get(key, [])
    if not isinstance(found, list):
        raise UnreadableReport(f"{where} is not a list")
    return found
