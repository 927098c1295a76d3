"""A provider's list of models, as its own endpoint tells it: sizes, number of input images, prices.

What a document leaves to such a list is read from the endpoint under test and never assumed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Model:
    """One model: sizes as `WIDTHxHEIGHT`, the most input images, the price in credits of each size."""

    name: str
    sizes: tuple[str, ...] = ()
    most_images: int | None = None
    prices: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelList:
    """All models, in the endpoint's order."""

    models: tuple[Model, ...]

    def get(self, name: object) -> Model | None:
        """The model called `name`, or None."""
        return next((m for m in self.models if m.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Every model's name."""
        return tuple(m.name for m in self.models)


def parse(body: bytes) -> ModelList | None:
    """The list out of a wrapper `{"code": 0, "data": [{name, sizes, pricing, maxInputImages}]}`; None if it is none."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return from_value(document)


def from_value(document: Any) -> ModelList | None:
    """As `parse`, from a parsed document."""
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, list):
        return None
    found = tuple(_model(item) for item in data if isinstance(item, dict) and isinstance(item.get("name"), str))
    return ModelList(found) if found else None


def _model(item: Mapping[str, Any]) -> Model:
    sizes = item.get("sizes")
    most = item.get("maxInputImages")
    pricing = item.get("pricing")
    return Model(
        name=item["name"],
        sizes=tuple(s for s in sizes if isinstance(s, str)) if isinstance(sizes, list) else (),
        most_images=most if isinstance(most, int) and not isinstance(most, bool) else None,
        prices={
            p["size"]: float(p["price"])
            for p in (pricing if isinstance(pricing, list) else ())
            if isinstance(p, dict) and isinstance(p.get("size"), str) and isinstance(p.get("price"), int | float)
        },
    )
