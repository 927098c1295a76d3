"""What goes wrong on demand: asked for by header, key, Prefer, control API, command line; once, often, or by chance."""

from __future__ import annotations

import json
from collections.abc import Iterator

import openai
import pytest

from mock_server.cueing import parse
from mock_server.house import House
from mock_server.scenarios import SCENARIOS
from mock_server.serving import Mock, running
from mock_server.settings import Settings, WrongSettings
from specs import loading, sse
from specs.messages import Request
from tests.mock_samples import FORM, control, edit, png, post, process, raw

STREAM = edit(stream="true", partial_images="2")


@pytest.fixture(scope="module")
def server() -> Iterator[Mock]:
    with running(Settings(caption=False)) as found:
        yield found


@pytest.fixture
def mock(server: Mock) -> Mock:
    server.house.reset()
    return server


ANSWERS = {
    "rate-limit": (429, "rate_limit_exceeded"),
    "quota": (429, "insufficient_quota"),
    "auth": (401, "invalid_api_key"),
    "forbidden": (403, None),
    "moderation": (400, "moderation_blocked"),
    "server-error": (500, "server_error"),
    "unavailable": (503, "server_is_overloaded"),
    "status;code=418": (418, None),
    "mid-stream-error": (500, "server_error"),
}


@pytest.mark.parametrize("words", ANSWERS)
def test_a_scenario_is_answered_in_the_envelope(mock: Mock, words: str) -> None:
    answer = post(mock.url, X_Mock_Scenario=words)
    assert (answer.status, answer.error["code"]) == ANSWERS[words]
    assert post(mock.url).status == 200


@pytest.mark.parametrize(
    ("words", "status"), [("bad-gateway", 502), ("502", 502), ("gateway-timeout", 504), ("504", 504)]
)
def test_a_gateway_answers_with_a_page(mock: Mock, words: str, status: int) -> None:
    answer = post(mock.url, X_Mock_Scenario=words)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html")
    assert answer.body.startswith(b"<html>")


def test_a_rate_limit_says_when_to_come_again(mock: Mock) -> None:
    headers = post(mock.url, X_Mock_Scenario="rate-limit;retry-after=1.5").headers
    assert (headers["retry-after"], headers["retry-after-ms"]) == ("2", "1500")
    assert headers["x-ratelimit-remaining-requests"] == "0"
    assert headers["x-ratelimit-reset-requests"] == "1.5s"


@pytest.mark.parametrize(("code", "status"), [(429, 429), (401, 401), (403, 403), (418, 418), (503, 503), (200, 200)])
def test_prism_s_way_of_asking_is_understood(mock: Mock, code: int, status: int) -> None:
    assert post(mock.url, Prefer=f"code={code}").status == status


def test_a_key_asks_for_a_scenario(mock: Mock) -> None:
    assert post(mock.url, Authorization="Bearer sk-mock-rate-limit").status == 429
    assert post(mock.url, Authorization="Bearer sk-mock-rate-limit;times=1").status == 429
    assert post(mock.url, Authorization="Bearer sk-mock-rate-limit;times=1").status == 200
    assert (
        post(mock.url, Authorization="Bearer sk-mock-b64-data-prefix").json["data"][0]["b64_json"].startswith("data:")
    )


def test_a_request_that_counts_its_own_scenario_succeeds_after_so_many(mock: Mock) -> None:
    words = "rate-limit;times=2;retry-after=0"
    assert [post(mock.url, X_Mock_Scenario=words).status for _ in range(6)] == [429, 429, 200] * 2
    assert [post(mock.url, X_Mock_Scenario=words, X_Test_Id=id).status for id in "aab"] == [429, 429, 429]


def test_an_unknown_scenario_is_refused_with_the_names_of_those_there_are(mock: Mock) -> None:
    answer = post(mock.url, X_Mock_Scenario="no-such-thing")
    assert (answer.status, answer.error["code"]) == (400, "unknown_scenario")
    assert "rate-limit" in answer.error["message"]
    assert post(mock.url, Authorization="Bearer sk-mock-nonsense").error["code"] == "unknown_scenario"


