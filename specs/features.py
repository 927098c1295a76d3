"""How a request stands on the wire, as a set of short names: `multipart`, `image[]`, `chunked`, `field:size` …

Claims say by these names when they apply (`when: {features: [...]}`), encodings say which of them they produce.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from multipart import parse_options_header

from specs import pictures
from specs.edits import Edit, Input
from specs.messages import Part, Request

UNUSUAL = frozenset(
    {
        "blank-mask",
        "chunked",
        "duplicate-field",
        "empty-field",
        "expect-continue",
        "extra-field",
        "file-id",
        "files-first",
        "gzip-accepted",
        "long-boundary",
        "mask-of-another-kind",
        "no-filename",
        "octet-stream-part",
        "quoted-boundary",
        "quoted-filename",
        "repeated-image",
        "text-part-charset",
        "text-part-types",
        "untyped-part",
        "url",
        "utf8-filename",
    }
)
"""Features that not every endpoint has to take: only where a claim says so."""


def features(edit: Edit) -> frozenset[str]:
    """Every feature of a request."""
    return frozenset(_of_edit(edit)) | frozenset(_of_headers(edit.request)) | frozenset(_of_parts(edit))


def _of_edit(edit: Edit) -> Iterator[str]:
    yield edit.encoding
    yield from (f"field:{name}" for name in edit.fields)
    if len(edit.images) > 1:
        yield "images"
    if edit.mask is not None:
        yield "mask"
        if edit.mask.data is not None and pictures.is_blank(edit.mask.data):
            yield "blank-mask"
        if _kind(edit.mask) == "png" and edit.images and _kind(edit.images[0]) not in (None, "png"):
            yield "mask-of-another-kind"
    if edit.streams:
        yield "stream"
    for picture in (*edit.images, *((edit.mask,) if edit.mask else ())):
        yield from _of_input(picture)
    if any(name not in edit.names for name in edit.fields):
        yield "extra-field"
    if any(value == "" for value in edit.fields.values()):
        yield "empty-field"


def _kind(picture: Input) -> str | None:
    return pictures.kind_of(picture.data) if picture.data is not None else None


def _of_input(picture: Input) -> Iterator[str]:
    if picture.file_id is not None:
        yield "file-id"
    elif picture.url is not None:
        yield "url"
    elif picture.data is not None and picture.is_part:
        yield "file"
    elif picture.data is not None:
        yield "data-url"


def _of_headers(request: Request) -> Iterator[str]:
    if "chunked" in (request.header("transfer-encoding") or "").lower():
        yield "chunked"
    if "100-continue" in (request.header("expect") or "").lower():
        yield "expect-continue"
    accept = (request.header("accept") or "").lower()
    if "text/event-stream" in accept:
        yield "accept-event-stream"
    if "*/*" in accept:
        yield "accept-any"
    if "gzip" in (request.header("accept-encoding") or "").lower():
        yield "gzip-accepted"


def _of_parts(edit: Edit) -> Iterator[str]:
    if edit.encoding != "multipart":
        return
    stated = edit.request.header("content-type") or ""
    boundary = parse_options_header(stated)[1].get("boundary", "")
    if f'boundary="{boundary}"' in stated:
        yield "quoted-boundary"
    if len(boundary) >= 70:
        yield "long-boundary"
    yield from _of_names(edit)
    files = [i for i, part in enumerate(edit.parts) if part.is_file]
    texts = [i for i, part in enumerate(edit.parts) if not part.is_file]
    if files and texts and files[0] < texts[-1]:
        yield "files-first"
    for part in edit.parts:
        yield from _of_file(part) if part.is_file else _of_text(part)


def _of_names(edit: Edit) -> Iterator[str]:
    scalar = [p.at for p in edit.images if p.is_part and "[" not in p.at]
    if any("[" in p.at for p in edit.images):
        yield "image[]"
    if scalar:
        yield "image" if len(scalar) == 1 else "repeated-image"
    names = Counter(part.name for part in edit.parts if not part.is_file and "[" not in part.name)
    if any(count > 1 for count in names.values()):
        yield "duplicate-field"


def _of_file(part: Part) -> Iterator[str]:
    if part.filename is None:
        yield "no-filename"
    else:
        if not part.filename.isascii():
            yield "utf8-filename"
        if '"' in part.filename or "%22" in part.filename:
            yield "quoted-filename"
    if part.content_type is None:
        yield "untyped-part"
    elif part.content_type.lower().startswith("application/octet-stream"):
        yield "octet-stream-part"


def _of_text(part: Part) -> Iterator[str]:
    if part.content_type is not None:
        yield "text-part-types"
        if "charset" in part.content_type.lower():
            yield "text-part-charset"
