"""The end of a run on the terminal: at most one screen. Totals, what is broken (worst first), where the page is.

What an endpoint sent may hold commands for the terminal; only visible characters are written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from contract_tests.reports import answers, words
from contract_tests.reports.answers import Answer
from contract_tests.reports.json_form import FindingValue, ReportValue
from contract_tests.reports.markup import visible

_COLOURS = {"holds": "32", "broken": "31", "inconclusive": "33", "not-run": "2", "faulty-suite": "35"}


@dataclass(frozen=True, slots=True)
class Screen:
    """How much room there is, and whether colours may be used."""

    columns: int = 80
    lines: int = 24
    colour: bool = False


def coloured(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Colour only on a terminal that can show it, and never when NO_COLOR is set to anything."""
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb" and stream.isatty()


ENDLESS = 1_000_000
"""Lines of a screen that has room for everything."""
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Beside:
    """What a baseline adds: the deviations it excuses, as (provider, claim), and what it has to say, in lines."""

    excused: frozenset[tuple[str, str]] = frozenset()
    lines: tuple[str, ...] = ()


_ALONE = Beside()


def summary(reports: Sequence[ReportValue], page: str, screen: Screen | None = None, beside: Beside = _ALONE) -> str:
    """The summary, of at most `screen.lines` lines (one is left for the prompt), no line wider than the screen."""
    screen = screen or Screen()
    room = screen.lines - 1 - 2
    heads = list(_heads(reports, screen, max(room - (5 if beside.lines else 3), 2)))
    said = list(_beside(beside, max((room - len(heads)) // 2, 2), screen))
    found = _broken(_sorted(reports, beside), room - len(heads) - len(said), screen, several=len(reports) > 1)
    last = fitted(f"page: {page}", max(screen.columns, len(page) + 6))
    return "\n".join([*heads, *found, *said, "", last]) + "\n"


def brief(reports: Sequence[ReportValue], beside: Beside = _ALONE) -> str:
    """Only what is broken and not excused, one line each, the worst first, and what a baseline has to say."""
    lines = [_one_line(report, finding) for report, finding in _sorted(reports, beside)]
    return "".join(f"{_clean(line)}\n" for line in (*lines, *beside.lines))


def _one_line(report: ReportValue, finding: FindingValue) -> str:
    expected, actual = (words.cut(finding[key], LONGEST_VALUE) for key in ("expected", "actual"))
    kind = f"broken ({finding['level']}, {finding['origin']})"
    return f"{report['provider']} {finding['claim']}: {kind}: expected {expected}, found {actual}"


def _sorted(reports: Sequence[ReportValue], beside: Beside) -> list[tuple[ReportValue, FindingValue]]:
    """The broken claims of all runs that no baseline excuses, every `must` before any `should`."""
    found = [
        (report, finding)
        for report in reports
        for finding in answers.broken(report)
        if (report["provider"], finding["claim"]) not in beside.excused
    ]
    return sorted(found, key=lambda pair: pair[1]["level"] != "must")


def _beside(beside: Beside, room: int, screen: Screen) -> Iterator[str]:
    """What a baseline has to say; what there is no room for is counted."""
    if not beside.lines:
        return
    yield ""
    fits = len(beside.lines) if len(beside.lines) < room else max(room - 2, 0)
    yield from (fitted(line, screen.columns) for line in beside.lines[:fits])
    if fits < len(beside.lines):
        yield fitted(f"{len(beside.lines) - fits} more about the baseline: `image-contract weigh`", screen.columns)


def _heads(reports: Sequence[ReportValue], screen: Screen, most: int) -> Iterator[str]:
    """What was asked and the answers of every run, on at most so many lines."""
    lines = [line for report in reports for line in _head(report, screen)]
    if len(lines) <= most or len(reports) == 1:
        yield from lines[:most]
        return
    yield from lines[: most - 1]
    yield fitted(f"and {len(reports)} runs in all", screen.columns)


def _head(report: ReportValue, screen: Screen) -> Iterator[str]:
    why = answers.cut_by(report)
    run = "complete" if report["complete"] else f"CUT SHORT{f' ({why})' if why else ''}"
    asked = f"{words.plural(report['requests'], 'request')}, {report['billable']} billed, {run}"
    yield from _rows((answers.title(report), report["base_url"], asked), screen)
    for answer in answers.answers(report):
        yield from _answer(answer, report, screen)


def _answer(answer: Answer, report: ReportValue, screen: Screen) -> Iterator[str]:
    question = answer.question(report["provider"]).lower().replace("openai", "OpenAI")
    head, *rest = _rows((f"  {question:<24} {answer.word}:", answer.sentence), screen, between=" ")
    yield head.replace(answer.word, _paint(answer.word, answer.tone, screen), 1)
    yield from rest


def _rows(pieces: Sequence[str], screen: Screen, between: str = "  ") -> Iterator[str]:
    """Pieces on one line; on a screen that is too narrow for it each on its own, those after the first indented."""
    line = between.join(pieces)
    if width(line) <= screen.columns:
        yield fitted(line, screen.columns)
        return
    first, *others = pieces
    yield fitted(first, screen.columns)
    yield from (fitted(f"    {piece}", screen.columns) for piece in others)


def _broken(
    found: Sequence[tuple[ReportValue, FindingValue]], room: int, screen: Screen, *, several: bool
) -> Iterator[str]:
    """Three lines for each broken claim or common cause while there is room, then how many more there are."""
    if not found:
        return
    yield ""
    groups = list(_by_cause(found))
    fits = (room - 1) // 3
    shown = groups if len(groups) <= fits else groups[: max((room - 2) // 3, 0)]
    for group in shown:
        if len(group) > 1:
            yield from _cause(group, screen, several=several)
        else:
            yield from _claim(*group[0], screen, several=several)
    if left := sum(map(len, groups[len(shown) :])):
        yield fitted(f"{left} more broken: see the page", screen.columns)


def _by_cause(
    found: Sequence[tuple[ReportValue, FindingValue]],
) -> Iterator[list[tuple[ReportValue, FindingValue]]]:
    """Findings of one run that have a likely cause in common stand together, where the worst of them would stand."""
    groups: dict[object, list[tuple[ReportValue, FindingValue]]] = {}
    for place, (report, finding) in enumerate(found):
        cause = finding.get("cause")
        groups.setdefault((id(report), cause) if cause else place, []).append((report, finding))
    yield from groups.values()


def _cause(group: Sequence[tuple[ReportValue, FindingValue]], screen: Screen, *, several: bool) -> Iterator[str]:
    report, first = group[0]
    whose = f"{report['provider']}  " if several else ""
    known = {cause["id"]: cause["sentence"] for cause in report.get("causes", ())}
    sentence = known.get(str(first.get("cause"))) or f"{first['claim']} and others"
    head = fitted(f"broken  {whose}{words.plural(len(group), 'claim')}, likely for one cause", screen.columns)
    yield head.replace("broken", _paint("broken", "broken", screen), 1)
    yield fitted(f"        cause     {sentence}", screen.columns)
    yield fitted(f"        claims    {', '.join(finding['claim'] for _, finding in group)}", screen.columns)


def _claim(report: ReportValue, finding: FindingValue, screen: Screen, *, several: bool) -> Iterator[str]:
    whose = f"{report['provider']}  " if several else ""
    head = fitted(f"broken  {whose}{finding['claim']}  ({finding['level']}, {finding['origin']})", screen.columns)
    yield head.replace("broken", _paint("broken", "broken", screen), 1)
    yield fitted(f"        expected  {finding['expected']}", screen.columns)
    yield fitted(f"        actual    {finding['actual']}", screen.columns)


def _paint(text: str, tone: str, screen: Screen) -> str:
    return f"\x1b[{_COLOURS[tone]}m{text}\x1b[0m" if screen.colour else text


def fitted(text: str, columns: int) -> str:
    """Text on one line of at most `columns` cells (a Chinese character takes two), without control characters."""
    line = _clean(text)
    if width(line) <= columns:
        return line
    kept, used = [], 0
    for character in line:
        used += width(character)
        if used > columns - 1:
            break
        kept.append(character)
    return "".join(kept) + "\u2026"


def _clean(text: str) -> str:
    """Text on one line, without control characters; runs of spaces stay, they are our own columns."""
    return visible(re.sub(r"[^\S ]+", " ", text))


def width(text: str) -> int:
    """How many cells of a terminal text takes."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
