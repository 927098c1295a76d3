"""A recorded endpoint, answering again: what was recorded, in order, with its pauses; a plain no for all else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from contract_tests.client import Client
from contract_tests.judging import judge
from evidence_samples import PICTURES, exchange
from mock_server import replaying_app
from mock_server.replaying import Replay
from mock_server.replaying_app import CannotReplay, application, bind_replay, serve_replay
from offline_samples import BASE, BROKEN, PROVIDER, captured, exchanges, recorded, some, written
from specs import loading, recordings
from specs.lines import Header
from specs.messages import Exchange, Failure, Headers, Request, Response
from specs.transcripts import Transcript
from tests.walking import asked, planned

EDITS = "/v1/images/edits"
KEYED = ("Authorization", "Bearer <key>")
PICTURE = PICTURES["PNG"]


def form(*parts: tuple[str, bytes], boundary: str = "b", file: str = "a.png", kind: str = "image/png") -> Request:
    """A multipart edit; `image` and `mask` are files."""
    pieces = []
    for name, data in parts:
        named = f'; filename="{file}"' if name.startswith(("image", "mask")) else ""
        typed = f"\r\nContent-Type: {kind}" if named else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}{typed}\r\n\r\n'
        pieces.append(head.encode() + data + b"\r\n")
    body = b"".join(pieces) + f"--{boundary}--\r\n".encode()
    return Request("POST", EDITS, (KEYED, ("Content-Type", f"multipart/form-data; boundary={boundary}")), body)


PLAIN = form(("image", PICTURE), ("prompt", b"a cat"), ("n", b"1"))


def heard(number: int, request: Request = PLAIN, body: bytes = b"{}", **more: Any) -> Exchange:
    """A recorded exchange, at BASE."""
    moved = Request(request.method, f"{BASE}{request.url}", request.headers, request.body)
    answer = Response(200, (("Content-Type", "application/json"),), body)
    return exchange(number, **{"request": moved, "response": answer, **more})


def replay(*recordings: Exchange, **more: Any) -> Replay:
    header = Header("openai", BASE, 1.0)
    return Replay(Transcript(header, recordings, omitted=more.pop("omitted", frozenset())), **more)


def told(found: Replay, request: Request) -> tuple[int, str, str]:
    """(status, code, message) of a refusal."""
    answered = found.answer(request)
    error = json.loads(answered.body)["error"]
    return answered.status, error["code"], error["message"]


def test_the_same_request_gets_the_recorded_answers_in_order_and_then_the_last_again() -> None:
    found = replay(heard(1, body=b"1"), heard(2, body=b"2"), heard(3, form(("prompt", b"other")), b"3"))
    assert [found.answer(PLAIN).body for _ in range(4)] == [b"1", b"2", b"2", b"2"]


SAME: dict[str, Request] = {
    "another boundary": form(("image", PICTURE), ("prompt", b"a cat"), ("n", b"1"), boundary="zzz"),
    "another order of parts": form(("n", b"1"), ("prompt", b"a cat"), ("image", PICTURE)),
    "another file name and type": form(
        ("image", PICTURE), ("prompt", b"a cat"), ("n", b"1"), file="b.png", kind="application/octet-stream"
    ),
    "image[]": form(("image[]", PICTURE), ("prompt", b"a cat"), ("n", b"1")),
    "another host and key": Request("POST", f"http://127.0.0.1:1/x{EDITS}", PLAIN.headers, PLAIN.body),
}


@pytest.mark.parametrize("case", SAME)
def test_what_asks_the_same_is_the_same(case: str) -> None:
    assert replay(heard(1, body=b"here")).answer(SAME[case]).body == b"here"


def _keyed(*fields: tuple[str, str]) -> Request:
    return Request("POST", EDITS, (*fields, PLAIN.headers[1]), PLAIN.body)


# (a request, in what it differs from what was recorded)
OTHERS: dict[str, tuple[Request, str]] = {
    "another prompt": (
        form(("image", PICTURE), ("prompt", b"a dog"), ("n", b"1")),
        '`prompt` is "a dog" instead of "a cat"',
    ),
    "a field more": (
        form(("image", PICTURE), ("prompt", b"a cat"), ("n", b"1"), ("size", b"auto")),
        '`size` is "auto" instead of nothing',
    ),
    "a field less": (form(("image", PICTURE), ("prompt", b"a cat")), "`n` is nothing instead of 1"),
    "another picture": (
        form(("image", PICTURES["JPEG"]), ("prompt", b"a cat"), ("n", b"1")),
        "picture 1 is jpeg ",
    ),
    "another method": (Request("GET", EDITS, (KEYED,)), "the method is GET instead of POST"),
    "another path": (Request("POST", "/v1/nowhere", PLAIN.headers, PLAIN.body), "the path is /v1/nowhere instead of"),
    "no key": (_keyed(), "the key is none instead of given"),
    "a made-up key": (_keyed(("Authorization", "Bearer sk-invalid-1")), "the key is a made-up one instead of given"),
    "a bare key": (_keyed(("Authorization", "sk-mine")), "the key is not a bearer key instead of given"),
    "a broken body": (Request("POST", EDITS, PLAIN.headers, PLAIN.body[:-9]), "the body is the multipart body"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_was_never_recorded_is_refused_and_the_nearest_recording_named(case: str) -> None:
    request, difference = OTHERS[case]
    far = form(*((f"field-{number}", b"x") for number in range(9)))
    status, code, message = told(replay(heard(6, far), heard(7)), request)
    assert (status, code) == (404, "not_recorded")
    assert message.startswith("None of the 2 recorded requests asks this; nearest is x7: ")
    assert difference in message


def test_of_recordings_that_ask_the_same_the_one_that_looks_the_same_is_given() -> None:
    found = replay(heard(1, SAME["image[]"], b"list"), heard(2, PLAIN, b"plain"))
    assert [found.answer(request).body for request in (PLAIN, SAME["image[]"], PLAIN)] == [b"plain", b"list", b"plain"]
    assert found.answer(SAME["another file name and type"]).body == b"list"


def test_nothing_recorded_is_said_so() -> None:
    assert told(replay(), PLAIN) == (404, "not_recorded", "Nothing was recorded at all")


def test_what_did_not_come_back_then_does_not_now() -> None:
    found = replay(heard(1, response=None, failure=Failure("timeout", "nothing within 180 s")))
    assert told(found, PLAIN) == (
        502,
        "nothing_came_back",
        "In the recording (x1) nothing came back: nothing within 180 s",
    )


def test_pictures_that_were_not_kept_are_found_by_digest_and_not_given(tmp_path: Path) -> None:
    there = recordings.read(recorded(tmp_path, keep_pictures=False))
    found = Replay(there)
    edit = next(
        one for one in exchanges() if one.id in there.omitted and one.response and b"b64_json" in one.response.body
    )
    status, code, message = told(found, edit.request)
    assert (status, code) == (404, "pictures_not_kept")
    assert "without its pictures" in message


STREAM = Response(
    200,
    (("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked"), ("X-Request-Id", "r1")),
    b"data: 1\n\ndata: 2\n\n",
    ((0.5, 9), (2.0, 18)),
)


def test_a_stream_has_its_recorded_pauses_scaled() -> None:
    pieces = ((0.5, b"data: 1\n\n"), (1.5, b"data: 2\n\n"))
    for pace in (1.0, 0.5, 0.0):
        answered = replay(heard(1, response=STREAM), pace=pace).answer(PLAIN)
        assert answered.pieces == tuple((pause * pace, piece) for pause, piece in pieces)
        assert answered.headers == (("Content-Type", "text/event-stream"), ("X-Request-Id", "r1"), ("X-Replayed", "x1"))


def test_the_first_event_is_sent_before_the_pause_for_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, go_on = threading.Event(), threading.Event()

    def pausing(seconds: float) -> None:
        if seconds == 1.5:
            seen.set()
            assert go_on.wait(10)

    monkeypatch.setattr(replaying_app.time, "sleep", pausing)
    with served(replay(heard(1, response=STREAM))) as url, Client(url, timeout=30) as client:
        done = threading.Thread(target=lambda: found.append(client.send(PLAIN)[0]))
        found: list[Response | None] = []
        done.start()
        assert seen.wait(10)
        go_on.set()
        done.join(10)
    assert found[0]
    assert found[0].body == STREAM.body


@contextmanager
def served(found: Replay) -> Iterator[str]:
    """A replay that listens, as the command does."""
    server = make_server("127.0.0.1", 0, application(found), threaded=True, request_handler=replaying_app._Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# (what was recorded, what a client makes of it)
CUT: dict[str, tuple[Headers, str]] = {
    "counted": ((("Content-Length", "100"),), "the body ends after 40 of the 100 bytes that Content-Length announced"),
    "chunked": ((("Transfer-Encoding", "chunked"),), "the connection was closed before the last chunk"),
}


@pytest.mark.parametrize("case", CUT)
def test_an_answer_that_was_cut_short_is_cut_short_again(case: str) -> None:
    headers, detail = CUT[case]
    cut = heard(1, response=Response(200, headers, b"x" * 40), failure=Failure("cut", "it ended"))
    with served(replay(cut)) as url, Client(url, timeout=30) as client:
        response, failure, _ = client.send(PLAIN)
    assert response
    assert response.body == b"x" * 40
    assert failure == Failure("cut", detail)


def test_links_that_were_fetched_lead_to_the_replay() -> None:
    link = "https://cdn.example.com/a/b c.png?sig=1"
    body = json.dumps({"data": [{"url": link}], "other": "https://cdn.example.com/"})
    fetch = exchange(
        2,
        purpose="fetch",
        request=Request("GET", link),
        response=Response(200, (("Content-Type", "image/png"),), PICTURE),
    )
    recordings = (heard(1, body=body.encode()), heard(3, body=body.replace("/", r"\/").encode()), fetch)
    with served(replay(*recordings)) as url, Client(url, timeout=30) as client:
        for _ in range(2):
            answered = client.send(PLAIN)[0]
            assert answered
            document = json.loads(answered.body)
            assert document["other"] == "https://cdn.example.com/"
            assert document["data"][0]["url"].startswith(f"{url}/_mock/fetched/")
            picture = client.send(Request("GET", document["data"][0]["url"]))[0]
            assert picture
            assert (picture.body, picture.header("content-type")) == (PICTURE, "image/png")
        unknown = client.send(Request("GET", "/_mock/fetched/no/x.png"))[0]
        assert unknown
        assert unknown.status == 404


def test_a_run_against_the_replay_of_a_run_has_the_same_verdicts(tmp_path: Path) -> None:
    contract = loading.load(PROVIDER)
    with served(Replay(recordings.read(recorded(tmp_path)), pace=0.0)) as url:
        again = asked(contract, url, some(planned(PROVIDER)))
    found, live = judge(contract, again), judge(contract, exchanges())
    assert {f.claim.id: f.verdict for f in found} == {f.claim.id: f.verdict for f in live}
    assert [f.claim.id for f in found if f.verdict == "broken"] == [BROKEN]


def test_a_capture_of_another_tool_is_replayed(tmp_path: Path) -> None:
    har = written(captured(), tmp_path)
    server = bind_replay(har, provider=PROVIDER)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    one = next(one for one in exchanges() if one.response and one.response.status == 200 and one.purpose == "edit")
    with Client(f"http://127.0.0.1:{server.port}", timeout=30) as client:
        answered = client.send(Request("POST", one.request.path, one.request.headers, one.request.body))[0]
        health = client.send(Request("GET", "/_mock/health"))[0]
    server.shutdown()
    thread.join()
    server.server_close()
    assert answered
    assert one.response
    assert answered.body == one.response.body
    assert health
    assert json.loads(health.body) == {"status": "ok", "replays": len(exchanges())}


def test_what_cannot_be_replayed_is_one_sentence(tmp_path: Path) -> None:
    har = written({"log": {"entries": []}}, tmp_path)
    with pytest.raises(CannotReplay, match=r"capture\.har does not say whose it is: name a provider of openai, "):
        bind_replay(har)
    with pytest.raises(CannotReplay, match="there is no provider 'nobody'"):
        bind_replay(har, provider="nobody")
    with pytest.raises(CannotReplay, match="cannot be read: No such file or directory"):
        serve_replay(tmp_path / "none")
    server = bind_replay(har, provider=PROVIDER)
    with pytest.raises(CannotReplay, match="cannot be listened on"):
        serve_replay(har, port=server.port, provider=PROVIDER)
    server.server_close()
