"""A probe: one request of the fuzzing, made before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from specs.messages import Request

Family: TypeAlias = Literal["acceptable", "covering", "violating", "bent", "malformed"]
"""`acceptable`: generated to be taken. `covering`: the schema's edges, one after the other. `violating`: generated
against the schema. `bent`: a good request with one value or picture spoilt. `malformed`: broken byte by byte."""

FAMILIES: tuple[Family, ...] = ("acceptable", "covering", "violating", "bent", "malformed")


@dataclass(frozen=True, slots=True)
class Probe:
    """One request, and what it is (`told`: a slug or a sentence of the generator's)."""

    family: Family
    told: str
    request: Request


def interleaved(groups: Iterable[Iterable[Probe]]) -> Iterator[Probe]:
    """One of each group in turn, so that a run cut short has seen something of all."""
    waiting = [iter(group) for group in groups]
    while waiting:
        for group in tuple(waiting):
            probe = next(group, None)
            if probe is None:
                waiting.remove(group)
            else:
                yield probe
