"""Cutting bytes into messages loses none, adds none, and waits for nothing it need not wait for."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.passing_framing import Head, Messages, of_answer, of_request, with_host
from contract_tests.watching_exchanges import unpacked

GET = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
POST = b"POST /b HTTP/1.1\r\nContent-Length: 3\r\n\r\n"
CHUNKED = b"POST /c HTTP/1.0\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
TWO = CHUNKED + b"3\r\nabc\r\n0A;x=y\r\n0123456789\r\n0\r\nT: 1\r\n\r\n" + GET


def read(pieces: Iterable[bytes]) -> tuple[bytes, list[tuple[str, bytes]], bool]:
    """(all bytes that came out, the messages as (first line, body), whether the rest is unread)."""
    messages, raw, found = Messages(of_request), b"", []
    for data in pieces:
        for piece in messages.feed(data):
            raw += piece.raw
            if piece.head:
                found.append((piece.head.start, b""))
            if piece.body:
                found[-1] = (found[-1][0], found[-1][1] + piece.body)
    return raw + messages.end()[0], found, messages.opaque


# (bytes, the messages in them, whether something in them is not read)
STREAMS: list[tuple[bytes, list[tuple[str, bytes]], bool]] = [
    (GET + GET, [("GET /a HTTP/1.1", b"")] * 2, False),
    (b"\r\n\r\n" + POST + b"abc\r\n" + GET, [("POST /b HTTP/1.1", b"abc"), ("GET /a HTTP/1.1", b"")], False),
    (TWO, [("POST /c HTTP/1.0", b"abc0123456789"), ("GET /a HTTP/1.1", b"")], False),
    (POST + b"ab", [("POST /b HTTP/1.1", b"ab")], False),
    (CHUNKED + b"3\r\nabcd\r\n", [("POST /c HTTP/1.0", b"abc")], True),
    (CHUNKED + b"zz\r\nabc", [("POST /c HTTP/1.0", b"")], True),
    (CHUNKED + b"-1\r\nabc", [("POST /c HTTP/1.0", b"")], True),
    (CHUNKED + b"f" * 20_000, [("POST /c HTTP/1.0", b"")], True),
    (b"POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\nabc", [("POST / HTTP/1.1", b"")], True),
    (b"CONNECT h:1 HTTP/1.1\r\n\r\n" + GET, [("CONNECT h:1 HTTP/1.1", b"")], True),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [], True),
    (b"GET / HTTP/1.1\r\nno field\r\n\r\n", [], True),
    (b"x" * 300_000, [], True),
    (b"GET / HTTP/1.1\r\nA: 1\r\n", [], False),
]


@pytest.mark.parametrize("case", range(len(STREAMS)))
def test_messages_are_told_apart_and_every_byte_comes_out(case: int) -> None:
    data, messages, opaque = STREAMS[case]
    assert read([data]) == (data, messages, opaque)
    if len(data) < 1000:
        assert read(data[at : at + 1] for at in range(len(data))) == (data, messages, opaque)


@given(
    st.lists(st.sampled_from([GET, POST, b"abc", CHUNKED, b"3\r\n", b"abc\r\n", b"0\r\n\r\n", b"\r\n", b"\n"])),
    st.lists(st.integers(0, 200)),
)
def test_any_bytes_come_out_as_they_went_in_however_they_are_cut(parts: list[bytes], cuts: list[int]) -> None:
    data = b"".join(parts)
    at = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    raw, *rest = read(data[start:end] for start, end in pairwise(at))
    assert raw == data
    assert rest == list(read([data])[1:])


@given(st.binary(max_size=400))
def test_bytes_that_are_no_http_come_out_as_they_went_in(data: bytes) -> None:
    assert read([data])[0] == data


# (first line and fields of an answer, method that was asked, how its body ends)
ENDS = [
    ("200 OK", (("Content-Length", "5"),), "GET", 5),
    ("200 OK", (("Content-Length", "5"),), "HEAD", 0),
    ("204 No Content", (("Content-Length", "5"),), "POST", 0),
    ("304 Not Modified", (), "GET", 0),
    ("100 Continue", (), "POST", 0),
    ("101 Switching Protocols", (), "GET", "opaque"),
    ("200 OK", (), "CONNECT", "opaque"),
    ("200", (("transfer-encoding", "Chunked"), ("Content-Length", "5")), "GET", "chunked"),
    ("200 OK", (("transfer-encoding", "gzip"),), "GET", "open"),
    ("200 OK", (), "GET", "open"),
    ("200 OK", (("Content-Length", "many"),), "GET", "open"),
]


@pytest.mark.parametrize(("status", "headers", "method", "end"), ENDS)
def test_how_the_body_of_an_answer_ends_is_read_off_its_head(
    status: str, headers: tuple[tuple[str, str], ...], method: str, end: object
) -> None:
    assert of_answer(Head(f"HTTP/1.1 {status}", headers), method) == end


# (head, what becomes of it)
HEADS = [
    (b"GET / HTTP/1.1\r\nhost:here:1\r\nX-Host: here\r\n\r\n", b"GET / HTTP/1.1\r\nhost:there\r\nX-Host: here\r\n\r\n"),
    (b"GET / HTTP/1.1\nHOST : \t h \nA: host: b\n\n", b"GET / HTTP/1.1\nHOST : \t there\nA: host: b\n\n"),
    (b"GET /host: HTTP/1.1\r\nA: 1\r\n\r\n", b"GET /host: HTTP/1.1\r\nA: 1\r\n\r\n"),
]


@pytest.mark.parametrize(("before", "after"), HEADS)
def test_only_the_value_of_host_is_changed(before: bytes, after: bytes) -> None:
    assert with_host(before, "there") == after


def test_a_compressed_body_is_unpacked_with_its_arrivals_and_a_broken_one_left() -> None:
    for packed in (gzip.compress(b"x" * 1000), zlib.compress(b"x" * 1000)):
        plain, arrivals = unpacked("gzip", packed, ((0.1, 2), (0.2, len(packed))))
        assert (plain, arrivals) == (b"x" * 1000, ((0.1, 0), (0.2, 1000)))
        assert unpacked("gzip", packed[:-3], ((0.1, len(packed) - 3),))[0] == packed[:-3]
        assert unpacked("br", packed, ((0.1, len(packed)),))[0] == packed
    assert unpacked("deflate", b"no such thing", ((0.1, 13),))[0] == b"no such thing"
