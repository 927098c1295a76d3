"""The client's connections: used again, kept back, refused, encrypted."""

from __future__ import annotations

import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from contract_tests import wires
from contract_tests.client import BadAddress, Client
from raw_servers import CERTIFICATE, KEY, Connection, answer_all, asked, ok, post, serving
from specs.messages import Request


def test_a_connection_is_used_again() -> None:
    with serving(answer_all) as server, Client(server.url, KEY) as client:
        bodies = [client.send(post(body))[0].body for body in (b"one", b"two", b"three")]
        assert (bodies, server.connections) == ([b"one", b"two", b"three"], 1)


def test_an_idle_connection_that_was_closed_or_has_rested_long_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Event()

    def answer_once(connection: Connection) -> None:
        connection.request()
        connection.send(ok(b"x"))
        connection.sock.shutdown(socket.SHUT_WR)
        closed.set()

    with serving(answer_once) as server, Client(server.url, KEY) as client:
        assert client.send(post())[1] is None
        assert closed.wait(5)
        assert client.send(post())[1] is None
        assert server.connections == 2
    monkeypatch.setattr(wires, "RESTING", 0)
    with serving(answer_all) as server, Client(server.url, KEY) as client:
        assert [client.send(post())[1] for _ in range(2)] == [None, None]
        assert server.connections == 2


@pytest.mark.parametrize(("method", "failures"), [("GET", [None] * 3), ("POST", [None, "cut", None])])
def test_a_connection_that_is_closed_as_it_is_used_again_fails_only_what_may_not_be_sent_twice(
    method: str, failures: list[str | None]
) -> None:
    def answer_once_and_read_again(connection: Connection) -> None:
        connection.request()
        connection.send(ok(b"x"))
        connection.request()

    with serving(answer_once_and_read_again) as server, Client(server.url, KEY) as client:
        found = [client.send(Request(method, "/"))[1] for _ in range(3)]
        assert [failure and failure.kind for failure in found] == failures
        assert server.connections == (3 if method == "GET" else 2)


@pytest.mark.parametrize(
    ("fields", "request_"), [(("Connection: close",), post()), ((), post(b"x", ("Connection", "close")))]
)
def test_a_connection_that_either_side_wants_closed_is_closed(fields: tuple[str, ...], request_: Request) -> None:
    def script(connection: Connection) -> None:
        while connection.request():
            connection.send(ok(b"x", *fields))

    with serving(script) as server, Client(server.url, KEY) as client:
        assert [client.send(request_)[1] for _ in range(2)] == [None, None]
        assert server.connections == 2


def test_answers_to_several_threads_are_not_mixed_up() -> None:
    with serving(answer_all) as server, Client(server.url, KEY) as client, ThreadPoolExecutor(8) as pool:
        bodies = [str(number).encode() for number in range(80)]
        assert [r.body for r, _, _ in pool.map(lambda body: client.send(post(body)), bodies)] == bodies
        assert server.connections <= 8


def test_a_refusal_before_the_end_of_the_request_is_heard() -> None:
    def script(connection: Connection) -> None:
        connection.head()
        connection.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
        connection.sock.shutdown(socket.SHUT_WR)
        while connection.sock.recv(65536):
            pass

    response, failure = asked(script, post(bytes(20_000_000)))
    assert failure is None
    assert response is not None
    assert (response.status, response.body) == (413, b"big")


def test_a_reset_after_the_end_of_an_answer_is_no_failure() -> None:
    def script(connection: Connection) -> None:
        connection.request()
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.send(ok(b"whole"))

    answers = [asked(script) for _ in range(20)]
    assert [(response.body, failure) for response, failure in answers if response] == [(b"whole", None)] * 20


def test_a_connection_reset_while_sending_is_cut() -> None:
    def script(connection: Connection) -> None:
        connection.head()

    response, failure = asked(script, post(bytes(20_000_000)))
    assert response is None
    assert failure is not None
    assert failure.kind == "cut"


EXPECTING = post(b"the body", ("Expect", "100-continue"))


def test_the_body_waits_for_100_continue() -> None:
    heard = []

    def script(connection: Connection) -> None:
        connection.head()
        heard.append(connection.nothing_came())
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        heard.append(connection.body(8))
        connection.send(ok(b"done"))

    response, failure = asked(script, EXPECTING)
    assert (heard, failure) == ([True, b"the body"], None)
    assert response is not None
    assert response.body == b"done"


def test_the_body_is_sent_without_100_continue_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wires, "GO_AHEAD", 0.05)

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(ok(b"done"))

    response, failure = asked(script, EXPECTING)
    assert failure is None
    assert response is not None
    assert response.body == b"done"


def test_the_body_is_kept_back_when_the_answer_is_final() -> None:
    heard = []

    def script(connection: Connection) -> None:
        connection.head()
        connection.send(b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n")
        heard.append(connection.sock.recv(100))

    response, failure = asked(script, EXPECTING)
    assert failure is None
    assert response is not None
    assert (response.status, heard) == (417, [b""])


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    response, failure, _ = Client(f"http://127.0.0.1:{port}").send(post())
    assert response is None
    assert failure is not None
    assert (failure.kind, f"127.0.0.1:{port}" in failure.detail) == ("unreachable", True)


def test_an_unknown_host_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", unknown)
    _, failure, _ = Client("http://nowhere.invalid").send(post())
    assert failure is not None
    assert (failure.kind, failure.detail) == ("unreachable", "there is no host called nowhere.invalid")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://[1::2", "http://h:99999/", "https:///x", "http://u:p@h/"]
)
def test_an_address_that_is_none_is_unreachable_in_a_request_and_refused_as_a_base(url: str) -> None:
    _, failure, _ = Client("http://127.0.0.1:1").send(Request("GET", url))
    assert failure is not None
    assert failure.kind == "unreachable"
    with pytest.raises(BadAddress):
        Client(url)


def test_a_certificate_is_verified() -> None:
    with serving(answer_all, tls=True) as server:
        with Client(server.url, KEY) as client:
            _, failure, _ = client.send(post())
        with Client(server.url, KEY, trust=CERTIFICATE) as trusting:
            answers = [trusting.send(post(body)) for body in (b"one", b"x" * 300_000)]
    assert failure is not None
    assert (failure.kind, "not to be trusted" in failure.detail) == ("tls", True)
    assert [(response.body[:3], failure) for response, failure, _ in answers] == [(b"one", None), (b"xxx", None)]


def test_a_server_without_tls_is_told() -> None:
    with serving(lambda connection: connection.send(b"HTTP/1.1 400 Bad\r\n\r\n")) as server:
        _, failure, _ = Client(server.url.replace("http", "https")).send(post())
    assert failure is not None
    assert failure.kind == "tls"
