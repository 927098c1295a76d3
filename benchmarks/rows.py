"""Results of long runs as lines of JSON: written one by one, so that a run that was cut short goes on where it ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

HOME = Path(__file__).parent / "results"

Row: TypeAlias = dict[str, Any]


def read(name: str) -> list[Row]:
    """All rows of a run; none when it was never made."""
    path = HOME / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def add(name: str, row: Row) -> None:
    """One more row."""
    HOME.mkdir(exist_ok=True)
    with (HOME / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def forget(name: str) -> None:
    """Begin a run anew."""
    (HOME / f"{name}.jsonl").unlink(missing_ok=True)


def keys(name: str) -> frozenset[tuple[str, ...]]:
    """What a run has done already: provider, kind and id of each row."""
    return frozenset(key(row) for row in read(name))


def key(row: Row) -> tuple[str, ...]:
    """What a row is about."""
    return row["provider"], row.get("kind", ""), row["id"]


def by_key(name: str) -> dict[tuple[str, ...], Row]:
    """The rows of a run by what they are about."""
    return {key(row): row for row in read(name)}


def grouped(rows: list[Row], field: str) -> Iterator[tuple[str, list[Row]]]:
    """Rows by the value of a field, in the order in which the values come."""
    for value in dict.fromkeys(row[field] for row in rows):
        yield str(value), [row for row in rows if row[field] == value]
