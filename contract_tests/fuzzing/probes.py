"""A probe: one request of the fuzzing, made before anything is sent."""

from __future__ import annotations

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