def test_the_official_sdk_retries_and_succeeds(mock: Mock) -> None:
    client = openai.OpenAI(base_url=f"{mock.base_url('openai')}/v1", api_key="sk-a", max_retries=2)
    control(mock.url, "POST", "scenarios", {"scenario": "rate-limit", "times": 2, "retry-after": 0.01})
    result = client.images.edit(model="gpt-image-1.5", image=("a.png", png(), "image/png"), prompt="x", quality="low")
    assert result.data
    assert [entry.status for entry in mock.house.journal.entries] == [429, 429, 200]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("auth", openai.AuthenticationError),
        ("forbidden", openai.PermissionDeniedError),
        ("moderation", openai.BadRequestError),
        ("quota", openai.RateLimitError),
        ("500", openai.InternalServerError),
        ("502", openai.InternalServerError),
        ("cut", openai.APIConnectionError),
    ],
)
def test_the_official_sdk_raises_its_typed_errors(mock: Mock, words: str, error: type[Exception]) -> None:
    client = openai.OpenAI(base_url=f"{mock.base_url('openai')}/v1", api_key=f"sk-mock-{words}", max_retries=0)
    with pytest.raises(error):
        client.images.edit(model="gpt-image-1.5", image=("a.png", png(), "image/png"), prompt="x")


