"""A drift in words, for the terminal, and as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract_tests.documents.changes import Change
from contract_tests.documents.drifting import Drift
from contract_tests.documents.quotations import Lost
from contract_tests.documents.said import Value
from contract_tests.documents.text import quoted
from contract_tests.documents.values import citation
from contract_tests.reports import words
from contract_tests.reports.markup import visible

FORMAT = "image-contract-drift/1"


def text(drift: Drift, name: str) -> str:
    """The drift as lines; `name` is the file that was compared."""
    return "".join(f"{visible(line)}\n" for line in _lines(drift, name))


def _lines(drift: Drift, name: str) -> Iterator[str]:
    version = "" if len(set(drift.versions)) == 1 else f" (version {drift.versions[0]} \u2192 {drift.versions[1]})"
    yield f"{drift.contract.title}: {name} beside the bundled document{version}"
    if drift.transcribed:
        yield "the bundled document is our own transcription: words are not compared, only the structure"
    if not drift.any:
        yield "nothing of note has changed"
        return
    yield from _changes(drift)
    yield from _quotations(drift)
    yield from _sentences(drift)


def _changes(drift: Drift) -> Iterator[str]:
    if not drift.changes:
        return
    others = len(drift.changes) - len(drift.breaking)
    yield from ("", f"for clients: {words.plural(len(drift.breaking), 'breaking change')}, {others} other")
    for change in drift.changes:
        yield f"  {'BREAKING' if change.breaking else '        '}  {change.sentence}  {change.at}"
    if drift.instead:
        yield f"            the new document describes {', '.join(drift.instead)}"


def _quotations(drift: Drift) -> Iterator[str]:
    if not drift.lost and not drift.unfit:
        return
    moved = sum(each.moved is not None for each in drift.lost)
    yield from ("", f"quotations: {len(drift.lost) - moved} lost, {moved} moved")
    if drift.unfit:
        yield f"  the overlay no longer applies: {drift.unfit}"
    for each in drift.lost:
        yield f"  {', '.join(each.quotation.purposes)}: {quoted(each.quotation.citation)}"
        yield f"      {_fate(each)}"


def _fate(each: Lost) -> str:
    if each.moved is not None:
        return f"stands at {each.moved} now"
    if each.now is None:
        return "there is no such place any more"
    numbers = "".join(f"  ({old} \u2192 {new})" for old, new in each.numbers)
    return f'there now: "{each.now}"{numbers}'


def _sentences(drift: Drift) -> Iterator[str]:
    if not drift.new and not drift.gone:
        return
    yield from ("", f"normative sentences: {len(drift.new)} new, {len(drift.gone)} gone")
    for each in drift.new:
        told = "quoted already" if each.answered else "quoted by nothing: tested by nothing"
        yield f'  + "{each.sentence.text}"  {each.sentence.at}  ({told})'
    for sentence in drift.gone:
        yield f'  - "{sentence.text}"  {sentence.at}'


def value(drift: Drift) -> dict[str, Any]:
    """The drift as JSON-ready values."""
    return {
        "format": FORMAT,
        "provider": drift.contract.provider,
        "versions": list(drift.versions),
        "transcribed": drift.transcribed,
        "changes": [_change(change) for change in drift.changes],
        "instead": list(drift.instead),
        "overlay": drift.unfit,
        "quotations": [
            {
                "purposes": list(each.quotation.purposes),
                "citation": citation(each.quotation.citation),
                "moved": each.moved,
                "now": each.now,
                "numbers": [list(pair) for pair in each.numbers],
            }
            for each in drift.lost
        ],
        "sentences": {
            "new": [{"at": e.sentence.at, "text": e.sentence.text, "quoted": e.answered} for e in drift.new],
            "gone": [{"at": sentence.at, "text": sentence.text} for sentence in drift.gone],
        },
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "breaking": change.breaking,
        "part": change.part,
        "media": change.media,
        "field": change.field,
        "aspect": change.aspect,
        "before": _plain(change.before),
        "after": _plain(change.after),
        "at": change.at,
        "sentence": change.sentence,
    }


def _plain(value: Value | None) -> Any:
    return list(value) if isinstance(value, tuple) else value
