"""JSON bodies: where a schema wants its pictures, and in which of the documented shapes.

A property marked `x-picture` is a text, an array of texts, or an array of objects with an `image_url`; the schema says
which, so nothing here knows a provider.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contract_tests.drafts import Draft, File, Link, Picture
from specs.contract import Operation
from specs.reading import roles


def picture_field(operation: Operation, media_type: str, role: str) -> str:
    """The property that carries pictures of a role (`image`, `mask`) in a media type's schema.

    A media type that is not documented borrows the name from one that is; the role's own name is the last resort.
    """
    stated = operation.schemas.get(media_type)
    for schema in (stated, *operation.schemas.values()) if stated else operation.schemas.values():
        for name, found in roles(schema or {}).items():
            if found == role:
                return name
    return role


def body(draft: Draft, operation: Operation, media_type: str = "application/json") -> bytes:
    """A draft as JSON, compact and in UTF-8; a field of the draft that is named like a picture's stands as it is."""
    document: dict[str, Any] = dict(draft.fields)
    properties = operation.schemas.get(media_type, {}).get("properties", {})
    for role, pictures in (("image", draft.images), ("mask", (draft.mask,) if draft.mask is not None else ())):
        if pictures:
            name = picture_field(operation, media_type, role)
            document[name] = value(properties.get(name, {}), pictures)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def value(schema: Mapping[str, Any], pictures: Sequence[Picture]) -> Any:
    """Pictures as the schema wants them: one alone without a list where that is allowed, several as a list."""
    shapes = tuple(options(schema))
    arrays = [shape for shape in shapes if "array" in types(shape)]
    if len(pictures) == 1 and (len(shapes) > len(arrays) or not arrays):
        return item([shape for shape in shapes if shape not in arrays], pictures[0])
    items = tuple(options(arrays[0].get("items", {}))) if arrays else shapes
    return [item(items, picture) for picture in pictures]


def item(shapes: Sequence[Mapping[str, Any]], picture: Picture) -> Any:
    """One picture: its address, or an object with it where no bare text is allowed; plain text stays plain text."""
    if isinstance(picture, str):
        return picture
    address = url(picture)
    bare = any("string" in types(shape) for shape in shapes)
    wrapped = any("image_url" in shape.get("properties", {}) for shape in shapes)
    return {"image_url": address} if wrapped and not bare else address


def url(picture: File | Link) -> str:
    """The address of a picture: a link's own, or a file's bytes as a `data:` URL."""
    if isinstance(picture, Link):
        return picture.url
    kind = picture.content_type or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(picture.data).decode()}"


def options(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema, or each of the schemas it is made of."""
    alternatives = [option for key in ("anyOf", "oneOf", "allOf") for option in schema.get(key, ())]
    if not alternatives:
        yield schema
    for option in alternatives:
        yield from options(option)


def types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The JSON types a schema states for itself."""
    stated = schema.get("type", ())
    return (stated,) if isinstance(stated, str) else tuple(stated)
