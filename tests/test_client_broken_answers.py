"""The client and answers that go wrong: each way has a name, what came is kept, nothing waits for ever."""

from __future__ import annotations

import io
import threading
from contextlib import suppress
from http.client import HTTPException

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests import receiving, wires
from contract_tests.client import Client
from raw_servers import CHUNKED, KEY, Connection, answering, asked, ok, post, serving, squeezed
from specs.messages import Response


@pytest.mark.parametrize(
    ("answer", "kind", "words", "body"),
    [
        pytest.param(b"", "cut", "without an answer", None, id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", "cut", "middle of the answer's head", None, id="half-a-head"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour",
            "cut",
            "after 4 of the 9 bytes",
            b"four",
            id="short-body",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more",
            "cut",
            "9 bytes came after the end",
            b"four",
            id="long-body",
        ),
        pytest.param(CHUNKED + b"9\r\nfour", "cut", "after 4 of the 9 bytes", b"four", id="short-chunk"),
        pytest.param(CHUNKED + b"4\r\nfour\r\n", "cut", "before the last chunk", b"four", id="no-last-chunk"),
        pytest.param(CHUNKED + b"4\r\nfour\r\n0\r\n", "cut", "before the last chunk", b"four", id="no-trailer"),
        pytest.param(
            CHUNKED + b"4\r\nfour\r\nzz\r\n", "garbage", "length of a chunk", b"four", id="chunk-without-length"
        ),
        pytest.param(
            CHUNKED + b"4\r\nfourteen\r\n0\r\n\r\n", "garbage", "longer than it says", b"four", id="chunk-too-long"
        ),
        pytest.param(
            ok(b"not gzip at all", "Content-Encoding: gzip"), "garbage", "not gzip", b"not gzip at all", id="not-gzip"
        ),
        pytest.param(
            ok(squeezed(b"x" * 99)[:-6], "Content-Encoding: gzip"),
            "garbage",
            "too early",
            squeezed(b"x" * 99)[:-6],
            id="gzip-cut",
        ),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", "garbage", "not HTTP: 'SSH-2.0-OpenSSH_9.6", None, id="ssh"),
        pytest.param(b"HTTP/2.0 200 OK\r\n\r\n", "garbage", "not HTTP", None, id="http-2"),
        pytest.param(b"HTTP/1.1 2x0 OK\r\n\r\n", "garbage", "not HTTP", None, id="odd-status"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nno field\r\nContent-Length: 3\r\n\r\nabc",
            "garbage",
            "no header field",
            None,
            id="no-field",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc",
            "garbage",
            "Content-Length reads '-3'",
            b"",
            id="negative-length",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: three\r\n\r\nabc",
            "garbage",
            "Content-Length reads 'three'",
            b"",
            id="length-in-words",
        ),
        pytest.param(b"<html>\n" * 20, "garbage", "not HTTP", None, id="html"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500 + b"\r\n", "garbage", "not HTTP", None, id="many-fields"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70000 + b"\r\n\r\n", "garbage", "not HTTP", None, id="endless-field"
        ),
    ],
)
def test_every_broken_answer_has_a_name_and_what_came_is_kept(
    answer: bytes, kind: str, words: str, body: bytes | None
) -> None:
    response, failure = asked(answering(answer))
    assert failure is not None
    assert (failure.kind, words in failure.detail) == (kind, True), failure
    assert (response.body if response else None) == body


def test_silence_ends_when_the_time_is_over() -> None:
    stop = threading.Event()

    def script(connection: Connection) -> None:
        connection.request()
        stop.wait(5)

    with serving(script) as server, Client(server.url, KEY) as client:
        response, failure, seconds = client.send(post(), timeout=0.2)
        stop.set()
    assert response is None
    assert failure is not None
    assert failure.kind == "timeout"
    assert 0.2 <= seconds < 2


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_left_when_the_time_is_over(before: bytes) -> None:
    stop = threading.Event()

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(before)
        while not stop.wait(0.01):
            connection.send(b"H")

    with serving(script) as server, Client(server.url, KEY, 0.3) as client:
        response, failure, seconds = client.send(post())
        stop.set()
    assert failure is not None
    assert failure.kind == "timeout"
    assert bool(response and response.body) == bool(before)
    assert seconds < 2


def test_a_body_without_end_is_left_when_it_becomes_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST", 100_000)

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.send(b"x" * 10_000)

    response, failure = asked(script)
    assert failure is not None
    assert failure.kind == "too-long"
    assert len(response.body) == 100_000


def test_a_small_body_that_unpacks_to_a_huge_one_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST", 100_000)
    response, failure = asked(answering(ok(squeezed(bytes(10_000_000)), "Content-Encoding: gzip")))
    assert failure is not None
    assert failure.kind == "too-long"
    assert len(response.body) == 100_000


def test_no_failure_tells_the_key() -> None:
    for answer in (f"{KEY} is wrong\r\n", f"{'x' * 50}{KEY}\r\n", f"HTTP/1.1 {KEY}\r\n\r\n"):
        _, failure = asked(answering(answer.encode()))
        assert failure is not None
        assert failure.kind == "garbage"
        assert KEY not in failure.detail
        assert KEY[:12] not in failure.detail


ANSWERS = [
    ok(b"abc", "Content-Encoding: gzip"),
    ok(squeezed(b"abc"), "Content-Encoding: gzip"),
    CHUNKED + b"3\r\nabc\r\n0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200\r\nContent-Type: multipart/x\r\n\r\nabc",
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(ANSWERS), st.integers(0, 200), st.integers(0, 9), st.binary(max_size=9))
def test_no_bytes_end_in_anything_but_an_answer_or_a_named_failure(
    answer: bytes, at: int, length: int, other: bytes
) -> None:
    reader = wires.Reader(io.BytesIO(answer[:at] + other + answer[at + length :]))
    body = receiving.Body("gzip", wires.Clock(10))
    with suppress(receiving.Broken, HTTPException):
        found = receiving.head(reader, "POST")
        for piece in receiving.pieces(reader, found):
            body.take(piece)
        body.end()
        assert isinstance(body.response(found), Response)
