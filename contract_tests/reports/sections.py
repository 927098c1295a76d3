"""What stands under the matrix: the documents' own contradictions, what was not judged, what was observed, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contract_tests.reports import answers, claim_view, words
from contract_tests.reports.json_form import ContradictionValue, FindingValue
from contract_tests.reports.markup import Child, Html, prose, tag
from contract_tests.reports.run import Run

NOT_JUDGED = ("faulty-suite", "inconclusive", "not-run")


def section(name: str, title: str, lead: str, *children: Child) -> Html:
    """A part of the page with a heading, a sentence that says what it is, and its content."""
    return tag(
        "section",
        tag("h2", title, id=f"{name}-title"),
        tag("p", lead, class_="lead"),
        *children,
        id=name,
        aria_labelledby=f"{name}-title",
    )


def contradictions(runs: Sequence[Run]) -> Html:
    """Where the published documents contradict themselves or each other, once for each provider."""
    by_provider = {run.title: run.report.get("contradictions", []) for run in runs}
    found = {title: listed for title, listed in by_provider.items() if listed}
    parts = [[tag("h3", title), [_contradiction(item) for item in listed]] for title, listed in found.items()]
    lead = (
        "Places of the published documents that cannot all be right, and how they are read here."
        if found
        else "None was found in the published documents of these runs."
    )
    return section("contradictions", "The documents\u2019 own contradictions", lead, parts)


def _contradiction(found: ContradictionValue) -> Html:
    return tag(
        "details",
        tag("summary", prose(found["problem"])),
        tag("div", [claim_view.quotation(place) for place in found["places"]], class_="words"),
        tag(
            "dl",
            tag("div", tag("dt", "Read as"), tag("dd", prose(found["resolution"]))),
            tag("div", tag("dt", "Why"), tag("dd", prose(found["why"]))),
            class_="numbers",
        ),
        class_="card",
    )


def not_judged(runs: Sequence[Run]) -> Html:
    """What nothing is known about, grouped by the reason."""
    parts = [_unjudged(run) for run in runs]
    shown = [part for part in parts if part]
    lead = "Nothing is said about these claims. A claim that was not judged is not a success."
    return section("not-judged", "What was not judged, and why", lead if shown else "Every claim was judged.", shown)


def _unjudged(run: Run) -> Html | None:
    groups: dict[tuple[str, str], list[FindingValue]] = {}
    for finding in answers.worst_first(run.report["findings"]):
        if finding["verdict"] in NOT_JUDGED and answers.judged(finding):
            groups.setdefault((finding["verdict"], finding["reason"]), []).append(finding)
    if not groups:
        return None
    rows = [_group(run, verdict, reason, found) for (verdict, reason), found in groups.items()]
    head = tag("tr", [tag("th", title, scope="col") for title in ("Verdict", "Reason", "Claims")])
    table = tag("table", tag("thead", head), tag("tbody", rows), class_="plain", aria_labelledby=f"{run.key}-unjudged")
    heading = tag("h3", run.title, " ", tag("small", run.host), id=f"{run.key}-unjudged")
    return tag("div", heading, tag("div", table, class_="wide"))


def _group(run: Run, verdict: str, reason: str, findings: Sequence[FindingValue]) -> Html:
    return tag(
        "tr",
        tag("td", claim_view.mark(verdict)),
        tag("td", prose(reason) or "no reason was given"),
        tag("td", _links(run, findings)),
    )


def _links(run: Run, findings: Sequence[FindingValue]) -> Child:
    links = [tag("a", tag("code", f["claim"]), href=f"#{run.panel(f['claim'])}") for f in findings]
    return [item for link in links for item in (", ", link)][1:]


def observed(runs: Sequence[Run]) -> Html:
    """What sources disagree on: what was seen, never judged."""
    shown = [part for run in runs if (part := _observations(run))]
    lead = "Points on which the sources disagree, or that no document settles. They are reported and never judged."
    return section("observed", "Observed", lead if shown else "No claim of these runs is only observed.", shown)


def _observations(run: Run) -> Html | None:
    found = [finding for finding in run.report["findings"] if not answers.judged(finding)]
    if not found:
        return None
    rows = [
        tag(
            "div",
            tag(
                "dt",
                tag("a", tag("code", f["claim"]), href=f"#{run.panel(f['claim'])}"),
                " ",
                claim_view.state(f),
            ),
            tag(
                "dd",
                prose(f["statement"]),
                tag("p", "Seen: ", tag("b", prose(f["actual"]))) if f["actual"] else None,
                tag("p", prose(f["reason"]), class_="quiet") if f["reason"] else None,
                tag("p", prose(note), class_="quiet") if (note := f.get("note")) else None,
            ),
        )
        for f in found
    ]
    return tag("div", tag("h3", run.title, " ", tag("small", run.host)), tag("dl", rows, class_="observations"))


def legend() -> Html:
    """The words of the page, one meaning each."""
    verdicts = [_meaning(claim_view.mark(verdict), said) for verdict, said in words.VERDICT_MEANINGS.items()]
    return section(
        "words",
        "The words of this page",
        "A claim is a sentence of a provider made checkable; a finding is a claim with its verdict and the evidence.",
        tag("h3", "Verdicts"),
        tag("dl", verdicts, class_="meanings"),
        _plain("Levels", words.LEVEL_MEANINGS),
        _plain("Origins", words.ORIGIN_MEANINGS),
    )


def _plain(title: str, meanings: Mapping[str, str]) -> list[Html]:
    return [tag("h3", title), tag("dl", [_meaning(name, said) for name, said in meanings.items()], class_="meanings")]


def _meaning(name: Child, said: str) -> Html:
    return tag("div", tag("dt", name), tag("dd", said))
