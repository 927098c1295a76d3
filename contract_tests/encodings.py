"""Every way a real client puts one and the same valid draft on the wire: a table, read by `writing.encode`.

The plain ones are `json` and `multipart`, the latter laid out as the official Python SDK does: text parts without a
type first, then files with name and type, `image` for one picture and `image[]` for several.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from contract_tests.multiparts import LONGEST_BOUNDARY
from contract_tests.writing import Encoding, encode
from specs.contract import Operation
from specs.messages import Headers, Part
from specs.reading import JSON, MULTIPART

__all__ = ["ENCODINGS", "PLAIN", "Encoding", "encode", "fitting", "offered", "plain"]

PLAIN = {MULTIPART: "multipart", JSON: "json"}
"""The plain encoding of each media type."""

_SDK: Headers = (
    ("User-Agent", "OpenAI/Python 3.52.0"),
    ("X-Stainless-Lang", "python"),
    ("X-Stainless-Package-Version", "3.52.0"),
    ("X-Stainless-OS", "Linux"),
    ("X-Stainless-Arch", "x64"),
    ("X-Stainless-Runtime", "CPython"),
    ("X-Stainless-Runtime-Version", "3.11.7"),
    ("X-Stainless-Async", "false"),
    ("x-stainless-retry-count", "0"),
    ("x-stainless-read-timeout", "600"),
)


def _named(filename: str | None) -> Callable[[Part], Part]:
    return lambda part: replace(part, filename=filename)


def _typed(content_type: str | None) -> Callable[[Part], Part]:
    return lambda part: replace(part, content_type=content_type)


def _form(name: str, feature: str, source: str, **how: Any) -> Encoding:
    return replace(Encoding(name, MULTIPART, (feature,) if feature else (), source), **how)


_FORMS = (
    _form("multipart", "", "the official Python SDK 3.52 given a file with name and type"),
    _form("openai-python", "", "the same, with every header field that SDK sends", headers=_SDK),
    _form("multipart-array-single", "image[]", "every official SDK given a list of one", brackets="always"),
    _form("files-first", "files-first", "the official Node SDK 7.55", files_first=True),
    _form(
        "backwards",
        "files-first",
        "no order of parts is promised or asked for: RFC 7578, 5.2",
        files_first=True,
        backwards=True,
    ),
    _form("text-part-types", "text-part-types", "the official Ruby SDK types every part", text_type="text/plain"),
    _form("no-filename", "no-filename", "the official Java and Ruby SDKs given bytes", of_file=_named(None)),
    _form("utf8-filename", "utf8-filename", "browsers and the official SDKs: raw UTF-8", of_file=_named("猫.png")),
    _form("quoted-filename", "quoted-filename", "browsers, the official Python SDK: %22", of_file=_named('a "b".png')),
    _form("quoted-boundary", "quoted-boundary", ".NET's MultipartFormDataContent", boundary_quoted=True),
    _form("long-boundary", "long-boundary", "RFC 2046, 5.1.1: up to 70 characters", boundary_length=LONGEST_BOUNDARY),
    _form("untyped-part", "untyped-part", "go-openai types no file part", of_file=_typed(None)),
    _form("duplicate-field", "duplicate-field", "clients that append where they should set", twice=True),
    _form(
        "text-part-charset",
        "text-part-charset",
        "the official Java SDK types every part with its charset",
        features=("text-part-types", "text-part-charset"),
        text_type="text/plain; charset=utf-8",
    ),
    _form(
        "backslashed-filename",
        "quoted-filename",
        "the official Go SDK escapes a quotation mark with a backslash",
        of_file=_named('a "b".png'),
        backslashes=True,
    ),
    _form(
        "octet-stream-part",
        "octet-stream-part",
        "the official Python SDK given bytes, Node's given a read stream, Go's and Java's given a file",
        of_file=_typed("application/octet-stream"),
    ),
    _form(
        "repeated-image",
        "repeated-image",
        "clients that repeat the name for several pictures: FormData in browsers, requests",
        brackets="never",
        spare=2,
    ),
    _form(
        "curl",
        "accept-any",
        "curl -F, as the documentation's examples have it: its header order, its boundary",
        boundary_prefix="-" * 24,
        boundary_length=46,
        headers=(("User-Agent", "curl/8.14.1"), ("Accept", "*/*")),
        order=("User-Agent", "Accept", "Authorization", "Content-Length", "Content-Type"),
    ),
)


def _either(prefix: str, media_type: str) -> tuple[Encoding, ...]:
    """What a form and a JSON body can both do."""

    def row(name: str, source: str, *headers: tuple[str, str]) -> Encoding:
        return Encoding(prefix + name, media_type, (name,), source, headers=headers)

    return (
        row("chunked", "the official Node SDK given a stream, Ruby's always", ("Transfer-Encoding", "chunked")),
        row("expect-continue", "curl and .NET with large bodies", ("Expect", "100-continue")),
        row("accept-event-stream", "the official Java and Ruby SDKs when they stream", ("Accept", "text/event-stream")),
        row("accept-any", "requests and undici by default", ("Accept", "*/*")),
        row("gzip-accepted", "httpx, undici and Go by default", ("Accept-Encoding", "gzip, deflate")),
        replace(row("extra-field", "SDKs given extra_body"), extra=(("x_client_note", "contract"),)),
        replace(row("empty-field", "HTML forms and form builders with an input left empty"), empty=True),
    )


ENCODINGS = {
    row.name: row
    for row in (
        Encoding("json", JSON, (), "the documentation's own examples; the official Node SDK's `client.post`"),
        Encoding("json-backwards", JSON, (), "the members of an object have no order: RFC 8259, 4", backwards=True),
        *_FORMS,
        *_either("", MULTIPART),
        *_either("json-", JSON),
    )
}
"""Every encoding by its name."""


def offered(operation: Operation) -> tuple[Encoding, ...]:
    """The encodings whose media type the operation documents."""
    return tuple(row for row in ENCODINGS.values() if row.media_type in operation.schemas)


def plain(operation: Operation) -> tuple[Encoding, ...]:
    """The plain encoding of each media type the operation documents, multipart first."""
    return tuple(ENCODINGS[name] for media_type, name in PLAIN.items() if media_type in operation.schemas)


def fitting(operation: Operation, features: Collection[str]) -> Encoding | None:
    """The plainest encoding that has all of these features, as far as encodings make them; None when none has."""
    ours = {feature for row in ENCODINGS.values() for feature in row.features} & set(features)
    media = {name for name in ("multipart", "json") if name in features}
    for row in (*plain(operation), *offered(operation)):
        if ours <= set(row.features) and media <= {row.media_type.partition("/")[0], row.media_type.partition("/")[2]}:
            return row
    return None
