"""From a draft to the exact bytes of a request, the way an encoding says.

Nothing is random and nothing is left to a library: what is judged later is what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from contract_tests import json_bodies, multiparts
from contract_tests.drafts import Draft, File, Link, Picture
from specs.contract import Operation
from specs.messages import Headers, Part, Request
from specs.reading import JSON, MULTIPART, roles

AGENT = "image-contract/1"
ORDER = ("Accept", "User-Agent", "Authorization", "Content-Type", "Content-Length")
"""Header fields in the order in which they are written; others follow."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """One way to write a draft down: what sets it apart from the plain one, and who writes so (`source`).

    `features` are what sets it apart in the words of `specs.features`; what depends on the draft alone (`mask`,
    `images`) is not among them.

    - `brackets`: when picture parts are called `image[]`; `files_first`: before the text parts
    - `backwards`: fields in reverse order, and a mask before the pictures
    - `text_type`: the type text parts state; `of_file`: what becomes of each file part
    - `boundary_prefix`, `boundary_length` (of the whole), `boundary_quoted` (in the header)
    - `backslashes`: how a quotation mark in a name is escaped
    - `extra`: fields that no schema has; `empty`: an optional field without a value; `twice`: the first field again
    - `spare`: how many pictures it takes to show; the last one is sent again where a draft has fewer
    - `headers`, `order`: further header fields, and the order they are written in
    """

    name: str
    media_type: str
    features: tuple[str, ...]
    source: str
    brackets: Literal["for several", "always", "never"] = "for several"
    files_first: bool = False
    backwards: bool = False
    text_type: str | None = None
    of_file: Callable[[Part], Part] = lambda part: part
    boundary_prefix: str = ""
    boundary_length: int = 32
    boundary_quoted: bool = False
    backslashes: bool = False
    extra: tuple[tuple[str, object], ...] = ()
    empty: bool = False
    twice: bool = False
    spare: int = 0
    headers: Headers = ()
    order: tuple[str, ...] = ORDER


def encode(
    draft: Draft, encoding: Encoding, operation: Operation, url: str, key: str | None, *, extra_headers: Headers = ()
) -> Request:
    """The request that asks for `draft` at `url`, byte for byte.

    `key` None leaves `Authorization` out. `extra_headers` replace fields of the same name; one with an empty value
    removes the field. A chunked request has `Transfer-Encoding: chunked` and its body unchunked: the client cuts it.
    """
    meant = _bent(draft, encoding, operation)
    if encoding.media_type == JSON:
        content_type, body = JSON, json_bodies.body(meant, operation)
    else:
        content_type, body = form(meant, encoding, operation)
    fields = {"Accept": "application/json", "User-Agent": AGENT, "Content-Type": content_type}
    if key is not None:
        fields["Authorization"] = f"Bearer {key}"
    fields["Content-Length"] = str(len(body))
    stated = _stated(fields, (*encoding.headers, *extra_headers))
    return Request(operation.method, url, _ordered(stated, encoding.order), body)


def _stated(fields: dict[str, str], further: Headers) -> dict[str, str]:
    for name, value in further:
        fields = {old: was for old, was in fields.items() if old.lower() != name.lower()} | {name: value}
    if any(name.lower() == "transfer-encoding" and value for name, value in fields.items()):
        fields.pop("Content-Length", None)
    return {name: value for name, value in fields.items() if value}


def _ordered(fields: dict[str, str], order: tuple[str, ...]) -> Headers:
    known = {name.lower(): place for place, name in enumerate(order)}
    return tuple(sorted(fields.items(), key=lambda item: known.get(item[0].lower(), len(order))))


def _bent(draft: Draft, encoding: Encoding, operation: Operation) -> Draft:
    fields = list(draft.fields)
    if encoding.twice and fields:
        fields.insert(1, fields[0])
    if encoding.empty:
        fields.append((empty_name(draft, operation, encoding.media_type), ""))
    fields += encoding.extra
    fields = fields[::-1] if encoding.backwards else fields
    images = draft.images + draft.images[-1:] * max(0, encoding.spare - len(draft.images))
    return replace(draft, fields=tuple(fields), images=images)


def empty_name(draft: Draft, operation: Operation, media_type: str) -> str:
    """An optional field of free text that the draft does not have; `user`, OpenAI's oldest one, where there is none."""
    schema = operation.schemas.get(media_type, {})
    used = {*schema.get("required", ()), *roles(schema), *(name for name, _ in draft.fields)}
    for name, described in schema.get("properties", {}).items():
        free = isinstance(described, dict) and not described.keys() & {"enum", "minLength", "pattern", "format"}
        if free and name not in {*used, "model", "size"} and "string" in json_bodies.types(described):
            return str(name)
    return "user"


def form(draft: Draft, encoding: Encoding, operation: Operation) -> tuple[str, bytes]:
    """The Content-Type and the body of a draft as `multipart/form-data`."""
    texts, files = tuple(_text_parts(draft, encoding)), tuple(_picture_parts(draft, encoding, operation))
    parts = (*files, *texts) if encoding.files_first else (*texts, *files)
    length = encoding.boundary_length - len(encoding.boundary_prefix)
    boundary = encoding.boundary_prefix + multiparts.boundary_for(parts, length)
    shown = f'"{boundary}"' if encoding.boundary_quoted else boundary
    return f"{MULTIPART}; boundary={shown}", multiparts.body(parts, boundary, backslashes=encoding.backslashes)


def _text_parts(draft: Draft, encoding: Encoding) -> Iterator[Part]:
    for name, value in draft.fields:
        for key, text in multiparts.texts(name, value):
            yield Part(key, text.encode(), content_type=encoding.text_type)


def _picture_parts(draft: Draft, encoding: Encoding, operation: Operation) -> Iterator[Part]:
    name = json_bodies.picture_field(operation, MULTIPART, "image")
    several = encoding.brackets == "always" or (encoding.brackets == "for several" and len(draft.images) > 1)
    found = [_part(f"{name}[]" if several else name, picture, encoding) for picture in draft.images]
    if draft.mask is not None:
        mask = _part(json_bodies.picture_field(operation, MULTIPART, "mask"), draft.mask, encoding)
        found.insert(0 if encoding.backwards else len(found), mask)
    yield from found


def _part(name: str, picture: Picture, encoding: Encoding) -> Part:
    if isinstance(picture, File):
        return encoding.of_file(Part(name, picture.data, picture.filename, picture.content_type))
    text = picture.url if isinstance(picture, Link) else picture
    return Part(name, text.encode(), content_type=encoding.text_type)
