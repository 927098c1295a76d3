"""What a request asks for: an `Edit`, decoded from JSON or a form by the provider's own schema.

Rules look at an `Edit` and never at bytes; the mock paints from it; the tester reads its own requests back with it.
Which property carries a picture is said by the effective document (`x-picture: image` or `mask`), so nothing here
knows a field name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from specs.messages import Part, Request
from specs.models import ModelList

Encoding: TypeAlias = Literal["multipart", "json", "other", "none"]

ABSENT: Any = type("Absent", (), {"__repr__": lambda _: "absent", "__bool__": lambda _: False})()
"""A field that the request does not have (JSON null is None)."""


@dataclass(frozen=True, slots=True)
class Input:
    """A picture a request carries, in one of its three forms.

    `data` are its bytes (a file part or a `data:` URL), `url` a link, `file_id` a reference; `text` is set when the
    field is something else (a text part, a number). `at` is the field as the client wrote it (`image[0]`, `mask`).
    """

    at: str
    data: bytes | None = None
    url: str | None = None
    file_id: str | None = None
    text: str | None = None
    filename: str | None = None
    content_type: str | None = None
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """What one request asks for.

    `fields` holds every other field, typed by the schema where the text allows it (`n=2` is 2, `n=abc` stays "abc").
    `names` are the fields the schema knows, `parts` the body's parts when it is a form. `problem` says why the body
    could not be read at all, `passable` that parsers in use overlook this. `models` is the provider's list, where one
    was read.
    """

    request: Request
    encoding: Encoding
    media_type: str | None
    on_route: bool
    fields: Mapping[str, Any] = field(default_factory=dict)
    images: tuple[Input, ...] = ()
    mask: Input | None = None
    names: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    problem: str | None = None
    passable: bool = False
    models: ModelList | None = None

    def get(self, name: str, default: Any = ABSENT) -> Any:
        """The value of a field, `default` when it is absent."""
        return self.fields.get(name, default)

    @property
    def count(self) -> int:
        """How many pictures are asked for (1 when `n` is absent or unusable)."""
        n = self.fields.get("n")
        return n if isinstance(n, int) and not isinstance(n, bool) and n > 0 else 1

    @property
    def streams(self) -> bool:
        """Whether a stream is asked for."""
        return self.fields.get("stream") is True

    @property
    def size(self) -> tuple[int, int] | None:
        """(width, height) in pixels when `size` is exact; None for `auto`, absent or malformed."""
        return exact_size(self.fields.get("size"))


def exact_size(text: object) -> tuple[int, int] | None:
    """(width, height) of `WIDTHxHEIGHT`, else None."""
    if not isinstance(text, str):
        return None
    width, cross, height = text.partition("x")
    if not cross or not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        return None
    return (int(width), int(height)) if len(text) < 16 else None
