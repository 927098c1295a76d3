"""How refusals are told: as documented, as seen live, as a provider's own machinery does; and how strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_server.serving import Mock, running
from mock_server.settings import Checks, Settings
from tests.mock_samples import Answer, edit, form, part, png, post

TEXTS = (part("model", "gpt-image-2"), part("prompt", "a house"))
IMAGE = part("image", png(), "a.png", "image/png")


def _ask(settings: Settings, body: bytes, path: str = "/openai/v1/images/edits", **headers: str) -> Answer:
    with running(settings) as mock:
        return post(mock.url, body, path, **headers)


def _json(settings: Settings, path: str = "/openai/v1/images/edits", **value: Any) -> Answer:
    whole = {"model": "gpt-image-2", "prompt": "a house", "images": [{"image_url": "https://a.test/b.png"}]} | value
    sent = {key: item for key, item in whole.items() if item is not ...}
    return _ask(settings, json.dumps(sent).encode(), path, Content_Type="application/json")


LIVE = [
    (form(part("prompt", "x"), IMAGE), 400, "invalid_request_error", "model", "missing_required_parameter"),
    (
        form(part("model", "foo"), part("prompt", "x"), IMAGE),
        400,
        "image_generation_user_error",
        "model",
        "invalid_value",
    ),
    (form(*TEXTS, IMAGE, part("style", "x")), 400, "invalid_request_error", None, "unknown_parameter"),
    (form(*TEXTS, IMAGE, part("n", "0")), 400, "invalid_request_error", "n", "integer_below_min_value"),
    (form(*TEXTS, IMAGE, part("n", "11")), 400, "invalid_request_error", "n", "integer_above_max_value"),
    (form(*TEXTS, IMAGE, part("n", "abc")), 400, "invalid_request_error", "n", "invalid_type"),
    (
        form(*TEXTS, IMAGE, part("output_compression", "-1")),
        400,
        "invalid_request_error",
        "output_compression",
        "integer_below_min_value",
    ),
    (
        form(*TEXTS, IMAGE, part("partial_images", "4")),
        400,
        "invalid_request_error",
        "partial_images",
        "integer_above_max_value",
    ),
    (form(*TEXTS, IMAGE, part("quality", "ultra")), 400, "invalid_request_error", "quality", "invalid_value"),
    (form(*TEXTS, IMAGE, part("size", "bogus")), 400, "image_generation_user_error", "size", "invalid_value"),
    (form(TEXTS[0], part("prompt", ""), IMAGE), 400, "invalid_request_error", "prompt", "empty_string"),
    (
        form(TEXTS[0], part("prompt", "x" * 32001), IMAGE),
        400,
        "invalid_request_error",
        "prompt",
        "string_above_max_length",
    ),
    (form(*TEXTS, IMAGE, IMAGE), 400, "invalid_request_error", "image", "duplicate_parameter"),
    (
        form(*TEXTS, part("image", png(), "a.png", "application/octet-stream")),
        400,
        "invalid_request_error",
        "image",
        "unsupported_file_mimetype",
    ),
    (
        form(*TEXTS, part("image[]", png(), "a.png", "application/octet-stream")),
        400,
        "invalid_request_error",
        "image[0]",
        "unsupported_file_mimetype",
    ),
    (form(*TEXTS, part("image", png(), "a.png")), 400, "invalid_request_error", "image", "missing_file_mimetype"),
    (
        form(*TEXTS, part("image", b"GIF89a" + b"0" * 50, "a.png", "image/png")),
        400,
        "image_generation_user_error",
        None,
        "invalid_image_file",
    ),
    (
        form(*TEXTS, IMAGE, part("mask", png((32, 32), 0, "LA"), "m.png", "image/png")),
        400,
        "image_generation_user_error",
        None,
        "invalid_mask_image_format",
    ),
    (form(*TEXTS, part("image", "text")), 400, "invalid_request_error", "image", "invalid_type"),
]


@pytest.fixture(scope="module")
def mock() -> Any:
    with running(Settings(caption=False)) as found:
        yield found


@pytest.mark.parametrize(
    ("body", "status", "type", "param", "code"), LIVE, ids=[f"{row[4]}-{row[3]}-{n}" for n, row in enumerate(LIVE)]
)
def test_openai_is_refused_as_seen_live(
    mock: Mock, body: bytes, status: int, type: str, param: str | None, code: str
) -> None:
    answer = post(mock.url, body)
    error = answer.error
    assert (answer.status, error["type"], error["code"]) == (status, type, code)
    assert error["param"] == param or code == "unknown_parameter"


@pytest.mark.parametrize(
    ("value", "param", "code"),
    [
        ({"images": ...}, "images", "missing_required_parameter"),
        ({"images": []}, "images", "empty_array"),
        ({"images": [{"image_url": "https://a.test/b.png"}, "x"]}, "images[1]", "invalid_type"),
        ({"images": [{"image_url": "https://a.test/b.png"}] * 17}, "images", "array_above_max_length"),
        ({"n": "2"}, "n", "invalid_type"),
        ({"stream": "yes"}, "stream", "invalid_type"),
    ],
)
def test_openai_names_json_s_culprits_as_seen_live(value: dict[str, Any], param: str, code: str) -> None:
    error = _json(Settings(caption=False), **value).error
    assert (error["param"], error["code"]) == (param, code)


def test_documents_alone_ask_for_less() -> None:
    documented = Settings(dialect="documented", caption=False)
    without_model = form(part("prompt", "x"), part("image", png(), "a.png", "application/octet-stream"))
    assert _ask(documented, without_model).status == 200
    assert _ask(Settings(caption=False), without_model).status == 400
    assert _ask(documented, form(*TEXTS, IMAGE, part("n", "11"))).error["code"] == "integer_above_max_value"


def test_chatanywhere_s_own_envelope() -> None:
    native = Settings(dialect="native", caption=False)
    path = "/chatanywhere/v1/images/edits"
    body = form(part("model", "gpt-image-1"), part("prompt", "x"), IMAGE, part("n", "0"))
    error = _ask(native, body, path).error
    assert (error["type"], error["code"], error["param"]) == ("chatanywhere_error", "400 BAD_REQUEST", None)
    assert _ask(native, body, path, Authorization="").error["code"] == "401 UNAUTHORIZED"
    limited = _ask(native, body, path, X_Mock_Scenario="rate-limit")
    assert (limited.status, limited.error["code"], limited.headers["retry-after"]) == (
        429,
        "429 TOO_MANY_REQUESTS",
        "1",
    )
    poor = _ask(native, body, path, X_Mock_Scenario="quota")
    assert (poor.status, poor.error["code"]) == (403, "403 FORBIDDEN")


def test_aitoearn_s_own_envelope_comes_with_200() -> None:
    native = Settings(dialect="native", caption=False)
    path = "/aitoearn/api/ai/images/edits"
    answer = _ask(native, form(part("model", "nope"), part("prompt", "x"), IMAGE), path)
    assert (answer.status, answer.json["code"]) == (200, 12300)
    assert answer.json.keys() == {"data", "code", "message", "timestamp"}
    assert _ask(native, b"", path, Authorization="").json["code"] == 401
    assert _ask(native, edit(model="gpt-image-2"), path).json["data"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (form(*TEXTS, IMAGE, part("quality", "ultra")), ["ultra", "low, medium, high, auto"]),
        (form(*TEXTS, IMAGE, part("n", "11")), ["11", "1 to 10"]),
        (form(TEXTS[0], part("prompt", "x" * 32001), IMAGE), ["32001", "1 too many", "at most 32000 characters"]),
        (form(*TEXTS), ["image", "at least one picture has to be sent"]),
        (form(*TEXTS, IMAGE, part("mask", png((32, 32), 0, "LA"), "m.png", "image/png")), ["32x32", "64x64"]),
        (form(part("prompt", "x"), IMAGE), ["`model` is missing"]),
    ],
    ids=["quality", "n", "prompt", "no image", "mask", "no model"],
)
def test_messages_name_the_value_and_what_is_accepted(mock: Mock, body: bytes, told: list[str]) -> None:
    message = post(mock.url, body).error["message"]
    assert all(words in message for words in told), message
    assert message[0].isupper()
    assert message.endswith(".")


def test_every_answer_carries_the_header_fields_of_the_live_endpoint(mock: Mock) -> None:
    for answer in (
        post(mock.url),
        post(mock.url, b""),
        post(mock.url, path="/nowhere"),
        post(mock.url, X_Mock_Scenario="500"),
    ):
        names = {"x-request-id", "openai-processing-ms", "openai-version", "x-ratelimit-limit-requests"}
        assert names <= answer.headers.keys()
        assert answer.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize(
    ("checks", "statuses"),
    [("all", (400, 400, 400, 400)), ("schema", (200, 200, 400, 400)), ("none", (200, 200, 200, 400))],
)
def test_strictness_is_chosen(checks: Checks, statuses: tuple[int, ...]) -> None:
    bodies = (
        edit(image=b"placeholder"),
        form(*TEXTS, IMAGE, part("mask", png((8, 8), 0, "L"), "m.png", "image/png")),
        form(part("n", "99"), part("model", "nothing")),
        b"no form",
    )
    with running(Settings(checks=checks, caption=False)) as mock:
        assert tuple(post(mock.url, body).status for body in bodies) == statuses
        if checks == "none":
            assert post(mock.url, form(part("x", "y")), Authorization="").json["data"][0]["b64_json"]
        assert post(mock.url, edit(), "/openai/v1/nowhere").status == 404


def test_only_the_key_that_was_set_opens_the_door() -> None:
    with running(Settings(api_key="sk-only", caption=False)) as mock:
        assert post(mock.url, Authorization="Bearer sk-only").status == 200
        for wrong in ("Bearer sk-other", "Bearer", "sk-only", "Basic sk-only", ""):
            answer = post(mock.url, Authorization=wrong)
            assert answer.status == 401
            assert "sk-o" not in answer.body.decode()
        assert "sk-o" not in repr(mock.house.journal.entries)
