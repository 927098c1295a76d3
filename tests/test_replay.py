"""A recorded endpoint, answering again: what was recorded, in order, with its pauses; a plain no for all else."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from contract_tests.client import Client
from contract_tests.judging import judge
from evidence_samples import PICTURES, exchange
from mock_server.__main__ import main
from mock_server.house import House
from mock_server.replaying import Replay
from mock_server.replies import Reply
from mock_server.serving import running
from mock_server.settings import Settings
from offline_samples import BASE, BROKEN, PROVIDER, captured, exchanges, recorded, some, written
from specs import loading, reading, recordings
from specs.lines import Header
from specs.messages import Exchange, Failure, Headers, Request, Response
from specs.recording import Recorder
from specs.transcripts import Transcript
from tests.mock_samples import Answer, ask, control, process
from tests.walking import asked, planned

EDITS = "/v1/images/edits"
KEYED = ("Authorization", "Bearer <redacted-key>")
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


HEADER = Header("openai", BASE, 1.0)


def replay(*recordings: Exchange, pace: float = 1.0) -> Replay:
    return Replay(Transcript(HEADER, recordings), loading.load("openai"), pace)


def replied(found: Replay, request: Request = PLAIN) -> Reply:
    return found.reply(reading.read(found.contract, request))


def bodies(found: Replay, *requests: Request) -> list[bytes]:
    return [replied(found, request).body() for request in requests]


def told(found: Replay, request: Request) -> tuple[int, str, str]:
    """(status, code, message) of a refusal."""
    reply = replied(found, request)
    error = reply.document["error"]
    return reply.status, error["code"], error["message"]


@contextmanager
def served(folder: Path, *recordings: Exchange, **more: Any) -> Iterator[str]:
    """A replay that listens."""
    file = folder / "transcript.jsonl"
    with Recorder(file, HEADER, ()) as recorder:
        for one in recordings:
            recorder.write(one)
    with running(Settings(replay=str(file), **more)) as mock:
        yield mock.url


def test_the_same_request_gets_the_recorded_answers_in_order_and_then_the_last_again() -> None:
    found = replay(heard(1, body=b"1"), heard(2, body=b"2"), heard(3, form(("prompt", b"other")), b"3"))
    assert bodies(found, *[PLAIN] * 4) == [b"1", b"2", b"2", b"2"]


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
    assert bodies(replay(heard(1, body=b"here")), SAME[case]) == [b"here"]


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
    assert bodies(found, PLAIN, SAME["image[]"], PLAIN) == [b"plain", b"list", b"plain"]
    assert bodies(found, SAME["another file name and type"]) == [b"list"]


def test_nothing_recorded_is_said_so() -> None:
    assert told(replay(), PLAIN) == (404, "not_recorded", "Nothing was recorded at all.")


def test_what_did_not_come_back_then_does_not_now() -> None:
    found = replay(heard(1, response=None, failure=Failure("timeout", "nothing within 180 s")))
    assert told(found, PLAIN) == (
        502,
        "nothing_came_back",
        "In the recording (x1) nothing came back: nothing within 180 s.",
    )


def test_pictures_that_were_not_kept_are_found_by_digest_and_not_given(tmp_path: Path) -> None:
    there = recordings.read(recorded(tmp_path, keep_pictures=False))
    found = Replay(there, loading.load(PROVIDER))
    kept = (one for one in exchanges() if one.id in there.omitted and one.response)
    edit = next(one for one in kept if one.response and one.response.status == 200)
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
    pieces = [(0.5, b"data: 1\n\n"), (1.5, b"data: 2\n\n")]
    for pace in (1.0, 0.5, 0.0):
        reply = replied(replay(heard(1, response=STREAM), pace=pace))
        events = [(event.pause, event.encoded()) for event in reply.events or ()]
        assert events == [(pause * pace, piece) for pause, piece in pieces]
        assert reply.headers == (("Content-Type", "text/event-stream"), ("X-Request-Id", "r1"), ("X-Replayed", "x1"))


def test_a_stream_pauses_on_the_wire_and_pauses_end_with_the_mock(tmp_path: Path) -> None:
    late = replace(STREAM, arrivals=((0.0, 9), (3000.0, 18)))
    got: list[bytes] = []
    with socket.socket() as stream:
        with served(tmp_path, heard(1, response=late)) as url:
            stream.connect((urlsplit(url).hostname, urlsplit(url).port))
            stream.sendall(on_the_wire(PLAIN))
            while b"data: 1" not in b"".join(got):
                got.append(stream.recv(4096))
            assert b"data: 2" not in b"".join(got)
        got.extend(iter(lambda: stream.recv(4096), b""))
    assert b"".join(got).count(b"data: ") == 2


# (what was recorded, what a client makes of it)
CUT: dict[str, tuple[Headers, str]] = {
    "counted": ((("Content-Length", "100"),), "the body ends after 40 of the 100 bytes that Content-Length announced"),
    "chunked": (
        (("Transfer-Encoding", "chunked"),),
        "the body ends after 40 of the 41 bytes that Content-Length announced",
    ),
}


@pytest.mark.parametrize("case", CUT)
def test_an_answer_that_was_cut_short_is_cut_short_again(case: str, tmp_path: Path) -> None:
    headers, detail = CUT[case]
    cut = heard(1, response=Response(200, headers, b"x" * 40), failure=Failure("cut", "it ended"))
    with served(tmp_path, cut) as url, Client(url, timeout=30) as client:
        response, failure, _ = client.send(PLAIN)
    assert response
    assert response.body == b"x" * 40
    assert failure == Failure("cut", detail)


def test_links_that_were_fetched_lead_to_the_replay(tmp_path: Path) -> None:
    link = "https://cdn.example.com/a/b c.png?sig=1"
    body = json.dumps({"data": [{"url": link}], "other": "https://cdn.example.com/"})
    fetch = exchange(
        2,
        purpose="fetch",
        request=Request("GET", link),
        response=Response(200, (("Content-Type", "image/png"),), PICTURE),
    )
    recordings = (heard(1, body=body.encode()), heard(3, body=body.replace("/", r"\/").encode()), fetch)
    with served(tmp_path, *recordings) as url, Client(url, timeout=30) as client:
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
    with running(Settings(replay=str(recorded(tmp_path)), replay_pace=0.0)) as mock:
        again = asked(contract, mock.url, some(planned(PROVIDER)))
    found, live = judge(contract, again), judge(contract, exchanges())
    assert {f.claim.id: f.verdict for f in found} == {f.claim.id: f.verdict for f in live}
    assert [f.claim.id for f in found if f.verdict == "broken"] == [BROKEN]


def _an_edit() -> Exchange:
    good = (one for one in exchanges() if one.response and one.response.status == 200 and one.purpose == "edit")
    return next(one for one in good if b"png" in one.request.body and b"stream" not in one.request.body)


def test_a_capture_of_another_tool_is_replayed(tmp_path: Path) -> None:
    har, one = written(captured(), tmp_path), _an_edit()
    with running(Settings(replay=str(har), providers=(PROVIDER,))) as mock, Client(mock.url, timeout=30) as client:
        answered = client.send(Request("POST", one.request.path, one.request.headers, one.request.body))[0]
        health = client.send(Request("GET", "/_mock/health"))[0]
    assert answered
    assert one.response
    assert answered.body == one.response.body
    assert health
    assert json.loads(health.body) == {
        "status": "ok",
        "providers": [PROVIDER],
        "requests": 1,
        "replays": len(exchanges()),
    }


def test_the_journal_and_the_page_show_what_was_replayed(tmp_path: Path) -> None:
    answer = json.dumps({"created": 1, "data": [{"b64_json": base64.b64encode(PICTURE).decode()}]}).encode()
    with served(tmp_path, heard(1, body=answer)) as url:
        assert ask_edit(url, PLAIN).status == 200
        assert ask_edit(url, form(("prompt", b"never"))).status == 404
        never, given = control(url, "GET", "journal")["entries"]
        assert (given["refused_by"], never["refused_by"]) == (None, "not-recorded")
        assert ask(f"{url}/_mock/journal/{given['number']}/pictures/result-0").body == PICTURE
        page = ask(f"{url}/_mock/", Accept="text/html").body.decode()
    assert "refused by not-recorded" in page
    assert "result 0" in page


def test_scenarios_play_before_a_replay_and_cost_no_turn(tmp_path: Path) -> None:
    with served(tmp_path, heard(1, body=b"1"), heard(2, body=b"2"), scenarios=("rate-limit;times=1",)) as url:
        answers = [ask_edit(url, PLAIN) for _ in range(3)]
        assert [one.status for one in answers] == [429, 200, 200]
        assert [one.body for one in answers[1:]] == [b"1", b"2"]
        assert ask_edit(url, PLAIN, X_Mock_Scenario="half-json").body == b""
        control(url, "POST", "reset")
        assert [ask_edit(url, PLAIN).body for _ in range(2)][1] == b"1"


def ask_edit(url: str, request: Request, **headers: str) -> Answer:
    fields = {name.replace("-", "_"): value for name, value in request.headers}
    return ask(f"{url}{request.path}", request.method, request.body, **fields, **headers)


@pytest.mark.parametrize("options", [(), ("--workers", "2"), ("--server", "waitress"), ("--server", "werkzeug")])
def test_the_command_replays_a_recording_with_each_server(options: tuple[str, ...], tmp_path: Path) -> None:
    one, file = _an_edit(), recorded(tmp_path)
    assert one.response
    with process("--replay", str(file), "--replay-pace", "0", *options) as (url, _started):
        same = ask_edit(url, one.request)
        assert (same.status, same.body, same.headers["x-replayed"]) == (200, one.response.body, one.id)
        other = ask_edit(f"{url}/{PROVIDER}", replace(one.request, body=one.request.body.replace(b"png", b"gif")))
        assert (other.status, other.error["code"]) == (404, "not_recorded")
        assert "recorded requests asks this; nearest is " in other.error["message"]
        assert control(url, "GET", "counters")["requests"] == 2


def test_turns_are_shared_by_workers(tmp_path: Path) -> None:
    with served(tmp_path, *(heard(number, body=b"%d" % number) for number in range(1, 7))):
        pass
    with process("--replay", str(tmp_path / "transcript.jsonl"), "--workers", "2") as (url, _started):
        assert [ask_edit(url, PLAIN).body for _ in range(7)] == [b"1", b"2", b"3", b"4", b"5", b"6", b"6"]


# (options beside the recording of OpenAI, what is said)
WRONG: dict[str, tuple[list[str], str]] = {
    "another provider": (["--provider", "aitoearn"], "transcript.jsonl is a recording of openai, not of aitoearn"),
    "no such provider": (["--provider", "nobody"], "transcript.jsonl is a recording of openai, not of nobody"),
    "a fault": (["--fault", "b64-data-prefix", "--no-caption"], "--fault, --no-caption cannot go with it"),
    "a strange pace": (["--replay-pace", "-1"], "replay-pace is -1.0, not between 0 and 3600"),
    "no such file": (["--replay", "nowhere.jsonl"], "nowhere.jsonl cannot be read: No such file or directory"),
    "no transcript": (["--replay", "pyproject.toml"], "is neither a transcript nor a HAR document"),
    "nobody's": (["--replay", "capture.har"], "capture.har does not say whose it is: name one provider of openai, "),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_replayed_is_one_sentence(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options, sentence = WRONG[case]
    with Recorder(tmp_path / "transcript.jsonl", HEADER, ()):
        pass
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    written({"log": {"entries": []}}, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["--replay", "transcript.jsonl", *options]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_a_recording_of_an_unknown_provider_is_refused(tmp_path: Path) -> None:
    with Recorder(tmp_path / "transcript.jsonl", Header("gone", BASE, 1.0), ()):
        pass
    with pytest.raises(loading.UnknownProvider, match="there is no provider 'gone'"):
        House(Settings(replay=str(tmp_path / "transcript.jsonl")))


def on_the_wire(request: Request) -> bytes:
    fields = [f"{name}: {value}" for name, value in request.headers]
    head = [f"POST {request.path} HTTP/1.1", "Host: x", "Connection: close", f"Content-Length: {len(request.body)}"]
    return "\r\n".join([*head, *fields]).encode() + b"\r\n\r\n" + request.body
