"""A cell of the tables: each different value once, on which condition, and the numbers of the places that say it.

The places are numbered as they come up, and listed under the tables: the words, where they stand, and whether a schema
says it or a claim about the prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from contract_tests.documents.said import UNITED, Said, shown
from specs.contract import Claim

ENCODINGS = {"multipart/form-data": "form", "application/json": "JSON", "text/event-stream": "stream"}


@dataclass
class Places:
    """The places of one document, numbered from 1 as they are cited."""

    numbers: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    listed: list[Said] = field(default_factory=list)

    def number(self, said: Said) -> int:
        """The number of the place that says this."""
        claim = said.claim.id if said.claim else ""
        key = (said.place.document, said.place.at, said.place.quote, claim)
        if key not in self.numbers:
            self.listed.append(said)
            self.numbers[key] = len(self.listed)
        return self.numbers[key]


@dataclass(frozen=True, slots=True)
class Entry:
    """One value in a cell: when it is said (empty: always), and the numbers of its places."""

    value: str
    when: str
    places: tuple[int, ...]


def entries(sayings: Sequence[Said], places: Places) -> tuple[Entry, ...]:
    """What stands in a cell, schemas before claims."""
    groups: dict[tuple[str, str], list[int]] = {}
    united = _united(sayings)
    single = bool(united) or len({said.shown for said in sayings}) == 1
    for said in sayings:
        when = ", ".join(_conditions(said, single=single))
        numbers = groups.setdefault((united if united and said.binding else said.shown, when), [])
        numbers += [number for number in (places.number(said),) if number not in numbers]
    return tuple(Entry(value, when, tuple(numbers)) for (value, when), numbers in groups.items())


def _united(sayings: Sequence[Said]) -> str:
    """Where several places say a bit of it each: all of it; else nothing."""
    if not sayings or sayings[0].aspect not in UNITED:
        return ""
    listed = (text for said in sayings if said.binding and isinstance(said.value, tuple) for text in said.value)
    return shown(tuple(dict.fromkeys(listed)))


def _conditions(said: Said, *, single: bool) -> Iterator[str]:
    if said.media and not single:
        yield ENCODINGS.get(said.media, said.media)
    if said.claim and "model" in said.claim.when:
        yield "for " + " or ".join(said.claim.when["model"])
    if said.claim and not said.claim.judged:
        yield "observed"


def source(said: Said) -> str:
    """Who says it: the schema of an encoding, or a claim about the prose."""
    if said.claim is not None:
        return f"claim {said.claim.id}, {said.claim.level}"
    encoding = f" of the {ENCODINGS.get(said.media, said.media)}" if said.media else ""
    return f"schema{encoding}" if said.part != "operation" else "structure"


def promise(claim: Claim | None) -> str:
    """A claim in a cell: its level, where it comes from, its numbers."""
    if claim is None:
        return "no such claim"
    numbers = "; ".join(f"{name} {_number(value)}" for name, value in claim.numbers.items() if name != "feature")
    origin = "its own words" if claim.origin == "own" else "taken over"
    return f"{claim.level}, {origin}" + (f" ({numbers})" if numbers else "")


def _number(value: object) -> str:
    if isinstance(value, list | tuple | dict):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
