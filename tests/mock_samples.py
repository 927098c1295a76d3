"""What the mock's tests send: pictures, forms, and bytes straight to a socket."""

from __future__ import annotations

import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

BOUNDARY = "----mock-tests"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
KEY = {"Authorization": "Bearer sk-mock-tests-are-not-a-scenario"}
EDIT = "/openai/v1/images/edits"


def png(size: tuple[int, int] = (64, 64), colour: Any = (200, 60, 20), mode: str = "RGB") -> bytes:
    """A PNG of one colour."""
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, "PNG")
    return file.getvalue()


def part(name: str, data: bytes | str, filename: str | None = None, type: str | None = None) -> bytes:
    """One part of a form."""
    head = f'Content-Disposition: form-data; name="{name}"'
    head += f'; filename="{filename}"' if filename else ""
    head += f"\r\nContent-Type: {type}" if type else ""
    body = data.encode() if isinstance(data, str) else data
    return b"--%s\r\n%s\r\n\r\n%s\r\n" % (BOUNDARY.encode(), head.encode(), body)


def form(*parts: bytes) -> bytes:
    """A whole form."""
    return b"".join(parts) + b"--%s--\r\n" % BOUNDARY.encode()


def edit(image: bytes | None = None, **fields: str) -> bytes:
    """The form of a valid edit for every provider that knows gpt-image-1.5."""
    given = {"model": "gpt-image-1.5", "prompt": "a red house", "size": "1024x1024", "quality": "low"} | fields
    texts = [part(name, value) for name, value in given.items()]
    return form(*texts, part("image", png() if image is None else image, "a.png", "image/png"))


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json["error"]
        return found


def ask(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """One request on a connection of its own; `content_type` stands for Content-Type."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, named)
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def post(root: str, body: bytes | None = None, path: str = EDIT, **headers: str) -> Answer:
    """An edit, as a form."""
    named = {"Authorization": "Bearer sk-test", "Content-Type": FORM} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    return ask(root + path, "POST", edit() if body is None else body, **named)


def control(root: str, method: str, path: str, value: Any = None) -> Any:
    """The mock's own API."""
    body = None if value is None else json.dumps(value).encode()
    answer = ask(f"{root}/_mock/{path}", method, body, Content_Type="application/json")
    assert answer.status < 300, answer.body
    return answer.json


def raw(root: str, data: bytes, seconds: float = 10.0, *, half_close: bool = False) -> bytes:
    """Bytes to a socket, and everything that comes back until it is closed (or nothing more comes)."""
    parts = urlsplit(root)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=seconds) as stream:
        try:
            stream.sendall(data)
            if half_close:
                stream.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was refused before it was sent whole; what was said is read below
        pieces = []
        try:
            while piece := stream.recv(65536):
                pieces.append(piece)
        except OSError:
            pass
        return b"".join(pieces)


@contextmanager
def process(*options: str, **variables: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`image-mock` as a process on a free port: its URL, once it listens, and the process."""
    command = [sys.executable, "-m", "mock_server", "--port", "0", *options]
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **variables}
    )
    try:
        line = started.stdout.readline() if started.stdout else ""
        assert "listens on http://" in line, started.communicate()[1]
        yield line.strip().rpartition(" ")[2], started
    finally:
        started.send_signal(signal.SIGKILL)
        started.communicate()


def command(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`image-mock` until it ends by itself."""
    arguments: Sequence[str] = [sys.executable, "-m", "mock_server", *options]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=30, env={**os.environ, **variables})
