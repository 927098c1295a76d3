"""The matrix: a row for each claim, a column for each run, grouped by area.

A claim is two table rows: its name and verdicts, then a line that opens to everything about it. So it is a real table
with headers, opens without JavaScript, and has room for the evidence at any width.
"""

from __future__ import annotations

from collections.abc import Sequence

from contract_tests.findings import VERDICTS
from contract_tests.reports import answers, claim_view, words
from contract_tests.reports.json_form import FindingValue
from contract_tests.reports.markup import Html, anchor, prose, tag
from contract_tests.reports.run import Run
from specs.contract import AREAS, LEVELS

_CAPTION = "Each claim, and its verdict in each run. A claim opens to the words, the numbers and the evidence."


def matrix(runs: Sequence[Run], pictured: frozenset[tuple[str, str]]) -> Html:
    """The section with filter and table. `pictured`: (run key, claim) of the panels that show pictures."""
    head = tag("tr", tag("th", "Claim", scope="col"), [_column(run) for run in runs])
    bodies = [_area(area, claims, runs, pictured) for area, claims in _grouped(runs)]
    table = tag(
        "table",
        tag("caption", tag("span", _CAPTION)),
        tag("thead", head),
        bodies,
        class_=f"matrix columns-{len(runs)}",
        id="matrix",
    )
    return tag(
        "section",
        tag("h2", "Claims", id="claims-title"),
        _filter(runs),
        tag("div", table, class_="wide", tabindex=0, role="group", aria_label="The matrix"),
        id="claims",
        aria_labelledby="claims-title",
    )


def _grouped(runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    """Areas with the ids of their claims, in the order in which the reports have them."""
    area_of = {f["claim"]: f["area"] for run in runs for f in run.report["findings"]}
    groups: dict[str, list[str]] = {area: [] for area in AREAS}
    for claim, area in area_of.items():
        groups.setdefault(area, []).append(claim)
    return [(area, claims) for area, claims in groups.items() if claims]


def _column(run: Run) -> Html:
    return tag("th", run.title, tag("small", run.host), tag("small", words.day(run.report["started"])), scope="col")


def _area(area: str, claims: list[str], runs: Sequence[Run], pictured: frozenset[tuple[str, str]]) -> list[Html]:
    count = words.plural(len(claims), "claim")
    heading = tag("th", words.area_title(area), tag("small", f" {count}"), scope="rowgroup", colspan=len(runs) + 1)
    return [tag("tbody", tag("tr", heading), class_="area"), *(_claim(claim, runs, pictured) for claim in claims)]


def _claim(claim: str, runs: Sequence[Run], pictured: frozenset[tuple[str, str]]) -> Html:
    found = [(run, run.by_claim.get(claim)) for run in runs]
    known = [(run, finding) for run, finding in found if finding]
    panels = [claim_view.panel(run, finding, pictured=(run.key, claim) in pictured) for run, finding in known]
    statement = _statement([finding for _run, finding in known])
    opened = tag("details", tag("summary", statement), tag("div", panels, class_="panels"))
    return tag(
        "tbody",
        tag("tr", tag("th", tag("code", claim), scope="row"), [_cell(run, finding) for run, finding in found]),
        tag("tr", tag("td", opened, colspan=len(runs) + 1), class_="more"),
        class_="claim told" if any(_since(run, finding) for run, finding in known) else "claim",
        id=anchor(claim),
    )


def _statement(findings: list[FindingValue]) -> Html:
    """The statement; where providers have other numbers, the first one's: each panel has its own."""
    return prose(findings[0]["statement"])


def _cell(run: Run, finding: FindingValue | None) -> Html:
    if finding is None:
        return tag("td", tag("span", "no such claim", class_="quiet"), class_="none")
    observed = not answers.judged(finding)
    link = tag("a", claim_view.state(finding), href=f"#{run.panel(finding['claim'])}")
    return tag(
        "td",
        link,
        tag("small", f"{finding['level']} \u00b7 {finding['origin']}"),
        tag("small", since) if (since := _since(run, finding)) else None,
        data_verdict="observed" if observed else finding["verdict"],
        data_level=finding["level"],
        data_origin=finding["origin"],
    )


def _since(run: Run, finding: FindingValue) -> str | None:
    story = run.stories.get(finding["claim"])
    if story is None or story.runs < 2 or finding["verdict"] != "broken" or not answers.judged(finding):
        return None
    return f"since {words.day(story.broken_since or story.last.since)}"


def _filter(runs: Sequence[Run]) -> Html:
    """Shown by the script only: without one there is nothing to filter with."""
    present = {f["verdict"] for run in runs for f in run.report["findings"]}
    return tag(
        "form",
        _choices("verdict", [v for v in VERDICTS if v in present]),
        _choices("level", list(LEVELS)),
        _choices("origin", list(words.ORIGIN_QUESTIONS)),
        tag("label", "Find ", tag("input", type="search", name="find", autocomplete="off")),
        tag("output", aria_live="polite"),
        class_="filter",
        hidden=True,
        aria_label="Filter the claims",
    )


def _choices(name: str, values: list[str]) -> Html:
    options = [tag("option", f"every {name}", value=""), *(tag("option", value, value=value) for value in values)]
    return tag("label", f"{name.capitalize()} ", tag("select", options, name=name))
