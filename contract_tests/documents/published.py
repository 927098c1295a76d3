"""What a published OpenAPI document itself says of the edit operation: address, key, bodies, fields, answers.

Only schemas and structure are read here, with the pointer to each; prose is made readable by claims.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from contract_tests.documents import schemas
from contract_tests.documents.said import Said, Value
from contract_tests.documents.schemas import Node, followed
from specs import pointers
from specs.contract import Citation

LONGEST_QUOTE = 200
_IGNORED = frozenset({"accept", "authorization", "content-type"})
"""Header parameters that OpenAPI tells its readers to ignore."""


@dataclass(frozen=True, slots=True)
class Description:
    """The edit operation in one document."""

    provider: str
    document: Mapping[str, Any]
    operation: Node
    path: str
    method: str

    def said(self) -> Iterator[Said]:
        """Everything the document's structure says of it."""
        yield from _address(self)
        yield from _key(self)
        yield from _parameters(self)
        yield from _body(self)
        yield from _answers(self)

    def saying(self, field: str, aspect: str, value: Value, at: str) -> Said:
        """One thing the document says of the operation, with the words found there."""
        return Said("operation", field, aspect, value, self.place(at))

    def place(self, at: str) -> Citation:
        """A place of the document, and what stands there."""
        return Citation(self.provider, at, _words(self.document, at))


def described(provider: str, document: Mapping[str, Any], path: str, method: str) -> Description | None:
    """The operation a document has at a path (or at that path behind one of its servers); None where it has none."""
    paths = document.get("paths")
    for known in paths if isinstance(paths, Mapping) else ():
        if known == path or any(base + str(known) == path for base in _bases(document)):
            at = pointers.pointer("paths", known)
            operation = followed(document, followed(document, at).below(method.lower()))
            return Description(provider, document, operation, str(known), method) if operation.value else None
    return None


def _bases(document: Mapping[str, Any]) -> Iterator[str]:
    yield from (urlsplit(url).path.rstrip("/") for url in _urls(document))


def _urls(document: Mapping[str, Any]) -> Iterator[str]:
    servers = document.get("servers")
    for server in servers if isinstance(servers, list) else ():
        if isinstance(server, Mapping) and isinstance(server.get("url"), str):
            yield server["url"]


def _words(document: Mapping[str, Any], at: str) -> str:
    """What stands at a pointer, where it is short enough to be shown."""
    try:
        found = pointers.words(pointers.at(document, at))
    except pointers.NothingThere:
        return ""
    return found if len(found) <= LONGEST_QUOTE else ""


def _address(about: Description) -> Iterator[Said]:
    """Servers without a path of their own, and the whole path behind them."""
    at = pointers.pointer("paths", about.path)
    bases = set(_bases(about.document))
    base = bases.pop() if len(bases) == 1 else ""
    servers = (url.rstrip("/").removesuffix(base) for url in _urls(about.document))
    yield about.saying("address", "path", base + about.path, at)
    yield about.saying("address", "method", about.method, about.operation.at)
    yield about.saying("address", "servers", tuple(servers), "/servers")
    if about.operation.value.get("deprecated") is True:
        yield about.saying("address", "deprecated", True, about.operation.below("deprecated"))


def _key(about: Description) -> Iterator[Said]:
    own = about.operation.value.get("security")
    held = own if isinstance(own, list) else about.document.get("security")
    at = about.operation.below("security") if isinstance(own, list) else "/security"
    named = dict.fromkeys(name for each in held or () if isinstance(each, Mapping) for name in each or ("none",))
    schemes = tuple(dict.fromkeys(_scheme(about.document, str(name)) for name in named)) or ("none",)
    yield about.saying("key", "type", schemes, at)


def _scheme(document: Mapping[str, Any], name: str) -> str:
    found = followed(document, pointers.pointer("components", "securitySchemes", name)).value
    if found.get("type") == "http":
        return f"{found.get('scheme', 'http')}".lower()
    if found.get("type") == "apiKey":
        return f"the bare value of the {found.get('in', '?')} {found.get('name', '?')}"
    return str(found.get("type", name))


def _parameters(about: Description) -> Iterator[Said]:
    listed = about.operation.value.get("parameters")
    for index in range(len(listed)) if isinstance(listed, list) else ():
        node = followed(about.document, about.operation.below("parameters", index))
        name, place = str(node.value.get("name")), str(node.value.get("in"))
        if place == "header" and name.lower() in _IGNORED:
            continue
        required = node.value.get("required") is True
        yield about.saying(f"{place} {name}", "required", required, node.at)
        for aspect in schemas.aspects(about.document, node.below("schema")):
            yield about.saying(f"{place} {name}", aspect.name, aspect.value, aspect.at)


def _body(about: Description) -> Iterator[Said]:
    body = followed(about.document, about.operation.below("requestBody"))
    if not body.value:
        return
    required = body.value.get("required") is True
    yield about.saying("request body", "required", required, body.at)
    yield from _contents(about, body, "request", "request body")


def _answers(about: Description) -> Iterator[Said]:
    answers = followed(about.document, about.operation.below("responses"))
    yield about.saying("answer", "statuses", tuple(map(str, answers.value)), answers.at)
    success = next((status for status in answers.value if str(status).startswith("2")), "default")
    yield from _contents(about, followed(about.document, answers.below(success)), "answer", "answer")


def _contents(about: Description, holder: Node, part: str, field: str) -> Iterator[Said]:
    """The media types of a body and the fields of each; text/plain of a stream is no schema of fields."""
    content = holder.value.get("content")
    media = content if isinstance(content, Mapping) else {}
    yield about.saying(field, "media types", tuple(map(plain, media)), holder.below("content"))
    for name in media:
        where = "stream" if plain(name) == "text/event-stream" else part
        for aspect in schemas.aspects(about.document, holder.below("content", name, "schema")):
            yield Said(where, aspect.field, aspect.name, aspect.value, about.place(aspect.at), plain(name))


def plain(media: str) -> str:
    """A media type without its parameters, in lower case."""
    return str(media).partition(";")[0].strip().lower()
