"""Values that a contract allows: the cheapest model and size, and some value for any field.

Read from the claims, the provider's list of models and the schemas, in that order of trust. Nothing here knows a
provider, and nothing is guessed where the contract says something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from contract_tests.json_bodies import options, types
from specs.contract import Claim, Contract
from specs.edits import Edit, exact_size
from specs.messages import Request
from specs.models import Model, ModelList
from specs.reading import roles
from specs.rules import RULES

LAST_RESORT = "gpt-image-1"
"""The model asked for where a contract names none: the first of OpenAI's image models."""


def model(contract: Contract, models: ModelList | None) -> str:
    """The cheapest model of the provider's list, else the first that the contract names."""
    if contract.models is not None and models is not None and models.models:
        return min(models.models, key=_price).name
    return next((str(name) for name in values(contract, "model")), LAST_RESORT)


def _price(model: Model) -> float:
    return min(model.prices.values(), default=0.0)


def model_matching(contract: Contract, models: ModelList | None, globs: Iterable[str]) -> str | None:
    """A model that one of the globs names: a listed or documented one, else a glob that is itself a name."""
    wanted = tuple(globs)
    known = models.names if contract.models is not None and models is not None else values(contract, "model")
    for name in known:
        if any(fnmatchcase(str(name), glob) for glob in wanted):
            return str(name)
    return next((glob for glob in wanted if contract.models is None and not set(glob) & set("*?[")), None)


def size(contract: Contract, models: ModelList | None, model: str) -> str | None:
    """The cheapest exact size documented for the model, the smallest of equals; None where none is documented."""
    listed = models.get(model) if models else None
    sizes = listed.sizes if listed else values(contract, "size", model)
    exact = [str(value) for value in sizes if exact_size(value) and _on_every_grid(contract, model, str(value))]
    prices = listed.prices if listed else {}
    return min(exact, key=lambda value: (prices.get(value, 0.0), pixels(value)), default=None)


def _on_every_grid(contract: Contract, model: str, size: str) -> bool:
    asked = Edit(Request("POST", "/"), "json", None, on_route=True, fields={"size": size})
    grids = [claim for claim in _about(contract, model) if claim.rule == "size_on_grid"]
    return not any(RULES[claim.rule].say(asked, claim.numbers) for claim in grids)


def pixels(size: str) -> int:
    """How many pixels a WIDTHxHEIGHT has."""
    width, height = exact_size(size) or (0, 0)
    return width * height


def quality(contract: Contract, model: str) -> str | None:
    """`low` where the contract documents it, else None."""
    refused = any(c.rule == "field_refused" and c.numbers["field"] == "quality" for c in _about(contract, model))
    return "low" if "low" in values(contract, "quality", model) and not refused else None


def values(contract: Contract, field: str, model: str | None = None) -> tuple[Any, ...]:
    """The values a contract lists for a field: those every claim allows (for this model), else the schema's.

    Disputed values are left out.
    """
    claimed = [
        claim.numbers
        for claim in _about(contract, model)
        if claim.rule == "field_one_of" and claim.numbers["field"] == field
    ]
    if not claimed:
        return tuple(dict.fromkeys(_from_schemas(contract, field)))
    allowed = [value for value in claimed[0]["values"] if all(value in numbers["values"] for numbers in claimed)]
    disputed = {value for numbers in claimed for value in numbers.get("disputed") or ()}
    return tuple(value for value in allowed if value not in disputed)


def _about(contract: Contract, model: str | None) -> Iterator[Claim]:
    """The request claims that may apply to a plain request with this model."""
    for claim in contract.of_area("request"):
        globs = claim.when.get("model")
        fits = globs is None or (model is not None and any(fnmatchcase(model, glob) for glob in globs))
        if fits and not set(claim.when) & {"features", "fields"}:
            yield claim


def _from_schemas(contract: Contract, field: str) -> Iterator[Any]:
    described = [schema.get("properties", {}).get(field, {}) for schema in contract.edit.schemas.values()]
    shapes = [shape for schema in described for shape in (schema, *options(schema))]
    for shape in shapes:
        yield from (value for value in shape.get("enum", ()) if value is not None)
    for key in ("default", "example"):
        yield from (shape[key] for shape in shapes if shape.get(key) not in (None, ""))


def required(contract: Contract) -> dict[str, Any]:
    """Some value for each field that a schema or a claim requires, but for the prompt and the pictures."""
    schemas = contract.edit.schemas.values()
    names = dict.fromkeys(name for schema in schemas for name in schema.get("required", ()))
    names |= dict.fromkeys(c.numbers["field"] for c in _about(contract, None) if c.rule == "field_required")
    pictured = {name for schema in schemas for name in roles(schema)}
    return {name: value(contract, name) for name in names if name not in {*pictured, "prompt", "model"}}


def value(contract: Contract, field: str) -> Any:
    """Some plausible value of a field: a listed one, else the least of its type."""
    for listed in values(contract, field):
        return listed
    schemas = (schema.get("properties", {}).get(field, {}) for schema in contract.edit.schemas.values())
    for schema in (shape for described in schemas for shape in options(described)):
        return plausible(schema)
    return "contract"


def plausible(schema: Mapping[str, Any]) -> Any:
    """The least value of a schema's type."""
    kinds = types(schema)
    if "integer" in kinds or "number" in kinds:
        return schema.get("minimum", 1)
    if "boolean" in kinds:
        return False
    if "array" in kinds:
        return [plausible(schema.get("items", {}))]
    return {} if "object" in kinds else "contract" * (1 + int(schema.get("minLength", 1)) // 8)
