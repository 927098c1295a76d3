"""The register of rules: a rule is a generator that yields one `Breach` for each way a claim is broken.

A rule knows no provider and no number; both come from the claim. It may yield `Silent` where the evidence does not
suffice. Its docstring is its statement in every report, with the claim's numbers filled in: `{maximum}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from specs.contract import Area


@dataclass(frozen=True, slots=True)
class Breach:
    """One way a claim is broken: what was expected, what was found, and both in one sentence.

    `disputed`: the document's words forbid it, but its sources disagree, so a mock refuses it and nobody is judged.
    """

    sentence: str
    expected: str
    actual: str
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Silent:
    """The rule cannot say anything about this subject, and why."""

    why: str


Said: TypeAlias = Iterator[Breach | Silent]
Check: TypeAlias = Callable[..., Said]


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule; `required` and `optional` name the numbers a claim has to, or may, give.

    `finished`: it is about answers and looks at finished pictures only, so it can be asked of a stream's, too.
    """

    name: str
    area: Area
    check: Check
    statement: str
    required: frozenset[str]
    optional: frozenset[str]
    finished: bool = False

    def type_of(self, name: str) -> str:
        """The type of the number called `name`, as it is written in the rule: `int`, `list[str]`."""
        return str(self.check.__annotations__[name])

    def fits(self, name: str, value: Any) -> bool:
        """Whether a value is of the type of the number called `name`."""
        return _is(value, get_type_hints(self.check)[name])

    def say(self, subject: Any, numbers: Mapping[str, Any]) -> tuple[Breach | Silent, ...]:
        """Everything the rule has to say about a subject (an Edit or an Asked) under these numbers."""
        return tuple(self.check(subject, **numbers))

    def stated(self, numbers: Mapping[str, Any]) -> str:
        """The statement with the numbers filled in."""
        given = {**(self.check.__kwdefaults__ or {}), **numbers}
        return _PLACE.sub(lambda place: _shown(given.get(place[1], place[0])), self.statement)


def _is(value: Any, hint: Any) -> bool:
    """Whether a value out of YAML is of an annotated type; a boolean is no number."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin is UnionType:
        return any(_is(value, each) for each in inner)
    if origin is list:
        return isinstance(value, list) and all(_is(item, inner[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(_is(k, inner[0]) and _is(v, inner[1]) for k, v in value.items())
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, (int, float) if hint is float else hint)


RULES: dict[str, Rule] = {}

_PLACE = re.compile(r"\{(\w+)\}")


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(value)
    return str(value)


def rule(area: Area, *, finished: bool = False) -> Callable[[Check], Check]:
    """Register a rule for an area; the function's name is its id, its docstring its statement."""

    def keep(check: Check) -> Check:
        name = check.__name__
        if name in RULES:
            raise ValueError(f"there are two rules called {name}")
        if not check.__doc__:
            raise ValueError(f"the rule {name} has no docstring, so it has no statement")
        code, defaults = check.__code__, check.__kwdefaults__ or {}
        named = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        statement = " ".join(check.__doc__.split("\n\n")[0].split())
        RULES[name] = Rule(
            name, area, check, statement, frozenset(named) - set(defaults), frozenset(defaults), finished
        )
        return check

    return keep
