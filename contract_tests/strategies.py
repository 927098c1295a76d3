"""Edits that a contract accepts, as Hypothesis strategies: what schemas and chance do not express is made to fit.

Model and size belong together, a mask fits its picture, a picture has the shape of the size asked for, and a field that
means something only beside another stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from math import gcd
from typing import Any

from hypothesis import strategies as st

from contract_tests import choosing
from contract_tests.drafts import Draft
from contract_tests.encodings import Encoding, encode, offered, plain
from contract_tests.evidence import breaches
from contract_tests.strategies_pictures import masks, pictures
from contract_tests.strategies_words import names, prompts
from specs.contract import Claim, Contract
from specs.edits import exact_size
from specs.features import UNUSUAL
from specs.models import ModelList
from specs.reading import JSON, read, roles

LARGEST = 1_600_000
"""Pixels of a result that is asked for by chance; larger ones are asked for by the plan, once each."""

ADDRESS = "http://example.invalid"
_OURS = frozenset({"prompt", "model", "size", "n", "user"})
"""Fields that are chosen here and not by the schema."""

_COMPANIONS: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "partial_images": ("stream", (True,)),
    "output_compression": ("output_format", ("jpeg", "webp")),
}
"""Fields that mean something only beside another."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A draft and the way it is written down."""

    draft: Draft
    encoding: Encoding


@dataclass(frozen=True)
class Making:
    """Makes acceptable edits for one contract, with the endpoint's own list of models."""

    contract: Contract
    models: ModelList | None = None

    @st.composite
    @staticmethod
    def _acceptable(draw: Any, self: Making, scalars: Any) -> Meant:
        media_type, chosen = draw(scalars)
        model = draw(st.sampled_from(self.model_names()))
        size = draw(st.sampled_from((*self.sizes(model), None)))
        masked = size is not None and self.documents("mask") and draw(st.integers(0, 3)) == 0
        width, height = _source_shape(size, draw(st.integers(0, 2)))
        stated = {
            "prompt": draw(prompts(strong=masked)),
            "model": model,
            **({"size": size} if size else {}),
            **({"n": draw(st.sampled_from((1, 1, 2)))} if self.documents("n") and draw(st.booleans()) else {}),
            **({"user": draw(names())} if self.documents("user") and draw(st.integers(0, 5)) == 0 else {}),
            **{name: value for name, value in chosen.items() if name not in _OURS and value is not None},
        }
        draft = Draft(
            tuple((name, value) for name, value in stated.items() if _accompanied(name, stated)),
            draw(pictures(width, height, self.most_images(model))),
            draw(masks(width, height)) if masked else None,
        )
        encoding = draw(st.sampled_from(self.ways(media_type)))
        return Meant(self.repaired(draft, encoding), encoding)

    def acceptable(self, scalars: st.SearchStrategy[tuple[str, Mapping[str, Any]]]) -> st.SearchStrategy[Meant]:
        """Acceptable edits; `scalars` draws a media type and the fields that no picture belongs to."""
        return Making._acceptable(self, scalars)

    def model_names(self) -> tuple[str, ...]:
        """The models that may be asked for, the cheapest first."""
        cheapest = choosing.model(self.contract, self.models)
        listed = self.models.names if self.models else tuple(map(str, choosing.values(self.contract, "model")))
        return tuple(dict.fromkeys((cheapest, *listed)))

    def sizes(self, model: str) -> tuple[str, ...]:
        """The exact sizes of a model that are not too large, the smallest first and most often."""
        listed = self.models.get(model) if self.models else None
        known = listed.sizes if listed and listed.sizes else tuple(map(str, self._documented_sizes(model)))
        exact = sorted({size for size in known if exact_size(size)}, key=choosing.pixels)
        fitting = tuple(size for size in exact if choosing.pixels(size) <= LARGEST) or tuple(exact[:1])
        return fitting[:2] * 3 + fitting

    def _documented_sizes(self, model: str) -> tuple[Any, ...]:
        grids = (c.numbers for c in self._about(model) if c.rule == "size_on_grid")
        grid = next(grids, None)
        return choosing.values(self.contract, "size", model) if grid is None else (*_on_grid(grid), "1024x1024")

    def _about(self, model: str) -> list[Claim]:
        claims = self.contract.of_area("request")
        return [c for c in claims if any(fnmatchcase(model, glob) for glob in c.when.get("model", ("*",)))]

    def most_images(self, model: str) -> int:
        """The most pictures that may be sent to a model."""
        listed = self.models.get(model) if self.models else None
        limits = [c.numbers["maximum"] for c in self.contract.of_area("request") if c.rule == "images_at_most"]
        return min([*limits, (listed.most_images if listed else None) or 16])

    def documents(self, field: str) -> bool:
        """Whether the effective document has a field."""
        return any(field in schema.get("properties", {}) for schema in self.contract.edit.schemas.values())

    def ways(self, media_type: str) -> tuple[Encoding, ...]:
        """The encodings of a media type that are promised to be taken, the plain one most often."""
        promised = {
            feature
            for claim in self.contract.of_area("acceptance")
            if claim.judged
            for feature in claim.when.get("features", ())
        }
        fits = [
            way
            for way in offered(self.contract.edit)
            if way.media_type == media_type and set(way.features).isdisjoint((UNUSUAL - promised) | {"expect-continue"})
        ]
        first = tuple(way for way in plain(self.contract.edit) if way.media_type == media_type)
        return first * max(1, len(fits)) + tuple(fits)

    def repaired(self, draft: Draft, encoding: Encoding) -> Draft:
        """The draft without the fields that some claim objects to."""
        for _ in range(4):
            objections = self.objections(draft, encoding)
            names = {str(c.numbers.get("other") or c.numbers.get("field")) for c in objections} - {"prompt", "model"}
            if not names:
                break
            draft = replace(draft, fields=tuple(item for item in draft.fields if item[0] not in names))
        return draft

    def objections(self, draft: Draft, encoding: Encoding) -> tuple[Claim, ...]:
        """The claims a draft breaks, once it is written down."""
        operation = self.contract.edit
        request = encode(draft, encoding, operation, ADDRESS + operation.path, "key")
        return breaches(self.contract, read(self.contract, request, self.models))[0]


def _source_shape(size: str | None, scale: int) -> tuple[int, int]:
    """A source picture of the shape of the size asked for, some 200 to 500 pixels long; a square for none."""
    width, height = exact_size(size) or (1, 1)
    shared = gcd(width, height)
    across, down = width // shared, height // shared
    times = max(1, (256 + 96 * scale) // max(across, down))
    return max(across * times, 64), max(down * times, 64)


def _on_grid(numbers: Mapping[str, Any]) -> tuple[str, ...]:
    """A few sizes on a grid, of about the least number of pixels."""
    step, least = numbers["multiple"], numbers["least_pixels"]
    found = []
    for width in range(40 * step, 88 * step, 8 * step):
        height = -(-least // width // step) * step
        if width * height <= numbers["most_pixels"] and max(width, height) <= numbers["ratio"] * min(width, height):
            found.append(f"{width}x{height}")
    return tuple(found)


def _accompanied(name: str, stated: Mapping[str, Any]) -> bool:
    other, values = _COMPANIONS.get(name, ("", ()))
    return not other or stated.get(other) in values


def scalars_only(contract: Contract, media_type: str, body: Any) -> tuple[str, Mapping[str, Any]]:
    """The fields of a generated body that no picture belongs to."""
    pictured = roles(contract.edit.schemas.get(media_type, {}))
    return media_type, {name: value for name, value in body.items() if name not in pictured}


__all__ = ["JSON", "Making", "Meant", "scalars_only"]
