"""`image-mock` as a process, as users and CI run it: each server, one worker and several."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.mock_samples import ask, command, control, edit, png, post, process, raw

SERVERS = ("granian", "waitress", "werkzeug")
STREAM = edit(stream="true", partial_images="3")


def _alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _until(condition: object, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        threading.Event().wait(0.02)
    return False


@pytest.mark.parametrize("server", SERVERS)
def test_the_address_is_told_when_the_mock_answers_there(server: str) -> None:
    with process("--server", server) as (url, _started):
        assert urlsplit(url).port
        assert ask(f"{url}/_mock/health").json["status"] == "ok"
        assert post(url).status == 200


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_mock_and_open_streams_end_whole(server: str, number: signal.Signals) -> None:
    with process("--server", server, "--stream-interval", "20") as (url, started):
        got: list[bytes] = []
        head = "POST /openai/v1/images/edits HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nContent-Type: "
        head += f"multipart/form-data; boundary=----mock-tests\r\nContent-Length: {len(STREAM)}\r\n"
        head += "Connection: close\r\n\r\n"
        reader = threading.Thread(target=lambda: got.append(raw(url, head.encode() + STREAM, 30)))
        reader.start()
        assert _until(lambda: control(url, "GET", "counters").get("requests") == 1)
        started.send_signal(number)
        assert started.wait(7) == 0
        reader.join(10)
        assert got[0].count(b"event: ") == 4
        assert b"image_edit.completed" in got[0]


@pytest.mark.parametrize("server", SERVERS)
def test_a_half_sent_request_does_not_keep_the_process(server: str) -> None:
    with process("--server", server) as (url, started):
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as stream:
            stream.sendall(b"POST /openai/v1/images/edits HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc")
            assert ask(f"{url}/_mock/health").status == 200
            started.terminate()
            assert started.wait(15) == 0


def test_a_port_in_use_is_one_sentence_and_status_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for server in SERVERS:
            ended = command("--port", str(taken.getsockname()[1]), "--server", server)
            assert ended.returncode == 2
            assert len(ended.stderr.strip().splitlines()) == 1
            assert "cannot be listened on" in ended.stderr
            assert ended.stdout == ""


def test_two_mocks_never_share_a_port() -> None:
    with process() as (url, _started):
        ended = command("--port", str(urlsplit(url).port))
        assert ended.returncode == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--port", "99999"], "cannot be listened on"),
        (["--host", "192.0.2.1"], "cannot be listened on"),
        (["--provider", "nobody"], "no provider 'nobody'"),
        (["--fault", "nothing"], "no fault nothing"),
        (["--forget", "nothing"], "no request claim nothing"),
        (["--scenario", "nothing"], "no scenario 'nothing'"),
        (["--scenario", "rate-limit;times=often"], "times is 'often', not a whole number"),
        (["--config", "/nowhere/mock.yaml"], "cannot be read"),
        (["--workers", "0"], "at least one"),
        (["--workers", "2", "--server", "waitress"], "several need granian"),
        (["--stream-interval", "-1"], "not between 0 and 3600"),
        (["--api-key-env", "NOT_SET_ANYWHERE"], "holds no key"),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(options: list[str], told: str) -> None:
    ended = command(*options)
    assert ended.returncode == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_workers_share_cues_journal_and_pictures() -> None:
    with process("--workers", "2", "--scenario", "rate-limit;times=3") as (url, started):
        assert len(list(_children(started.pid))) >= 2
        statuses = [post(url).status for _ in range(8)]
        assert sorted(statuses) == [200] * 5 + [429] * 3
        for _ in range(4):
            assert control(url, "GET", "counters")["requests"] == 8
        added = control(url, "POST", "scenarios", {"scenario": "503", "times": 2})["cues"][0]
        assert [post(url).status for _ in range(3)] == [503, 503, 200]
        assert control(url, "GET", "scenarios")["cues"][-1]["left"] == 0
        assert added["id"] == control(url, "GET", "scenarios")["cues"][-1]["id"]
        body = edit(model="gpt-image-2", size="1024x1024", response_format="url")
        link = post(url, body, "/aitoearn/api/ai/images/edits").json["data"][0]["url"]
        assert all(ask(link).body.startswith(b"\x89PNG") for _ in range(4))
        number = control(url, "GET", "journal?limit=1")["entries"][0]["number"]
        picture = ask(f"{url}/_mock/journal/{number}/pictures/image-0").body
        assert picture == png()
        started.terminate()
        assert started.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_parent(number: signal.Signals) -> None:
    with process("--workers", "2") as (url, started):
        assert ask(f"{url}/_mock/health").status == 200
        workers = _children(started.pid)
        os.kill(started.pid, number)
        started.wait(10)
        assert workers
        assert _until(lambda: not any(map(_alive, workers)))


def test_an_access_log_is_written_in_the_common_format_or_as_json() -> None:
    for form in ("common", "json"):
        with process("--log", form, "--server", "werkzeug") as (url, started):
            post(url)
            started.terminate()
            line = next(line for line in started.communicate()[1].splitlines() if "POST" in line)
        if form == "json":
            told = json.loads(line)
            assert (told["method"], told["target"], told["status"]) == ("POST", "/openai/v1/images/edits", 200)
        else:
            assert line.startswith("127.0.0.1 - - [")
            assert '"POST /openai/v1/images/edits HTTP/1.1" 200 ' in line


def test_browser_apps_of_the_named_origin_may_use_the_mock() -> None:
    with process("--cors", "http://app.test") as (url, _started):
        asked = {"Origin": "http://app.test", "Access_Control_Request_Method": "POST"}
        allowed = ask(f"{url}/openai/v1/images/edits", "OPTIONS", None, **asked, Access_Control_Request_Headers="x-a")
        assert (allowed.status, allowed.headers["access-control-allow-origin"]) == (204, "http://app.test")
        assert allowed.headers["access-control-allow-headers"] == "x-a"
        assert post(url, Origin="http://app.test").headers["access-control-allow-origin"] == "http://app.test"
        assert "access-control-allow-origin" not in post(url, Origin="http://other.test").headers
        assert "access-control-allow-origin" in ask(f"{url}/_mock/health", Origin="http://app.test").headers


def test_a_file_and_variables_say_what_the_command_line_says(tmp_path: Path) -> None:
    config = tmp_path / "mock.yaml"
    config.write_text(
        "provider: openai\nseed: 7\nscenario: [rate-limit;times=1]\nno-caption: true\nlog: json\nfetch-urls: no\n"
    )
    with process("--config", str(config), IMAGE_MOCK_SCENARIO="quota;times=1", IMAGE_MOCK_LOG="none") as (
        url,
        _started,
    ):
        assert control(url, "GET", "health")["providers"] == ["openai"]
        assert post(url, path="/v1/images/edits").error["code"] == "insufficient_quota"
        assert post(url, path="/v1/images/edits").status == 200


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("porrt: 1", "porrt, which is no option"),
        ("port: many", "port is 'many', not a whole number"),
        ("checks: some", "not one of all, schema, none"),
        ("- port", "holds no object"),
        ("port: [", "is not YAML"),
        ("no-caption: perhaps", "not true or false"),
        ("provider: {a: 1}", "not text"),
        ("cors: true", "cors is True, not text"),
        ("cors: app.test", "cors: 'app.test' is no origin; one is like http"),
        ("cors: http://app.test/", "is no origin"),
    ],
)
def test_a_wrong_file_is_one_sentence_and_status_2(text: str, told: str, tmp_path: Path) -> None:
    config = tmp_path / "mock.yaml"
    config.write_text(text)
    ended = command("--config", str(config))
    assert ended.returncode == 2
    assert told in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_wrong_variable_is_one_sentence_and_status_2() -> None:
    ended = command(IMAGE_MOCK_PORT="many")
    assert (ended.returncode, "IMAGE_MOCK_PORT: port is 'many'" in ended.stderr) == (2, True)


def test_a_script_is_played_step_by_step(tmp_path: Path) -> None:
    script = tmp_path / "session.yaml"
    script.write_text("script:\n  - {scenario: rate-limit, retry-after: 0}\n  - pass\n  - {scenario: 500, times: 2}\n")
    with process("--script", str(script)) as (url, _started):
        assert [post(url).status for _ in range(5)] == [429, 200, 500, 500, 200]


def test_what_can_go_wrong_is_listed() -> None:
    assert "rate-limit, 429" in command("scenarios").stdout
    assert "b64-data-prefix" in command("faults", "--provider", "openai").stdout
