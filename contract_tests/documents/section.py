"""The comparison as a part of the page: every value opens to the words and the place that bear it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from contract_tests.documents.cells import Places, entries, source
from contract_tests.documents.comparing import Comparison, Row, compared, silence
from contract_tests.documents.said import Said
from contract_tests.documents.text import UNEQUAL, listed
from contract_tests.reports import words
from contract_tests.reports.markup import Child, Html, anchor, language, prose, tag
from contract_tests.reports.sections import section
from specs.contract import Citation, Contract

_LEAD = "Each document by itself, field by field. Nobody was asked; open a value to read the words that say it."


def documents_section(contracts: Iterable[Contract]) -> Html:
    """What these providers publish, beside each other, as a section of the page (its id is `documents`)."""
    comparison = compared(contracts)
    return section(
        "documents",
        "What the documents say",
        _LEAD,
        [_taken_over(contract, sentence) for contract, sentence in comparison.takes_over()],
        list(_pairs(comparison)),
        _all(comparison),
    )


def _taken_over(contract: Contract, sentence: Citation) -> Html:
    lead = tag("p", tag("b", contract.title), " takes over what it does not say itself:")
    return tag("div", lead, _quotation(sentence), class_="words")


def _quotation(cited: Citation, told: str = "") -> Html:
    """The words, their English, and where they stand (and who says it)."""
    where: Child = [cited.document, " ", tag("code", cited.at)] if cited.at else cited.document
    return tag(
        "figure",
        tag("blockquote", tag("p", _verbatim(cited.quote)), lang=language(cited.quote)) if cited.quote else None,
        tag("p", tag("span", "In English: ", class_="quiet"), cited.gloss, class_="gloss") if cited.gloss else None,
        tag("figcaption", f"{told}: " if told else None, where),
        class_="quotation",
    )


def _verbatim(quote: str) -> Child:
    """A piece of the document's structure as code, a sentence as it is."""
    return tag("code", quote) if quote.lstrip().startswith(("{", "[", '"')) else quote


def _pairs(comparison: Comparison) -> Iterator[Html]:
    for left, right in combinations(comparison.names, 2):
        found = [difference.row for difference in comparison.between(left, right) if difference.silent is None]
        beside = f"{comparison.title(right)} beside {comparison.title(left)}"
        head = tag("summary", f"{beside}: {words.plural(len(found), 'difference')}")
        table = _table(found, (left, right), comparison, beside)
        quiet = [*_silent(comparison, right, left), *_silent(comparison, left, right)]
        yield tag("details", head, table, quiet, class_="card", id=anchor("documents", left, right))


def _silent(comparison: Comparison, silent: str, other: str) -> Iterator[Html]:
    found = silence(comparison, silent, other)
    title = comparison.title(silent)
    if found.fields:
        yield tag("p", prose(f"{title} does not mention {listed(found.fields)}."), class_="quiet")
    if found.aspects:
        left_open = "; ".join(f"{listed([field])} ({', '.join(aspects)})" for field, aspects in found.aspects.items())
        yield tag("p", prose(f"{title} leaves open {left_open}."), class_="quiet")


def _all(comparison: Comparison) -> Html:
    head = tag("summary", f"Every field: {words.plural(len(comparison.rows), 'row')}")
    return tag("details", head, _table(comparison.rows, comparison.names, comparison, "Every field"), class_="card")


def _table(rows: Sequence[Row], names: Sequence[str], comparison: Comparison, told: str) -> Html:
    titles = ("Field", "What", *(comparison.title(name) for name in names))
    head = tag("thead", tag("tr", [tag("th", title, scope="col") for title in titles]))
    table = tag(
        "table",
        head,
        tag("tbody", [_line(row, names, marked=names == comparison.names) for row in rows]),
        class_="plain",
        aria_label=told,
    )
    return tag("div", table, class_="wide", tabindex="0", role="region", aria_label=told)


def _line(row: Row, names: Sequence[str], *, marked: bool) -> Html:
    part = "" if row.part in ("operation", "request") else f"{row.part} "
    field = [part, tag("code", row.field)]
    mark = tag("span", f"{UNEQUAL}\u00a0", title="they differ") if marked and row.differs else None
    cells = [tag("td", _cell(row.cells[name])) for name in names]
    return tag("tr", tag("th", field, scope="row"), tag("td", mark, row.aspect), cells)


def _cell(sayings: Sequence[Said]) -> list[Html]:
    places = Places()
    found = entries(sayings, places)
    return [
        tag(
            "details",
            tag("summary", tag("code", entry.value), tag("small", f" {entry.when}") if entry.when else None),
            [_quotation(place, told) for place, told in _told([places.listed[number - 1] for number in entry.places])],
        )
        for entry in found
    ] or [tag("span", "not said", class_="quiet")]


def _told(sayings: Sequence[Said]) -> Iterator[tuple[Citation, str]]:
    """Each place once, and everything that says it there."""
    sources: dict[Citation, list[str]] = {}
    for said in sayings:
        sources.setdefault(said.place, []).append(source(said))
    yield from ((place, "; ".join(dict.fromkeys(told))) for place, told in sources.items())
