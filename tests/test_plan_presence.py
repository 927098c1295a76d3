"""What is no image endpoint, or has another key, is told in one sentence, early; an endpoint that speaks is judged."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.__main__ import main
from contract_tests.commands.testing import KEY_ENV
from mock_server.serving import running
from mock_server.settings import Settings
from tests.fuzz_samples import asking_of
from tests.small_servers import Answer, Said, error, said, serving
from tests.walking import planned

PAGE = b"<!doctype html><html><body>welcome</body></html>"
CHAT = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "choices": [{"message": {"content": "hi"}}]}

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`image-contract test` against a URL: its exit status."""
    monkeypatch.setenv(KEY_ENV, "sk-presence-key-0123456789")

    def command(url: str, *more: str, provider: str = "openai") -> int:
        out = () if "--resume" in more else ("--out", str(tmp_path))
        return main(["test", "--provider", provider, "--base-url", url, "--no-heavy", *out, *more])

    return command


def _static(method: str, _path: str, _body: bytes, _headers: Any) -> Said:
    return Said(501 if method != "GET" else 404, PAGE, "text/html;charset=utf-8")


def _echo(method: str, path: str, body: bytes, headers: Any) -> Said:
    return Said(200, body, headers.get("Content-Type") or "text/plain")


def _mirror(method: str, path: str, body: bytes, headers: Any) -> Said:
    """As httpbin does: JSON that holds what was sent, and the URL it was sent to."""
    data = {"image": "data:application/octet-stream;base64," + base64.b64encode(body).decode()}
    return said(200, {"args": {}, "files": data, "url": f"http://{headers['Host']}{path}", "method": method})


def _chat(_method: str, _path: str, body: bytes, _headers: Any) -> Said:
    try:
        json.loads(body)
    except ValueError:
        return error(400, "we could not parse the JSON body of your request")
    return said(200, CHAT)


def _any_chat(*_: Any) -> Said:
    return said(200, CHAT)


def _login(*_: Any) -> Said:
    return Said(302, b"", "text/html", (("Location", "https://example.invalid/login"),))


def _fastapi(*_: Any) -> Said:
    return said(404, {"detail": "Not Found"})


def _page(*_: Any) -> Said:
    return Said(200, PAGE, "text/html")


def _forbidden_page(*_: Any) -> Said:
    return Said(403, PAGE, "text/html")


def _other_paths(method: str, path: str, _body: bytes, _headers: Any) -> Said:
    """As OpenAI's API, and those that follow it, say of a path that they do not have."""
    return error(404, f"Invalid URL ({method} {path})")


def _one_message(*_: Any) -> Said:
    return error(400, "messages: field required")


NONE: dict[str, Answer] = {
    "static-files": _static,
    "echo": _echo,
    "mirror": _mirror,
    "chat": _any_chat,
    "picky-chat": _chat,
    "login": _login,
    "another-api": _fastapi,
    "page": _page,
    "forbidden-page": _forbidden_page,
    "chat-with-envelopes": _other_paths,
    "one-message": _one_message,
}


