"""Request schemas and claims are of one mind: what one demands the other demands, with the same numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from case_subjects import filled, form
from specs import loading, models, reading
from specs.applying import applies
from specs.contract import Claim, Contract
from specs.edits import Edit
from specs.messages import Request
from specs.rules import RULES, Breach


def numbered(contract: Contract) -> models.ModelList | None:
    return models.from_value(contract.models.example) if contract.models else None


def body(schema: Mapping[str, Any], media: str, changes: Mapping[str, Any], without: str | None = None) -> bytes:
    """A valid body under the schema, from its own examples, but for the changes."""
    properties: Mapping[str, Any] = schema["properties"]
    named = {*schema["required"], "model"} - reading.roles(schema).keys()
    stated = {name: properties[name]["example"] for name in sorted(named)} | dict(changes)
    stated.pop(without, None)
    (image,) = (name for name, role in reading.roles(schema).items() if role == "image")
    if media == reading.MULTIPART:
        files = [] if without == image else [{"name": image, "file": {"png": "8x8"}}]
        return form([*({"name": name, "text": value} for name, value in stated.items()), *files])
    url = filled({"base64": {"png": "8x8"}, "prefix": "data:image/png;base64,"})
    picture = {image: [{"image_url": url}] if image == "images" else url}
    return json.dumps(stated if without == image else {**picture, **stated}).encode()


def asking(contract: Contract, media: str, changes: Mapping[str, Any], without: str | None = None) -> Edit:
    stated = f"{media}; boundary=cut" if media == reading.MULTIPART else media
    headers = (("Content-Type", stated), ("Authorization", "Bearer sk-test"))
    sent = body(contract.edit.schemas[media], media, changes, without)
    return reading.read(contract, Request("POST", contract.edit.path, headers, sent), numbered(contract))


def broken(contract: Contract, edit: Edit) -> set[str]:
    """The ids of the request claims that a request breaks, disputed or not."""
    claims = (claim for claim in contract.of_area("request") if applies(claim, edit))
    said = ((claim.id, RULES[claim.rule].say(edit, claim.numbers)) for claim in claims)
    return {id for id, sentences in said if any(isinstance(one, Breach) for one in sentences)}


BODIES = [(provider, media) for provider in loading.providers() for media in loading.load(provider).edit.schemas]


@pytest.mark.parametrize(("provider", "media"), BODIES)
def test_the_schemas_own_examples_break_nothing(provider: str, media: str) -> None:
    contract = loading.load(provider)
    assert broken(contract, asking(contract, media, {})) == set()


Constraint = tuple[str, str, str, str]
"""Provider, media type, property, keyword."""


def constraints() -> Iterator[tuple[Constraint, Any]]:
    """What the request schemas demand of single properties, beside a value that breaks it (None: left out)."""
    for provider, media in BODIES:
        schema = loading.load(provider).edit.schemas[media]
        for name in schema["required"]:
            yield (provider, media, name, "required"), None
        for name, asked in schema["properties"].items():
            if name in reading.roles(schema):
                continue
            wrong = {
                "enum": lambda asked: f"{asked['enum'][0]}-nothing",
                "minimum": lambda asked: asked["minimum"] - 1,
                "maximum": lambda asked: asked["maximum"] + 1,
                "minLength": lambda asked: "x" * (asked["minLength"] - 1),
                "maxLength": lambda asked: "x" * (asked["maxLength"] + 1),
            }
            yield from (((provider, media, name, key), make(asked)) for key, make in wrong.items() if key in asked)


HARMLESS = "keeps what we generate harmless; no document says it"
OTHER_MODEL = "for other models only; the model of the examples refuses the field or does not have it"
UNCLAIMED: dict[tuple[str, str, str], str] = {
    ("openai", "user", "minLength"): HARMLESS,
    ("openai", "user", "maxLength"): HARMLESS,
    ("aitoearn", "user", "minLength"): HARMLESS,
    ("aitoearn", "user", "maxLength"): HARMLESS,
    ("chatanywhere", "user", "minLength"): HARMLESS,
    ("chatanywhere", "user", "maxLength"): HARMLESS,
    ("aitoearn", "n", "maximum"): "no more than OpenAI's ten are ever asked for; the document's own maximum is none",
}
"""What a schema demands and no claim does, and why."""


@pytest.mark.parametrize(
    ("constraint", "value"), tuple(constraints()), ids=lambda value: "-".join(value) if isinstance(value, tuple) else ""
)
def test_what_a_schema_demands_a_claim_demands(constraint: Constraint, value: Any) -> None:
    provider, media, name, keyword = constraint
    contract = loading.load(provider)
    changes, without = ({}, name) if keyword == "required" else ({name: value}, None)
    claimed = bool(broken(contract, asking(contract, media, changes, without)))
    assert claimed != ((provider, name, keyword) in UNCLAIMED), UNCLAIMED.get(
        (provider, name, keyword), "no claim breaks"
    )


def test_nothing_is_excused_that_no_schema_demands() -> None:
    demanded = {(provider, name, keyword) for (provider, _media, name, keyword), _value in constraints()}
    assert demanded >= UNCLAIMED.keys()


def field(claim: Claim, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the schema says of the field that a claim is about."""
    found: Mapping[str, Any] = schema["properties"].get(claim.numbers["field"], {})
    return found


