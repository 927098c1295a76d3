"""Public reports of endpoints that differ: which claims find them. The data stand in `bugs.yaml` beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import yaml

FORMAT = "image-contract-bugs/1"

Nature: TypeAlias = Literal["fault", "depends"]
"""A fault is wrong everywhere; what depends is wrong only where the provider's contract says otherwise."""


@dataclass(frozen=True, slots=True)
class Bug:
    """One symptom, where it was reported, and the claims that find it; `undetected` says why none does."""

    id: str
    symptom: str
    nature: Nature
    claims: tuple[str, ...]
    sources: tuple[str, ...]
    undetected: str | None = None

    def value(self) -> dict[str, Any]:
        """The bug as JSON-ready values."""
        return {
            "id": self.id,
            "symptom": self.symptom,
            "nature": self.nature,
            "claims": list(self.claims),
            "undetected": self.undetected,
            "sources": list(self.sources),
        }


@cache
def bugs() -> tuple[Bug, ...]:
    """Every public report that is known here."""
    document = yaml.safe_load(files(__package__).joinpath("bugs.yaml").read_text("utf-8"))
    assert document["format"] == FORMAT, "the file and this module are one"
    return tuple(_bug(item) for item in document["bugs"])


def _bug(item: dict[str, Any]) -> Bug:
    claims, sources = tuple(item["claims"]), tuple(item["sources"])
    return Bug(item["id"], item["symptom"], item["nature"], claims, sources, item.get("undetected"))


def about(claim: str) -> tuple[Bug, ...]:
    """The reports that a claim is about."""
    return tuple(bug for bug in bugs() if claim in bug.claims)
