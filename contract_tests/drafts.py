"""A draft: a request as it is meant, before anything is put on the wire.

Samples make valid drafts, violations bend them, encodings write them down. Fields keep their order; a name may stand
twice, because a form may have it twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class File:
    """A picture file. `filename` and `content_type` are None where the part shall not state them."""

    data: bytes = field(repr=False)
    filename: str | None = "picture.png"
    content_type: str | None = "image/png"


@dataclass(frozen=True, slots=True)
class Link:
    """A picture by its address: an http(s) or a `data:` URL."""

    url: str = field(repr=False)


Picture: TypeAlias = File | Link | str
"""A file, a link, or plain text where a picture is expected (a violation)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request as meant: its fields in order (integers, booleans, text, None, lists), its pictures, its mask."""

    fields: tuple[tuple[str, object], ...] = ()
    images: tuple[Picture, ...] = ()
    mask: Picture | None = None

    def get(self, name: str, default: object = None) -> object:
        """The value of a field, `default` when the draft does not have it."""
        return dict(self.fields).get(name, default)

    def has(self, name: str) -> bool:
        """Whether the draft has a field of this name."""
        return any(key == name for key, _ in self.fields)

    def with_field(self, name: str, value: object) -> Draft:
        """The draft with this value for a field: in its place where it stands already, else at the end."""
        if not self.has(name):
            return replace(self, fields=(*self.fields, (name, value)))
        return replace(self, fields=tuple((key, value if key == name else old) for key, old in self.fields))

    def without(self, name: str) -> Draft:
        """The draft without a field."""
        return replace(self, fields=tuple((key, value) for key, value in self.fields if key != name))

    def with_images(self, *pictures: Picture) -> Draft:
        """The draft with these input pictures instead of its own; none at all is a violation."""
        return replace(self, images=pictures)

    def with_mask(self, mask: Picture | None) -> Draft:
        """The draft with this mask instead of its own, or without one."""
        return replace(self, mask=mask)
