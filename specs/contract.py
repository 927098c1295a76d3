"""The contract as values: what a provider says, each sentence beside the place where it says it.

`loading.load` makes a `Contract` out of two YAML files; the mock enforces it, the tester judges by it. Nothing here
knows a provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Level: TypeAlias = Literal["must", "should", "observed"]
Area: TypeAlias = Literal["request", "acceptance", "answer", "stream", "refusal"]
Origin: TypeAlias = Literal["own", "inherited"]

AREAS: tuple[Area, ...] = ("request", "acceptance", "answer", "stream", "refusal")
LEVELS: tuple[Level, ...] = ("must", "should", "observed")


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of a document: `quote` stands at the JSON pointer `at` of `document`.

    `document` is a provider's name (its `published.yaml`) or, when `at` is empty, an outside source. `gloss` is the
    English of a quotation in another language.
    """

    document: str
    at: str
    quote: str
    gloss: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a breach of a claim is refused: the statuses its source allows (the first is what the mock sends).

    `type`, `code` and `param` go into the error envelope; `params` are further names of the same culprit.
    """

    status: tuple[int, ...] = (400,)
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    params: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a provider, made checkable: a rule, its numbers, when it applies, and where it is said."""

    id: str
    rule: str
    area: Area
    level: Level
    origin: Origin
    statement: str
    numbers: Mapping[str, Any]
    when: Mapping[str, Any]
    citation: Citation
    refusal: Refusal | None = None
    through: Citation | None = None
    note: str | None = None

    @property
    def judged(self) -> bool:
        """An `observed` claim is reported and never judged."""
        return self.level != "observed"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two (or more) places of the published documents that cannot both be right, and what we make of it."""

    id: str
    problem: str
    places: tuple[Citation, ...]
    resolution: str
    why: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """A normative sentence that no claim quotes, and the reason why."""

    quote: str
    why: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the effective document. `schemas` maps request media types to their (dereferenced) schema."""

    name: str
    method: str
    path: str
    schemas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    example: Any = None
    public: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """One provider's whole contract.

    `document` is the effective OpenAPI document (published + overlay); `edit` is the operation this kit is about,
    `models` the provider's list of models, where it has one. `claims` stand in the order in which a server notices
    defects.
    """

    provider: str
    title: str
    published: Mapping[str, Any]
    document: Mapping[str, Any]
    edit: Operation
    models: Operation | None
    claims: tuple[Claim, ...]
    contradictions: tuple[Contradiction, ...]
    set_aside: tuple[SetAside, ...]
    servers: tuple[str, ...]
    takes_over: Citation | None = None
    _areas: dict[Area, tuple[Claim, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def claim(self, id: str) -> Claim:
        """The claim called `id`; KeyError when there is none."""
        for claim in self.claims:
            if claim.id == id:
                return claim
        raise KeyError(id)

    def of_area(self, area: Area) -> tuple[Claim, ...]:
        """The claims of one area, in order."""
        if area not in self._areas:
            self._areas[area] = tuple(claim for claim in self.claims if claim.area == area)
        return self._areas[area]
