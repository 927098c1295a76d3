"""The register of violations: for each request rule, requests that break it, and their counterparts that just do not.

A violation is a generator named after its rule. It is given a valid request to start from and the claim's numbers, and
yields `Bad` and `Good` attempts, each as small a change as its point allows, cheap ones first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from contract_tests import samples
from contract_tests.conditions import meeting
from contract_tests.drafts import Draft
from contract_tests.encodings import Encoding
from contract_tests.questions import Key
from specs.contract import Claim, Contract, Operation
from specs.messages import Headers
from specs.models import ModelList
from specs.reading import JSON, MULTIPART, roles


@dataclass(frozen=True, slots=True)
class Bad:
    """A request that breaks exactly one rule, and is expected to be refused for free.

    `name` is a slug, unique for its claim. `encoding` None stands for every encoding the claim applies to. `method`,
    `path` and `raw_body` replace what the draft would give, `headers` fields of the same name (an empty value removes
    one). `heavy` bodies have more than 5 MB. `billable`: an endpoint that keeps its contract would bill it.
    """

    name: str
    draft: Draft
    encoding: str | None = None
    key: Key = "right"
    method: str | None = None
    path: str | None = None
    raw_body: bytes | None = None
    headers: Headers = ()
    heavy: bool = False
    billable: bool = False


@dataclass(frozen=True, slots=True)
class Good:
    """A request at the allowed side of the boundary, expected to be accepted; fields as in `Bad`."""

    name: str
    draft: Draft
    encoding: str | None = None
    key: Key = "right"
    headers: Headers = ()
    heavy: bool = False
    billable: bool = True


Attempt: TypeAlias = Bad | Good


@dataclass(frozen=True, slots=True)
class Start:
    """What a violation starts from: a valid draft that the claim applies to, and the encodings it does so in."""

    claim: Claim
    contract: Contract
    draft: Draft
    encodings: tuple[Encoding, ...]
    models: ModelList | None = None
    heavy: bool = False

    @property
    def operation(self) -> Operation:
        """The edit operation."""
        return self.contract.edit

    @property
    def has_mask(self) -> bool:
        """Whether the operation documents a mask."""
        return any("mask" in roles(schema).values() for schema in self.operation.schemas.values())

    @property
    def json(self) -> str | None:
        """The JSON encoding the claim applies to, by name, or None."""
        return next((row.name for row in self.encodings if row.media_type == JSON), None)

    @property
    def form(self) -> str | None:
        """The multipart encoding the claim applies to, by name, or None."""
        return next((row.name for row in self.encodings if row.media_type == MULTIPART), None)

    @property
    def first(self) -> str:
        """The plainest of its encodings."""
        return self.encodings[0].name


Violation: TypeAlias = Callable[[Start, Mapping[str, Any]], Iterator[Attempt]]

VIOLATIONS: dict[str, Violation] = {}
"""Every violation by the name of its rule."""


def violation(rule: str) -> Callable[[Violation], Violation]:
    """Register the violation of a rule. Raises ValueError for a second one."""

    def keep(make: Violation) -> Violation:
        if rule in VIOLATIONS:
            raise ValueError(f"there are two violations of the rule {rule}")
        VIOLATIONS[rule] = make
        return make

    return keep


def attempts(
    claim: Claim, contract: Contract, models: ModelList | None = None, seed: int = 0, *, heavy: bool = False
) -> Iterator[Attempt]:
    """Every attempt at a request claim, ready to be encoded: each has its encoding.

    An attempt that is possible in several encodings comes once for each; its name then ends in the encoding's. Heavy
    ones are made only when asked for. Nothing is yielded for a claim whose `when` no request of ours can meet, or whose
    rule has no violation.
    """
    met = meeting(claim, contract, samples.valid(contract, models, seed), models)
    if met is None or claim.rule not in VIOLATIONS:
        return
    start = Start(claim, contract, *met, models, heavy)
    for attempt in VIOLATIONS[claim.rule](start, claim.numbers):
        if attempt.encoding is not None:
            yield attempt
            continue
        for row in start.encodings:
            name = attempt.name if row.name == start.first else f"{attempt.name}-{row.name}"
            yield replace(attempt, name=name, encoding=row.name)
