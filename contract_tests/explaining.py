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
from contract_tests.plan import plan
from contract_tests.questions import Question
from specs import models
from specs.applying import applies
from specs.contract import Claim, Contract
from specs.edits import Edit
from specs.reading import read

ADDRESS = "http://endpoint.invalid"
"""The server of requests that are only read."""

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

    `questions` are those made for this claim, `serving` the others whose answers it is judged by, too.
    """

    contract: Contract
    claim: Claim
    questions: tuple[Question, ...]
    serving: tuple[Question, ...]
    bugs: tuple[Bug, ...]
    cases: tuple[Cases, ...]

    @property
    def free(self) -> int:
        """How many of its own questions should cost nothing."""
        return sum(not question.billable for question in self.questions)

    @property
    def billable(self) -> int:
        """How many edits its own questions are."""
        return len(self.questions) - self.free

    @property
    def credits(self) -> float:
        """What these edits cost by the provider's own list of prices; 0 where it has none."""
        return sum(question.price or 0 for question in self.questions)


def planned(contract: Contract) -> tuple[Question, ...]:
    """All questions about a contract, by the list of models that stands in its document. Sends nothing."""
    return plan(contract, _listed(contract))


def _listed(contract: Contract) -> models.ModelList | None:
    return models.from_value(contract.models.example) if contract.models else None


def explained(contract: Contract, claim: Claim, questions: tuple[Question, ...]) -> Explanation:
    """A claim of a contract explained, beside the contract's whole plan."""
    own = tuple(question for question in questions if claim.id in question.about)
    others = () if own else tuple(_serving(contract, claim, questions))
    return Explanation(contract, claim, own, others, about(claim.id), tuple(cases(claim.rule)))


def _serving(contract: Contract, claim: Claim, questions: tuple[Question, ...]) -> Iterator[Question]:
    """The questions whose answers an answer, stream or refusal claim is judged by."""
    listed = _listed(contract)
    for question in questions:
        if question.billable == (claim.area == "refusal"):
            continue
        edit = read(contract, question.request(contract, ADDRESS + contract.edit.path, "<key>"), listed)
        if _fits(claim, edit) and applies(claim, edit):
            yield question


def _fits(claim: Claim, edit: Edit) -> bool:
    """Whether the answer to a request is of the kind that the claim's rule looks at."""
    if claim.rule.startswith("mask_") and edit.mask is None:
        return False
    return claim.area == "refusal" or edit.streams == (claim.area == "stream")


def cases(rule: str, home: Path = CASES) -> Iterator[Cases]:
    """The cases of a rule, file by file; none where the source is not there."""
    for file in sorted(home.glob("*.yaml")):
        groups = yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
        found: list[Mapping[str, Any]] = [case for g in groups if g["rule"] == rule for case in g["cases"]]
        if found:
            counts = Counter(str(case["says"]) for case in found)
            examples = tuple((str(case["id"]), str(case["says"])) for case in found)
            yield Cases(f"tests/cases/{file.name}", counts, examples)
