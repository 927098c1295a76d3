"""All runs of each endpoint as one table, the newest first, folded where there are many."""

from __future__ import annotations

from collections.abc import Sequence

from contract_tests.reports import answers, sections, words
from contract_tests.reports.json_form import ReportValue
from contract_tests.reports.markup import Html, join, tag

UNFOLDED = 12
_TITLES = ("Started", "Run", "Asked", "Billed", "Its own contract", "OpenAI\u2019s contract")


def table(endpoints: Sequence[tuple[str, Sequence[tuple[ReportValue, str | None]]]]) -> Html:
    """The section; for each endpoint its name and its runs, oldest first, with the address of the run's own page."""
    total = sum(len(runs) for _name, runs in endpoints)
    lead = f"{words.plural(total, 'run')} of {words.plural(len(endpoints), 'endpoint')}, the newest first."
    return sections.section("runs", "All runs", lead, [_endpoint(name, runs) for name, runs in endpoints])


def _endpoint(name: str, runs: Sequence[tuple[ReportValue, str | None]]) -> Html:
    rows = [_row(report, link) for report, link in reversed(runs)]
    older = rows[UNFOLDED:]
    folded = tag("details", tag("summary", f"{len(older)} older"), _rows(name, older)) if older else None
    return tag("div", tag("h3", name), _rows(name, rows[:UNFOLDED]), folded)


def _rows(name: str, rows: list[Html]) -> Html:
    head = tag("thead", tag("tr", [tag("th", title, scope="col") for title in _TITLES]))
    return tag(
        "div", tag("table", head, tag("tbody", rows), class_="plain", aria_label=f"Runs of {name}"), class_="wide"
    )


def _row(report: ReportValue, link: str | None) -> Html:
    found = {answer.origin: answer for answer in answers.answers(report)}
    said = [found[o].sentence if o in found else "takes nothing over" for o in words.ORIGIN_QUESTIONS]
    when = words.moment(report["started"])
    return tag(
        "tr",
        tag("th", tag("a", when, href=link) if link else join(when), scope="row"),
        tag("td", "complete" if report["complete"] else "cut short"),
        tag("td", report["requests"]),
        tag("td", report["billable"]),
        [tag("td", sentence) for sentence in said],
    )
