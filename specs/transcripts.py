"""The transcript of one run: a header, one line for each exchange, a closing line.

A file that was cut short has no closing line, so it is never mistaken for a whole one; it can be read, and gone on
with (`specs.recording`). Pictures stand once, by digest, in `pictures/` beside the transcript.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from specs import lines
from specs.evidence import Segment, UnreadableEvidence, omits, restore
from specs.lines import Closing, Header, Unexpected
from specs.messages import Exchange

PICTURES = "pictures"
"""The folder beside a transcript that holds its pictures."""


class UnreadableTranscript(ValueError):
    """The file is no transcript, or it is damaged: one sentence with file, line, expected and got."""


def billed(exchange: Exchange) -> bool:
    """Whether an exchange was an edit that the endpoint accepted, which is what costs money."""
    return exchange.purpose == "edit" and exchange.response is not None and 200 <= exchange.response.status < 300


@dataclass(frozen=True, slots=True)
class Transcript:
    """What one run asked and what came back.

    `closing` is None for a run that was cut short. `omitted` are the ids of exchanges of which pictures were not
    kept: their bodies hold a short text in place of each. `notes` are sentences about what was ignored in reading.
    """

    header: Header
    exchanges: tuple[Exchange, ...] = ()
    closing: Closing | None = None
    omitted: frozenset[str] = field(default=frozenset())
    notes: tuple[str, ...] = ()

    @property
    def provider(self) -> str:
        """The provider whose contract the run was about."""
        return self.header.provider

    @property
    def base_url(self) -> str:
        """Where the endpoint stood."""
        return self.header.base_url

    @property
    def started(self) -> float:
        """Unix seconds."""
        return self.header.started

    @property
    def seed(self) -> int:
        """What made the run's choices repeatable."""
        return self.header.seed

    @property
    def plan(self) -> Mapping[str, Any] | None:
        """What the planner wrote into the header."""
        return self.header.plan

    @property
    def complete(self) -> bool:
        """Whether the run came to its planned end."""
        return self.closing is not None and self.closing.complete

    @property
    def finished(self) -> float:
        """Unix seconds; of a run that was cut short, when its last answer was there."""
        if self.closing:
            return self.closing.finished
        return max((exchange.sent + exchange.seconds for exchange in self.exchanges), default=self.started)

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return len(self.exchanges)

    @property
    def billable(self) -> int:
        """How many edits were accepted."""
        return sum(map(billed, self.exchanges))


@dataclass(frozen=True, slots=True)
class Found:
    """A transcript beside the byte of its file where its last exchange (or its header) ends."""

    transcript: Transcript
    end: int


def load(path: Path) -> Transcript:
    """The transcript in a file, complete or cut short; raises UnreadableTranscript."""
    return find(path).transcript


def find(path: Path) -> Found:
    """As `load`, with the place from where recording can go on."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise UnreadableTranscript(f"{path} cannot be read: {problem.strerror}") from problem
    reader = _Reader(path.parent / PICTURES)
    try:
        for line in io.BytesIO(data):
            reader.read(line)
        return reader.found()
    except Unexpected as problem:
        raise UnreadableTranscript(f"{path}, line {max(reader.number, 1)}: {problem}") from problem


class _Reader:
    """Reads line after line; what has been read so far is the transcript."""

    def __init__(self, pictures: Path) -> None:
        self._pictures = pictures
        self._header: Header | None = None
        self._exchanges: list[Exchange] = []
        self._closing: Closing | None = None
        self._omitted: set[str] = set()
        self._notes: list[str] = []
        self._bodies: dict[str, bytes] = {}
        self._end = 0
        self.number = 0

    def read(self, line: bytes) -> None:
        """Take the next line; raises Unexpected."""
        self.number += 1
        if self._closing:
            raise Unexpected("expected nothing after the closing line, got another line")
        try:
            value = lines.parsed(line)
        except Unexpected:
            if line.endswith(b"\n") or not self._header:
                raise
            self._notes.append("the last line was cut short and is ignored")
            return
        if self._header is None:
            self._header = lines.header(value)
        elif "end" in value:
            self._close(lines.closing(value))
            return
        else:
            self._add(value)
        self._end += len(line)

    def found(self) -> Found:
        """All that was read; raises Unexpected when there was no header."""
        if self._header is None:
            raise Unexpected("expected a header, got an empty file")
        exchanges, omitted = tuple(self._exchanges), frozenset(self._omitted)
        return Found(Transcript(self._header, exchanges, self._closing, omitted, tuple(self._notes)), self._end)

    def _close(self, closing: Closing) -> None:
        if closing.requests != len(self._exchanges):
            raise Unexpected(f"expected {closing.requests} exchanges before it, got {len(self._exchanges)}")
        self._closing = closing

    def _add(self, value: Mapping[str, Any]) -> None:
        exchange = lines.exchange(value, self._body)
        self._exchanges.append(exchange)
        if any(omits(message["body"]) for message in (value["request"], value["response"]) if message):
            self._omitted.add(exchange.id)

    def _body(self, segments: Sequence[Segment]) -> bytes:
        """The body; the same segments give the same bytes object, so that a picture is in memory once."""
        key = json.dumps(segments, sort_keys=True)
        if key not in self._bodies:
            self._bodies[key] = restore(segments, self._fetch)
        return self._bodies[key]

    def _fetch(self, name: str) -> bytes:
        try:
            return (self._pictures / name).read_bytes()
        except OSError as problem:
            raise UnreadableEvidence(f"expected the file {PICTURES}/{name}, got: {problem.strerror}") from problem
