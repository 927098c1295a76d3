"""What the mock says about its callers: each mistake is found, and a good client is left in peace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openai
import pytest

from mock_server.client_findings import ClientFinding, findings
from mock_server.serving import Mock, running
from mock_server.settings import Settings
from tests.mock_samples import control, edit, form, part, png, post

TEXTS = (part("model", "gpt-image-1.5"), part("prompt", "a house"), part("size", "1024x1024"))
IMAGE = part("image", png(), "a.png", "image/png")
MASK = png((64, 64), (0, 0, 0, 0), "RGBA")


@pytest.fixture
def mock() -> Iterator[Mock]:
    with running(Settings(caption=False, dialect="documented")) as found:
        yield found


def _found(mock: Mock) -> tuple[ClientFinding, ...]:
    return findings(mock.house.journal.entries, mock.house.contracts)


def _mask(data: bytes) -> bytes:
    return form(*TEXTS, IMAGE, part("mask", data, "m.png", "image/png"))


BODIES = {
    "mislabelled-picture": [
        form(*TEXTS, part("image", png(), "a.png", "application/octet-stream")),
        form(*TEXTS, part("image", png(), "a.png", "image/jpeg")),
        form(*TEXTS, part("image", png(), "a.png")),
    ],
    "no-picture": [form(*TEXTS, part("image", b"bytes", "a.png", "image/png"))],
    "unfitting-mask": [_mask(png((32, 32), (0, 0, 0, 0), "RGBA")), _mask(png((64, 64)))],
    "unknown-field": [form(*TEXTS, IMAGE, part("strength", "0.7"))],
}


CASES = [(kind, body) for kind, bodies in BODIES.items() for body in bodies]


@pytest.mark.parametrize(("kind", "body"), CASES, ids=[f"{kind}-{n}" for n, (kind, _body) in enumerate(CASES)])
def test_a_mistake_in_a_request_is_found(mock: Mock, kind: str, body: bytes) -> None:
    post(mock.url, body)
    assert [finding.kind for finding in _found(mock)] == [kind]
    assert _found(mock)[0].entries == (1,)


@pytest.mark.parametrize(
    "body",
    [
        edit(),
        _mask(MASK),
        edit(n="2"),
        edit(size="7x7"),
        form(*TEXTS, part("image[]", png(), "a.png", "image/png"), part("image[]", png(), "b.png", "image/png")),
    ],
    ids=["plain", "mask", "two results", "refused", "two images"],
)
def test_a_good_client_is_left_in_peace(mock: Mock, body: bytes) -> None:
    post(mock.url, body)
    assert _found(mock) == ()


def test_the_official_sdk_is_left_in_peace(mock: Mock) -> None:
    client = openai.OpenAI(base_url=f"{mock.base_url('openai')}/v1", api_key="sk-a")
    control(mock.url, "POST", "scenarios", "rate-limit;times=2;retry-after=0.05")
    client.images.edit(
        model="gpt-image-1.5", image=("a.png", png(), "image/png"), prompt="x", mask=("m.png", MASK, "image/png")
    )
    for event in client.images.edit(
        model="gpt-image-1.5", image=("a.png", png(), "image/png"), prompt="x", stream=True
    ):
        assert event.b64_json
    assert _found(mock) == ()


def _at(mock: Mock, *seconds: float) -> tuple[ClientFinding, ...]:
    """The findings, had the requests come at these times."""
    entries = [replace(entry, at=at) for entry, at in zip(mock.house.journal.entries, seconds, strict=True)]
    return findings(entries, mock.house.contracts)


def test_waiting_too_little_is_found_and_waiting_long_enough_is_not(mock: Mock) -> None:
    control(mock.url, "POST", "scenarios", "rate-limit;times=1;retry-after=10")
    for _ in range(2):
        post(mock.url)
    assert [finding.kind for finding in _at(mock, 0.0, 2.0)] == ["retry-after-ignored"]
    assert _at(mock, 0.0, 2.0)[0].sentence == "Retry-After said 10 s, the next attempt came after 2.00 s"
    assert _at(mock, 0.0, 9.8) == ()


@pytest.mark.parametrize("scenario", ["auth", "forbidden", "moderation", "quota"])
def test_trying_again_what_cannot_succeed_is_found(mock: Mock, scenario: str) -> None:
    control(mock.url, "POST", "scenarios", f"{scenario};times=1")
    for _ in range(2):
        post(mock.url)
    assert [finding.kind for finding in _at(mock, 0.0, 2.0)] == ["hopeless-retry"]
    assert _at(mock, 0.0, 100.0) == ()


@pytest.mark.parametrize("scenario", ["500", "502", "503", "504"])
def test_trying_again_after_a_failure_of_the_server_is_right(mock: Mock, scenario: str) -> None:
    control(mock.url, "POST", "scenarios", f"{scenario};times=1")
    for _ in range(2):
        post(mock.url)
    assert _at(mock, 0.0, 1.0) == ()


def test_who_comes_back_with_another_key_or_for_another_scenario_does_not_retry(mock: Mock) -> None:
    assert post(mock.url, Authorization="Bearer sk-invalid-1").status == 401
    assert post(mock.url).status == 200
    assert [post(mock.url, X_Mock_Scenario=name).status for name in ("forbidden", "quota")] == [403, 429]
    assert _at(mock, 0.0, 1.0, 2.0, 3.0) == ()
    assert post(mock.url, X_Mock_Scenario="quota").status == 429
    assert [finding.kind for finding in _at(mock, 0.0, 1.0, 2.0, 3.0, 4.0)] == ["hopeless-retry"]


def test_a_storm_of_retries_is_found_whatever_the_boundary(mock: Mock) -> None:
    control(mock.url, "POST", "scenarios", "503")
    for number in range(5):
        body = edit().replace(b"----mock-tests", b"----other-%d" % number)
        post(mock.url, body, Content_Type=f"multipart/form-data; boundary=----other-{number}")
    found = _at(mock, 0.0, 0.1, 0.2, 0.3, 0.4)
    assert [finding.kind for finding in found] == ["retry-storm"]
    assert found[0].entries == (1, 2, 3, 4)
    assert _at(mock, 0.0, 1.0, 2.0, 3.0, 4.0) == ()


def test_different_requests_are_no_retries(mock: Mock) -> None:
    control(mock.url, "POST", "scenarios", "auth")
    for number in range(6):
        post(mock.url, edit(prompt=f"house {number}"))
    assert _found(mock) == ()


def test_the_findings_are_told_by_the_control_api(mock: Mock) -> None:
    post(mock.url, BODIES["no-picture"][0], X_Test_Id="a")
    told: Any = control(mock.url, "GET", "client-findings?test_id=a")["findings"]
    assert [(one["kind"], one["level"], one["entries"]) for one in told] == [("no-picture", "wrong", [1])]
    assert control(mock.url, "GET", "client-findings?test_id=b")["findings"] == []
    assert json.dumps(told)
