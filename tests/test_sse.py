"""Server-sent events: what the standard says about bytes, and what we keep beyond it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.sse import NotJson, frames

# (body, (event, data) of every frame)
BODIES = {
    "line feeds": (b"event: a\ndata: 1\n\n", [("a", "1")]),
    "carriage returns and line feeds": (b"event: a\r\ndata: 1\r\n\r\n", [("a", "1")]),
    "carriage returns": (b"event: a\rdata: 1\r\rdata: 2\r\r", [("a", "1"), (None, "2")]),
    "all kinds of line end": (b"data: 1\r\n\ndata: 2\r\r\ndata: 3\n\r", [(None, "1"), (None, "2"), (None, "3")]),
    "a byte order mark": (b"\xef\xbb\xbfdata: 1\n\n", [(None, "1")]),
    "no space after the colon": (b"data:1\n\n", [(None, "1")]),
    "only one space is taken": (b"data:  1 \n\n", [(None, " 1 ")]),
    "a colon in the value": (b"data: a:b\n\n", [(None, "a:b")]),
    "several lines of data": (b"data: 1\ndata\ndata:2\n\n", [(None, "1\n\n2")]),
    "empty data": (b"data:\n\n", [(None, "")]),
    "the last event name counts": (b"event: a\nevent: b\ndata: 1\n\n", [("b", "1")]),
    "an event without data": (b"event: a\n\n", [("a", None)]),
    "several blank lines": (b"\n\ndata: 1\n\n\n\ndata: 2\n\n\n", [(None, "1"), (None, "2")]),
    "a line separator of Unicode is text": (
        "data: 1\u2028\x0b\x0c\x852\n\n".encode(),
        [(None, "1\u2028\x0b\x0c\x852")],
    ),
    "nothing": (b"", []),
    "blank lines only": (b"\r\n\r\n", []),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_has_these_frames(case: str) -> None:
    body, expected = BODIES[case]
    assert [(frame.event, frame.data) for frame in frames(body)] == expected
    assert all(frame.complete and not frame.lossy and not frame.stray for frame in frames(body))


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r"])
def test_a_last_frame_without_its_blank_line_is_incomplete(end: bytes) -> None:
    first, last = frames(b"data: 1\n\ndata: 2" + end)
    assert (first.complete, first.data) == (True, "1")
    assert (last.complete, last.data) == (False, "2")


def test_a_block_of_comments_is_a_frame_without_data() -> None:
    (frame,) = frames(b": keep-alive\n:\n\n")
    assert (frame.comments, frame.data, frame.event) == (("keep-alive", ""), None, None)


def test_bounds_are_bytes_of_the_body_and_include_the_blank_line() -> None:
    body = b"\xef\xbb\xbfdata: \xe4\xbd\xa0\r\n\r\n\r\n: c\n\ndata: 2"
    assert [body[f.start : f.end] for f in frames(body)] == [b"data: \xe4\xbd\xa0\r\n\r\n", b": c\n\n", b"data: 2"]


def test_bytes_that_are_not_utf8_are_replaced_and_told() -> None:
    lossy, clean = frames(b"data: \xff\n\ndata: 1\n\n")
    assert (lossy.data, lossy.lossy, clean.lossy) == ("\ufffd", True, False)


def test_id_and_retry_are_kept_when_they_are_what_they_have_to_be() -> None:
    (frame,) = frames(b"id: 7\nid: a\0b\nretry: 3000\nretry: soon\n\n")
    assert (frame.id, frame.retry) == ("7", 3000)
    (bare,) = frames(b"data: 1\n\n")
    assert (bare.id, bare.retry) == (None, None)


def test_a_line_that_is_no_field_is_stray() -> None:
    (frame,) = frames(b'{"error": {}}')
    assert (frame.stray, frame.data) == (('{"error": {}}',), None)
    assert frames(b"Data: 1\n\n")[0].stray == ("Data: 1",)


def test_json_is_the_data_parsed() -> None:
    assert frames(b'data: {"a":\ndata: [1, null]}\n\n')[0].json == {"a": [1, None]}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"data: [DONE]\n\n", "not JSON"),
        (b"data: NaN\n\n", "NaN is no JSON value"),
        (b'data: {"b64_json": "iVBO', "not JSON"),
        (b": ping\n\n", "no data"),
        (b"data: " + b"[" * 100_000 + b"\n\n", "too deeply"),
    ],
)
def test_data_that_is_not_json_is_said_so(body: bytes, why: str) -> None:
    with pytest.raises(NotJson, match=why):
        _ = frames(body)[0].json


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8")), min_size=1, max_size=5))
def test_what_was_framed_is_found(lines: list[str]) -> None:
    body = b"event: e\r\n" + b"".join(b"data: " + line.encode() + b"\r\n" for line in lines) + b"\r\n"
    (frame,) = frames(body)
    assert (frame.event, frame.data, frame.start, frame.end) == ("e", "\n".join(lines), 0, len(body))


@given(st.lists(st.sampled_from([b"data", b":", b" ", b"\r", b"\n", b"id", b"\xff", b"\xef\xbb\xbf", b"1"])))
def test_any_bytes_give_ordered_frames_of_which_only_the_last_is_incomplete(pieces: list[bytes]) -> None:
    found = frames(b"".join(pieces))
    assert all(frame.complete for frame in found[:-1])
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
