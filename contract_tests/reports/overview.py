"""The top of the page: each run, its two answers side by side, and what is broken, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

from contract_tests.findings import VERDICTS
from contract_tests.reports import answers, words
from contract_tests.reports.answers import Answer
from contract_tests.reports.diffing import Change, Difference
from contract_tests.reports.json_form import CauseValue, CitationValue, FindingValue, ReportValue
from contract_tests.reports.markup import Html, join, language, prose, tag
from contract_tests.reports.run import Run

LONGEST_QUOTE = 160
"""Characters of a quotation in the list of what is broken."""
UNFOLDED = 8
"""Broken claims that are listed at once; the rest is folded."""


def overview(runs: Sequence[Run]) -> Html:
    """The section with one article for each run."""
    return tag(
        "section",
        tag("h2", "What was tested", id="tested-title"),
        [_article(run) for run in runs],
        id="tested",
        aria_labelledby="tested-title",
    )


def _article(run: Run) -> Html:
    report = run.report
    return tag(
        "article",
        tag("h3", run.title, id=f"{run.key}-title"),
        _facts(run),
        _cut_short(report),
        tag("div", [_answer(run, answer) for answer in answers.answers(report)], class_="answers"),
        _broken(run),
        class_="run",
        id=f"run-{run.key}",
        aria_labelledby=f"{run.key}-title",
    )


def _cut_short(report: ReportValue) -> Html | None:
    if report["complete"]:
        return None
    why = answers.cut_by(report)
    return tag(
        "p",
        tag("strong", "This run was cut short"),
        [" (", prose(why), ")"] if why else None,
        ". What follows is what it had found until then; ",
        tag("a", "what was not judged, and why", href="#not-judged"),
        ".",
        class_="notice",
    )


def _facts(run: Run) -> Html:
    report = run.report
    rows = [
        ("Endpoint", tag("code", report["base_url"])),
        *([("Operation", tag("code", run.operation))] if run.operation else []),
        ("When", join([run.when, f", for {words.lasting(max(0.0, report['finished'] - report['started']))}"])),
        ("Asked", join(words.plural(report["requests"], "request"))),
        ("Billed", join([words.plural(report["billable"], "edit"), " answered with success", _paid(run)])),
        ("Run", join(["complete" if report["complete"] else "cut short", f", seed {report['seed']}"])),
    ]
    if run.link:
        rows.append(("Page of this run", tag("a", run.link, href=run.link)))
    return tag("dl", [tag("div", tag("dt", name), tag("dd", said)) for name, said in rows], class_="facts")


def _paid(run: Run) -> str | None:
    """The price of what was billed, where the endpoint tells prices."""
    paid = run.exhibits.paid
    if paid is None:
        return None
    more = f" and {paid.unpriced} without a price" if paid.unpriced else ""
    return f", {paid.credits:g} credits by its own list{more}"


def _answer(run: Run, answer: Answer) -> Html:
    return tag(
        "div",
        tag("h4", answer.question(run.report["provider"])),
        tag("p", answer.word.capitalize(), class_=f"word {answer.tone}"),
        tag("p", answer.sentence[0].upper(), answer.sentence[1:], "."),
        _bar(answer),
        class_="answer",
    )


def _bar(answer: Answer) -> Html:
    """The counts as lengths: decoration, the sentence above says the same."""
    total = sum(answer.verdicts.values()) or 1
    pieces, x = [], 0.0
    for verdict in reversed(VERDICTS):
        width = 100 * answer.verdicts[verdict] / total
        if width:
            pieces.append(f'<rect class="{verdict}" x="{x:.2f}%" width="{width:.2f}%" height="100%"/>')
        x += width
    return Html(f'<svg class="bar" aria-hidden="true" focusable="false">{"".join(pieces)}</svg>')


def _broken(run: Run) -> Html | None:
    found = answers.broken(run.report)
    if not found:
        return None
    listed = [_causes(run), _list(run, found[:UNFOLDED]), _folded(run, found[UNFOLDED:])]
    return tag("div", tag("h4", "Broken, the worst first"), listed, class_="broken-list")


def _causes(run: Run) -> list[Html]:
    """What several of the broken claims have in common."""
    return [_cause(run, cause) for cause in run.report.get("causes", ())]


def _cause(run: Run, cause: CauseValue) -> Html:
    named = [tag("a", tag("code", claim), href=f"#{run.panel(claim)}") for claim in cause["claims"]]
    explained = [named[0], *([", ", each] for each in named[1:])]
    return tag("p", tag("strong", "Likely one cause: "), prose(cause["sentence"]), ". It explains ", explained, ".")


def _folded(run: Run, findings: list[FindingValue]) -> Html | None:
    return tag("details", tag("summary", f"{len(findings)} more"), _list(run, findings)) if findings else None


def _list(run: Run, findings: list[FindingValue]) -> Html:
    return tag("ul", [_item(run, finding) for finding in findings])


def _item(run: Run, finding: FindingValue) -> Html:
    return tag(
        "li",
        tag("a", tag("code", finding["claim"]), href=f"#{run.panel(finding['claim'])}"),
        tag("small", f" {finding['level']} \u00b7 {finding['origin']}"),
        tag("p", prose(finding["statement"])),
        tag("p", "Expected ", tag("b", prose(finding["expected"])), ", found ", tag("b", prose(finding["actual"])))
        if finding["expected"] or finding["actual"]
        else None,
        _quoted(run, finding["citation"]),
    )


def _quoted(run: Run, cited: CitationValue) -> Html:
    """The words that are broken, on a line or two; the row of the claim has all of them and their place."""
    quote = words.cut(" ".join(cited["quote"].split()), LONGEST_QUOTE)
    gloss = cited.get("gloss")
    return tag(
        "p",
        words.cut(run.named(cited["document"]), LONGEST_QUOTE),
        " says: ",
        tag("q", quote, lang=language(quote)),
        f" ({words.cut(gloss, LONGEST_QUOTE)})" if gloss else None,
        class_="said",
    )


def changes(differences: Sequence[tuple[Run, Difference]]) -> Html | None:
    """What changed since the last run of the same endpoint; None when no endpoint has an earlier run."""
    if not differences:
        return None
    return tag(
        "section",
        tag("h2", "What changed since the last run", id="changes-title"),
        [_changed(run, difference) for run, difference in differences],
        id="changes",
        aria_labelledby="changes-title",
    )


def _changed(run: Run, difference: Difference) -> Html:
    kinds = [
        [tag("h4", kind.capitalize()), tag("ul", [_change(run, change) for change in found])]
        for kind, found in difference.kinds
    ]
    between = f", {words.day(run.before)} to {words.day(run.report['started'])}" if run.before is not None else ""
    return tag("div", tag("h3", run.title, " ", tag("small", run.host, between)), kinds or tag("p", "Nothing."))


def _change(run: Run, change: Change) -> Html:
    link = (
        tag("a", tag("code", change.claim), href=f"#{run.panel(change.claim)}")
        if change.after
        else tag("code", change.claim)
    )
    return tag("li", link, " ", tag("span", prose(change.sentence)))
