"""Cases in data: how they are read, and how the subjects they describe are built.

A file of `tests/cases` is a list of groups, sorted by rule; a group has the rule, the numbers of a claim (`with`), what
all its cases share (`given`) and the cases. A case has an `id`, what it adds to or changes in the shared words, and
what the rule has to say: `kept`, `silent`, `broken` or `disputed`, the last two with `expected` and `actual`.

The subject of a request rule is an `edit` (made directly) or a `request` (read as the house reads it). All other rules
look at a request and its `answer`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from case_pictures import AROUND, KINDS
from case_subjects import SUBJECT, asked, edit
from specs.rules import RULES, Breach, Rule, Silent

HOME = Path(__file__).parent / "cases"
GROUP = {"rule", "with", "given", "cases"}
ABOUT = {"id", "says", "expected", "actual", "times", "with"}


@dataclass(frozen=True)
class Case:
    """One case, with everything its group shares put in."""

    file: str
    rule: Rule
    id: str
    numbers: Mapping[str, Any]
    words: Mapping[str, Any]
    says: str
    expected: str | None
    actual: str | None
    times: int

    def said(self) -> tuple[Breach | Silent, ...]:
        """What the rule says about the subject."""
        subject = edit(self.words) if self.rule.area == "request" else asked(self.words)
        return self.rule.say(subject, self.numbers)


def groups() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every group with the name of its file."""
    for path in sorted(HOME.glob("*.yaml")):
        yield from ((path.stem, group) for group in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))


def cases() -> Iterator[Case]:
    """Every case of every file."""
    for file, group in groups():
        for case in group["cases"]:
            yield Case(
                file=file,
                rule=RULES[group["rule"]],
                id=case["id"],
                numbers={**group.get("with", {}), **case.get("with", {})},
                words=merged(group.get("given", {}), {key: case[key] for key in case if key in SUBJECT}),
                says=case["says"],
                expected=case.get("expected"),
                actual=case.get("actual"),
                times=case.get("times", 1),
            )


def merged(shared: Any, own: Any) -> Any:
    """Objects merged, everything else replaced; a picture is replaced whole."""
    if not isinstance(shared, Mapping) or not isinstance(own, Mapping) or own.keys() & {*KINDS, *AROUND}:
        return own
    return {**shared, **{key: merged(shared.get(key), value) for key, value in own.items()}}
