"""Good requests with one thing spoilt: a value that nobody can take for a good one, or a picture's own bytes."""

from __future__ import annotations

import base64
import random
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_tests import malformed, samples
from contract_tests.drafts import Draft, File
from contract_tests.encodings import Encoding, encode, plain
from contract_tests.fuzzing.probes import Probe
from contract_tests.strategies_choices import Choices
from specs import forms
from specs.messages import Part, Request
from specs.reading import JSON

WRONG: Mapping[str, tuple[Any, ...]] = {
    "integer": (
        "abc",
        "1.5",
        "1,000",
        "--1",
        "NaN",
        "1e400",
        "0x10",
        10**40,
        -(10**40),
        1.5,
        -0.5,
        [1],
        {"n": 1},
        [[]],
    ),
    "boolean": ("maybe", "yesno", 7, [True], {"on": True}),
    "string": ([], ["x"], {}, {"x": 1}, 7, 7.5, [["deep"]]),
}
"""Values that are none of a type in any reading."""

_NOTHING_OFFERED = ("none-such", "☃", "low;high", "../../etc/passwd", "' OR 1=1 --", "x" * 5000, "<script>")
"""Texts that no list of values has."""


@dataclass(frozen=True)
class Bending:
    """Spoils the plainest valid request of a contract."""

    choices: Choices
    url: str
    key: str
    seed: int

    def bent(self, count: int) -> list[Probe]:
        """Requests with one thing spoilt, shuffled by the seed."""
        found = [*self._values(), *self._pictures()]
        random.Random(self.seed).shuffle(found)
        return found[:count]

    def malformed(self, count: int) -> list[Probe]:
        """Bodies broken byte by byte, shuffled by the seed."""
        found = list(self._broken())
        random.Random(self.seed).shuffle(found)
        return found[:count]

    @cached_property
    def _base(self) -> Draft:
        return samples.valid(self.choices.contract, self.choices.models, self.seed)

    def _asked(self, told: str, draft: Draft, way: Encoding) -> Probe | None:
        """The probe; none where no claim objects: nothing is known of how it has to be answered."""
        if not any(claim.judged for claim in self.choices.objections(draft, way)):
            return None
        return Probe("bent", f"{told}-{way.name}", encode(draft, way, self.choices.contract.edit, self.url, self.key))

    def _values(self) -> Iterator[Probe]:
        for way in plain(self.choices.contract.edit):
            schema = self.choices.contract.edit.schemas[way.media_type]
            for name, described in schema.get("properties", {}).items():
                if "x-picture" not in described:
                    for number, value in enumerate(_wrong(described, in_json=way.media_type == JSON)):
                        told = f"{name}-{number}={str(value)[:16]}"
                        if (probe := self._asked(told, self._base.with_field(name, value), way)) is not None:
                            yield probe

    def _pictures(self) -> Iterator[Probe]:
        chance = random.Random(self.seed)
        for way in plain(self.choices.contract.edit):
            for name, spoil in SPOILT.items():
                image, mask = samples.picture(), samples.mask()
                drafts = {"image": self._base.with_images(_of(spoil(image.data, chance), image))}
                if self.choices.documents("mask"):
                    drafts["mask"] = self._base.with_mask(_of(spoil(mask.data, chance), mask))
                for where, draft in drafts.items():
                    if (probe := self._asked(f"{where}-{name}", draft, way)) is not None:
                        yield probe

    def _broken(self) -> Iterator[Probe]:
        base = self._base.with_images(samples.pretending())
        for way in plain(self.choices.contract.edit):
            made = encode(base, way, self.choices.contract.edit, self.url, self.key)
            broken = malformed.documents(made.body) if way.media_type == JSON else malformed.forms(_parts(made))
            for body in broken:
                stated = {name.lower() for name, _ in body.headers} | {"content-length"}
                kept = tuple(item for item in made.headers if item[0].lower() not in stated)
                length = ("Content-Length", str(len(body.body)))
                request = Request(made.method, made.url, (*kept, *body.headers, length), body.body)
                if body.lawful or self.choices.unreadable(request):
                    yield Probe("malformed", body.name, request)


def _parts(request: Request) -> tuple[Part, ...]:
    return forms.parts(request.body, request.header("content-type") or "")


def _of(data: bytes, file: File) -> File:
    return File(data, file.filename, file.content_type)


def _wrong(described: Mapping[str, Any], *, in_json: bool) -> Iterator[Any]:
    """Wrong values for a property: of another type, or not offered."""
    kinds = str(described.get("type") or described.get("anyOf") or "")
    for kind, values in WRONG.items():
        if kind in kinds:
            yield from (value for value in values if in_json or not isinstance(value, list | dict))
    if "enum" in str(described):
        yield from _NOTHING_OFFERED


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))


def _with_header(png: bytes, width: int, height: int) -> bytes:
    """The same PNG with other dimensions in its header, checksum and all."""
    return png[:8] + _chunk(b"IHDR", struct.pack(">II", width, height) + png[24:29]) + png[33:]


def _scrambled(data: bytes, chance: random.Random) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(chance.randrange(256) for _ in range(64)) + data[middle + 64 :]


SPOILT: Mapping[str, Callable[[bytes, random.Random], bytes]] = {
    "empty": lambda _data, _: b"",
    "signature-only": lambda data, _: data[:8],
    "cut-after-100": lambda data, _: data[:100],
    "cut-in-half": lambda data, _: data[: len(data) // 2],
    "headless": lambda data, _: data[8:],
    "reversed": lambda data, _: data[::-1],
    "scrambled": _scrambled,
    "random": lambda data, chance: chance.randbytes(len(data)),
    "zeros": lambda data, _: bytes(len(data)),
    "text": lambda _data, _: b"There is no picture here. " * 40,
    "html": lambda _data, _: b"<!doctype html><title>404</title><p>Not found.",
    "pdf": lambda _data, _: b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF",
    "zip": lambda data, _: b"PK\x03\x04" + data,
    "elf": lambda data, _: b"\x7fELF" + data[4:],
    "gif": lambda data, _: b"GIF89a" + data[6:],
    "jpeg-signature": lambda data, _: b"\xff\xd8\xff\xe0" + data[4:],
    "no-width": lambda data, _: _with_header(data, 0, 256),
    "bomb": lambda data, _: _with_header(data, 60_000, 60_000),
    "widest": lambda data, _: _with_header(data, 2**31 - 1, 2**31 - 1),
    "no-pixels": lambda data, _: data[:33] + _chunk(b"IEND", b""),
    "as-base64": lambda data, _: base64.b64encode(data),
    "as-data-url": lambda data, _: b"data:image/png;base64," + base64.b64encode(data),
}
"""Ways to spoil a PNG that leave no decoder anything to show."""
