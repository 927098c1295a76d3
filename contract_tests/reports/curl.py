"""A command that repeats an exchange, and the files it reads, written beside the report.

A form is written with `--form` where curl then sends the same parts in the same order; anything curl would put on the
wire in another way (a part without a type, a boundary in quotation marks, a body that is no form at all) is sent byte
for byte from a file. The key is never written: the command reads $IMAGE_CONTRACT_API_KEY.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from contract_tests import multiparts
from contract_tests.reports.markup import anchor
from specs.answers import Asked
from specs.messages import Part, Request, Response, first, media_type
from specs.packing import packing
from specs.pictures import kind_of
from specs.redaction import MASKED, REDACTED

SCRIPT = "curl.sh"
KEY = "$IMAGE_CONTRACT_API_KEY"
PACKED = ".gz"
BIG = 1_000_000
"""Bytes of a file that may be packed."""
LONGEST_WORD = 200
"""Characters of a form field that may stand in the command itself; a longer one is read from a file."""

_LEFT_TO_CURL = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent"})
_TAME = re.compile(r"[A-Za-z0-9 :=./-]*\Z")
"""Text that means the same in double quotation marks."""
_PLAIN = re.compile(r"[A-Za-z0-9_.\[\]() -]{1,100}\Z")
_TYPE = re.compile(r"[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+(; ?charset=[A-Za-z0-9-]+)?\Z")
_BOUNDARY = re.compile(r"multipart/form-data; ?boundary=(?P<boundary>[A-Za-z0-9'_-]{1,60})\Z")


@dataclass(frozen=True, slots=True)
class Repeat:
    """The command, in lines, and its files: path under the report's folder -> bytes."""

    command: str
    files: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """Options of curl, and the files they read."""

    options: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()


def repeat(asked: Asked, folder: str = "exchanges") -> Repeat:
    """How to repeat an exchange by hand; paths in the command are relative to the report's folder."""
    request, home = asked.request, home_of(asked.exchange.id, folder)
    form = _form(asked, home)
    said = form or _bytes(request, home)
    skipped = _LEFT_TO_CURL | ({"content-type"} if form else set())
    lines = [f"curl --include --request {shlex.quote(request.method)} {_with_key(request.url)}"]
    lines += [f"--header {_with_key(f'{n}: {v}')}" for n, v in request.headers if n.lower() not in skipped]
    if asked.edit.streams:
        lines.append("--no-buffer")
    if "gzip" in (request.header("accept-encoding") or ""):
        lines.append("--compressed")
    files = tuple(_packed(path, data) for path, data in said.files)
    unpacking = [f"gunzip --force --keep {shlex.quote(path)}\n" for path, _data in files if path.endswith(PACKED)]
    return Repeat("".join(unpacking) + " \\\n  ".join([*lines, *said.options]), files)


def _packed(path: str, data: bytes) -> tuple[str, bytes]:
    """A big file that is mostly padding is kept packed; the command unpacks it."""
    if len(data) <= BIG or len(small := _small(data)) * 10 > len(data):
        return path, data
    return path + PACKED, small


@lru_cache(maxsize=4)
def _small(data: bytes) -> bytes:
    packer = packing.compressobj(1, wbits=31)  # 31: as gzip
    return packer.compress(data) + packer.flush()


def home_of(id: str, folder: str = "exchanges") -> str:
    """The folder of an exchange's files, whatever its id holds."""
    return f"{folder}/{anchor(id).lstrip('.') or 'x'}"


def kept(asked: Asked, repeated: Repeat, folder: str = "exchanges") -> dict[str, bytes]:
    """Every file of an exchange: what the command reads, the command itself, and the body that came back."""
    home = home_of(asked.exchange.id, folder)
    script = (
        f"#!/bin/sh\n# Run in the folder of the report, with the key in IMAGE_CONTRACT_API_KEY.\n{repeated.command}\n"
    )
    files = {**dict(repeated.files), f"{home}/{SCRIPT}": script.encode("utf-8", "replace")}
    if asked.response is not None and asked.response.body:
        files[f"{home}/response.{_ending(asked.response)}"] = asked.response.body
    return files


def _ending(response: Response) -> str:
    """Never `html`: a page from an endpoint must not run when it is opened from a disk."""
    kind = kind_of(response.body)
    return kind or ("json" if media_type(response.headers) == "application/json" else "txt")


def _with_key(text: str) -> str:
    """A shell word in which every redacted key is read from the environment."""
    pieces = text.replace(MASKED, REDACTED).split(REDACTED)
    if len(pieces) > 1 and all(map(_TAME.match, pieces)):
        return f'"{KEY.join(pieces)}"'
    return f'"{KEY}"'.join(shlex.quote(piece) if piece else "" for piece in pieces) or "''"


def _together(said: Iterable[_Said]) -> _Said:
    each = tuple(said)
    return _Said(tuple(o for s in each for o in s.options), tuple(f for s in each for f in s.files))


def _bytes(request: Request, home: str) -> _Said:
    """The body as it was. Without a type of its own, curl must be kept from adding one."""
    if not request.body:
        return _Said()
    untyped = () if first(request.headers, "content-type") else ("--header 'Content-Type:'",)
    name = f"{home}/request.{'json' if media_type(request.headers) == 'application/json' else 'body'}"
    return _Said((*untyped, f"--data-binary {shlex.quote('@' + name)}"), ((name, request.body),))


def _form(asked: Asked, home: str) -> _Said | None:
    """The form in curl's words, or None where curl would not send the same."""
    parts = asked.edit.parts
    stated = _BOUNDARY.match(asked.request.header("content-type") or "")
    if not parts or not stated or multiparts.body(parts, stated["boundary"]) != asked.request.body:
        return None
    said = [_part(part, f"{home}/{index:02}-{anchor(part.name)}") for index, part in enumerate(parts, 1)]
    return _together(s for s in said if s) if all(said) else None


def _part(part: Part, path: str) -> _Said | None:
    """One part in curl's words, or None as above."""
    if not _PLAIN.match(part.name) or (part.content_type and not _TYPE.match(part.content_type)):
        return None
    if part.filename is not None:
        return _file(part, part.filename, path)
    if not part.content_type and (text := _word(part.data)) is not None:
        return _Said((f"--form-string {_with_key(f'{part.name}={text}')}",))
    named = f"{path}.{kind_of(part.data) or 'txt'}"
    kind = f";type={part.content_type}" if part.content_type else ""
    return _Said((f"--form {shlex.quote(f'{part.name}=<{named}{kind}')}",), ((named, part.data),))


def _file(part: Part, filename: str, path: str) -> _Said | None:
    if not part.content_type or not _PLAIN.match(filename):
        return None
    named = f"{path}.{kind_of(part.data) or 'bin'}"
    option = f"{part.name}=@{named};type={part.content_type};filename={filename}"
    return _Said((f"--form {shlex.quote(option)}",), ((named, part.data),))


def _word(data: bytes) -> str | None:
    """Form text that can stand in a command line, or None."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(text) <= LONGEST_WORD and all(_printable(text)) else None


def _printable(text: str) -> Iterator[bool]:
    return (character.isprintable() for character in text)
