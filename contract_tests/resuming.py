"""Resuming: a run goes on where it broke off, and what has been answered is not asked again.

A question counts as answered when the same bytes were sent under the same name and an answer came back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contract_tests.addresses import root_of
from specs import transcripts
from specs.lines import Header
from specs.messages import Exchange, Request
from specs.recording import Recorder
from specs.redaction import Redactor
from specs.transcripts import Transcript, UnreadableTranscript


class OtherRun(ValueError):
    """The run in a folder is not the one that is to go on; one sentence."""


class Kept:
    """The answers of earlier sessions of a run."""

    def __init__(self, exchanges: Iterable[Exchange] = (), secrets: Iterable[str] = ()) -> None:
        self._redactor = Redactor(secrets)
        self._found: dict[str, list[Exchange]] = defaultdict(list)
        for exchange in exchanges:
            if exchange.question and exchange.purpose == "edit":
                self._found[exchange.question].append(exchange)

    def of(self, question: str, request: Request) -> tuple[Exchange, ...]:
        """Every time this request was sent for a question, in order."""
        if question not in self._found:
            return ()
        wanted = digest(self._redactor.exchange(Exchange("", request)).request)
        return tuple(exchange for exchange in self._found[question] if digest(exchange.request) == wanted)


def digest(request: Request) -> str:
    """What tells one request from another, wherever the server stands."""
    parts = urlsplit(request.url)
    fields = "".join(f"{name}: {value}\n" for name, value in request.headers)
    found = sha256(f"{request.method} {parts.path}?{parts.query}\n{fields}\n".encode("utf-8", "surrogateescape"))
    found.update(request.body)
    return found.hexdigest()


def opened(path: Path, header: Header, secrets: Iterable[str], paths: Iterable[str]) -> tuple[Recorder, Transcript]:
    """The recorder that goes on with a transcript, and what is there. Raises OtherRun, UnreadableTranscript.

    `header` is that of the run that is to go on, `paths` are those of the provider's operations. A transcript that was
    cut short before its header was written is begun anew.
    """
    if not path.exists():
        raise OtherRun(f"{path.parent} holds no run to go on with: there is no {path.name}")
    if b"\n" not in path.read_bytes()[:65536]:
        return Recorder(path, header, secrets), Transcript(header)
    there = transcripts.load(path)
    _same(there.header, header, tuple(paths))
    if there.omitted:
        raise OtherRun("the run there kept no pictures, so it cannot be told what has been answered: begin anew")
    return Recorder.resume(path, secrets)


def _same(there: Header, wanted: Header, paths: tuple[str, ...]) -> None:
    for what, old, new in (
        ("provider", there.provider, wanted.provider),
        ("base URL", root_of(there.base_url, *paths), root_of(wanted.base_url, *paths)),
        ("seed", there.seed, wanted.seed),
        *((name, _plan(there).get(name), value) for name, value in _plan(wanted).items()),
    ):
        if old != new:
            raise OtherRun(f"the run there cannot be gone on with: its {what} is {_shown(old)}, not {_shown(new)}")


def _plan(header: Header) -> Mapping[str, Any]:
    return header.plan or {}


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) or "all" if isinstance(value, list) else str(value)


__all__ = ["Kept", "OtherRun", "UnreadableTranscript", "digest", "opened"]
