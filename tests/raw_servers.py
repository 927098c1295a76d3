"""Servers made of bytes: each connection is handed to a script that says exactly what goes over it."""

from __future__ import annotations

import gzip
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from contract_tests.client import Client
from specs.messages import Failure, Request, Response

CERTIFICATE = Path(__file__).parent / "localhost.pem"


class Connection:
    """One accepted connection, as a script sees it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._rest = b""

    def head(self) -> bytes:
        """The next request's line and header fields, with the empty line after them; b"" when the client has closed."""
        while b"\r\n\r\n" not in self._rest:
            piece = self.sock.recv(65536)
            if not piece:
                return b""
            self._rest += piece
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n"

    def body(self, length: int) -> bytes:
        """The next `length` bytes."""
        while len(self._rest) < length:
            self._rest += self.sock.recv(65536)
        found, self._rest = self._rest[:length], self._rest[length:]
        return found

    def until(self, end: bytes) -> bytes:
        """Everything up to and including `end`."""
        while end not in self._rest:
            self._rest += self.sock.recv(65536)
        at = self._rest.index(end) + len(end)
        found, self._rest = self._rest[:at], self._rest[at:]
        return found

    def request(self) -> bytes:
        """The next whole request, its body by `Content-Length` or chunked; b"" when the client has closed."""
        head = self.head()
        if b"transfer-encoding: chunked" in head.lower():
            return head + self.until(b"0\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return head + (self.body(int(lengths[0].partition(b":")[2])) if lengths else b"")

    def send(self, *pieces: bytes) -> None:
        """Sends the pieces, one write each."""
        for piece in pieces:
            self.sock.sendall(piece)

    def nothing_came(self) -> bool:
        """Whether the client has sent nothing since."""
        return not self._rest and not select.select([self.sock], [], [], 0)[0]


Script = Callable[[Connection], None]


class Server:
    """What a test knows of a server: its address, and how many connections it has taken."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connections = 0


@contextmanager
def serving(script: Script, *, tls: bool = False) -> Iterator[Server]:
    """A server on 127.0.0.1 that runs `script` for each connection, and closes it after."""
    listener = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server = Server(f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}")
    threads: list[threading.Thread] = []

    def serve(sock: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(sock, server_side=True) if tls else sock as ready:
            script(Connection(ready))

    def accept() -> None:
        with suppress(OSError):
            while True:
                sock, _ = listener.accept()
                server.connections += 1
                threads.append(threading.Thread(target=serve, args=(sock,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join(5)
        for thread in threads:
            thread.join(5)


def answering(*pieces: bytes) -> Script:
    """A script that reads one request, sends these bytes and closes."""

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(*pieces)

    return script


def ok(body: bytes, *fields: str) -> bytes:
    """A 200 with this body and its true length."""
    return "\r\n".join(("HTTP/1.1 200 OK", *fields, f"Content-Length: {len(body)}", "", "")).encode() + body


KEY = "sk-very-secret-1234567890"
FORM = (("Authorization", f"Bearer {KEY}"), ("Content-Type", "text/plain"))
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def squeezed(data: bytes) -> bytes:
    """The data in gzip, always the same bytes."""
    return gzip.compress(data, mtime=0)


def post(body: bytes = b"hello", *headers: tuple[str, str]) -> Request:
    """A request with the key and this body."""
    return Request("POST", "/v1/images/edits?a=b%20c", (*FORM, *headers), body)


def asked(script: Script, request: Request | None = None) -> tuple[Response | None, Failure | None]:
    """What the client makes of a server that plays `script`."""
    with serving(script) as server, Client(server.url, KEY, 10.0) as client:
        response, failure, _ = client.send(request or post())
    return response, failure


def answer_all(connection: Connection) -> None:
    """Answers every request with its own body."""
    while request := connection.request():
        connection.send(ok(request.partition(b"\r\n\r\n")[2]))
