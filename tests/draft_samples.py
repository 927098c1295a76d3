"""Contracts made by hand, and drafts to put on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contract_tests.drafts import Draft, File
from specs.applying import applies
from specs.contract import Citation, Claim, Contract, Operation
from specs.edits import Edit
from specs.models import Model, ModelList
from specs.reading import JSON, MULTIPART
from specs.rules import RULES, Breach

KEY = "sk-known-only-here"
URL = "http://127.0.0.1:9/v1/images/edits"

TEXTS = {
    "prompt": {"type": "string"},
    "model": {"type": "string"},
    "n": {"type": "integer"},
    "size": {"type": "string"},
    "stream": {"type": "boolean"},
    "user": {"type": "string"},
}
LINK = {"type": "object", "properties": {"image_url": {"type": "string"}, "file_id": {"type": "string"}}}
FORM: Mapping[str, Any] = {
    "required": ["image", "prompt"],
    "properties": {
        "image": {"type": "string", "format": "binary", "x-picture": "image"},
        "mask": {"type": "string", "format": "binary", "x-picture": "mask"},
        **TEXTS,
    },
}
BODY: Mapping[str, Any] = {
    "required": ["images", "prompt"],
    "properties": {
        "images": {"type": "array", "items": LINK, "x-picture": "image"},
        "mask": {"allOf": [LINK], "x-picture": "mask"},
        **TEXTS,
    },
}
EDIT = Operation("edit", "POST", "/v1/images/edits", {MULTIPART: FORM, JSON: BODY})
LISTED = ModelList(
    (
        Model("dear", ("1024x1024",), 4, {"1024x1024": 9.0}),
        Model("cheap", ("2048x2048", "1536x1024", "1024x1536"), 2, {"2048x2048": 3.0, "1536x1024": 1, "1024x1536": 1}),
    )
)


def claim(rule: str, numbers: Mapping[str, Any] | None = None, when: Mapping[str, Any] | None = None) -> Claim:
    """A claim of the request area, as a provider might make it."""
    found = Citation("handmade", "/info", "words")
    return Claim(rule, rule, RULES[rule].area, "must", "own", rule, numbers or {}, when or {}, found)


def contract(*claims: Claim, edit: Operation = EDIT, listed: bool = False) -> Contract:
    """A contract with these claims; `listed` gives it an operation for the list of models."""
    models = Operation("models", "GET", "/v1/models") if listed else None
    return Contract("handmade", "Handmade", {}, {}, edit, models, claims, (), (), ())


def draft(*images: File, **fields: Any) -> Draft:
    """A draft with small files that need not be pictures."""
    stated = {"prompt": "a prompt", "n": 2, "stream": False} | fields
    return Draft(tuple(stated.items()), images or (File(b"\x89PNG one"),))


def broken_claims(found: Contract, edit: Edit) -> list[str]:
    """The ids of the request claims that an edit breaks, disputed or not."""
    about = [each for each in found.of_area("request") if applies(each, edit)]
    return [each.id for each in about if any(isinstance(s, Breach) for s in _said(each, edit))]


def _said(each: Claim, edit: Edit) -> Iterable[object]:
    return RULES[each.rule].say(edit, each.numbers)
