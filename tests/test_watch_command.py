"""`image-contract watch`, as a user starts it: between an app and a provider, until a signal comes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mock_server.serving import running
from mock_server.settings import Settings
from raw_servers import Connection, ok, serving
from specs import loading
from tests.walking import KEY, asked, planned
from watch_samples import command, ran, received

PROVIDER = "chatanywhere"


class Watching:
    """The command, running: its port, and what it says line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.first = self.line()
        self.port = int(self.first.rpartition("127.0.0.1:")[2].partition("/")[0] or 0) if "point" in self.first else 0

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().rstrip("\n")

    def end(self, name: int = signal.SIGINT) -> tuple[int, str, str]:
        """Its exit status, and the rest of what it says."""
        self.process.send_signal(name)
        rest = self.process.communicate(timeout=60)
        return self.process.returncode, *rest


@contextmanager
def watching(upstream: str, out: Path, *options: str) -> Iterator[Watching]:
    given = ("--provider", PROVIDER, "--upstream", upstream, "--listen", "127.0.0.1:0", "--out", str(out))
    process = subprocess.Popen(
        command("watch", *given, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield Watching(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def test_an_app_is_watched_and_what_is_broken_is_told_while_it_goes_on(tmp_path: Path) -> None:
    questions = [question for question in planned(PROVIDER) if question.billable][:6]
    settings = Settings(providers=(PROVIDER,), faults=("usage-missing",), caption=False)
    with running(settings) as mock, watching(f"{mock.url}/v1", tmp_path, "--every", "2") as watched:
        assert watched.first == (
            f"image-contract watches {mock.url}/v1: point the app at http://127.0.0.1:{watched.port}/v1"
        )
        asked(loading.load(PROVIDER), f"http://127.0.0.1:{watched.port}/v1", questions)
        assert watched.line().startswith("broken: usage-present (must, own)")
        status, said, problems = watched.end()
    assert (status, problems) == (1, "")
    assert "usage-present" in said
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (report["complete"], report["requests"]) == (True, len(questions))
    again = ran("judge", str(tmp_path / "transcript.jsonl"))
    assert again.returncode == 1
    assert "usage-present" in again.stdout
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()


def test_an_answer_under_way_is_waited_for(tmp_path: Path) -> None:
    told, go_on = threading.Event(), threading.Event()

    def script(connection: Connection) -> None:
        connection.request()
        told.set()
        assert go_on.wait(20)
        connection.send(ok(b'{"dear": "answer"}'))

    with serving(script) as server, watching(server.url, tmp_path) as watched:
        with socket.create_connection(("127.0.0.1", watched.port), timeout=20) as sock:
            sock.sendall(b"POST /v1/images/edits HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            assert told.wait(20)
            watched.process.send_signal(signal.SIGTERM)
            assert watched.line().startswith("1 under way: ends in 8 s at the latest")
            go_on.set()
            assert received(sock).endswith(b'{"dear": "answer"}')
        watched.process.communicate(timeout=60)
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["requests"] == 1


def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    told, over = threading.Event(), threading.Event()

    def script(connection: Connection) -> None:
        connection.request()
        told.set()
        over.wait(30)

    with serving(script) as server, watching(server.url, tmp_path) as watched:
        with socket.create_connection(("127.0.0.1", watched.port), timeout=20) as sock:
            sock.sendall(b"POST /v1/images/edits HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            assert told.wait(20)
            watched.process.send_signal(signal.SIGINT)
            assert "under way" in watched.line()
            assert watched.end(signal.SIGINT)[0] == 3
            assert received(sock) == b""
        over.set()
    assert "1 exchange is not judged: broken off by the client" in json.dumps(
        json.loads((tmp_path / "report.json").read_text("utf-8"))
    )


# (options after `watch`, what it says)
MISTAKES: dict[str, tuple[tuple[str, ...], str]] = {
    "no provider of that name": (("--provider", "nobody"), "there is no provider 'nobody'"),
    "no URL": (("--upstream", "api.example.com"), "'api.example.com' is not an absolute http or https URL"),
    "no address": (("--listen", "here"), "'here' is no address to listen on: write HOST:PORT"),
    "no such port": (("--listen", "127.0.0.1:99999"), "is no address to listen on"),
    "an address of another machine": (("--listen", "192.0.2.1:4011"), "192.0.2.1:4011 cannot be listened on: "),
    "itself": (("--upstream", "http://127.0.0.1:4777", "--listen", "127.0.0.1:4777"), "is where we would listen"),
    "no number": (("--every", "0"), "--every 0 is no number of exchanges"),
    "no folder": (("--out", "/dev/null/here"), "/dev/null/here cannot be written to: Not a directory"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_of_the_user_is_one_sentence(case: str, tmp_path: Path) -> None:
    options, sentence = MISTAKES[case]
    usual = (
        "--provider",
        PROVIDER,
        "--upstream",
        "http://127.0.0.1:9",
        "--listen",
        "127.0.0.1:0",
        "--out",
        str(tmp_path),
    )
    found = ran("watch", *usual, *options)
    assert found.returncode == 2
    assert found.stdout == ""
    assert sentence in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        usual = ("--provider", PROVIDER, "--upstream", "http://127.0.0.1:9", "--out", str(tmp_path))
        found = ran("watch", *usual, "--listen", address)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == f"image-contract: {address} cannot be listened on: {os.strerror(98)}\n"
