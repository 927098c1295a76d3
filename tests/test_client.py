"""The client over real sockets: exact bytes out, whole answers back."""

from __future__ import annotations

import threading
import zlib

import pytest

from contract_tests import client as clients
from contract_tests import receiving
from contract_tests.client import Client
from raw_servers import CHUNKED, KEY, Connection, answer_all, answering, asked, ok, post, serving, squeezed
from specs.messages import Request, Response


def sent(request: Request) -> bytes:
    heard = []

    def script(connection: Connection) -> None:
        heard.append(connection.request())
        connection.send(ok(b""))

    asked(script, request)
    return heard[0]


def test_the_bytes_of_a_request_are_the_ones_it_says() -> None:
    head, _, body = sent(post(b"\x00\xffhello", ("X-Odd", "a  b"))).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /v1/images/edits?a=b%20c HTTP/1.1"
    assert lines[1].startswith(b"Host: 127.0.0.1:")
    assert lines[2:] == [
        b"Authorization: Bearer " + KEY.encode(),
        b"Content-Type: text/plain",
        b"X-Odd: a  b",
        b"Content-Length: 7",
    ]
    assert body == b"\x00\xffhello"


def test_a_stated_host_and_length_are_left_alone() -> None:
    whole = sent(post(b"hello", ("Content-Length", "5"), ("Host", "elsewhere.example")))
    assert whole.count(b"Content-Length") == 1
    assert whole.lower().count(b"host:") == 1
    assert b"Host: elsewhere.example\r\n" in whole


def test_a_chunked_body_is_cut_into_chunks() -> None:
    body = bytes(range(256)) * 100
    whole = sent(post(body, ("Transfer-Encoding", "chunked")))
    head, _, rest = whole.partition(b"\r\n\r\n")
    assert b"Content-Length" not in head
    assert rest == b"4000\r\n" + body[:16384] + b"\r\n2400\r\n" + body[16384:] + b"\r\n0\r\n\r\n"


def test_a_line_end_in_a_header_field_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="end of a line"):
        clients.opening_lines(post(b"", ("X-Odd", "a\r\nX-Injected: b")), "http://h/")


def test_what_cannot_stand_in_a_request_line_is_escaped() -> None:
    lines = clients.opening_lines(Request("GET", ""), "http://h/a b\x7fé?q=\N{CAT FACE}%20")
    assert lines.startswith(b"GET /a%20b%7F%C3%A9?q=%F0%9F%90%B1%20 HTTP/1.1\r\nHost: h\r\n")


def test_an_answer_comes_back_as_it_is() -> None:
    response, failure = asked(answering(b"HTTP/1.1 418 Odd\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 3\r\n\r\nabc"))
    assert failure is None
    assert response is not None
    assert (response.status, response.body) == (418, b"abc")
    assert response.headers == (("X-A", "1"), ("x-a", "2"), ("Content-Length", "3"))


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\nuntil the end", b"until the end", id="http-1.0-until-close"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end", id="until-close"),
        pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", b"", id="no-content"),
        pytest.param(
            CHUNKED + b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: r\r\n\r\n",
            b"abc0123456789",
            id="chunked-with-trailer",
        ),
        pytest.param(
            b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + ok(b"late"),
            b"late",
            id="interim-answers-first",
        ),
        pytest.param(ok(squeezed(b"squeezed"), "Content-Encoding: gzip"), b"squeezed", id="gzip"),
        pytest.param(
            ok(squeezed(b"one ") + squeezed(b"two"), "Content-Encoding: GZIP"), b"one two", id="gzip-in-two-members"
        ),
        pytest.param(ok(zlib.compress(b"squeezed"), "Content-Encoding: deflate"), b"squeezed", id="deflate"),
        pytest.param(ok(zlib.compress(b"squeezed")[2:-4], "Content-Encoding: deflate"), b"squeezed", id="bare-deflate"),
        pytest.param(ok(b"unknown", "Content-Encoding: br"), b"unknown", id="unknown-coding"),
        pytest.param(ok(b"", "Content-Encoding: gzip"), b"", id="empty-gzip"),
    ],
)
def test_every_lawful_framing_is_read(answer: bytes, body: bytes) -> None:
    response, failure = asked(answering(answer))
    assert failure is None
    assert response is not None
    assert response.body == body


def test_a_redirect_is_reported_and_not_followed() -> None:
    response, failure = asked(answering(b"HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"))
    assert failure is None
    assert response is not None
    assert (response.status, response.header("location")) == (307, "/elsewhere")


def test_arrivals_tell_a_stream_from_a_buffered_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = threading.Semaphore(0)
    take = receiving.Body.take

    def noticed(self: receiving.Body, piece: bytes) -> None:
        take(self, piece)
        seen.release()

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for frame in (b"data: 1\n\n", b"data: 2\n\n", b"data: 3\n\n"):
            connection.send(b"9\r\n" + frame + b"\r\n")
            seen.acquire(timeout=5)
        connection.send(b"0\r\n\r\n")

    monkeypatch.setattr(receiving.Body, "take", noticed)
    response, _ = asked(script)
    assert isinstance(response, Response)
    assert [size for _, size in response.arrivals] == [9, 18, 27]
    assert [seconds for seconds, _ in response.arrivals] == sorted(seconds for seconds, _ in response.arrivals)


def test_arrivals_count_what_has_been_decompressed() -> None:
    response, _ = asked(answering(ok(squeezed(b"a" * 5000), "Content-Encoding: gzip")))
    assert response.arrivals[-1][1] == len(response.body) == 5000


def test_asking_gives_the_whole_exchange() -> None:
    with serving(answer_all) as server, Client(server.url, KEY) as client:
        exchange = client.ask(post(), id="e1", question="q1", about=("c1",), attempt=2)
    assert exchange.request == post()
    assert exchange.response is not None
    assert exchange.response.body == b"hello"
    assert (exchange.id, exchange.question, exchange.about, exchange.attempt) == ("e1", "q1", ("c1",), 2)
    assert exchange.sent > 1_700_000_000
    assert 0 < exchange.seconds < 5
