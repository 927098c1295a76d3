"""What the mock is about to send, still as values: a JSON document, the events of a stream, or raw bytes.

Faults change a reply while it is a value; `wire` turns it into bytes at the very end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from specs.messages import Headers


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event: its name and JSON data, or `raw` bytes as they are; `pause` are seconds before it."""

    name: str | None = None
    data: Any = None
    raw: bytes | None = None
    pause: float = 0.0

    def encoded(self) -> bytes:
        """The frame on the wire."""
        if self.raw is not None:
            return self.raw
        line = f"event: {self.name}\n" if self.name else ""
        return f"{line}data: {json.dumps(self.data, separators=(',', ':'))}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A document's JSON, written beforehand; it holds for this very document and no copy of it."""

    document: Any
    pieces: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, header fields and one of `document` (JSON), `events` (a stream) or `raw` (bytes).

    `why` names the claim whose breach is refused; `pause` are seconds between a stream's events (or drips); `cut` ends
    the connection after so many bytes of the body, of which `promised` were announced; `delay` are seconds before the
    first byte; `drip` sends so many bytes at a time. `bare`: `headers` are all there are, as somebody else sent them.
    """

    status: int = 200
    headers: Headers = ()
    document: Any = None
    events: tuple[Event, ...] | None = None
    raw: bytes | None = None
    why: str | None = None
    pause: float = 0.0
    delay: float = 0.0
    cut: int | None = None
    drip: int | None = None
    sealed: Sealed | None = None
    promised: int = 0
    bare: bool = False

    @property
    def accepted(self) -> bool:
        """Whether this answers an edit with pictures."""
        return self.why is None and 200 <= self.status < 300

    @property
    def content_type(self) -> str:
        """The Content-Type that goes with the body, unless `headers` say otherwise."""
        if self.events is not None:
            return "text/event-stream"
        return "application/octet-stream" if self.raw is not None else "application/json"

    def pieces(self) -> tuple[bytes, ...]:
        """The whole body, in order."""
        plain = self.raw is None and self.events is None
        if plain and self.sealed is not None and self.sealed.document is self.document:
            return self.sealed.pieces
        return (self.body(),)

    def body(self) -> bytes:
        """The whole body (of a stream: all its frames)."""
        if self.raw is not None:
            return self.raw
        if self.events is not None:
            return b"".join(event.encoded() for event in self.events)
        return written(self.document)

    def with_body(self, body: bytes, content_type: str) -> Reply:
        """The same reply with a raw body of another kind."""
        headers = (
            *(field for field in self.headers if field[0].lower() != "content-type"),
            ("Content-Type", content_type),
        )
        return replace(self, document=None, events=None, raw=body, headers=headers)

    def with_document(self, **news: Any) -> Reply:
        """The same reply with members of its JSON document replaced."""
        return replace(self, document={**self.document, **news})

    def with_headers(self, *headers: tuple[str, str]) -> Reply:
        """The same reply with header fields added, or put in place of those of that name."""
        names = {name.lower() for name, _value in headers}
        return replace(self, headers=(*(field for field in self.headers if field[0].lower() not in names), *headers))


def written(document: Any) -> bytes:
    """A document as JSON; lone surrogates, which no encoding has, stay escaped."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(document, separators=(",", ":")).encode()


def refusal(status: int, message: str, type: str = "invalid_request_error", **named: str | None) -> Reply:
    """A refusal in OpenAI's error envelope; `named` are `param` and `code`."""
    error = {"message": message, "type": type, "param": named.get("param"), "code": named.get("code")}
    return Reply(status=status, document={"error": error}, why=named.get("why") or "refused")
