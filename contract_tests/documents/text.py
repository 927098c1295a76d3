"""The comparison for the terminal: contradictions, what differs, the whole table, the places it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from contract_tests.documents.cells import Places, entries, promise, source
from contract_tests.documents.comparing import Comparison, Difference, Promise, Row, silence
from contract_tests.reports import words
from contract_tests.reports.markup import visible
from specs.contract import Citation

UNEQUAL = "\u2260"


def text(comparison: Comparison, *, differing: bool = False) -> str:
    """The comparison as lines; `differing` leaves out the rows on which all agree."""
    places = Places()
    titles = ", ".join(contract.title for contract in comparison.contracts)
    lines = [
        f"What {titles} publish, beside each other. Nobody was asked.",
        *_contradictions(comparison),
        *_pairs(comparison, places),
        *_table(comparison, places, differing=differing),
        *_promises(comparison, differing=differing),
        *_overruled(comparison),
        *_places(places),
    ]
    return "".join(f"{visible(line)}\n" for line in lines)


def _contradictions(comparison: Comparison) -> Iterator[str]:
    yield from ("", "CONTRADICTIONS INSIDE THE DOCUMENTS")
    for contract in comparison.contracts:
        yield from ("", f"{contract.title}: {words.plural(len(contract.contradictions), 'contradiction')}")
        for found in contract.contradictions:
            yield f"  {found.problem}  ({found.id})"
            yield from (f"      {quoted(place)}" for place in found.places)
            yield f"      read as: {found.resolution} {found.why}"


def quoted(cited: Citation) -> str:
    """Words, their English in brackets, and where they stand."""
    words_there = f'"{" ".join(cited.quote.split())}"  ' if cited.quote else ""
    gloss = f"[{' '.join(cited.gloss.split())}]  " if cited.gloss else ""
    return f"{words_there}{gloss}{cited.document} {cited.at}".rstrip()


def _pairs(comparison: Comparison, places: Places) -> Iterator[str]:
    yield from ("", "BESIDE EACH OTHER")
    for contract, sentence in comparison.takes_over():
        yield f"{contract.title} takes over what it does not say itself, by: {quoted(sentence)}"
    for left, right in combinations(comparison.names, 2):
        both = [difference for difference in comparison.between(left, right) if difference.silent is None]
        yield ""
        yield f"{comparison.title(right)} beside {comparison.title(left)}: {words.plural(len(both), 'difference')}"
        yield from (f"  {_compared(difference, comparison, places)}" for difference in both)
        yield from _silent(comparison, right, left)
        yield from _silent(comparison, left, right)


def _compared(difference: Difference, comparison: Comparison, places: Places) -> str:
    row = difference.row
    said = ("; ".join(_cells(row, name, comparison, places)) for name in (difference.left, difference.right))
    return f"{row.part} `{row.field}` {row.aspect}: {' | '.join(said)}"


def _silent(comparison: Comparison, silent: str, other: str) -> Iterator[str]:
    found = silence(comparison, silent, other)
    title = comparison.title(silent)
    if found.fields:
        yield f"  {title} does not mention: {listed(found.fields)}"
    if found.aspects:
        left_open = "; ".join(f"{listed([field])} ({', '.join(aspects)})" for field, aspects in found.aspects.items())
        yield f"  {title} leaves open: {left_open}"


def listed(fields: Iterable[tuple[str, str]]) -> str:
    """Fields by name, those of the request without saying so."""
    return ", ".join(f"`{name}`" if part == "request" else f"{part} `{name}`" for part, name in fields)


def _cells(row: Row, name: str, comparison: Comparison, places: Places) -> Iterator[str]:
    yield f"{comparison.title(name)}: " + "; ".join(
        f"{entry.value}{f' ({entry.when})' if entry.when else ''} [{' '.join(map(str, entry.places))}]"
        for entry in entries(row.cells[name], places)
    )


def _table(comparison: Comparison, places: Places, *, differing: bool) -> Iterator[str]:
    yield from ("", f"FIELD BY FIELD  ({UNEQUAL} they differ; what a provider does not say is left out)")
    last = None
    for row in comparison.rows:
        if differing and not row.differs:
            continue
        if (row.part, row.field) != last:
            last = (row.part, row.field)
            yield from ("", f"{row.part} `{row.field}`")
        said = [cell for name in comparison.names if row.cells[name] for cell in _cells(row, name, comparison, places)]
        yield f"{_mark(row)} {row.aspect:<16} {' | '.join(said)}"


def _mark(each: Row | Promise) -> str:
    return UNEQUAL if each.differs else " "


def _promises(comparison: Comparison, *, differing: bool) -> Iterator[str]:
    shown = [each for each in comparison.promises if each.differs or not differing]
    yield from ("", "PROMISE BY PROMISE", "")
    for each in shown:
        told = (f"{comparison.title(name)}: {promise(claim)}" for name, claim in each.claims.items())
        yield f"{_mark(each)} {each.id:<32} {' | '.join(told)}"


def _overruled(comparison: Comparison) -> Iterator[str]:
    if comparison.overruled:
        yield from ("", "NOT TAKEN OVER, AND THE WORDS THAT OVERRULE IT", "")
    for each in comparison.overruled:
        yield f"{comparison.title(each.provider)}: {each.claim}: {each.why}"
        yield f"      {quoted(each.citation)}"


def _places(places: Places) -> Iterator[str]:
    yield from ("", "WHERE IT SAYS SO", "")
    for number, said in enumerate(places.listed, 1):
        yield f"[{number}] {source(said)}: {quoted(said.place)}"
