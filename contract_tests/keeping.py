"""A recording beside its report: the very transcript, its pictures with it; of a HAR document, one made from it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from contract_tests.running import TRANSCRIPT
from specs import lines
from specs.evidence import Taker
from specs.lines import Closing, Header
from specs.messages import Exchange
from specs.recording import Pictures
from specs.transcripts import PICTURES, Transcript, billed


def keep(source: Path, transcript: Transcript, judged: Iterable[Exchange], provider: str, out: Path) -> Path:
    """Put what was read from `source` into the folder `out`; returns its file there. Raises OSError.

    A transcript is copied as it is. Of anything else, what was judged is written down.
    """
    file = out / TRANSCRIPT
    if file.exists() and file.samefile(source):
        return file
    if _is_transcript(source):
        shutil.copyfile(source, file)
        if (source.parent / PICTURES).is_dir():
            shutil.copytree(source.parent / PICTURES, out / PICTURES, dirs_exist_ok=True)
    else:
        _write(file, replace(transcript.header, provider=provider), transcript.finished, tuple(judged))
    return file


def _is_transcript(source: Path) -> bool:
    with source.open("rb") as file:
        return lines.FORMAT.encode() in file.readline(4096)


def _write(file: Path, header: Header, finished: float, exchanges: tuple[Exchange, ...]) -> None:
    taker = Taker(Pictures(file.parent / PICTURES).keep)
    closing = Closing(complete=True, finished=finished, requests=len(exchanges), billable=sum(map(billed, exchanges)))
    with file.open("wb") as out:
        out.write(lines.dumped(header.value()))
        for exchange in exchanges:
            out.write(lines.dumped(lines.exchange_value(exchange, taker.segments)))
        out.write(lines.dumped(closing.value()))
