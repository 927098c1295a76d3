"""Streams as they leave: event by event, paced, kept alive, and left early."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from specs import sse
from tests.mock_samples import EDIT, FORM, control, edit, post, process

STREAM = edit(stream="true", partial_images="2")
SERVERS = ("granian", "waitress", "werkzeug")


@pytest.fixture(scope="module", params=SERVERS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    options = ("--server", request.param, "--no-caption", "--stream-interval", "0.5", "--keep-alive", "0.1")
    with process(*options) as (found, _started):
        yield found


def _opened(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    connection.request("POST", EDIT, STREAM, {"Authorization": "Bearer k", "Content-Type": FORM})
    return connection


def test_events_come_one_by_one_with_comments_between_them(url: str) -> None:
    connection = _opened(url)
    response = connection.getresponse()
    begun = time.monotonic()
    arrivals = []
    body = b""
    while piece := response.read1(1 << 20):
        body += piece
        arrivals.append((time.monotonic() - begun, body.count(b"event: ")))
    connection.close()
    frames = sse.frames(body)
    assert [frame.event for frame in frames if frame.event] == ["image_edit.partial_image"] * 2 + [
        "image_edit.completed"
    ]
    assert all(frame.complete for frame in frames)
    assert sum(len(frame.comments) for frame in frames) >= 4
    second = next(seconds for seconds, events in arrivals if events == 2)
    third = next(seconds for seconds, events in arrivals if events == 3)
    assert 0.3 < third - second < 5


def test_a_client_that_leaves_is_noticed(url: str) -> None:
    control(url, "POST", "reset")
    connection = _opened(url)
    connection.getresponse().read1(100)
    if connection.sock:
        connection.sock.close()
    connection.close()
    deadline = time.monotonic() + 10
    while "streams abandoned" not in control(url, "GET", "counters") and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    assert control(url, "GET", "journal")["entries"][0]["outcome"] == "abandoned"
    assert [finding["kind"] for finding in control(url, "GET", "client-findings")["findings"]] == ["abandoned-stream"]


def test_a_stream_that_is_read_to_its_end_is_journalled_so(url: str) -> None:
    control(url, "POST", "reset")
    body = post(url, STREAM).body
    assert body.endswith(b"\n\n")
    entry = control(url, "GET", "journal")["entries"][0]
    assert entry["outcome"] == "sent"
    assert entry["seconds"] >= 1


def test_many_streams_at_once_leave_room_for_others(url: str) -> None:
    threads = [threading.Thread(target=post, args=(url, STREAM)) for _ in range(30)]
    for thread in threads:
        thread.start()
    begun = time.monotonic()
    assert post(url, path="/nowhere").status == 404
    waited = time.monotonic() - begun
    for thread in threads:
        thread.join()
    assert waited < 10


def test_errors_before_the_stream_are_plain_json(url: str) -> None:
    answer = post(url, edit(stream="true", n="99"))
    assert (answer.status, answer.headers["content-type"]) == (400, "application/json")
