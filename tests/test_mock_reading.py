"""What the mock makes of a request's bytes: every lawful way to send a form, limits, and bodies that are none."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from mock_server.serving import Mock, running
from mock_server.settings import Settings
from tests.mock_samples import BOUNDARY, EDIT, FORM, ask, edit, form, part, png, post, process, raw

MODELS = "/aitoearn/api/ai/models/image/edit"

LIMIT = 2_000_000


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with running(Settings(caption=False, largest=LIMIT)) as found:
        yield found


@pytest.fixture(scope="module", params=["werkzeug", "granian", "waitress"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with process("--server", request.param, "--no-caption", "--max-body", str(LIMIT)) as (found, _started):
        yield found


def _head(*fields: str, method: str = "POST", path: str = EDIT) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Authorization: Bearer sk-a", "Connection: close", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def _json(answer: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


IMAGE = part("image", png(), "a.png", "image/png")
TEXTS = part("model", "gpt-image-1.5"), part("prompt", "a house"), part("size", "1024x1024")

FORMS = {
    "texts first": form(*TEXTS, IMAGE),
    "files first": form(IMAGE, *TEXTS),
    "image[]": form(*TEXTS, part("image[]", png(), "a.png", "image/png"), part("image[]", png(), "b.png", "image/png")),
    "typed texts": form(part("model", "gpt-image-1.5", None, "text/plain; charset=utf-8"), *TEXTS[1:], IMAGE),
    "no file name": form(*TEXTS, part("image", png(), None, "image/png")),
    "UTF-8 file name": form(*TEXTS, part("image", png(), "猫.png", "image/png")),
    "quoted file name": form(*TEXTS, part("image", png(), "a%22b.png", "image/png")),
    "numbers as text": form(*TEXTS, part("n", "2"), part("output_compression", "100"), IMAGE),
}


@pytest.mark.parametrize("kind", FORMS)
def test_every_lawful_form_is_read(mock: Mock, kind: str) -> None:
    answer = post(mock.url, FORMS[kind])
    assert answer.status == 200, answer.body[:300]
    assert len(answer.json["data"]) == (2 if kind == "numbers as text" else 1)


def test_a_chunked_body_is_read(url: str) -> None:
    body = edit()
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(body[at : at + 1000]), body[at : at + 1000]) for at in range(0, len(body), 1000)
    )
    answer = raw(url, _head("Transfer-Encoding: chunked", f"Content-Type: {FORM}") + chunks + b"0\r\n\r\n")
    assert _status(answer) == 200


def test_a_sender_who_waits_for_100_is_told_to_go_on(url: str) -> None:
    body = edit()
    head = _head("Expect: 100-continue", f"Content-Type: {FORM}", f"Content-Length: {len(body)}")
    answer = raw(url, head + body)
    assert answer.startswith(b"HTTP/1.1 100 ")
    assert b"HTTP/1.1 200 OK" in answer


def test_a_body_that_states_too_much_is_refused_unread(url: str) -> None:
    answer = raw(url, _head(f"Content-Type: {FORM}", "Content-Length: 1073741824"), 5)
    assert _status(answer) == 413


def test_a_body_above_the_limit_is_refused_in_the_envelope(mock: Mock) -> None:
    answer = post(mock.url, edit(image=b"x" * LIMIT))
    assert answer.status == 413
    assert answer.error["message"].startswith("The request is too large: the body has ")


def test_a_chunked_body_above_the_limit_is_refused(url: str) -> None:
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    answer = raw(
        url, _head("Transfer-Encoding: chunked", f"Content-Type: {FORM}") + chunk * (LIMIT // 65536 + 2) + b"0\r\n\r\n"
    )
    assert _status(answer) in (413, 0)


@pytest.mark.parametrize(
    "body",
    [
        edit()[:-10],
        edit()[: len(edit()) // 2],
        b"",
        b"--" + BOUNDARY.encode(),
        form(part("", "nameless")),
        b"no form at all",
        edit().replace(b"\r\n\r\n", b"\r\n", 1),
        edit().replace(b"Content-Disposition: form-data; ", b"", 1),
        form(*[part(f"f{n}", "x") for n in range(10_000)]),
        form(
            part("prompt", "x" * 1000),
            b"--" + BOUNDARY.encode() + b'\r\nContent-Disposition: form-data; name="a\xff\xfe"\r\n\r\nx\r\n',
        ),
        form(b"--" + BOUNDARY.encode() + b"\r\n" + b"X-A: b\r\n" * 5000 + b"\r\n\r\n"),
    ],
    ids=[
        "cut-end",
        "cut-half",
        "empty",
        "bare",
        "nameless",
        "garbage",
        "no-blank",
        "no-disposition",
        "10000",
        "bytes",
        "headers",
    ],
)
def test_a_broken_form_is_refused_with_400(mock: Mock, body: bytes) -> None:
    answer = post(mock.url, body)
    assert answer.status == 400
    assert set(answer.error) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    "type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\x7f",
        "multipart/form-data; boundary=" + "b" * 4000,
    ],
)
def test_a_form_without_a_usable_boundary_is_refused_with_400(mock: Mock, type: str) -> None:
    assert post(mock.url, Content_Type=type).status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'{"prompt": NaN',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"1" * 10_000,
        b'{"n": ' + b"9" * 5000 + b"}",
        b'"\xed\xa0\x80"',
    ],
)
def test_broken_json_is_refused_with_400(mock: Mock, body: bytes) -> None:
    answer = post(mock.url, body, Content_Type="application/json")
    assert answer.status == 400
    assert answer.error["type"] == "invalid_request_error"


@pytest.mark.parametrize("prompt", ["\0", "a\0b", "\ud800", "\udfff\ud800", "\uffff", "\u202e", "\x1b[2J", "🏳️‍🌈" * 500])
def test_strange_text_in_json_is_answered_with_json(mock: Mock, prompt: str) -> None:
    value = {
        "model": "gpt-image-1.5",
        "prompt": prompt,
        "quality": "low",
        "images": [{"image_url": "https://a.test/b.png"}],
    }
    answer = post(mock.url, json.dumps(value).encode(), Content_Type="application/json")
    assert answer.status in (200, 400)
    assert answer.json


@pytest.mark.parametrize("checks", ["schema", "none"])
def test_strange_text_in_echoes_is_answered_with_json(checks: str) -> None:
    value = {
        "model": "gpt-image-1.5",
        "prompt": "\ud800",
        "quality": "\ud800",
        "user": "\0",
        "images": [{"image_url": "\ud800"}],
    }
    with running(Settings(checks=checks, caption=True)) as mock:  # type: ignore[arg-type]
        answer = post(mock.url, json.dumps(value).encode(), Content_Type="application/json")
    assert answer.status in (200, 400)
    assert answer.json


def test_what_nobody_offers_is_not_echoed() -> None:
    with running(Settings(checks="none")) as mock:
        told = [post(mock.url, edit(quality=quality)).json["quality"] for quality in ("AAA", "", "auto", "high")]
    assert told == ["medium", "medium", "medium", "high"]


def test_a_wrong_method_is_told_which_are_right(mock: Mock) -> None:
    wrong = ask(mock.url + EDIT, "PUT", Authorization="Bearer a"), ask(mock.url + MODELS, "POST")
    assert [(answer.status, answer.headers["allow"]) for answer in wrong] == [(405, "POST"), (405, "GET, HEAD")]


def test_the_first_of_several_defects_is_named_in_the_order_of_the_provider(mock: Mock) -> None:
    body = form(part("n", "99"), part("quality", "ultra"))
    assert post(mock.url, body).error["param"] == "model"
    assert post(mock.url, form(part("model", "gpt-image-2"), part("n", "99"))).error["param"] == "prompt"
    assert (
        post(mock.url, form(part("model", "gpt-image-2"), part("prompt", "x"), part("n", "99"))).error["param"]
        == "image"
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: ten"],
        ["Content-Length: -1"],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Transfer-Encoding: chunked", "Content-Length: 3"],
        ["Transfer-Encoding: gzip"],
        [f"X-{n}: a" for n in range(300)],
        ["X-Long: " + "a" * 400_000],
        ["Host: [x"],
        ["Host: a b", "Host: c"],
        ["X-Mock-Scenario: \xe9;times=\xff"],
        ["X-Test-Id: " + "\xff" * 200],
        ["Prefer: code=99999"],
        ['Content-Type: multipart/form-data; boundary="\xe9"'],
    ],
    ids=lambda lines: lines[0][:24],
)
def test_strange_header_fields_never_make_the_mock_fail(url: str, lines: list[str]) -> None:
    answer = raw(url, _head(*lines) + b"0\r\n\r\n", 3, half_close=True)
    assert _status(answer) < 500 or _status(answer) == 501
    assert _status(raw(url, _head(method="GET", path="/_mock/health"))) == 200


@pytest.mark.parametrize(
    "path",
    ["//[x", "/openai//[x]/y", "/openai/%00", "/%ff%fe", "/..%2f..", "*", "/openai/v1/images/edits/" * 300, "//"],
)
def test_strange_paths_are_refused(url: str, path: str) -> None:
    assert 400 <= _status(raw(url, _head(path=path, method="GET"), 5)) < 500
    assert _status(raw(url, _head(method="GET", path="/_mock/health"))) == 200


def test_slow_senders_stand_in_nobodys_way() -> None:
    with process("--server", "granian", "--no-caption") as (url, _started):
        head = _head(f"Content-Type: {FORM}", "Content-Length: 100000")
        threads = [threading.Thread(target=raw, args=(url, head + b"x", 8), daemon=True) for _ in range(60)]
        for thread in threads:
            thread.start()
        assert all(post(url).status == 200 for _ in range(5))


@pytest.mark.parametrize("server", ["granian", "waitress", "werkzeug"])
@pytest.mark.parametrize("drops", [b"", b"xyz"], ids=["silent", "dripping"])
def test_who_sends_too_slowly_is_dropped(server: str, drops: bytes) -> None:
    with process("--server", server, "--no-caption", "--patience", "1") as (url, _started):
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=15) as stream:
            stream.sendall(_head(f"Content-Type: {FORM}", "Content-Length: 100000"))
            begun = time.monotonic()
            ended = threading.Event()
            if drops and server == "granian":  # the others are patient as long as something comes
                threading.Thread(target=_drip, args=(stream, drops, ended), daemon=True).start()
            try:
                while stream.recv(65536):
                    pass
            except ConnectionError:
                pass
            ended.set()
            assert time.monotonic() - begun < 12
        assert post(url).status == 200


def _drip(stream: socket.socket, drops: bytes, ended: threading.Event) -> None:
    try:
        while not ended.wait(0.2):
            stream.sendall(drops)
    except OSError:
        pass


def test_an_unexpected_failure_is_a_logged_500_in_the_envelope(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with running(Settings(caption=False)) as mock:
        monkeypatch.setattr(mock.house, "handle", lambda _request: 1 / 0)
        answer = post(mock.url)
        assert (answer.status, answer.error["type"]) == (500, "server_error")
        assert "ZeroDivisionError" in caplog.text
        assert b"Zero" not in answer.body
        assert mock.house.journal.counted()["failures of the mock"] == 1
