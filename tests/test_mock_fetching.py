"""Pictures behind links: not fetched by default, and within limits when they are."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mock_server import fetching
from mock_server.serving import running
from mock_server.settings import Fetch, Settings
from tests.mock_samples import Answer, png, post

PICTURE = png((96, 48))


class _Pages(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name, _, rest = self.path.lstrip("/").partition("/")
        if name == "to":
            self._send(302, b"", Location=f"/{rest}")
        elif name == "away":
            self._send(302, b"", Location=f"http://{rest}/")
        elif name == "round":
            self._send(302, b"", Location="/round")
        elif name == "endless":
            self._send(200, None)
            self._pour()
        else:
            pages = {"picture": (200, PICTURE), "page": (200, b"<html>"), "gone": (404, b"")}
            self._send(*pages.get(name, (500, b"")))

    def _send(self, status: int, body: bytes | None, **headers: str) -> None:
        self.send_response(status)
        for field, value in headers.items():
            self.send_header(field, value)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body or b"")

    def _pour(self) -> None:
        try:
            while True:
                self.wfile.write(PICTURE * 1000)
        except OSError:
            pass

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _asked(link: str, fetch: Fetch, mask: str | None = None) -> Answer:
    value: dict[str, Any] = {"model": "gpt-image-2", "prompt": "x", "images": [{"image_url": link}]}
    if mask:
        value["mask"] = {"image_url": mask}
    with running(Settings(fetch_urls=fetch, caption=False)) as mock:
        answer = post(mock.url, json.dumps(value).encode(), Content_Type="application/json")
        assert mock.house.journal.counted().get("failures of the mock", 0) == 0
        return answer


def test_nothing_is_fetched_by_default(pages: str) -> None:
    _Pages.asked.clear()
    assert _asked(f"{pages}/picture", "no").status == 200
    assert _Pages.asked == []


@pytest.mark.parametrize("path", ["picture", "to/picture", "to/to/to/picture"])
@pytest.mark.parametrize("fetch", ["loopback", "any"])
def test_a_picture_of_this_machine_is_fetched_and_edited(pages: str, path: str, fetch: Fetch) -> None:
    answer = _asked(f"{pages}/{path}", fetch)
    assert answer.status == 200
    assert answer.json["size"] == "1536x1024"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("page", "no picture"),
        ("gone", "the answer is 404"),
        ("to/to/to/to/picture", "more than 3 redirects"),
        ("round", "more than 3 redirects"),
        ("away/10.0.0.1", "no address"),
        ("away/169.254.169.254", "no address"),
        ("endless", "more than"),
    ],
)
def test_what_cannot_be_had_is_refused(pages: str, path: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LARGEST", 1_000_000)
    answer = _asked(f"{pages}/{path}", "any")
    assert (answer.status, answer.error["code"], answer.error["param"]) == (400, "invalid_image_url", "images[0]")
    assert told in answer.error["message"]


@pytest.mark.parametrize(
    "link",
    [
        "http://10.1.2.3/a.png",
        "http://169.254.169.254/",
        "http://[fe80::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://user:pw@127.0.0.1/",
    ],
)
def test_private_addresses_are_not_asked(link: str) -> None:
    assert _asked(link, "any").error["code"] == "invalid_image_url"


def test_only_this_machine_is_asked_when_told_so() -> None:
    assert "of this machine" in _asked("http://192.0.2.1/a.png", "loopback").error["message"]


@pytest.mark.parametrize(
    "link", ["http://[x/", "http://", "http://\x00/", "http://a:99999/", "http://127.0.0.1:1/x", "https://127.0.0.1:1/"]
)
def test_links_that_lead_nowhere_are_refused(link: str) -> None:
    assert _asked(link, "loopback").status == 400


def test_a_slow_page_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = _asked(f"http://127.0.0.1:{silent.getsockname()[1]}/", "loopback")
    assert "it took too long" in answer.error["message"]


def test_a_fetched_mask_is_judged_like_one_that_was_sent(pages: str) -> None:
    answer = _asked(f"{pages}/picture", "loopback", f"{pages}/picture")
    assert answer.error["code"] == "invalid_mask_image_format"
