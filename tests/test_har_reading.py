"""HAR as browsers and proxies write it: read to the byte, or told not to be."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from evidence_samples import KEY, PICTURES, form
from specs.har import from_har
from specs.messages import Exchange, Failure, Request, Response
from specs.redaction import MASKED, REDACTED
from specs.transcripts import UnreadableTranscript, billed


def har(**entry: Any) -> dict[str, Any]:
    whole = {
        "startedDateTime": "2026-01-02T03:04:05.678Z",
        "time": 1500,
        "request": {
            "method": "POST",
            "url": "https://api.example.com/v1/images/edits",
            "headers": [{"name": ":path", "value": "/v1/images/edits"}, {"name": "x-a", "value": "1"}],
        },
        "response": {"status": 200, "headers": [], "content": {"size": 2, "text": "{}"}},
    }
    merged = {key: value | entry.get(key, {}) if isinstance(value, dict) else value for key, value in whole.items()}
    return {"log": {"version": "1.2", "creator": {"name": "Firefox", "version": "140.0"}, "entries": [merged]}}


def only(document: Any) -> Exchange:
    (found,) = from_har(document).exchanges
    return found


def test_a_capture_of_another_tool_is_a_transcript() -> None:
    there = from_har(har())
    assert (there.provider, there.base_url, there.header.tool) == ("", "https://api.example.com", "Firefox 140.0")
    assert (there.complete, there.requests, there.billable, there.omitted) == (True, 1, 1, frozenset())
    (found,) = there.exchanges
    assert (found.id, found.purpose, found.seconds) == ("har-1", "edit", 1.5)
    assert found.sent == datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC).timestamp()
    assert found.request == Request("POST", "https://api.example.com/v1/images/edits", (("x-a", "1"),))
    assert found.response == Response(200, (), b"{}")


BINARY = form(PICTURES["PNG"])
MULTIPART = "multipart/form-data; boundary=b"

# (postData and bodySize, the bytes of the body, whether they are all)
POSTED: dict[str, tuple[dict[str, Any], bytes, bool]] = {
    "text": (
        {"postData": {"mimeType": "application/json", "text": '{"p":"é"}'}, "bodySize": 10},
        '{"p":"é"}'.encode(),
        True,
    ),
    "text of unknown size": ({"postData": {"text": '{"p":"é"}'}, "bodySize": -1}, '{"p":"é"}'.encode(), True),
    "bytes as code points": ({"postData": {"text": BINARY.decode("latin-1")}, "bodySize": len(BINARY)}, BINARY, True),
    "the same of unknown size": ({"postData": {"text": BINARY.decode("latin-1")}}, BINARY, True),
    "bytes as lone surrogates": (
        {"postData": {"text": BINARY.decode("utf-8", "surrogateescape")}, "bodySize": len(BINARY)},
        BINARY,
        True,
    ),
    "base64": ({"postData": {"text": base64.b64encode(BINARY).decode(), "encoding": "base64"}}, BINARY, True),
    "bytes lost": (
        {"postData": {"text": BINARY.decode("utf-8", "replace")}, "bodySize": len(BINARY)},
        BINARY.decode("utf-8", "replace").encode(),
        False,
    ),
    "files left out": ({"postData": {"text": "--b--"}, "bodySize": 1000}, b"--b--", False),
    "nothing of something": ({"bodySize": 1000}, b"", False),
    "nothing": ({"bodySize": 0}, b"", True),
    "urlencoded parameters": (
        {
            "postData": {
                "mimeType": "application/x-www-form-urlencoded",
                "params": [{"name": "a", "value": "1 2"}, {"name": "b"}],
            }
        },
        b"a=1+2&b=",
        True,
    ),
    "multipart parameters": (
        {"postData": {"mimeType": MULTIPART, "params": [{"name": "n", "value": "2"}]}},
        b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n2\r\n--b--\r\n',
        True,
    ),
    "a file among the parameters": (
        {
            "postData": {
                "mimeType": MULTIPART,
                "params": [{"name": "i", "fileName": "a.png", "contentType": "image/png"}],
            }
        },
        (
            b'--b\r\nContent-Disposition: form-data; name="i"; filename="a.png"\r\n'
            b"Content-Type: image/png\r\n\r\n\r\n--b--\r\n"
        ),
        False,
    ),
}


@pytest.mark.parametrize("case", POSTED)
def test_a_request_body_is_read_to_the_byte_or_told_not_to_be(case: str) -> None:
    post, body, whole = POSTED[case]
    there = from_har(json.loads(json.dumps(har(request=post))))
    assert there.exchanges[0].request.body == body
    assert there.omitted == (frozenset() if whole else {"har-1"})


def test_the_type_of_what_was_posted_stands_in_for_a_missing_header_field() -> None:
    found = only(har(request={"postData": {"mimeType": MULTIPART, "text": "--b--"}}))
    assert found.request.header("content-type") == MULTIPART


# (content, the bytes of the body, whether they are all)
ANSWERED: dict[str, tuple[dict[str, Any], bytes, bool]] = {
    "base64": ({"text": "iVBORw==", "encoding": "base64", "size": 4}, b"\x89PNG", True),
    "not base64": ({"text": "iVBORw=", "encoding": "base64", "size": 4}, b"iVBORw=", False),
    "the size of the compressed body": ({"text": "{}        ", "size": 3, "compression": 7}, b"{}        ", True),
    "a size that is no number": ({"text": "{}", "size": "big"}, b"{}", True),
    "cut short by the browser": ({"text": '{"data":', "size": 4_000_000}, b'{"data":', False),
    "no text": ({"size": 17}, b"", False),
    "nothing": ({}, b"", True),
}


@pytest.mark.parametrize("case", ANSWERED)
def test_an_answer_is_read_to_the_byte_or_told_not_to_be(case: str) -> None:
    content, body, whole = ANSWERED[case]
    there = from_har(har(response={"content": content, "headers": [{"name": "Content-Encoding", "value": "gzip"}]}))
    assert there.exchanges[0].response == Response(200, (), body)
    assert there.omitted == (frozenset() if whole else {"har-1"})


def test_an_answer_that_never_came_is_a_failure() -> None:
    assert only(har(response={"status": 0, "_error": "net::ERR_FAILED"})).failure == Failure(
        "unreachable", "net::ERR_FAILED"
    )
    assert only(har(response={"status": 0})).failure == Failure("unreachable", "no answer was recorded")


def test_unknown_and_misshapen_entries_are_kept_as_exchanges() -> None:
    log = {"entries": [{}, None, {"request": {"headers": "none", "url": 5}, "response": []}, {"time": "soon"}]}
    there = from_har({"log": log})
    assert [found.id for found in there.exchanges] == ["har-1", "har-2", "har-3", "har-4"]
    assert not any(map(billed, there.exchanges))
    assert there.started == 0


def test_a_page_that_was_looked_at_is_not_billed() -> None:
    assert only(har(request={"method": "get"})).purpose == "fetch"
    assert from_har(har(request={"method": "get"})).billable == 0


def test_credentials_of_a_capture_are_taken_out() -> None:
    fields = [{"name": "authorization", "value": f"Bearer {KEY}"}, {"name": "cookie", "value": "session=12345678"}]
    content = {"text": f"wrong key {KEY}", "size": 10 + len(KEY)}
    found = only(har(request={"headers": fields}, response={"content": content}))
    assert found.request.headers == (("authorization", f"Bearer {MASKED}"), ("cookie", MASKED))
    assert found.response
    assert found.response.body == f"wrong key {REDACTED}".encode()
    (known,) = from_har(har(request={"headers": fields}), secrets=(KEY,)).exchanges
    assert known.request.header("authorization") == f"Bearer {REDACTED}"


@pytest.mark.parametrize("document", [None, [], {}, {"log": {}}, {"log": {"entries": {}}}, "har"])
def test_a_document_that_is_no_har_is_said_so(document: Any) -> None:
    with pytest.raises(UnreadableTranscript, match=r"no HAR: expected a list at log\.entries"):
        from_har(document)
