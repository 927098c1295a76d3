"""From a request to the `Edit` it asks for, by the provider's effective document.

The mock reads what it was sent with this, the judge reads what was recorded with it, the tester checks its own
requests with it: one reader, so that the three never differ.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from specs import forms
from specs.contract import Contract
from specs.edits import Edit, Encoding, Input
from specs.messages import Part, Request, media_type
from specs.models import ModelList

MULTIPART = "multipart/form-data"
JSON = "application/json"


def read(contract: Contract, request: Request, models: ModelList | None = None) -> Edit:
    """What the request asks for; never raises: a body that cannot be read is an `Edit` with a `problem`."""
    stated = media_type(request.headers)
    edit = Edit(
        request=request,
        encoding=_encoding(stated, request.body),
        media_type=stated,
        on_route=request.path.rstrip("/").endswith(contract.edit.path),
        models=models,
    )
    schema = contract.edit.schemas.get(stated or "")
    if schema is None:
        schema = next(iter(contract.edit.schemas.values()), {}) if edit.encoding in ("multipart", "json") else None
    if schema is None:
        return edit
    reader = _read_form if edit.encoding == "multipart" else _read_json
    return reader(edit, schema)


def _encoding(stated: str | None, body: bytes) -> Encoding:
    if stated == MULTIPART:
        return "multipart"
    if stated == JSON:
        return "json"
    return "other" if stated or body else "none"


def roles(schema: Mapping[str, Any]) -> dict[str, str]:
    """Which properties carry pictures: {"image": "image", "mask": "mask"}."""
    properties = schema.get("properties", {})
    return {name: str(p["x-picture"]) for name, p in properties.items() if isinstance(p, dict) and "x-picture" in p}


def _read_form(edit: Edit, schema: Mapping[str, Any]) -> Edit:
    try:
        found = forms.parts(edit.request.body, edit.request.header("content-type") or "")
    except forms.MalformedForm as problem:
        return replace(edit, problem=str(problem), passable=problem.passable)
    properties: Mapping[str, Any] = schema.get("properties", {})
    role_of = roles(schema)
    fields: dict[str, Any] = {}
    pictures: dict[str, list[Input]] = {"image": [], "mask": []}
    for part in found:
        root, keys = forms.split_name(part.name)
        role = role_of.get(root)
        if role and (not keys or keys == ("",) or keys[0].isdigit()):
            pictures[role].append(_part_input(part))
        else:
            _put(fields, root if root in properties else part.name, keys, part, properties.get(root, {}))
    return _with_pictures(edit, fields, pictures, tuple(properties), found)


def _put(fields: dict[str, Any], root: str, keys: tuple[str, ...], part: Part, schema: Mapping[str, Any]) -> None:
    value = forms.typed(forms.text(part.data), schema)
    if not keys:
        fields[root] = value
    elif keys == ("",):
        held = fields.setdefault(root, [])
        if isinstance(held, list):
            held.append(value)
    else:
        held = fields.setdefault(root, {})
        if isinstance(held, dict):
            held[keys[0]] = value


def _part_input(part: Part) -> Input:
    stated = {"at": part.name, "filename": part.filename, "content_type": part.content_type}
    plain: dict[str, Any] = {**stated, "is_part": True}
    if part.is_file:
        return Input(data=part.data, **plain)
    return _text_input(forms.text(part.data), **plain)


def _text_input(value: str, **plain: Any) -> Input:
    if value.startswith(("http://", "https://")):
        return Input(url=value, **plain)
    if value.startswith("data:"):
        data = _data_url(value)
        return Input(data=data, **plain) if data is not None else Input(text=value, **plain)
    return Input(text=value, **plain)


def _data_url(value: str) -> bytes | None:
    head, comma, rest = value.partition(",")
    if not comma or not head.endswith(";base64"):
        return None
    try:
        return base64.b64decode(rest, validate=True)
    except (binascii.Error, ValueError):
        return None


def _read_json(edit: Edit, schema: Mapping[str, Any]) -> Edit:
    try:
        document = json.loads(edit.request.body)
    except (ValueError, RecursionError):
        return replace(edit, problem="the body is not JSON")
    if not isinstance(document, dict):
        return replace(edit, problem=f"the body is not a JSON object but {json_type(document)}")
    role_of = roles(schema)
    fields = {name: value for name, value in document.items() if name not in role_of}
    pictures: dict[str, list[Input]] = {"image": [], "mask": []}
    for name, role in role_of.items():
        if name in document and document[name] is not None:
            pictures[role].extend(_json_inputs(name, document[name]))
    return _with_pictures(edit, fields, pictures, tuple(schema.get("properties", {})), ())


def _json_inputs(name: str, value: Any) -> Iterator[Input]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _json_inputs(f"{name}[{index}]", item)
    elif isinstance(value, str):
        yield _text_input(value, at=name)
    elif isinstance(value, dict) and isinstance(value.get("image_url"), str) and "file_id" not in value:
        yield _text_input(value["image_url"], at=name)
    elif isinstance(value, dict) and isinstance(value.get("file_id"), str) and "image_url" not in value:
        yield Input(at=name, file_id=value["file_id"])
    else:
        yield Input(at=name, text=json.dumps(value)[:80])


def _with_pictures(
    edit: Edit,
    fields: dict[str, Any],
    pictures: dict[str, list[Input]],
    names: tuple[str, ...],
    found: tuple[Part, ...],
) -> Edit:
    mask = pictures["mask"][0] if pictures["mask"] else None
    return replace(edit, fields=fields, images=tuple(pictures["image"]), mask=mask, names=names, parts=found)


def json_type(value: Any) -> str:
    """The JSON type of a value, with its article: "an array", "a string", "null"."""
    kinds = {dict: "an object", list: "an array", str: "a string", bool: "a boolean"}
    kinds |= {int: "an integer", float: "a number"}
    return "null" if value is None else kinds.get(type(value), "something else")
