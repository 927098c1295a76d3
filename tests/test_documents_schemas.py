"""A schema taken apart: types, limits, required fields, each with the pointer to where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.documents import schemas
from contract_tests.documents.schemas import Aspect
from specs import pointers

ROOT = "/components/schemas/Root"


def _aspects(schema: Any, **others: Any) -> list[Aspect]:
    return list(schemas.aspects({"components": {"schemas": {"Root": schema, **others}}}, ROOT))


def _said(schema: Any, **others: Any) -> dict[tuple[str, str], Any]:
    return {(aspect.field, aspect.name): aspect.value for aspect in _aspects(schema, **others)}


def _field(schema: Any) -> dict[str, Any]:
    found = _said({"type": "object", "properties": {"f": schema}})
    return {aspect: value for (field, aspect), value in found.items() if field == "f" and aspect != "required"}


ANY = {"type": ("anything",)}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string"}, {"type": ("string",)}),
        ({}, ANY),
        (True, ANY),
        ({"$ref": "#/nowhere"}, ANY),
        ({"$ref": "other.yaml#/elsewhere"}, ANY),
        ({"type": "string", "format": "binary"}, {"type": ("string (binary)",)}),
        ({"type": ["string", "null"]}, {"type": ("string",), "null": True}),
        ({"type": "integer", "nullable": True}, {"type": ("integer",), "null": True}),
        ({"type": "array", "items": {"type": "string"}}, {"type": ("array of string",)}),
        ({"type": "array"}, {"type": ("array of anything",)}),
        ({"properties": {}}, {"type": ("object",)}),
        ({"type": "string", "enum": ["a", "b", None]}, {"type": ("string",), "values": ("a", "b"), "null": True}),
        ({"type": "string", "const": "a"}, {"type": ("string",), "values": ("a",)}),
        (
            {"anyOf": [{"type": "string"}, {"type": "string", "enum": ["a"]}]},
            {"type": ("string",), "values": ("a", "any string")},
        ),
        ({"allOf": [{"type": "string"}, {"enum": ["a"]}]}, {"type": ("string",), "values": ("a",)}),
        (
            {"oneOf": [{"type": "string"}, {"type": "array", "maxItems": 16, "items": {"type": "string"}}]},
            {"type": ("string", "array of string"), "max items": 16},
        ),
        (
            {"type": "integer", "minimum": 1, "maximum": 10, "default": 1, "multipleOf": 2},
            {"type": ("integer",), "minimum": 1, "maximum": 10, "default": 1, "multiple of": 2},
        ),
        (
            {"type": "string", "pattern": "^a$", "deprecated": True},
            {"type": ("string",), "pattern": "^a$", "deprecated": True},
        ),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, {"type": ("integer",), "minimum": 1}),
        ({"type": "integer", "exclusiveMinimum": 0}, {"type": ("integer",), "above": 0}),
        ({"anyOf": [{"maxLength": 5}, {"maxLength": 9}]}, {"type": ("anything",), "max length": 9}),
        ({"type": "object", "additionalProperties": False}, {"type": ("object",), "further fields": False}),
        ({"type": "object", "default": {"a": 1}}, {"type": ("object",), "default": '{"a": 1}'}),
        ({"type": "string", "enum": "broken", "maxLength": "many"}, {"type": ("string",)}),
    ],
)
def test_a_schema_says_this_of_a_field(schema: Any, said: dict[str, Any]) -> None:
    assert _field(schema) == said


def test_fields_within_fields_are_named_by_their_way() -> None:
    picture = {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}}
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Picture"}}
    found = _said({"type": "object", "required": ["data"], "properties": {"data": listed}}, Picture=picture)
    assert found["data", "required"] is True
    assert found["data[].url", "required"] is True
    assert found["data[].url", "type"] == ("string",)


def test_a_place_is_behind_the_reference_that_leads_there() -> None:
    limited = {"type": "string", "maxLength": 5}
    schema = {"type": "object", "required": [], "properties": {"f": {"$ref": "#/components/schemas/Text"}}}
    document = {"components": {"schemas": {"Root": schema, "Text": limited}}}
    places = {(a.field, a.name): a.at for a in schemas.aspects(document, ROOT)}
    assert places["f", "max length"] == "/components/schemas/Text/maxLength"
    assert places["f", "type"] == "/components/schemas/Text/type"
    assert places["f", "required"] == f"{ROOT}/required"
    assert all(pointers.at(document, at) is not None for at in places.values())


def test_no_alternative_requires_anything() -> None:
    either = [{"required": ["a"], "properties": {"a": {}}}, {"required": ["b"], "properties": {"b": {}}}]
    found = _said({"type": "object", "anyOf": either})
    assert found["a", "required"] is False
    assert found["b", "required"] is False


def test_a_schema_that_contains_itself_ends() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Root"}, "also": {"$ref": "#/x"}}}
    assert {field for field, _aspect in _said(node)} == {"(whole body)", "next", "also"}


def test_a_reference_to_itself_is_nothing() -> None:
    assert _said({"$ref": f"#{ROOT}"}) == {("(whole body)", "type"): ("anything",)}
