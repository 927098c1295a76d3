"""The comparison as GitHub-flavoured Markdown: tables, with a footnote for each place that is quoted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, groupby

from contract_tests.documents.cells import Entry, Places, entries, promise, source
from contract_tests.documents.comparing import Comparison, Promise, Row, silence
from contract_tests.documents.said import Said
from contract_tests.documents.text import UNEQUAL
from contract_tests.documents.text import listed as named
from contract_tests.reports import words
from contract_tests.reports.markdown import code, plain
from specs.contract import Citation


def markdown(comparison: Comparison, *, differing: bool = False) -> str:
    """The comparison as Markdown; `differing` leaves out the rows on which all agree."""
    places = Places()
    titles = ", ".join(plain(contract.title) for contract in comparison.contracts)
    blocks = [
        "# What the providers publish",
        f"{titles}, beside each other. Nobody was asked.",
        *_taken_over(comparison),
        "## Contradictions inside the documents",
        *_contradictions(comparison),
        "## Beside each other",
        *_pairs(comparison, places),
        f"## Field by field\n\n{UNEQUAL} they differ. Empty: not said.",
        *_fields(comparison, places, differing=differing),
        "## Promise by promise",
        _promises(comparison, differing=differing),
        *_overruled(comparison),
        "\n".join(_footnotes(places)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _taken_over(comparison: Comparison) -> Iterator[str]:
    for contract, sentence in comparison.takes_over():
        yield f"{plain(contract.title)} takes over what it does not say itself, by:\n\n{_quoted(sentence)}"


def _quoted(cited: Citation, indent: str = "") -> str:
    lines = [f"> {plain(cited.quote)}  "] if cited.quote else []
    lines += [f"> _In English:_ {plain(cited.gloss)}  "] if cited.gloss else []
    return "\n".join(f"{indent}{line}" for line in (*lines, f"> {_where(cited)}"))


def _where(cited: Citation) -> str:
    return f"{plain(cited.document)}{' ' + code(cited.at) if cited.at else ''}"


def _contradictions(comparison: Comparison) -> Iterator[str]:
    for contract in comparison.contracts:
        yield f"### {plain(contract.title)}: {words.plural(len(contract.contradictions), 'contradiction')}"
        for found in contract.contradictions:
            places = "\n\n".join(_quoted(place) for place in found.places)
            read = f"**Read as:** {plain(found.resolution)} {plain(found.why)}"
            summary = f"<summary>{_inline(found.problem)}</summary>"
            yield f"<details>{summary}\n\n{places}\n\n{read} ({code(found.id)})\n\n</details>"


def _inline(text: str) -> str:
    """Our own sentence inside a tag, where backticks are no markup."""
    pieces = text.replace("&", "&amp;").replace("<", "&lt;").split("`")
    if len(pieces) % 2 == 0:
        return "`".join(pieces)
    return "".join(f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces))


def _pairs(comparison: Comparison, places: Places) -> Iterator[str]:
    for left, right in combinations(comparison.names, 2):
        both = [difference.row for difference in comparison.between(left, right) if difference.silent is None]
        yield f"### {plain(comparison.title(right))} beside {plain(comparison.title(left))}"
        if both:
            yield _rows(both, (left, right), comparison, places, marked=False)
        yield "\n".join((*_silent(comparison, right, left), *_silent(comparison, left, right)))


def _silent(comparison: Comparison, silent: str, other: str) -> Iterator[str]:
    found = silence(comparison, silent, other)
    title = plain(comparison.title(silent))
    if found.fields:
        yield f"- {title} does not mention {named(found.fields)}."
    if found.aspects:
        left_open = "; ".join(f"{named([field])} ({', '.join(aspects)})" for field, aspects in found.aspects.items())
        yield f"- {title} leaves open {left_open}."


def _fields(comparison: Comparison, places: Places, *, differing: bool) -> Iterator[str]:
    shown = [row for row in comparison.rows if row.differs or not differing]
    for part, rows in groupby(shown, key=lambda row: row.part):
        yield f"### {part.capitalize()}"
        yield _rows(list(rows), comparison.names, comparison, places, marked=True)


def _rows(rows: Sequence[Row], names: Sequence[str], comparison: Comparison, places: Places, *, marked: bool) -> str:
    """A table of rows; a field is named once."""
    lines = _head(("Field", "What", *(comparison.title(name) for name in names)))
    last = None
    for row in rows:
        part = "" if marked or row.part in ("operation", "request") else f"{row.part} "
        field = "" if last == (row.part, row.field) else f"{part}{code(row.field)}"
        last = (row.part, row.field)
        mark = f"{UNEQUAL} " if marked and row.differs else ""
        lines.append(_line((field, f"{mark}{row.aspect}", *(_cell(row.cells[name], places) for name in names))))
    return "\n".join(lines)


def _cell(sayings: Sequence[Said], places: Places) -> str:
    return "<br>".join(_entry(entry) for entry in entries(sayings, places))


def _entry(entry: Entry) -> str:
    when = f" ({plain(entry.when)})" if entry.when else ""
    return f"{code(entry.value)}{when} {' '.join(f'[^{number}]' for number in entry.places)}"


def _promises(comparison: Comparison, *, differing: bool) -> str:
    lines = _head(("Claim", *(comparison.title(name) for name in comparison.names)))
    shown = [each for each in comparison.promises if each.differs or not differing]
    return "\n".join([*lines, *(_promise(each) for each in shown)])


def _promise(each: Promise) -> str:
    mark = f"{UNEQUAL} " if each.differs else ""
    return _line((f"{mark}{code(each.id)}", *(plain(promise(claim)) for claim in each.claims.values())))


def _overruled(comparison: Comparison) -> Iterator[str]:
    if not comparison.overruled:
        return
    yield "## Not taken over, and the words that overrule it"
    lines = [
        f"- {plain(each.provider)}: {code(each.claim)}: {plain(each.why)}\n{_quoted(each.citation, '  ')}"
        for each in comparison.overruled
    ]
    yield "\n".join(lines)


def _head(titles: Sequence[str]) -> list[str]:
    return [_line(plain(title) for title in titles), _line(":--" for _ in titles)]


def _line(cells: Iterable[str]) -> str:
    """A row of a table, in which a bar would begin another cell."""
    return f"| {' | '.join(_barred(cell) for cell in cells)} |"


def _barred(cell: str) -> str:
    return cell.replace("\\|", "|").replace("|", "\\|")


def _footnotes(places: Places) -> Iterator[str]:
    for number, said in enumerate(places.listed, 1):
        quote = f": {plain(said.place.quote)}" if said.place.quote else ""
        gloss = f" _In English:_ {plain(said.place.gloss)}" if said.place.gloss else ""
        yield f"[^{number}]: {plain(source(said))}, {_where(said.place)}{quote}{gloss}"
