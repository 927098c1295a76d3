"""One request that came to a mock, as a test looks at it: prompt, fields, pictures, and whether it is as wanted."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from PIL import Image

from mock_server.journal import Entry
from specs import pictures
from specs.edits import ABSENT, Input

Wanted: TypeAlias = Mapping[str, Any]


class NoPicture(ValueError):
    """The caller sent something else where a picture is expected, or its bytes were not kept; the message says what."""


@dataclass(frozen=True, slots=True)
class Received:
    """One request that came, read by its provider's schema; `entry` is the journal's, with bytes and header fields."""

    entry: Entry

    @property
    def provider(self) -> str:
        """Whose address it was sent to; empty when it was nobody's."""
        return self.entry.provider

    @property
    def prompt(self) -> str | None:
        """The field `prompt`, None when there is none."""
        found = self.entry.edit.get("prompt", None)
        return None if found is None else str(found)

    @property
    def fields(self) -> Mapping[str, Any]:
        """Every field that carries no picture, typed where the schema allows it (`n=2` in a form is 2)."""
        return self.entry.edit.fields

    @property
    def images(self) -> tuple[Image.Image, ...]:
        """The pictures that were sent as files or data URLs; links are in `entry.edit.images`. Raises NoPicture."""
        return tuple(_opened(sent) for sent in self.entry.edit.images if not (sent.url or sent.file_id))

    @property
    def mask(self) -> Image.Image | None:
        """The mask that was sent as a file or a data URL, None when there is none. Raises NoPicture."""
        sent = self.entry.edit.mask
        return _opened(sent) if sent and not (sent.url or sent.file_id) else None

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return self.entry.status

    @property
    def refused_by(self) -> str | None:
        """The claim whose breach was refused, or what else (`scenario`, `fault`, …); None when it was answered."""
        return self.entry.refused_by or self.entry.reply.why

    @property
    def edited(self) -> bool:
        """Whether the request was accepted and answered with 2xx, whatever became of the answer on its way."""
        return self.entry.edit.on_route and self.entry.reply.accepted

    def __str__(self) -> str:
        request, edit = self.entry.edit.request, self.entry.edit
        why = f", refused by {self.refused_by}" if self.refused_by else ""
        sent = [f"{len(edit.images)} image(s)"] if edit.images else []
        sent += ["mask"] if edit.mask else []
        sent += [f"{name}={value!r:.60}" for name, value in self.fields.items()]
        told = f": {', '.join(sent)}" if sent else ""
        return f"#{self.entry.number} {request.method} {request.path} -> {self.status}{why}{told}"


def _opened(sent: Input) -> Image.Image:
    if sent.data is None:
        raise NoPicture(f"`{sent.at}` is no picture: {sent.text!r:.80}")
    if problem := pictures.decodes(sent.data):
        raise NoPicture(f"`{sent.at}` has {len(sent.data)} bytes: {problem}")
    return Image.open(io.BytesIO(sent.data))


def differences(received: Received, wanted: Wanted) -> Iterator[str]:
    """What is not as wanted; a compiled pattern is searched for, everything else has to be equal."""
    if not received.edited:
        yield "no pictures were answered"
    for name, value in wanted.items():
        found = received.provider if name == "provider" else received.fields.get(name, ABSENT)
        fits = bool(value.search(str(found))) if isinstance(value, re.Pattern) else found == value
        if not fits:
            yield f"{name} is {found!r:.80}"
