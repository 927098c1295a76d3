"""A pass-through changes nothing: byte for byte, connection for connection, ending for ending."""

from __future__ import annotations

import random
import socket
import struct
import threading
from pathlib import Path

import pytest

from contract_tests.passing import Onlooker
from raw_servers import Connection, Script, ok, serving
from watch_samples import passing, received

SSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
RESET = struct.pack("ii", 1, 0)


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%X%b\r\n%b\r\n" % (len(data), extension, data)


class Heard:
    """What a server has heard on one connection, all of it."""

    def __init__(self) -> None:
        self.data = b""
        self.broke = False
        self.over = threading.Event()

    def script(self, answer: bytes, length: int) -> Script:
        """Answers after so many bytes, then listens to the end."""

        def script(connection: Connection) -> None:
            try:
                while piece := connection.sock.recv(65536):
                    before, self.data = len(self.data), self.data + piece
                    if before < length <= len(self.data):
                        connection.send(answer)
            except ConnectionResetError:
                self.broke = True
            self.over.set()

        return script


NOISE = random.Random(3).randbytes(25 * 1024 * 1024)
HEAD = b"POST /v1/images/edits?a=%%20b HTTP/1.1\r\nhOsT:  %b\r\nX-Odd : \tspaced \r\nAuthorization: Bearer k\r\n"


def asked(host: bytes, rest: bytes) -> bytes:
    return HEAD % host + rest


CHUNKED = (
    b"Transfer-Encoding: Chunked\r\n\r\n"
    + chunk(b"abc", b';name="va;lue"')
    + chunk(NOISE[:70_000])
    + b"000\r\nX-Trailer: 1\r\n\r\n"
)
# (what follows the first header fields of a request)
UPLOADS: dict[str, bytes] = {
    "25 MB": b"Content-Length: %d\r\n\r\n%b" % (len(NOISE), NOISE),
    "chunked": CHUNKED,
    "nothing": b"\r\n",
    "bytes that look like a request": b"Content-Length: 32\r\n\r\nGET / HTTP/1.1\r\nHost: other\r\n\r\nx",
    "lines that end in LF": b"Content-Length: 2\n\nhi",
}
ANSWERS: dict[str, bytes] = {
    "counted": b"HTTP/1.1 200 Fine  by me\r\nContent-Length: 70000\r\nX-A:  b \r\n\r\n" + NOISE[:70_000],
    "chunked": SSE + chunk(b"data: 1\n\n", b";x") + chunk(NOISE[:5000]) + b"0\r\nT: 1\r\n\r\n",
    "interim first": b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n",
    "no HTTP at all": b"\x16\x03\x01 what is this\r\n\r\n\0",
}


@pytest.mark.parametrize("upload", UPLOADS)
def test_every_byte_of_a_request_but_the_host_is_unchanged(upload: str) -> None:
    heard = Heard()
    sent = asked(b"127.0.0.1:1", UPLOADS[upload])

    def script(connection: Connection) -> None:
        heard.script(ok(b"{}"), len(whole))(connection)

    with serving(script) as server:
        whole = asked(server.url.removeprefix("http://").encode(), UPLOADS[upload])
        with passing(server.url) as through, through.connect() as sock:
            sock.sendall(sent)
            assert received(sock, b"{}") == ok(b"{}")
            sock.shutdown(socket.SHUT_WR)
            assert heard.over.wait(10)
    assert heard.data == whole


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_byte_of_an_answer_is_unchanged(answer: str) -> None:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(ANSWERS[answer])

    with serving(script) as server, passing(server.url) as through, through.connect() as sock:
        sock.sendall(asked(b"x", b"\r\n"))
        assert received(sock) == ANSWERS[answer]


def test_a_25_mb_answer_reaches_an_app_that_reads_slowly_and_nothing_is_held_meanwhile() -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(NOISE) + NOISE
    stuck = threading.Event()

    def script(connection: Connection) -> None:
        connection.request()
        connection.sock.settimeout(0.3)
        sent = 0
        try:
            while True:
                sent += connection.sock.send(body[sent : sent + 65536])
        except TimeoutError:
            stuck.sent = sent  # type: ignore[attr-defined]
            stuck.set()
        connection.sock.settimeout(20)
        connection.send(body[sent:])

    with serving(script) as server, passing(server.url) as through, through.connect() as sock:
        sock.sendall(asked(b"x", b"\r\n"))
        assert stuck.wait(10)
        assert stuck.sent < len(body)  # type: ignore[attr-defined]
        assert received(sock) == body