@pytest.mark.parametrize("name", NONE)
@pytest.mark.parametrize("profile", ["quick", "full"])
def test_what_is_no_image_endpoint_is_told_after_a_few_requests(
    name: str, profile: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(NONE[name]) as small:
        assert run(small.url, "--profile", profile) == 3
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "there is no image endpoint: valid edits were answered " in told[0]
    assert len(small.asked) <= {"picky-chat": 60, "chat-with-envelopes": 16, "one-message": 16}.get(name, 6)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("profile", ["quick", "full"])
def test_a_refused_key_ends_the_run_at_the_first_valid_edit(
    status: int, profile: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(lambda *_: error(status, "Incorrect API key provided")) as small:
        assert run(small.url, "--profile", profile) == 3
    assert f"the key was refused ({status})" in capsys.readouterr().err
    assert len(small.asked) <= 4


def test_a_key_that_is_refused_for_edits_only_ends_the_run(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    def answer(_method: str, path: str, body: bytes, headers: Any) -> Said:
        plain = path == "/v1/images/edits" and b"PNG" in body and len(body) < 100_000
        return error(403, "not on your plan") if plain and b'name="prompt"' in body else error(400)

    with serving(answer) as small:
        assert run(small.url, "--profile", "quick") == 3
    assert "the key was refused (403)" in capsys.readouterr().err


def test_a_closed_port_is_told_in_one_sentence(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for provider in ("openai", "aitoearn"):
        assert run(f"http://127.0.0.1:{port}", provider=provider) == 3
        told = capsys.readouterr().err.splitlines()
        assert len(told) == 1
        assert f"http://127.0.0.1:{port} cannot be reached: Connection refused" in told[0]


def test_an_endpoint_that_has_a_refusal_of_its_own_for_edits_is_judged(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(_method: str, path: str, _body: bytes, _headers: Any) -> Said:
        return error(404, "Resource not found" if path.endswith("edits") else "Unknown request URL")

    with serving(answer) as small:
        assert run(small.url, "--profile", "quick") == 1
    assert "valid-edit-accepted" in capsys.readouterr().out


def test_an_endpoint_that_is_none_is_told_where_no_valid_edit_is_asked(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(_other_paths) as small:
        assert run(small.url, "--profile", "free") == 3
    assert "what it was asked was answered as any other path is" in capsys.readouterr().err
    with running(Settings(providers=("openai",))) as mock:
        assert run(mock.url, "--profile", "free") == 0


def test_an_empty_purse_says_nothing_of_paths(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(lambda *_: error(402, "Pay first.")) as small:
        run(small.url, "--profile", "quick")
    assert "there is no image endpoint" not in capsys.readouterr().err


def test_an_endpoint_that_speaks_elsewhere_is_judged(run: Run, tmp_path: Path) -> None:
    def answer(_method: str, _path: str, _body: bytes, headers: Any) -> Said:
        return said(404, {"detail": "Not Found"}) if headers.get("Authorization") else error(401, "no key")

    with serving(answer) as small:
        assert run(small.url, "--profile", "full", "--claim", "valid-edit-accepted", "--claim", "key-present") == 1
    value = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert {f["claim"] for f in value["findings"] if f["verdict"] == "broken"} >= {"valid-edit-accepted"}


def test_a_picture_under_another_name_is_judged(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(providers=("openai",), faults=("payload-missing",))
    with running(settings) as mock:
        assert run(mock.url, "--profile", "quick", "--claim", "payload") == 1
    assert "payload" in capsys.readouterr().out


def test_an_endpoint_that_goes_away_is_given_up(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    count = 0
    stop: list[Callable[[], None]] = []

    def answer(*_: Any) -> Said:
        nonlocal count
        count += 1
        if count == 5:
            stop[0]()
        return error(400)

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        stop.append(listening.close)

        def one_by_one() -> None:
            while True:
                try:
                    sock, _ = listening.accept()
                except OSError:
                    return
                with sock:
                    _answer_once(sock, answer)
                    if count >= 5:
                        return

        thread = threading.Thread(target=one_by_one, daemon=True)
        thread.start()
        assert run(f"http://127.0.0.1:{port}", "--profile", "quick") == 3
        thread.join()
    assert "it was there and is no more" in capsys.readouterr().err


def _cutting(*_: Any) -> Said:
    raise ConnectionAbortedError


def test_a_port_that_only_closes_connections_is_told(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(_cutting) as small:
        assert run(small.url, "--profile", "quick") == 3
    assert capsys.readouterr().err.endswith(": the connection was closed without an answer\n")
    assert len(small.asked) <= 10


def test_an_endpoint_that_falls_silent_is_given_up(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(lambda *_: error(400) if len(small.asked) < 6 else _cutting()) as small:
        assert run(small.url, "--profile", "quick") == 3
    assert "it was there and is no more: the connection was closed" in capsys.readouterr().err
    assert len(small.asked) < 25


def test_an_endpoint_that_is_silent_about_some_things_only_is_asked_everything() -> None:
    def answer(_method: str, _path: str, body: bytes, _headers: Any) -> Said:
        return error(400) if b'name="prompt"' in body else _cutting()

    questions = [question for question in planned("openai") if not question.billable][:40]
    with serving(answer) as small, asking_of("openai", small.url) as asking:
        asking.ask(questions)
    assert {each.question for each in asking.exchanges} == {question.id for question in questions}
    assert sum(each.response is None for each in asking.exchanges) > 10


def _answer_once(sock: socket.socket, answer: Callable[[], Said]) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = (int(lengths[0].partition(b":")[2]) if lengths else 0) - len(body)
    while left > 0:
        left -= len(sock.recv(min(left, 65536)))
    found = answer()
    sock.sendall(
        b"HTTP/1.1 %d no\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b"
        % (found.status, len(found.body), found.body)
    )


@pytest.mark.parametrize("base", ["", "/", "/v1", "/v1/", "/v1/images/edits"])
def test_the_base_url_may_end_anywhere_in_the_path(base: str, run: Run) -> None:
    with serving(lambda *_: error(401, "no")) as small:
        assert run(small.url + base, "--profile", "quick") == 3
    assert {path for _, path, _ in small.asked} <= {
        "/v1/images/edits",
        "/v1/images/editz",
        "/v1/images/edits/nothing-here",
    }


@pytest.mark.parametrize("base", ["", "/api/ai", "/api/ai/images/edits", "/api/ai/models/image/edit"])
def test_the_list_of_models_is_found_from_any_base_url(base: str, run: Run) -> None:
    with serving(lambda *_: error(401, "no")) as small:
        assert run(small.url + base, "--profile", "quick", provider="aitoearn") == 3
    assert small.asked[0][:2] == ("GET", "/api/ai/models/image/edit")
    assert small.asked[1][1].startswith("/api/ai/images/edit")
