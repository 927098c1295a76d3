"""What a mock is told at its start, as one frozen value: from the command line, a file, the environment or a test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from mock_server.cors import is_origin
from specs import loading
from specs.contract import Contract

Checks: TypeAlias = Literal["all", "schema", "none"]
Dialect: TypeAlias = Literal["documented", "live", "native"]
Fetch: TypeAlias = Literal["no", "loopback", "any"]
Log: TypeAlias = Literal["none", "common", "json"]

LARGEST = 420 * 1024 * 1024
"""Bytes of a body we are willing to hold: sixteen pictures of 25 MB, and a little more."""


class WrongSettings(ValueError):
    """The user asked for something there is not; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`providers` are served each under `/<name>`, and at the root when there is one.

    `api_key` None: every key is good but those that begin with `sk-invalid`. `faults` and `forget` are ids of faults
    and claims, `scenarios` are cues (`rate-limit;times=2`). `seed` makes pictures, request ids and shares repeatable.
    `checks`: what is judged before answering. `dialect` None: `live` for OpenAI, `documented` for the others. `cors`
    are origins of browser apps. `stream_interval` and `keep_alive` are seconds between the events of a stream, and
    between comments in its pauses. `replay` is a file with a recording whose answers are given, its pauses times
    `replay_pace`.
    """

    providers: tuple[str, ...] = ()
    api_key: str | None = field(default=None, repr=False)
    faults: tuple[str, ...] = ()
    forget: frozenset[str] = field(default=frozenset())
    seed: int = 0
    checks: Checks = "all"
    caption: bool = True
    stream_interval: float = 0.0
    scenarios: tuple[str, ...] = ()
    dialect: Dialect | None = None
    fetch_urls: Fetch = "no"
    keep_alive: float = 0.0
    cors: tuple[str, ...] = ()
    log: Log = "none"
    largest: int = LARGEST
    replay: str | None = None
    replay_pace: float = 1.0

    def contracts(self) -> dict[str, Contract]:
        """The contracts to serve, by provider. Raises loading.UnknownProvider, WrongSettings."""
        if strange := [origin for origin in self.cors if not is_origin(origin)]:
            raise WrongSettings(
                f"cors: {strange[0]!r:.60} is no origin; one is like http://localhost:5173, or * for all"
            )
        found = {name: loading.load(name) for name in self.providers or loading.providers()}
        known = {claim.id for contract in found.values() for claim in contract.claims if claim.area == "request"}
        if unknown := sorted(self.forget - known):
            raise WrongSettings(
                f"there is no request claim {', '.join(unknown)} to forget for {', '.join(found)}; "
                "`image-contract list` shows all claims"
            )
        return found

    def speaks(self, provider: str) -> Dialect:
        """The dialect in which a provider's refusals are told."""
        return self.dialect or ("live" if provider == "openai" else "documented")
