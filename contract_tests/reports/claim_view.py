"""What a claim's row opens to, for one run: words, numbers, evidence."""

from __future__ import annotations

from contract_tests.reports import exchange_view, words
from contract_tests.reports.answers import judged, seen
from contract_tests.reports.history import Story
from contract_tests.reports.json_form import CitationValue, FindingValue
from contract_tests.reports.markup import Html, join, language, prose, tag
from contract_tests.reports.run import Run

MOST_IDS = 6


def mark(verdict: str, said: str = "") -> Html:
    """A verdict as a shape and a word: never by colour alone."""
    use = Html(f'<svg class="shape" aria-hidden="true" focusable="false"><use href="#shape-{verdict}"/></svg>')
    return tag("span", use, said or verdict, class_=f"mark {verdict}")


def state(finding: FindingValue) -> Html:
    """The mark of a finding; an observed claim is not judged, so its mark says what was seen."""
    return mark(finding["verdict"]) if judged(finding) else mark("observed", seen(finding))


def quotation(cited: CitationValue) -> Html:
    """The provider's words, their English, and where they stand."""
    gloss = cited.get("gloss")
    return tag(
        "figure",
        tag("blockquote", tag("p", cited["quote"]), lang=language(cited["quote"])),
        tag("p", tag("span", "In English: ", class_="quiet"), gloss, class_="gloss") if gloss else None,
        tag("figcaption", source(cited)),
        class_="quotation",
    )


def source(cited: CitationValue) -> Html:
    """Where words stand: the published document and the pointer into it, or an outside source."""
    if not cited["at"]:
        return join([cited["document"]])
    return join(["published document of ", tag("b", cited["document"]), ", at ", tag("code", cited["at"])])


def panel(run: Run, finding: FindingValue, *, pictured: bool) -> Html:
    """Everything about one claim in one run."""
    id = run.panel(finding["claim"])
    return tag(
        "div",
        tag("h3", _whose(run, finding), _state(finding), id=f"{id}-title"),
        _numbers(run, finding),
        _words(finding),
        _exchanges(run, finding, pictured=pictured),
        class_="panel",
        id=id,
        role="group",
        aria_labelledby=f"{id}-title",
    )


def _whose(run: Run, finding: FindingValue) -> Html:
    return tag("span", tag("code", finding["claim"]), " at ", run.title, " ", tag("small", run.host))


def _state(finding: FindingValue) -> Html:
    return tag("span", state(finding), tag("small", f" {finding['level']} \u00b7 {finding['origin']}"), class_="state")


def _numbers(run: Run, finding: FindingValue) -> Html:
    story = run.stories.get(finding["claim"])
    rows = [
        ("Requirement", prose(finding["statement"])),
        ("Expected", tag("span", prose(finding["expected"]), class_="value") if finding["expected"] else None),
        ("Actual", tag("span", prose(finding["actual"]), class_="value") if finding["actual"] else None),
        ("Reason", prose(finding["reason"]) if finding["reason"] else None),
        ("Note", prose(note) if (note := finding.get("note")) else None),
        ("History", join(told(story)) if story and story.runs > 1 else None),
    ]
    return tag("dl", [tag("div", tag("dt", name), tag("dd", said)) for name, said in rows if said], class_="numbers")


def told(story: Story) -> str:
    """A story in one sentence: the newest stretch, and what came before it."""
    last = story.last
    start = f"{last.verdict} since {words.day(last.since)} ({words.plural(last.runs, 'run')})"
    if len(story.stretches) == 1:
        return f"{start}, as long as it is known"
    before = ", ".join(f"{s.verdict} \u00d7 {s.runs} until {words.day(s.until)}" for s in story.stretches[-2:-5:-1])
    more = f", and {len(story.stretches) - 4} more changes" if len(story.stretches) > 4 else ""
    return f"{start}; before that {before}{more}"


def _words(finding: FindingValue) -> Html:
    cited = finding["citation"]
    through = cited.get("through")
    lead = tag("p", "Taken over through this sentence of the provider:", class_="quiet")
    return tag("div", quotation(cited), [lead, quotation(through)] if through else None, class_="words")


def _exchanges(run: Run, finding: FindingValue, *, pictured: bool) -> Html | None:
    ids = finding["exchanges"]
    if not ids or not run.exhibits.exchanges:
        return None
    here, others = None, list(ids)
    asked = run.exhibits.get(ids[0])
    if asked is not None and run.shown_at.get(ids[0]) == finding["claim"]:
        folder = None if ids[0] in run.exhibits.omitted else run.folder
        here = exchange_view.exchange(asked, run.exchange(ids[0]), folder, pictured=pictured)
        others = list(ids[1:])
    return tag("div", here, _others(run, others, "More evidence: " if here else "Evidence: "))


def _others(run: Run, ids: list[str], lead: str) -> Html | None:
    if not ids:
        return None
    named = [item for id in ids[:MOST_IDS] for item in (", ", _named(run, id))][1:]
    more = f" and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else None
    return tag("p", lead, "exchange " if len(ids) == 1 else "exchanges ", named, more, class_="quiet")


def _named(run: Run, id: str) -> Html:
    claim = run.shown_at.get(id)
    if claim is None or id not in run.exhibits.exchanges:
        return tag("code", id)
    return join([tag("a", tag("code", id), href=f"#{run.exchange(id)}"), " (under ", claim, ")"])
