"""The effective document, made ready for generating from: what chance cannot know is written into it.

Models and sizes become lists of what there is, security goes (the key is ours to send), and every picture is a token
that is replaced by a real one later.
"""

from __future__ import annotations

import json
from typing import Any

from contract_tests.strategies_choices import Choices
from specs.reading import JSON, roles

TOKEN = b"\x89PNG"
"""What the generator puts where a picture file belongs."""

LINK = "http"
"""How text begins that the generator puts where the address of a picture belongs."""


def prepared(choices: Choices) -> dict[str, Any]:
    """The document with the edit operation alone."""
    contract = choices.contract
    document: dict[str, Any] = json.loads(json.dumps(contract.document, default=str))
    operation = document["paths"][contract.edit.path][contract.edit.method.lower()]
    operation.pop("security", None)
    document.pop("security", None)
    document["paths"] = {contract.edit.path: {contract.edit.method.lower(): operation}}
    for media_type, content in operation["requestBody"]["content"].items():
        content["schema"] = _narrowed(choices, media_type)
    return document


def _narrowed(choices: Choices, media_type: str) -> dict[str, Any]:
    """A request schema in which models and sizes are lists."""
    schema: dict[str, Any] = json.loads(json.dumps(choices.contract.edit.schemas[media_type], default=str))
    properties = schema.get("properties", {})
    names = choices.model_names()
    offered = {"model": names, "size": tuple(dict.fromkeys(choices.sizes(names[0])))}
    for field, values in offered.items():
        if field in properties and values:
            properties[field] = {"type": "string", "enum": list(values)}
    return schema


def is_token(value: Any, media_type: str) -> bool:
    """Whether a generated value stands for a picture (or several), so that a real one may take its place."""
    if isinstance(value, list):
        return bool(value) and all(is_token(item, media_type) for item in value)
    if media_type != JSON:
        return bool(getattr(value, "data", value) == TOKEN)
    if isinstance(value, dict):
        kinds = [name for name in ("image_url", "file_id") if isinstance(value.get(name), str)]
        return len(kinds) == len(value) == 1
    return isinstance(value, str) and value.startswith(LINK)


def count_of(value: Any) -> int:
    """How many pictures a token stands for."""
    return len(value) if isinstance(value, list) else 1


def pictured(choices: Choices, media_type: str) -> dict[str, str]:
    """The properties that carry pictures: name -> role."""
    return roles(choices.contract.edit.schemas.get(media_type, {}))
