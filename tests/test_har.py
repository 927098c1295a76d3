"""HAR: our transcripts there and back."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_samples import HEADER, KEY, PICTURES, exchange, form, recorded
from specs.har import from_har, to_har
from specs.lines import Closing
from specs.messages import Exchange, Failure, Request, Response
from specs.transcripts import Transcript, UnreadableTranscript

TOKENS = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).map("x-".__add__)
HEADERS = st.lists(st.tuples(TOKENS, st.text(max_size=20)), max_size=4).map(tuple)
BODIES = st.one_of(
    st.binary(max_size=60), st.text(max_size=60).map(str.encode), st.sampled_from([form(PICTURES["PNG"])])
)
SECONDS = st.floats(0, 4e9)
REQUESTS = st.builds(
    Request,
    method=st.sampled_from(["POST", "GET", "post", "PURGE"]),
    url=st.sampled_from(["/v1/images/edits?a=%20&b", "http://127.0.0.1:1/x", "", "//odd", "/a#b?c"]),
    headers=HEADERS,
    body=BODIES,
)
RESPONSES = st.builds(
    Response,
    status=st.integers(100, 999),
    headers=st.one_of(HEADERS, st.just((("content-encoding", "gzip"), ("Location", "/x")))),
    body=BODIES,
    arrivals=st.lists(st.tuples(SECONDS, st.integers(0, 1 << 40)), max_size=3).map(tuple),
)
EXCHANGES = st.builds(
    Exchange,
    id=st.text(max_size=8),
    request=REQUESTS,
    response=st.none() | RESPONSES,
    failure=st.none() | st.builds(Failure, st.sampled_from(["timeout", "cut", "garbage"]), st.text(max_size=20)),
    sent=SECONDS,
    seconds=SECONDS,
    purpose=st.sampled_from(["edit", "models", "fetch"]),
    question=st.none() | st.text(max_size=8),
    about=st.lists(st.text(max_size=8), max_size=3).map(tuple),
    attempt=st.integers(1, 9),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(EXCHANGES, max_size=4).map(tuple), st.booleans())
def test_a_transcript_comes_back_from_har(exchanges: tuple[Exchange, ...], complete: bool) -> None:
    closing = Closing(complete, 2e9, len(exchanges), 0) if complete else None
    there = Transcript(HEADER, exchanges, closing, frozenset(["x1"]), ("a note",))
    assert from_har(json.loads(json.dumps(to_har(there)))) == there


def test_a_recorded_run_comes_back_from_har(tmp_path: Path) -> None:
    failed = exchange(2, response=None, failure=Failure("timeout", "nothing within 180 s"))
    keyed = Request("POST", "/", (("Authorization", f"Bearer {KEY}"),), form(*PICTURES.values()))
    there = recorded(tmp_path / "t.jsonl", exchange(), failed, exchange(3, request=keyed), secrets=(KEY,))
    assert from_har(json.loads(json.dumps(to_har(there)))) == there


def test_the_document_has_what_har_requires(tmp_path: Path) -> None:
    failed = exchange(2, response=None, failure=Failure("timeout", "nothing within 180 s"))
    log = to_har(recorded(tmp_path / "t.jsonl", exchange(body=PICTURES["PNG"]), failed))["log"]
    assert log["version"] == "1.2"
    assert {"name", "version"} <= set(log["creator"])
    answered, unanswered = log["entries"]
    for entry in log["entries"]:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(entry)
        assert {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"} <= set(
            entry["request"]
        )
        assert {"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL"} <= set(
            entry["response"]
        )
        assert {"send", "wait", "receive"} <= set(entry["timings"])
        assert datetime.fromisoformat(entry["startedDateTime"]) == datetime.fromtimestamp(1_700_000_001.25, UTC)
    assert answered["request"]["url"] == "http://127.0.0.1:4010/v1/images/edits?a=1"
    assert answered["request"]["queryString"] == [{"name": "a", "value": "1"}]
    assert answered["request"]["postData"] == {"mimeType": "application/json", "text": '{"n":1}'}
    assert (answered["response"]["statusText"], answered["time"]) == ("OK", 500)
    assert base64.b64decode(answered["response"]["content"]["text"]) == PICTURES["PNG"]
    assert (unanswered["response"]["status"], unanswered["response"]["_error"]) == (0, "nothing within 180 s")


def test_damage_in_a_document_of_ours_is_said_so(tmp_path: Path) -> None:
    document = to_har(recorded(tmp_path / "t.jsonl", exchange()))
    document["log"]["entries"][0]["_exchange"]["attempt"] = "first"
    with pytest.raises(
        UnreadableTranscript, match=r"damaged: entry 1: expected a whole number as 'attempt', got 'first'"
    ):
        from_har(document)
    document["log"]["_transcript"]["header"] = {}
    document["log"]["entries"] = []
    with pytest.raises(UnreadableTranscript, match=r"damaged: log\._transcript: expected a header"):
        from_har(document)