def test_the_first_event_of_a_stream_arrives_before_the_last_is_sent() -> None:
    seen = threading.Event()

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(SSE + chunk(b"data: first\n\n"))
        assert seen.wait(10)
        connection.send(chunk(b"data: last\n\n"), b"0\r\n\r\n")

    with serving(script) as server, passing(server.url) as through, through.connect() as sock:
        sock.sendall(asked(b"x", b"\r\n"))
        assert received(sock, b"first\n\n").endswith(b"data: first\n\n\r\n")
        seen.set()
        assert received(sock) == chunk(b"data: last\n\n") + b"0\r\n\r\n"
        (passed,) = through.wait()
    times = [seconds for seconds, _ in passed.arrivals]
    assert [count for _, count in passed.arrivals] == [13, 25]
    assert times == sorted(times)


def test_a_part_of_an_upload_arrives_before_the_rest_is_sent() -> None:
    def script(connection: Connection) -> None:
        connection.head()
        assert connection.body(3) == b"abc"
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert connection.body(3) == b"def"
        connection.send(ok(b"{}"))

    with serving(script) as server, passing(server.url) as through, through.connect() as sock:
        sock.sendall(asked(b"x", b"Content-Length: 6\r\nExpect: 100-continue\r\n\r\nabc"))
        assert received(sock, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"def")
        assert received(sock, b"{}") == ok(b"{}")
        (passed,) = through.wait()
    assert (passed.body, passed.status, passed.answer, passed.failure) == (b"abcdef", 200, b"{}", None)


def echo(connection: Connection) -> None:
    """Answers every request with its last line, the longest first: so answers would mix if anything could mix them."""
    while request := connection.request():
        connection.send(ok(request.rpartition(b"\r\n")[2]))


def test_a_connection_is_used_for_several_requests_and_pipelined_ones() -> None:
    with serving(echo) as server, passing(server.url) as through, through.connect() as sock:
        for body in (b"one", b"two"):
            sock.sendall(asked(b"x", b"Content-Length: 3\r\n\r\n" + body))
            assert received(sock, body) == ok(body)
        sock.sendall(b"\r\n".join(asked(b"x", b"Content-Length: 3\r\n\r\n" + body) for body in (b"abc", b"xyz")))
        assert received(sock, b"xyz") == ok(b"abc") + ok(b"xyz")
        passed = through.wait(4)
        assert server.connections == 1
    assert [(one.body, one.answer) for one in passed] == [(b, b) for b in (b"one", b"two", b"abc", b"xyz")]


def test_two_apps_at_once_get_each_their_own() -> None:
    both = threading.Barrier(2)

    def script(connection: Connection) -> None:
        request = connection.request()
        both.wait(10)
        connection.send(ok(request[-4:] * 50_000))

    with serving(script) as server, passing(server.url) as through, through.connect() as one, through.connect() as two:
        one.sendall(asked(b"x", b"Content-Length: 4\r\n\r\n1111"))
        two.sendall(asked(b"x", b"Content-Length: 4\r\n\r\n2222"))
        assert received(one) == ok(b"1111" * 50_000)
        assert received(two) == ok(b"2222" * 50_000)
        assert {one.body * 50_000 == one.answer for one in through.wait(2)} == {True}


PARTIAL = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 400


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_provider_that_cuts_its_answer_has_the_app_cut_off_alike(reset: bool) -> None:
    seen = threading.Event()

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(PARTIAL)
        assert seen.wait(10)
        if reset:
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    with serving(script) as server, passing(server.url) as through, through.connect() as sock:
        sock.sendall(asked(b"x", b"\r\n"))
        assert received(sock, b"x" * 400) == PARTIAL
        seen.set()
        if reset:
            with pytest.raises(ConnectionResetError):
                sock.recv(1)
        else:
            assert sock.recv(1) == b""
        (passed,) = through.wait()
    assert passed.answer == b"x" * 400
    assert passed.failure
    assert passed.failure.detail == "the connection was closed after 400 bytes of the answer's body"


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_an_app_that_cuts_its_upload_has_the_provider_cut_off_alike(reset: bool) -> None:
    heard = Heard()
    with serving(heard.script(b"", 10**9)) as server, passing(server.url) as through:
        host = server.url.removeprefix("http://").encode()
        sock = through.connect()
        sock.sendall(asked(b"x", b"Content-Length: 1000\r\n\r\n" + b"x" * 400))
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            while b"x" * 400 not in heard.data:
                assert not heard.over.wait(0.01)
        sock.close()
        assert heard.over.wait(10)
        (passed,) = through.wait()
    assert heard.data == asked(host, b"Content-Length: 1000\r\n\r\n" + b"x" * 400)
    assert heard.broke == reset
    assert passed.failure
    assert passed.failure.detail == "the client closed the connection before the answer was whole"


