"""The control room: its document, the journal and its bounds, isolation of tests, and no key anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml
from openapi_spec_validator import validate

from mock_server import control as control_room
from mock_server.journal import Journal
from mock_server.serving import Mock, running
from mock_server.settings import Settings
from specs import loading, pointers
from tests.mock_samples import ask, control, edit, form, part, png, post

KEY = "sk-secret-0123456789-abcdef"


@pytest.fixture(scope="module")
def server() -> Iterator[Mock]:
    with running(Settings(caption=False)) as found:
        yield found


@pytest.fixture
def mock(server: Mock) -> Mock:
    server.house.reset()
    return server


def _newest(mock: Mock) -> Any:
    number = control(mock.url, "GET", "journal?limit=1")["entries"][0]["number"]
    return control(mock.url, "GET", f"journal/{number}")


def test_the_document_describes_every_operation_and_no_other(mock: Mock) -> None:
    document = control(mock.url, "GET", "openapi.json")
    validate(document)
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == {(route.method, f"/_mock/{route.path}") for route in control_room.ROUTES}


def test_answers_are_as_the_document_says(mock: Mock) -> None:
    document = control(mock.url, "GET", "openapi.json")
    post(mock.url)
    post(mock.url, b"")
    control(mock.url, "POST", "scenarios", "503;share=10%")
    newest = _newest(mock)["number"]
    for path in (
        "health",
        "journal",
        f"journal/{newest}",
        "counters",
        "scenarios",
        "faults",
        "client-findings",
        "documents/openai",
    ):
        template = re.sub(r"journal/[0-9]+$", "journal/{number}", path).replace(
            "documents/openai", "documents/{provider}"
        )
        answer = document["paths"][f"/_mock/{template}"]["get"]["responses"]["200"]
        schema = pointers.inlined(document, answer)["content"]["application/json"]["schema"]
        jsonschema.validate(control(mock.url, "GET", path), {**schema, "components": document["components"]})


def test_an_entry_tells_everything_and_shows_its_pictures(mock: Mock) -> None:
    image, mask = png((64, 64)), png((64, 64), (0, 0, 0, 0), "RGBA")
    body = form(
        part("model", "gpt-image-1.5"),
        part("prompt", "a house"),
        part("size", "1024x1024"),
        part("n", "2"),
        part("image", image, "a.png", "image/png"),
        part("mask", mask, "m.png", "image/png"),
    )
    assert post(mock.url, body).status == 200
    entry = _newest(mock)
    assert entry["fields"] == {"model": "gpt-image-1.5", "prompt": "a house", "size": "1024x1024", "n": 2}
    assert entry["pictures"].keys() == {"image-0", "mask", "result-0", "result-1"}
    assert ask(entry["pictures"]["image-0"]).body == image
    assert ask(entry["pictures"]["mask"]).body == mask
    result = ask(entry["pictures"]["result-1"])
    assert (result.headers["content-type"], result.body[:4]) == ("image/png", b"\x89PNG")
    assert entry["inputs"][0] | {"size": "64x64", "kind": "png", "filename": "a.png"} == entry["inputs"][0]


def test_a_refusal_stands_beside_the_provider_s_words(mock: Mock) -> None:
    post(mock.url, edit(n="11"))
    entry = _newest(mock)
    claim = loading.load("openai").claim("n-in-range")
    assert (entry["refused_by"], entry["claim"]["quote"]) == ("n-in-range", claim.citation.quote)


def test_requests_of_nobody_stand_in_the_journal_too(mock: Mock) -> None:
    assert ask(f"{mock.url}/nowhere").status == 404
    assert control(mock.url, "GET", "journal")["entries"][0]["path"] == "/nowhere"


def test_no_key_is_kept_or_shown(mock: Mock) -> None:
    for header in ("Authorization", "X-Api-Key", "Cookie", "Api-Key"):
        post(mock.url, **{header: f"Bearer {KEY}" if header == "Authorization" else KEY})
    entries = mock.house.journal.entries
    assert KEY not in repr(entries)
    assert len(entries) == 4
    assert KEY.encode() not in b"".join(ask(f"{mock.url}/_mock/journal/{entry.number}").body for entry in entries)


def test_tests_are_kept_apart_by_their_id(mock: Mock) -> None:
    for id in ("one", "two", "one"):
        post(mock.url, X_Test_Id=id)
    assert control(mock.url, "GET", "journal?test_id=one")["kept"] == 2
    control(mock.url, "POST", "reset?test_id=one")
    assert [entry["test_id"] for entry in control(mock.url, "GET", "journal")["entries"]] == ["two"]
    control(mock.url, "DELETE", "journal")
    assert control(mock.url, "GET", "counters") == {}


def test_a_reset_brings_back_the_cues_of_the_start() -> None:
    with running(Settings(scenarios=("503;times=1",), caption=False)) as mock:
        assert [post(mock.url).status for _ in range(2)] == [503, 200]
        control(mock.url, "POST", "scenarios", "500")
        control(mock.url, "PUT", "faults", {"faults": ["created-missing"]})
        control(mock.url, "POST", "reset")
        assert [post(mock.url).status for _ in range(2)] == [503, 200]
        assert "created" in post(mock.url).json


@pytest.mark.parametrize("provider", loading.providers())
def test_the_effective_document_is_told(mock: Mock, provider: str) -> None:
    document = control(mock.url, "GET", f"documents/{provider}")
    assert document["paths"].keys() >= {loading.load(provider).edit.path}
    assert yaml.safe_dump(document)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nowhere", None, 404),
        ("PUT", "health", None, 405),
        ("GET", "journal/99", None, 404),
        ("GET", "journal/x", None, 404),
        ("GET", "journal/" + "9" * 400, None, 404),
        ("GET", "journal?limit=-1", None, 400),
        ("GET", "pictures/x.png", None, 404),
        ("GET", "documents/x", None, 404),
        ("POST", "scenarios", b"{", 400),
        ("POST", "scenarios", b"", 400),
        ("POST", "scenarios", b"[]", 400),
        ("POST", "scenarios", b"[1]", 400),
        ("POST", "scenarios", b'{"scenario": "x"}', 400),
        ("POST", "scenarios", b'{"scenario": {"a": 1}}', 400),
        ("POST", "scenarios", b'{"scenario": "500", "times": [1]}', 400),
        ("POST", "scenarios", b'["500"' + b',"500"' * 2000 + b"]", 400),
        ("DELETE", "scenarios/1e3", None, 404),
        ("PUT", "faults", b"[]", 400),
        ("PUT", "faults", b'{"faults": ["x"]}', 400),
        ("PUT", "faults", b'{"faults": [1]}', 400),
        ("POST", "scenarios", b"x" * 5_000_000, 413),
    ],
)
def test_wrong_use_is_answered_in_the_envelope(
    mock: Mock, method: str, path: str, body: bytes | None, status: int
) -> None:
    answer = ask(f"{mock.url}/_mock/{path}", method, body)
    assert answer.status == status
    assert answer.error["message"]


def test_the_journal_keeps_bounded_bytes() -> None:
    with running(Settings(caption=False)) as mock:
        journal = mock.house.journal
        journal._room = 300_000
        for number in range(30):
            post(mock.url, edit(prompt=f"picture {number}", size="1024x1024"))
        assert journal.weight <= 300_000
        assert 1 <= len(journal.entries) < 30
        assert journal.entries[-1].number == 30
        assert journal.counted()["requests"] == 30


def test_a_request_that_would_fill_the_journal_is_kept_without_its_bytes() -> None:
    with running(Settings(caption=False, checks="schema")) as mock:
        post(mock.url, edit(image=b"x" * 9_000_000))
        entry = mock.house.journal.entries[0]
        assert entry.stripped
        assert entry.edit.images[0].text == "9000000 bytes, not kept"
        assert control(mock.url, "GET", "journal/1")["fields"]["prompt"] == "a red house"


def test_requests_that_are_alike_count_once() -> None:
    with running(Settings(caption=False)) as mock:
        body = edit(image=png((200, 200), (1, 2, 3)))
        for _ in range(50):
            post(mock.url, body)
        journal = mock.house.journal
        once = journal.entries[0].content
        assert len(journal.entries) == 50
        assert journal.weight < once + 50 * 3000 + once
        for number in range(1, 50):
            journal._drop(number)
        assert journal.weight == pytest.approx(once + 2000, abs=3000)


def test_an_empty_journal_weighs_nothing() -> None:
    journal = Journal()
    assert (journal.weight, journal.entries, journal.counted(), journal.entry(1)) == (0, (), {}, None)
