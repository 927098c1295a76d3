"""What a contract, and the endpoint's own list of models, leave to choose from when a request has to be acceptable."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from contract_tests import choosing
from contract_tests.drafts import Draft
from contract_tests.encodings import Encoding, encode, offered, plain
from contract_tests.evidence import breaches
from specs.applying import applies
from specs.contract import Claim, Contract
from specs.edits import Edit, exact_size
from specs.features import UNUSUAL
from specs.messages import Request
from specs.models import ModelList
from specs.reading import read

LARGEST = 1_600_000
"""Pixels of a result that is asked for by chance; larger ones are asked for by the plan, once each."""

ADDRESS = "http://example.invalid"
"""Requests that are only read, never sent, have this root."""

COMPANIONS: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "partial_images": ("stream", (True,)),
    "output_compression": ("output_format", ("jpeg", "webp")),
}
"""Fields that mean something only beside another: an endpoint may refuse them alone."""

_SLOW = frozenset({"expect-continue"})
"""Features that cost seconds where they are not heeded; the plan asks for them once."""


def accompanied(name: str, fields: Mapping[str, Any]) -> bool:
    """Whether a field stands beside what it needs."""
    other, values = COMPANIONS.get(name, ("", ()))
    return not other or fields.get(other) in values


def _fits(name: str, fields: Mapping[str, Any], observed: Collection[Any]) -> bool:
    return name not in observed and accompanied(name, fields)


@dataclass(frozen=True)
class Choices:
    """What may be chosen under one contract. `models` is the endpoint's own list, where there is one."""

    contract: Contract
    models: ModelList | None = None

    def model_names(self) -> tuple[str, ...]:
        """The models that may be asked for, the cheapest first."""
        cheapest = choosing.model(self.contract, self.models)
        listed = self.models.names if self.models else tuple(map(str, choosing.values(self.contract, "model")))
        return tuple(dict.fromkeys((cheapest, *listed)))

    def sizes(self, model: str) -> tuple[str, ...]:
        """The exact sizes of a model that are not too large; the smallest stand first, and several times."""
        listed = self.models.get(model) if self.models else None
        known = listed.sizes if listed and listed.sizes else self._documented_sizes(model)
        exact = sorted({size for size in known if exact_size(size)}, key=choosing.pixels)
        fitting = tuple(size for size in exact if choosing.pixels(size) <= LARGEST) or tuple(exact[:1])
        return fitting[:2] * 3 + fitting

    def _documented_sizes(self, model: str) -> tuple[str, ...]:
        grid = next((c.numbers for c in self._about(model) if c.rule == "size_on_grid"), None)
        stated = tuple(map(str, choosing.values(self.contract, "size", model)))
        return stated if grid is None else (*on_grid(grid), "1024x1024")

    def _about(self, model: str) -> list[Claim]:
        claims = self.contract.of_area("request")
        return [c for c in claims if any(fnmatchcase(model, glob) for glob in c.when.get("model", ("*",)))]

    def most_images(self, model: str) -> int:
        """The most pictures that may be sent to a model."""
        listed = self.models.get(model) if self.models else None
        limits: list[int] = [
            c.numbers["maximum"] for c in self.contract.of_area("request") if c.rule == "images_at_most"
        ]
        return min([*limits, (listed.most_images if listed else None) or 16])

    def documents(self, field: str) -> bool:
        """Whether the effective document has a field."""
        return any(field in schema.get("properties", {}) for schema in self.contract.edit.schemas.values())

    def ways(self, media_type: str) -> tuple[Encoding, ...]:
        """The encodings of a media type that are promised to be taken, the plain one most often."""
        unpromised = (UNUSUAL - self._promised) | _SLOW
        rows = [way for way in offered(self.contract.edit) if way.media_type == media_type]
        fits = tuple(way for way in rows if unpromised.isdisjoint(way.features))
        first = tuple(way for way in plain(self.contract.edit) if way.media_type == media_type)
        return first * max(1, len(fits)) + fits

    @cached_property
    def _promised(self) -> frozenset[str]:
        claims = [claim for claim in self.contract.of_area("acceptance") if claim.judged]
        return frozenset(feature for claim in claims for feature in claim.when.get("features", ()))

    def tempered(self, draft: Draft, encoding: Encoding) -> Draft:
        """The draft without the fields that some claim objects to, or that are not promised to be taken here."""
        draft = self._without_unpromised(draft, encoding)
        for _ in range(4):
            found = self.objections(draft, encoding)
            names = {str(c.numbers.get("other") or c.numbers.get("field")) for c in found} - {"prompt", "model"}
            if not names:
                break
            draft = replace(draft, fields=tuple(item for item in draft.fields if item[0] not in names))
        fields = dict(draft.fields)
        return replace(draft, fields=tuple(item for item in draft.fields if accompanied(item[0], fields)))

    def undisputed(self, draft: Draft, encoding: Encoding) -> Draft:
        """The draft without fields that only claims that are never judged object to, or that lack what they need."""
        found = self.objections(draft, encoding)
        judged = {claim.numbers.get("field") for claim in found if claim.judged}
        observed = {claim.numbers.get("field") for claim in found if not claim.judged}
        fields = dict(draft.fields)
        kept = [item for item in draft.fields if item[0] in judged or _fits(item[0], fields, observed)]
        return replace(draft, fields=tuple(kept))

    def _without_unpromised(self, draft: Draft, encoding: Encoding) -> Draft:
        """Fields about which claims of acceptance speak are kept where one that is judged applies."""
        edit = self._read(draft, encoding)
        spoken = {name: claims for name, claims in self._speaking.items() if draft.has(name)}
        unsure = {n for n, claims in spoken.items() if not any(c.judged and applies(c, edit) for c in claims)}
        return replace(draft, fields=tuple(item for item in draft.fields if item[0] not in unsure))

    @cached_property
    def _speaking(self) -> Mapping[str, tuple[Claim, ...]]:
        """Which claims say of a field that it is accepted."""
        found: dict[str, tuple[Claim, ...]] = {}
        for claim in self.contract.of_area("acceptance"):
            stated = [str(feature) for feature in claim.when.get("features", ())]
            asked = {f.removeprefix("field:") for f in stated if f.startswith("field:") or f == "stream"}
            for name in asked | set(claim.when.get("fields", ())):
                found[name] = (*found.get(name, ()), claim)
        return found

    def objections(self, draft: Draft, encoding: Encoding) -> tuple[Claim, ...]:
        """The claims a draft breaks, once it is written down."""
        return breaches(self.contract, self._read(draft, encoding))[0]

    def unreadable(self, request: Request) -> bool:
        """Whether a strict reader gives up on the body."""
        return read(self.contract, request, self.models).problem is not None

    def _read(self, draft: Draft, encoding: Encoding) -> Edit:
        operation = self.contract.edit
        request = encode(draft, encoding, operation, ADDRESS + operation.path, "key")
        return read(self.contract, request, self.models)


def on_grid(numbers: Mapping[str, Any]) -> tuple[str, ...]:
    """A few sizes on a grid, of about the least number of pixels."""
    step, least = numbers["multiple"], numbers["least_pixels"]
    found = []
    for width in range(40 * step, 88 * step, 8 * step):
        height = -(-least // (width * step)) * step
        if width * height <= numbers["most_pixels"] and max(width, height) <= numbers["ratio"] * min(width, height):
            found.append(f"{width}x{height}")
    return tuple(found)
