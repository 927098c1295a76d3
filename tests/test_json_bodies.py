"""JSON bodies: pictures in the property and the shape that the schema asks for."""

from __future__ import annotations

import json

import pytest

from contract_tests import json_bodies
from contract_tests.drafts import File, Link
from draft_samples import BODY, EDIT, FORM, LINK, draft
from specs.contract import Operation
from specs.reading import JSON, MULTIPART

# (schema of the property, pictures, what stands in the JSON body)
TEXT = {"type": "string"}
SHAPES = [
    (TEXT, (Link("a:1"),), "a:1"),
    ({"type": ["string", "null"]}, (Link("a:1"),), "a:1"),
    ({"anyOf": [TEXT, {"type": "array", "items": TEXT}]}, (Link("a:1"),), "a:1"),
    ({"anyOf": [TEXT, {"type": "array", "items": TEXT}]}, (Link("a:1"), Link("a:2")), ["a:1", "a:2"]),
    ({"type": "array", "items": TEXT}, (Link("a:1"),), ["a:1"]),
    ({"type": "array", "items": LINK}, (Link("a:1"), "text"), [{"image_url": "a:1"}, "text"]),
    ({"allOf": [LINK]}, (Link("a:1"),), {"image_url": "a:1"}),
    ({"allOf": [LINK]}, ("text",), "text"),
    (TEXT, (File(b"x", content_type=None),), "data:application/octet-stream;base64,eA=="),
    (TEXT, (Link("a:1"), Link("a:2")), ["a:1", "a:2"]),
]


@pytest.mark.parametrize(("schema", "pictures", "shape"), SHAPES)
def test_json_has_pictures_in_the_shape_the_schema_asks_for(schema: dict, pictures: tuple, shape: object) -> None:
    assert json_bodies.value(schema, pictures) == shape


def test_a_field_named_like_a_picture_stands_as_it_is() -> None:
    assert json.loads(json_bodies.body(draft().with_images().with_field("images", []), EDIT))["images"] == []


def test_an_undocumented_body_borrows_the_name_of_a_documented_one() -> None:
    form_only, json_only, bare = (Operation("edit", "POST", "/e", has) for has in ({MULTIPART: FORM}, {JSON: BODY}, {}))
    assert json.loads(json_bodies.body(draft(), form_only))["image"].startswith("data:image/png;base64,")
    assert json_bodies.picture_field(json_only, MULTIPART, "image") == "images"
    assert json_bodies.picture_field(bare, MULTIPART, "image") == "image"
