"""One claim explained: its words and source, how it is asked and what that costs, the bugs it finds, its rule's cases.

Everything is read from what the tester itself works with, so an explanation cannot say anything else than it does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contract_tests.bugs import Bug, about
from contract_tests.plan import chosen, plan
from contract_tests.questions import Question
from contract_tests.selecting import GROUND, selected
from specs import models
from specs.contract import Claim, Contract

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

CASES = Path(__file__).parent.parent / "tests" / "cases"
"""The rules' cases; they come with the source and not with an installed package."""


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a rule: the file, and how many of them it keeps, breaks, is silent on or finds disputed."""

    file: str
    counts: Mapping[str, int]
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything there is to know about a claim before anything is sent.

    `questions` are those made for this claim, `serving` the others by whose answers it is judged; `quick` is what is
    asked for this claim alone when edits are pooled, `full` when they are asked one by one.
    """

    contract: Contract
    claim: Claim
    questions: tuple[Question, ...]
    serving: tuple[Question, ...]
    quick: tuple[Question, ...]
    full: tuple[Question, ...]
    bugs: tuple[Bug, ...]
    cases: tuple[Cases, ...]


def planned(contract: Contract) -> tuple[Question, ...]:
    """All questions about a contract, by the list of models that stands in its document. Sends nothing."""
    return plan(contract, _listed(contract))


def _listed(contract: Contract) -> models.ModelList | None:
    return models.from_value(contract.models.example) if contract.models else None


def explained(contract: Contract, claim: Claim, questions: tuple[Question, ...]) -> Explanation:
    """A claim of a contract explained, beside the contract's whole plan."""
    full = selected(questions, contract, (claim.id,))
    own = tuple(question for question in full if claim.id in question.about)
    others = tuple(question for question in full if question not in own and question.id not in GROUND)
    pooled = chosen(questions, contract, _listed(contract), profile="quick", claims=(claim.id,))
    return Explanation(contract, claim, own, others, pooled, full, about(claim.id), tuple(cases(claim.rule)))


def cases(rule: str, home: Path = CASES) -> Iterator[Cases]:
    """The cases of a rule, file by file; none where the source is not there."""
    for file in sorted(home.glob("*.yaml")):
        groups = yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
        found: list[Mapping[str, Any]] = [case for g in groups if g["rule"] == rule for case in g["cases"]]
        if found:
            counts = Counter(str(case["says"]) for case in found)
            examples = tuple((str(case["id"]), str(case["says"])) for case in found)
            yield Cases(f"tests/cases/{file.name}", counts, examples)
