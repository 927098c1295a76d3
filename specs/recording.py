"""Writing a transcript: exchange by exchange, safe on disk before the next one is asked.

Secrets are taken out and big bodies made small before anything is written (`specs.redaction`, `specs.evidence`).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from specs import lines
from specs.evidence import Taker
from specs.lines import Closing, Header
from specs.messages import Exchange
from specs.redaction import Redactor
from specs.transcripts import PICTURES, Transcript, billed, find


class Recorder:
    """An open transcript, for any number of threads.

    As a context manager it closes itself: as complete, unless an exception ends the block.
    """

    def __init__(
        self, path: Path, header: Header, secrets: Iterable[str] = (), *, keep_pictures: bool = True, _end: int = 0
    ) -> None:
        """Begin a transcript at `path`; a file that is there is replaced. OSError when it cannot be written."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._redactor = Redactor(secrets)
        self._taker = Taker(Pictures(path.parent / PICTURES).keep if keep_pictures else None)
        self._lock = threading.Lock()
        self._requests = self._billable = 0
        self._end = _end
        self._file = path.open("r+b" if _end else "wb", buffering=0)
        self._file.truncate(_end)
        if _end:
            self._end_line()
        else:
            self._append({**self._redactor.value(header.value()), "base_url": self._redactor.url(header.base_url)})

    @classmethod
    def resume(cls, path: Path, secrets: Iterable[str] = (), *, keep_pictures: bool = True) -> tuple[Self, Transcript]:
        """Go on with a transcript: (recorder, what is there). A half line and the closing line are dropped.

        Raises UnreadableTranscript.
        """
        found = find(path)
        there = found.transcript
        recorder = cls(path, there.header, secrets, keep_pictures=keep_pictures, _end=found.end)
        recorder._requests, recorder._billable = there.requests, there.billable
        return recorder, there

    def write(self, exchange: Exchange) -> Exchange:
        """Write an exchange down; the result is the exchange as written, without secrets.

        When this returns, the line is on disk. OSError when it cannot be written: then nothing of it is.
        """
        clean = self._redactor.exchange(exchange)
        value = lines.exchange_value(clean, self._taker.segments)
        with self._lock:
            self._append(value)
            self._requests += 1
            self._billable += billed(clean)
        return clean

    def close(self, *, complete: bool = True) -> None:
        """Write the closing line; a second call does nothing."""
        with self._lock:
            if not self._file.closed:
                closing = Closing(complete, time.time(), self._requests, self._billable)
                try:
                    self._append(closing.value())
                finally:
                    self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self.close(complete=kind is None)

    def _end_line(self) -> None:
        """The last line of a file may be whole but for its line feed."""
        self._file.seek(self._end - 1)
        if self._file.read(1) != b"\n":
            self._end += self._file.write(b"\n")

    def _append(self, value: Mapping[str, Any]) -> None:
        """Write one line after the last whole one; what an interrupted attempt left there is overwritten."""
        line = memoryview(lines.dumped(value))
        self._file.seek(self._end)
        try:
            while line:
                line = line[self._file.write(line) :]
            os.fsync(self._file.fileno())
        except BaseException:
            self._file.truncate(self._end)
            raise
        self._end = self._file.tell()


@dataclass(frozen=True, slots=True)
class Pictures:
    """The folder that holds every picture of a run once, under its digest."""

    folder: Path

    def keep(self, name: str, data: bytes) -> None:
        """Store a file, whole or not at all; nothing is done when it is there."""
        path = self.folder / name
        if path.exists() and path.stat().st_size == len(data):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{name}.{os.getpid()}-{threading.get_ident()}"
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
