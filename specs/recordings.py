"""What was recorded, in whichever form: our own transcript, or a HAR document of whoever wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from specs import transcripts
from specs.har import from_har
from specs.redaction import CREDENTIALS, FAKE, Redactor
from specs.transcripts import Transcript, UnreadableTranscript

_LEAST = 8
"""Characters of a credential that is worth looking for everywhere."""


def read(path: Path) -> Transcript:
    """The transcript in a file: a transcript, or a HAR document. Raises UnreadableTranscript."""
    document = _document(path)
    if document is None:
        return transcripts.load(path)
    try:
        return from_har(document, keys(document))
    except UnreadableTranscript as problem:
        raise UnreadableTranscript(f"{path}: {problem}") from problem


def _document(path: Path) -> Any:
    """The JSON document in a file that is no transcript; None when it is one (or would be)."""
    try:
        with path.open("rb") as file:
            first = file.readline()
            return None if _is_line_of_ours(first) else json.loads(first + file.read())
    except OSError as problem:
        raise UnreadableTranscript(f"{path} cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        raise UnreadableTranscript(f"{path} is neither a transcript nor a HAR document: it is not JSON") from problem


def _is_line_of_ours(line: bytes) -> bool:
    """Whether a first line is that of a transcript (or nothing at all: then its reader says so best)."""
    try:
        return not line.strip() or "format" in json.loads(line)
    except (ValueError, TypeError, RecursionError):
        return False


def keys(document: Any) -> tuple[str, ...]:
    """Every credential that a request of a HAR document shows, so that its echo is known in all the others."""
    return tuple(dict.fromkeys(key for field in _fields(document) for key in credentials(*field)))


def credentials(name: str, value: str) -> tuple[str, ...]:
    """The bare credential of one header field; none where the field carries none, or only a made-up one."""
    if name.lower() not in CREDENTIALS - {"cookie", "set-cookie"}:
        return ()
    return tuple(key for key in Redactor((value,)).secrets if len(key) >= _LEAST and not key.startswith((FAKE, "<")))


def _fields(document: Any) -> Iterator[tuple[str, str]]:
    """The header fields of all requests."""
    for entry in _list(_member(document, "log", "entries")):
        for field in _list(_member(entry, "request", "headers")):
            name, value = _member(field, "name"), _member(field, "value")
            if isinstance(name, str) and isinstance(value, str):
                yield name, value


def _member(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
