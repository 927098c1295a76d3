"""The key: in nothing that any command writes or says, whatever an endpoint does with it."""

from __future__ import annotations

import base64
import gzip
import io
import itertools
import json
import os
import signal
import subprocess
import sys
import urllib.parse
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from contract_tests.client import Client
from contract_tests.watching_exchanges import Conversation, Passed, Room
from contract_tests.watching_ledger import Book, Ledger
from raw_servers import Connection, serving
from specs import recordings
from specs.messages import Request
from watch_samples import command, passing, ran

KEY = "sk-proj-Mark3r/Zq9+xT7_Lm5pW2vB8nR4kD1hJ6cF0"
PROVIDER = "chatanywhere"
ENVIRONMENT = {"IMAGE_CONTRACT_API_KEY": KEY}


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def in_base64(text: str) -> set[str]:
    """What base64 shows of a text wherever it stands, in both alphabets."""
    cores = set()
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + text.encode() + bytes(3 - (before + len(text)) % 3)).decode()
        cores.add(encoded[4 if before else 0 : (before + len(text)) * 8 // 6])
    return cores | {core.translate(str.maketrans("+/", "-_")) for core in cores}


FORMS = {KEY, urllib.parse.quote(KEY, safe=""), percent(KEY), percent(KEY).lower(), *in_base64(KEY)}
TELLING = sorted({form[at : at + 12].encode() for form in FORMS for at in range(len(form) - 11)})
"""Twelve characters of the key in any form are as good as the key."""


def shown(data: bytes) -> list[bytes]:
    """What of the key is to be seen in some bytes, compressed ones looked into."""
    with_inner = data
    if data[:2] == b"\x1f\x8b":
        with_inner += zlib.decompressobj(47).decompress(data)
    return [piece for piece in TELLING if piece in with_inner]


def leaks(folder: Path) -> dict[str, list[bytes]]:
    """The files in a folder that show something of the key, and the bodies in its transcripts that do."""
    found = {str(path): shown(path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
    for file in folder.rglob("transcript.jsonl"):
        for one in recordings.read(file).exchanges:
            found[f"{file} {one.id}"] = shown(one.request.body) + shown(one.response.body if one.response else b"")
    return {name: pieces for name, pieces in found.items() if pieces}


def silent(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    """What a command did, when it said nothing of the key."""
    assert not shown(done.stdout.encode())
    assert not shown(done.stderr.encode())
    return done


def test_the_search_finds_the_key_in_every_form() -> None:
    assert len(TELLING) > 300
    for text in (
        KEY,
        KEY[5:17],
        percent(KEY),
        urllib.parse.quote(f"a {KEY}"),
        base64.b64encode(f"xy{KEY}".encode()).decode(),
    ):
        assert shown(text.encode())
    assert shown(gzip.compress(KEY.encode()))
    assert not shown(f"{KEY[:8]}****{KEY[-4:]}".encode())


def _json(status: str, document: object, *fields: str) -> bytes:
    return _answer(status, json.dumps(document).encode(), "Content-Type: application/json", *fields)


def _answer(status: str, body: bytes, *fields: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields, "", "")).encode() + body


def _error(message: str) -> dict[str, dict[str, str | None]]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": "invalid_api_key"}}


def _picture(text: str) -> bytes:
    about = PngImagePlugin.PngInfo()
    about.add_text("comment", text)
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=about)
    return file.getvalue()


CUT_SHORT = b"Length: 7777"
"""States thousands of bytes more than come; no other answer does."""

# how an endpoint gives a key away: the answer's bytes, of the key
ECHOES: dict[str, Callable[[str], bytes]] = {
    "whole": lambda key: _json("400 Bad Request", _error(f"Incorrect API key provided: {key}.")),
    "with its scheme": lambda key: _json("403 Forbidden", _error(f"got 'Bearer {key}'")),
    "in part": lambda key: _json("400 Bad Request", _error(f"{key[:12]}******{key[-10:]} is unknown, {key[9:24]} too")),
    "in header fields": lambda key: _json(
        "400 Bad Request",
        _error("no"),
        f"X-Echo: {key}",
        f'WWW-Authenticate: Bearer realm="{key}"',
        f"Set-Cookie: k={key}",
    ),
    "in a URL": lambda key: _answer("302 Found", b"", f"Location: https://login.example.com/?key={percent(key)}"),
    "in a link": lambda key: _json("200 OK", {"created": 1, "data": [{"url": f"http://127.0.0.1:9/a.png?key={key}"}]}),
    "in gzip": lambda key: _answer("400 Bad Request", gzip.compress(f"bad {key}".encode()), "Content-Encoding: gzip"),
    "in deflate": lambda key: _answer(
        "400 Bad Request", zlib.compress(f"bad {key}".encode()), "Content-Encoding: deflate"
    ),
    "in a stream": lambda key: _answer(
        "200 OK",
        f'event: error\ndata: {{"error": {{"message": "{key}"}}}}\n\n'.encode(),
        "Content-Type: text/event-stream",
    ),
    "in base64": lambda key: _json("500 Oops", _error(base64.b64encode(f"user:{key}".encode()).decode())),
    "in JSON in JSON": lambda key: _json("400 Bad Request", {"detail": json.dumps({"k": json.dumps(key)})}),
    "in HTML": lambda key: _answer("502 Bad Gateway", f"<html><p>{key}</html>".encode(), "Content-Type: text/html"),
    "in a picture": lambda key: _json(
        "200 OK", {"created": 1, "data": [{"b64_json": base64.b64encode(_picture(key)).decode()}]}
    ),
    "in what is not HTTP": lambda key: f"{key} is not a key\r\n\r\n".encode(),
    "in an answer cut short": lambda key: _answer("200 OK", f'{{"key": "{key}"'.encode()).replace(
        b"Length: ", CUT_SHORT
    ),
}


def echoing(echoes: Iterator[Callable[[str], bytes]]) -> Callable[[Connection], None]:
    """Gives the key that it is sent away, each time in the next manner."""

    def script(connection: Connection) -> None:
        while request := connection.request():
            fields = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
            stated = [field.partition(": ")[2] for field in fields if field.lower().startswith("authorization:")]
            answer = next(echoes)(stated[0].removeprefix("Bearer ") if stated else KEY)
            connection.send(answer)
            if CUT_SHORT in answer or not answer.startswith(b"HTTP"):
                return

    return script


def test_a_run_against_an_endpoint_that_gives_the_key_away_in_every_manner(tmp_path: Path) -> None:
    out = tmp_path / "run"
    options = ("--provider", PROVIDER, "--out", str(out), "--no-heavy", "--profile", "quick", "--timeout", "20")
    with serving(echoing(itertools.cycle(ECHOES.values()))) as server:
        done = silent(ran("test", "--base-url", server.url, *options, **ENVIRONMENT))
    assert done.returncode in (1, 3)
    transcript = recordings.read(out / "transcript.jsonl")
    assert transcript.requests > len(ECHOES)
    silent(ran("judge", str(out / "transcript.jsonl"), "--out", str(tmp_path / "judged"), **ENVIRONMENT))
    silent(ran("export", str(out / "transcript.jsonl"), "--har", str(tmp_path / "run.har"), **ENVIRONMENT))
    silent(ran("judge", str(tmp_path / "run.har"), "--out", str(tmp_path / "again"), **ENVIRONMENT))
    silent(ran("report", str(out), str(tmp_path / "again"), "--out", str(tmp_path / "site"), **ENVIRONMENT))
    assert leaks(tmp_path) == {}
    assert {"run", "judged", "run.har", "again", "site"} <= {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("manner", ECHOES)
def test_a_key_that_is_given_away_is_not_in_what_is_watched(manner: str, tmp_path: Path) -> None:
    said: list[str] = []
    book = Book(PROVIDER, "http://127.0.0.1:1", tmp_path)
    kept: list[Passed] = []
    room = Room(1 << 30)
    with (
        serving(echoing(itertools.repeat(ECHOES[manner]))) as server,
        passing(server.url, look=lambda: Conversation(room, kept.append)) as through,
        Client(f"http://127.0.0.1:{through.port}", timeout=20) as client,
    ):
        client.send(Request("POST", "/v1/images/edits", (("Authorization", f"Bearer {KEY}"),), b"{}"))
        client.send(Request("POST", "/v1/images/edits", (), b"{}"))
    ledger = Ledger(book, said.append)
    for one in kept:
        ledger.take(one)
    ledger.close()
    assert kept
    assert leaks(tmp_path) == {}
    assert not shown("\n".join(said).encode())


def test_watching_says_and_writes_nothing_of_a_key(tmp_path: Path) -> None:
    with serving(echoing(itertools.cycle(ECHOES.values()))) as server:
        given = ("--provider", PROVIDER, "--upstream", server.url, "--listen", "127.0.0.1:0", "--out", str(tmp_path))
        process = subprocess.Popen(command("watch", *given), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout
        first = process.stdout.readline()
        with Client(first.rpartition(" ")[2].strip(), timeout=20) as client:
            for _ in ECHOES:
                client.send(Request("POST", "/v1/images/edits", (("Authorization", f"Bearer {KEY}"),), b"{}"))
        process.send_signal(signal.SIGINT)
        said, problems = process.communicate(timeout=60)
    assert recordings.read(tmp_path / "transcript.jsonl").requests == len(ECHOES)
    assert leaks(tmp_path) == {}
    assert not shown(f"{said}{problems}".encode())


@contextmanager
def mock() -> Iterator[str]:
    """The mock as a process, with the key: its URL. What it says must not show the key."""
    options = ("--provider", PROVIDER, "--port", "0", "--api-key-env", "IMAGE_CONTRACT_API_KEY")
    process = subprocess.Popen(
        [sys.executable, "-m", "mock_server", *options, "--fault", "key-echoed"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **ENVIRONMENT},
    )
    assert process.stdout
    line = process.stdout.readline()
    try:
        yield line.strip().rpartition(" ")[2]
    finally:
        process.terminate()
        said, problems = process.communicate(timeout=30)
        assert not shown(f"{line}{said}{problems}".encode())


def test_a_run_against_the_mock_shows_no_key_on_either_side(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    with mock() as url:
        options = ("--provider", PROVIDER, "--base-url", f"{url}/v1", "--api-key-file", str(file), "--budget", "2")
        done = silent(ran("test", *options, "--no-heavy", "--out", str(tmp_path / "run")))
        with Client(url, timeout=20) as client:
            for path in ("/_mock/health", "/_mock/journal", "/_mock/"):
                answered = client.send(Request("GET", path))[0]
                assert not shown(answered.body if answered else b"")
    file.unlink()
    assert done.returncode in (0, 1)
    assert leaks(tmp_path) == {}


# (a command that has the key at hand, its exit status)
OTHERS: dict[str, tuple[tuple[str, ...], int]] = {
    "providers": (("providers",), 0),
    "list": (("list", "--provider", PROVIDER, "--json"), 0),
    "plan": (("plan", "--provider", PROVIDER, "--json"), 0),
    "spec": (("spec", "--provider", PROVIDER), 0),
    "nobody there": (("test", "--provider", PROVIDER, "--base-url", "http://127.0.0.1:9", "--budget", "1"), 3),
    "a key in the address": (("test", "--provider", PROVIDER, "--base-url", f"http://u:{KEY}@127.0.0.1:9", "--yes"), 2),
    "a key in another": (("watch", "--provider", PROVIDER, "--upstream", f"http://u:{KEY}@127.0.0.1:9"), 2),
}


@pytest.mark.parametrize("case", OTHERS)
def test_other_commands_show_no_key(case: str, tmp_path: Path) -> None:
    options, status = OTHERS[case]
    out = ("--out", str(tmp_path)) if options[0] in ("test", "watch") else ()
    assert silent(ran(*options, *out, **ENVIRONMENT)).returncode == status
    assert leaks(tmp_path) == {}
