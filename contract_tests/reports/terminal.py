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


def summary(reports: Sequence[ReportValue], page: str, screen: Screen | None = None) -> str:
    """The summary, of at most `screen.lines` lines (one is left for the prompt), no line wider than the screen."""
    screen = screen or Screen()
    heads = [line for report in reports for line in _head(report, screen)]
    room = screen.lines - 1 - 2
    if len(heads) > room - 3:
        heads = [*heads[: max(room - 4, 1)], fitted(f"and {len(reports)} runs in all", screen.columns)]
    broken = [(report, finding) for report in reports for finding in answers.broken(report)]
    broken.sort(key=lambda pair: pair[1]["level"] != "must")
    lines = [*heads, *_broken(broken, room - len(heads), screen, several=len(reports) > 1)]
    return "\n".join([*lines, "", fitted(f"page: {page}", max(screen.columns, len(page) + 6))]) + "\n"


def _head(report: ReportValue, screen: Screen) -> Iterator[str]:
    run = "complete" if report["complete"] else "CUT SHORT"
    asked = f"{words.plural(report['requests'], 'request')}, {report['billable']} billed, {run}"
    yield fitted(f"{answers.title(report)}  {report['base_url']}  {asked}", screen.columns)
    for answer in answers.answers(report):
        yield _answer(answer, report, screen)


def _answer(answer: Answer, report: ReportValue, screen: Screen) -> str:
    question = answer.question(report["provider"]).lower().replace("openai", "OpenAI")
    line = fitted(f"  {question:<24} {answer.word}: {answer.sentence}", screen.columns)
    return line.replace(answer.word, _paint(answer.word, answer.tone, screen), 1)


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
    line = visible(_leading(text))
    if width(line) <= columns:
        return line
    kept, used = [], 0
    for character in line:
        used += width(character)
        if used > columns - 1:
            break
        kept.append(character)
    return "".join(kept) + "\u2026"


def _leading(text: str) -> str:
    """White space folded, except at the beginning and between words of our own columns (runs of spaces)."""
    return re.sub(r"[^\S ]+", " ", text)


def width(text: str) -> int:
    """How many cells of a terminal text takes."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
