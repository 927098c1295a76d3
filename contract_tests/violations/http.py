"""Violations of the request as HTTP: route, method, key, content type, body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from contract_tests import json_bodies
from contract_tests.encodings import ENCODINGS, encode
from contract_tests.violations.register import Attempt, Bad, Good, Start, violation
from specs.reading import JSON, MULTIPART

_METHODS = ("GET", "PUT", "DELETE", "PATCH")


@violation("route_known")
def route_known(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Paths beside the documented one."""
    path = start.operation.path
    yield Bad("route-misspelt", start.draft, start.first, path=f"{path[:-1]}z")
    yield Bad("route-below", start.draft, start.first, path=f"{path}/nothing-here")


@violation("method_allowed")
def method_allowed(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """The same request by other methods, body and all, so that nothing else is wrong with it."""
    for method in _METHODS:
        if method not in numbers["methods"]:
            yield Bad(f"method-{method.lower()}", start.draft, start.first, method=method)


@violation("key_present")
def key_present(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """No key, and an empty one."""
    yield Bad("key-absent", start.draft, key="absent")
    yield Bad("key-empty", start.draft, start.first, key="absent", headers=(("Authorization", "Bearer"),))


@violation("key_right")
def key_right(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """A key that nobody was given."""
    yield Bad("key-wrong", start.draft, key="wrong")


@violation("content_type_accepted")
def content_type_accepted(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Other content types, none, and documented ones written differently."""
    types, draft, first = numbers["types"], start.draft, start.first
    words = urlencode([(name, str(value)) for name, value in draft.fields]).encode()
    for name, stated, body in (
        ("text", "text/plain", json_bodies.body(draft, start.operation)),
        ("xml", "application/xml", b"<edit/>"),
        ("urlencoded", "application/x-www-form-urlencoded", words),
        ("absent", "", words),
        ("absent-from-a-document", "", json_bodies.body(draft, start.operation)),
    ):
        if stated not in types:
            yield Bad(f"content-type-{name}", draft, first, raw_body=body, headers=(("Content-Type", stated),))
    for media_type, encoding in ((JSON, "json"), (MULTIPART, "multipart")):
        if media_type not in (*types, *(numbers.get("disputed") or ())):
            yield Bad(f"content-type-{encoding}", draft, encoding)
    if start.json and JSON in types:
        yield Good("content-type-charset", draft, start.json, headers=(("Content-Type", f"{JSON}; charset=utf-8"),))
        yield Good("content-type-upper-case", draft, start.json, headers=(("Content-Type", "Application/JSON"),))


@violation("body_well_formed")
def body_well_formed(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Bodies that are not what their Content-Type says."""
    if start.json:
        yield from _broken_json(start, start.json)
    if start.form:
        yield from _broken_form(start, start.form)


def _broken_json(start: Start, encoding: str) -> Iterator[Attempt]:
    whole = json_bodies.body(start.draft, start.operation)
    for name, body in (
        ("truncated", whole[:-1]),
        ("halved", whole[: len(whole) // 2]),
        ("empty", b""),
        ("garbage", b"{'prompt': 'single quotes'}"),
        ("array", b"[]"),
        ("null", b"null"),
        ("deep", b"[" * 20_000 + b"]" * 20_000),
        ("text", b'"prompt"'),
        ("not-utf8", b'{"prompt": "\xff\xfe"}'),
    ):
        yield Bad(f"json-{name}", start.draft, encoding, raw_body=body)
    form = encode(start.draft, ENCODINGS["multipart"], start.operation, start.operation.path, None)
    yield Bad("json-is-a-form", start.draft, encoding, raw_body=form.body)


def _broken_form(start: Start, encoding: str) -> Iterator[Attempt]:
    whole = encode(start.draft, ENCODINGS[encoding], start.operation, start.operation.path, None)
    body = whole.body
    for name, broken in (
        ("truncated", body[: len(body) // 2]),
        ("empty", b""),
        ("is-json", json_bodies.body(start.draft, start.operation)),
    ):
        yield Bad(f"form-{name}", start.draft, encoding, raw_body=broken)
    for name, stated in (
        ("no-boundary", MULTIPART),
        ("empty-boundary", f"{MULTIPART}; boundary="),
        ("other-boundary", f"{MULTIPART}; boundary=another"),
    ):
        yield Bad(f"form-{name}", start.draft, encoding, headers=(("Content-Type", stated),))
