"""The register of faults: each one small decorated function that breaks one claim on purpose.

A fault is `(edit, reply) -> reply`, called when its `on` fits the reply; or (on="edit") `edit -> edit`, called before
the picture is painted; or (on="request") `edit -> bool`: whether a request that breaks its claim is accepted. Its
docstring says what a client sees; `sources` are public reports of the real thing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from mock_server.replies import Reply
from specs.contract import Contract
from specs.edits import Edit

On: TypeAlias = Literal["request", "edit", "answer", "stream", "accepted", "refusal", "any"]
"""When a fault acts: before judging; before painting; on JSON answers; on streams; on both; on refusals; always."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A registered fault. `breaks` are ids of claims; `providers` None: wherever such a claim is judged."""

    id: str
    breaks: tuple[str, ...]
    on: On
    act: Callable[..., Any]
    statement: str
    sources: tuple[str, ...] = ()
    catalogue: tuple[str, ...] = ()
    providers: tuple[str, ...] | None = None

    def fits(self, contract: Contract) -> bool:
        """Whether the provider makes a claim that this fault breaks."""
        named = self.providers is None or contract.provider in self.providers
        return named and any(claim.id in self.breaks and claim.judged for claim in contract.claims)

    def acts_on(self, reply: Reply) -> bool:
        """Whether this fault changes such a reply."""
        if self.on == "any":
            return True
        if self.on == "refusal":
            return reply.why is not None
        if not reply.accepted or self.on in ("edit", "request"):
            return False
        return self.on == "accepted" or (self.on == "stream") == (reply.events is not None)

    def overlooks(self, edit: Edit, claim: str | None) -> bool:
        """Whether this fault accepts a request that is to be refused by that claim."""
        return self.on == "request" and claim in self.breaks and bool(self.act(edit))


FAULTS: dict[str, Fault] = {}

Act: TypeAlias = Callable[..., Any]


def fault(
    *breaks: str,
    on: On,
    source: str | tuple[str, ...] = (),
    catalogue: str | tuple[str, ...] = (),
    providers: tuple[str, ...] | None = None,
) -> Callable[[Act], Act]:
    """Register a fault: its id is the function's name with hyphens, its statement the docstring."""

    def keep(act: Act) -> Act:
        id = act.__name__.replace("_", "-")
        if id in FAULTS:
            raise ValueError(f"there are two faults called {id}")
        if not act.__doc__:
            raise ValueError(f"the fault {id} has no docstring")
        statement = " ".join(act.__doc__.split())
        FAULTS[id] = Fault(id, breaks, on, act, statement, _several(source), _several(catalogue), providers)
        return act

    return keep


def _several(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