def test_half_json_is_no_json(mock: Mock) -> None:
    answer = post(mock.url, X_Mock_Scenario="half-json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError, match="JSON|Unterminated|Expecting"):
        _ = answer.json


def _sent(url: str, words: str, body: bytes = edit(), seconds: float = 10) -> bytes:
    head = f"POST /openai/v1/images/edits HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nContent-Type: {FORM}\r\n"
    head += f"X-Mock-Scenario: {words}\r\nContent-Length: {len(body)}\r\n\r\n"
    return raw(url, head.encode() + body, seconds)


@pytest.fixture(scope="module", params=["granian", "waitress", "werkzeug"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with process("--server", request.param, "--no-caption") as (found, _started):
        yield found


@pytest.mark.parametrize("body", [edit(), STREAM], ids=["json", "stream"])
def test_a_connection_is_cut_in_the_body(url: str, body: bytes) -> None:
    whole, cut = (_sent(url, words, body, 3) for words in ("cut;at=1", "cut;at=0.25"))
    head, _, rest = cut.partition(b"\r\n\r\n")
    promised = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    assert len(rest) == pytest.approx(promised / 4, rel=0.02)
    assert len(whole) > len(cut)


def test_no_answer_comes_and_the_connection_is_dropped(url: str) -> None:
    assert b"200 OK" not in _sent(url, "timeout;seconds=60", seconds=0.5)
    dropped = _sent(url, "timeout;seconds=0.1", seconds=5)
    assert dropped.partition(b"\r\n\r\n")[2] == b""


def test_slow_answers_are_whole(url: str) -> None:
    for words in ("slow-first-byte;seconds=0.1", "slow-drip;seconds=0.2;pieces=5"):
        answer = post(url, X_Mock_Scenario=words)
        assert answer.status == 200
        assert answer.json["data"][0]["b64_json"]


def test_a_stream_fails_in_the_middle(mock: Mock) -> None:
    frames = sse.frames(post(mock.url, STREAM, X_Mock_Scenario="mid-stream-error;after=2").body)
    assert [frame.event for frame in frames] == ["image_edit.partial_image"] * 2 + ["error"]
    assert frames[-1].json["error"]["code"] == "server_error"


def test_every_fault_is_a_scenario(mock: Mock) -> None:
    assert post(mock.url, X_Mock_Scenario="created-missing").json.keys() == post(mock.url).json.keys() - {"created"}
    control(mock.url, "POST", "scenarios", "created-in-milliseconds;times=1")
    assert post(mock.url).json["created"] > 10**12
    assert post(mock.url).json["created"] < 10**12


def test_faults_are_set_and_taken_back_while_the_mock_runs(mock: Mock) -> None:
    assert control(mock.url, "PUT", "faults", {"faults": ["created-missing", "size-told-wrong"]})["set"]
    broken = post(mock.url).json
    assert ("created" in broken, broken["size"]) == (False, "1024x1040")
    control(mock.url, "DELETE", "faults")
    assert "created" in post(mock.url).json


def test_the_next_requests_are_taken_in_order(mock: Mock) -> None:
    script = ["rate-limit", {"scenario": "pass"}, {"scenario": "500", "times": 2}]
    control(mock.url, "POST", "scenarios", {"script": script})
    assert [post(mock.url).status for _ in range(5)] == [429, 200, 500, 500, 200]


def test_the_last_step_of_a_script_may_play_for_ever(mock: Mock) -> None:
    control(mock.url, "POST", "scenarios", {"script": ["quota", "rate-limit;times=0"]})
    assert [post(mock.url).error["code"] for _ in range(4)] == ["insufficient_quota", *["rate_limit_exceeded"] * 3]


def test_a_share_takes_the_same_requests_every_time(mock: Mock) -> None:
    taken = []
    for _ in range(2):
        mock.house.reset()
        control(mock.url, "POST", "scenarios", "503;share=30%;seed=4")
        taken.append([post(mock.url).status for _ in range(40)])
    assert taken[0] == taken[1]
    assert 5 <= taken[0].count(503) <= 20


def test_a_cue_of_one_test_or_provider_leaves_the_others_alone(mock: Mock) -> None:
    control(mock.url, "POST", "scenarios", {"scenario": "500", "test_id": "a"})
    control(mock.url, "POST", "scenarios", {"scenario": "503", "provider": "chatanywhere"})
    assert post(mock.url).status == 200
    assert post(mock.url, X_Test_Id="a").status == 500
    assert post(mock.url, X_Test_Id="b").status == 200
    body = edit(model="gpt-image-1", size="1024x1024")
    assert post(mock.url, body, "/chatanywhere/v1/images/edits").status == 503
    control(mock.url, "DELETE", "scenarios?test_id=a")
    assert post(mock.url, X_Test_Id="a").status == 200


def test_bad_requests_are_refused_by_the_scenario_first(mock: Mock) -> None:
    assert post(mock.url, b"", X_Mock_Scenario="rate-limit").status == 429
    assert post(mock.url, b"").status == 400


def test_every_scenario_is_listed_with_its_options(mock: Mock) -> None:
    offered = control(mock.url, "GET", "scenarios")["offered"]
    assert {one["id"] for one in offered} == {one.id for one in SCENARIOS.values()}
    assert next(one for one in offered if one["id"] == "rate-limit")["options"] == {"retry_after": 1.0, "limit": 5}
    assert json.dumps(offered)


@pytest.mark.parametrize(
    "words", ["", "x", "rate-limit;a=1", "rate-limit;times=x", "rate-limit;share=2", "cut;at=nan", "500;share=-1%"]
)
def test_wrong_words_are_refused(words: str) -> None:
    with pytest.raises(WrongSettings):
        parse(words)


@pytest.mark.parametrize("provider", loading.providers())
def test_a_fault_that_finds_nothing_to_spoil_leaves_the_reply(provider: str) -> None:
    house = House(Settings(providers=(provider,), caption=False))
    offered = [fault.id for fault in house.offered(provider).values() if fault.on not in ("edit", "request")]
    for scenario in ("half-json", "bad-gateway", "cut", "rate-limit", "pass"):
        fields = (("Authorization", "Bearer <redacted-key>"), ("Content-Type", FORM), ("X-Mock-Scenario", scenario))
        for set_now in (*((id,) for id in offered), tuple(offered), tuple(reversed(offered))):
            house.cues.set_faults(set_now)
            for body in (edit(), b"no form"):
                asked = Request("POST", f"http://127.0.0.1:1{house.contracts[provider].edit.path}", fields, body)
                assert house.answer(asked).status