def required(schema: Mapping[str, Any], role: str) -> bool:
    return any(name in schema["required"] for name, found in reading.roles(schema).items() if found == role)


DEMANDED: dict[str, Callable[[Claim, Mapping[str, Any]], tuple[Any, Any]]] = {
    "field_required": lambda claim, schema: (claim.numbers["field"] in schema["required"], True),
    "image_required": lambda _claim, schema: (required(schema, "image"), True),
    "field_one_of": lambda claim, schema: (set(claim.numbers["values"]), {*field(claim, schema)["enum"]} - {None}),
    "field_type": lambda claim, schema: (claim.numbers["type"], field(claim, schema)["type"]),
    "text_at_least": lambda claim, schema: (claim.numbers["minimum"], field(claim, schema)["minLength"]),
    "text_at_most": lambda claim, schema: (claim.numbers["maximum"], field(claim, schema)["maxLength"]),
    "integer_at_least": lambda claim, schema: (claim.numbers["minimum"], field(claim, schema)["minimum"]),
    "integer_between": lambda claim, schema: (
        (claim.numbers["minimum"], claim.numbers["maximum"]),
        (field(claim, schema)["minimum"], field(claim, schema)["maximum"]),
    ),
    "images_at_most": lambda claim, schema: ({claim.numbers["maximum"]}, {o["maxItems"] for o in lists(schema)}),
    "no_unknown_field": lambda _claim, schema: (schema.get("additionalProperties"), False),
}
"""For each rule that a schema can express, what a claim says and what the schema says of the same."""


def lists(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The shapes of the property that carries the pictures in which there may be several."""
    for name, role in reading.roles(schema).items():
        asked = schema["properties"][name]
        if role == "image":
            yield from (shape for shape in asked.get("anyOf", [asked]) if shape.get("type") == "array")


def about_bodies() -> Iterator[tuple[str, str, Claim]]:
    """The judged request claims beside every body that they are about."""
    kinds = {reading.MULTIPART: "multipart", reading.JSON: "json"}
    for provider, media in BODIES:
        for claim in loading.load(provider).of_area("request"):
            wanted = {"multipart", "json"} & set(claim.when.get("features", ()))
            if claim.judged and claim.rule in DEMANDED and (not wanted or kinds[media] in wanted):
                yield provider, media, claim


@pytest.mark.parametrize(
    ("provider", "media", "claim"), tuple(about_bodies()), ids=lambda value: getattr(value, "id", str(value))
)
def test_what_a_claim_demands_the_schema_demands(provider: str, media: str, claim: Claim) -> None:
    ours, schemas = DEMANDED[claim.rule](claim, loading.load(provider).edit.schemas[media])
    assert ours == schemas