def test_an_app_that_says_no_more_still_gets_its_answer() -> None:
    def script(connection: Connection) -> None:
        request = connection.request()
        assert connection.sock.recv(1) == b""
        connection.send(ok(request[-2:]))

    with serving(script) as server, passing(server.url) as through, through.connect() as sock:
        sock.sendall(asked(b"x", b"Content-Length: 2\r\n\r\nhi"))
        sock.shutdown(socket.SHUT_WR)
        assert received(sock) == ok(b"hi")


def test_an_answer_that_comes_before_the_upload_is_over_is_passed_on() -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def script(connection: Connection) -> None:
        connection.head()
        connection.send(refusal)
        connection.sock.shutdown(socket.SHUT_WR)
        while connection.sock.recv(65536):
            pass

    with serving(script) as server, passing(server.url) as through, through.connect() as sock:
        sock.sendall(asked(b"x", b"Content-Length: 99999\r\n\r\nbegun"))
        assert received(sock) == refusal
        (passed,) = through.wait()
    assert (passed.status, passed.failure and passed.failure.detail) == (
        413,
        "the client had not sent its whole request when the answer was over",
    )


def test_a_provider_over_tls_is_reached_and_its_certificate_checked() -> None:
    with serving(echo, tls=True) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        with passing(url) as through, through.connect() as sock:
            sock.sendall(asked(b"x", b"Content-Length: 3\r\n\r\nabc"))
            assert received(sock, b"abc") == ok(b"abc")
        with passing(url, trusted=False) as through:
            with pytest.raises(ConnectionResetError), through.connect() as sock:
                received(sock)
            assert through.notes == [
                f"{url} cannot be reached: its certificate is not to be trusted (self-signed certificate)"
            ]


def test_a_provider_that_is_not_there_is_noted_and_the_app_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with passing(f"http://127.0.0.1:{port}") as through:
        with pytest.raises(ConnectionResetError), through.connect() as sock:
            received(sock)
        assert through.notes == [f"http://127.0.0.1:{port} cannot be reached: Connection refused"]


def test_after_a_switch_of_protocols_both_sides_are_passed_on_unread() -> None:
    def script(connection: Connection) -> None:
        connection.head()
        connection.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
        assert connection.body(2) == b"\x81\x05"
        connection.send(b"\x81\x06")

    with serving(script) as server, passing(server.url) as through, through.connect() as sock:
        sock.sendall(asked(b"x", b"Upgrade: x\r\nConnection: Upgrade\r\n\r\n"))
        received(sock, b"\r\n\r\n")
        sock.sendall(b"\x81\x05")
        assert received(sock) == b"\x81\x06"


class Clumsy(Onlooker):
    """An onlooker with a mistake in it."""

    def up(self, piece: object) -> None:
        raise RuntimeError("sk-secret")


def test_a_mistake_of_ours_does_not_stop_the_traffic(tmp_path: Path) -> None:
    with serving(echo) as server, passing(server.url, look=Clumsy) as through, through.connect() as sock:
        for body in (b"one", b"two"):
            sock.sendall(asked(b"x", b"Content-Length: 3\r\n\r\n" + body))
            assert received(sock, body) == ok(body)
        assert through.notes == ["a connection is not recorded any more: RuntimeError"]


def test_what_does_not_fit_into_memory_passes_and_is_said_not_to_be_kept() -> None:
    with serving(echo) as server, passing(server.url, room=1000) as through, through.connect() as sock:
        sock.sendall(asked(b"x", b"Content-Length: 70000\r\n\r\n" + b"x" * 70_000))
        assert received(sock, b"x" * 70_000) == ok(b"x" * 70_000)
        (passed,) = through.wait()
    assert passed.failure
    assert passed.failure.kind == "too-long"
    assert passed.weight <= 1000
