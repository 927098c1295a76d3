"""One run against a mock with a fault, recorded; and the same as another tool would have saved it."""

from __future__ import annotations

import copy
import json
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from contract_tests.importing import contract_of, judged_offline
from contract_tests.questions import Question
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading, recordings
from specs.har import to_har
from specs.lines import Header
from specs.messages import Exchange
from specs.recording import Recorder
from specs.transcripts import Transcript
from tests.walking import KEY, asked, planned

PROVIDER = "aitoearn"
FAULT, BROKEN = "b64-data-prefix", "base64-strict"
BASE = "https://api.example.com"


@cache
def exchanges() -> tuple[Exchange, ...]:
    """Every exchange of the run, as it was recorded; its server is called BASE."""
    contract = loading.load(PROVIDER)
    with running(Settings(providers=(PROVIDER,), faults=(FAULT,), caption=False)) as mock:
        found = asked(contract, mock.url, some(planned(PROVIDER)))
        return tuple(_moved(one, mock.url) for one in found)


def some(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    """Enough of every kind; all of those that are asked at another path or with another key."""
    odd = [question for question in questions if question.path or question.key != "right"]
    free = [question for question in questions if not question.billable and question not in odd]
    paid = [question for question in questions if question.billable]
    return (*odd, *free[::8], *paid[::6])


def _moved(one: Exchange, url: str) -> Exchange:
    request = replace(one.request, url=one.request.url.replace(url, BASE))
    body = one.response.body.replace(url.encode(), BASE.encode()) if one.response else b""
    return replace(one, request=request, response=one.response and replace(one.response, body=body))


def recorded(folder: Path, *, keep_pictures: bool = True) -> Path:
    """The transcript of the run, in a folder."""
    file = folder / "transcript.jsonl"
    header = Header(PROVIDER, BASE, exchanges()[0].sent)
    with Recorder(file, header, (KEY,), keep_pictures=keep_pictures) as recorder:
        for one in exchanges():
            recorder.write(one)
    return file


@cache
def _document() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return to_har(recordings.read(recorded(Path(folder))))


def captured() -> dict[str, Any]:
    """The run as HAR of another tool: without anything of ours in it."""
    document = copy.deepcopy(_document())
    del document["log"]["_transcript"]
    for entry in document["log"]["entries"]:
        del entry["_exchange"]
    return document


def written(document: Any, folder: Path) -> Path:
    """A JSON document in a file."""
    file = folder / "capture.har"
    file.write_text(json.dumps(document), "utf-8")
    return file


def verdicts(transcript: Transcript, provider: str | None = None) -> dict[str, str]:
    """The verdict of each claim."""
    report, _ = judged_offline(contract_of(transcript, provider), transcript)
    return {finding.claim.id: finding.verdict for finding in report.findings}
