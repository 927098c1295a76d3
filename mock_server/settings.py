"""What a mock is told at its start, as one frozen value: from the command line, a file or a test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from specs import loading
from specs.contract import Contract

Checks: TypeAlias = Literal["all", "schema", "none"]


class WrongSettings(ValueError):
    """The user asked for something there is not; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`providers` are served each under `/<name>`, and at the root when there is one.

    `api_key` None: every key is good but those that begin with `sk-invalid`. `faults` and `forget` are ids of faults
    and claims. `seed` makes pictures repeatable. `checks`: what is judged before answering.
    """

    providers: tuple[str, ...] = ()
    api_key: str | None = None
    faults: tuple[str, ...] = ()
    forget: frozenset[str] = field(default=frozenset())
    seed: int = 0
    checks: Checks = "all"
    caption: bool = True
    stream_interval: float = 0.0

    def contracts(self) -> dict[str, Contract]:
        """The contracts to serve, by provider. Raises loading.UnknownProvider, WrongSettings."""
        found = {name: loading.load(name) for name in self.providers or loading.providers()}
        known = {claim.id for contract in found.values() for claim in contract.claims if claim.area == "request"}
        if unknown := sorted(self.forget - known):
            raise WrongSettings(
                f"there is no request claim {', '.join(unknown)} to forget for {', '.join(found)}; "
                "`image-contract list` shows all claims"
            )
        return found
