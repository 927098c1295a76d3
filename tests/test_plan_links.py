"""A link to a picture is asked about only where the user names one that the endpoint can fetch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from contract_tests.__main__ import main
from contract_tests.plan import LINKED
from contract_tests.questions import Question
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading, models
from tests.planned_once import planned as plan
from tests.pool_walks import walk

PICTURE = "https://pictures.example/house.png"
CLAIM = "accepts-image-url"


def told(questions: Iterable[Question]) -> list[tuple[str, tuple[str, ...]]]:
    return [(question.id, question.about) for question in questions]


@pytest.mark.parametrize("provider", ["openai", "aitoearn"])
@pytest.mark.parametrize("profile", ["full", "quick"])
def test_a_link_adds_one_edit_to_the_plan_and_changes_nothing_else(provider: str, profile: str) -> None:
    contract = loading.load(provider)
    listed = models.from_value(contract.models.example) if contract.models else None
    without = plan(contract, listed, heavy=False, profile=profile)  # type: ignore[arg-type]
    linked = plan(contract, listed, heavy=False, profile=profile, picture_url=PICTURE)  # type: ignore[arg-type]
    assert told(question for question in linked if question.id != LINKED) == told(without)
    added = next(question for question in linked if question.id == LINKED)
    assert added.billable
    assert CLAIM in added.about
    assert PICTURE.encode() in added.request(contract, "http://h/x", None).body


def test_where_no_document_speaks_of_links_in_json_none_is_sent() -> None:
    contract = loading.load("chatanywhere")
    assert told(plan(contract, None, heavy=False, picture_url=PICTURE)) == told(plan(contract, None, heavy=False))


@pytest.mark.parametrize(("faults", "verdict"), [((), "holds"), (("refuses-image-url",), "broken")])
def test_a_quick_run_judges_whether_links_are_taken(faults: tuple[str, ...], verdict: str) -> None:
    with running(Settings(providers=("openai",), caption=False, faults=faults)) as mock:
        found = walk(mock.url, "openai", picture_url=PICTURE)
    assert CLAIM in found.of(verdict)
    assert found.broken <= {CLAIM}


def test_a_run_goes_on_only_with_the_same_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IMAGE_CONTRACT_API_KEY", "sk-link-key-0123456789")
    with running(Settings(providers=("openai",), caption=False)) as mock:
        given = ["test", "--provider", "openai", "--base-url", mock.url, "--claim", CLAIM, "--picture-url"]
        assert main([*given, PICTURE, "--out", str(tmp_path)]) == 0
        assert main([*given, f"{PICTURE}?2", "--resume", str(tmp_path)]) == 2
    assert "its picture_url is https://pictures.example/house.png, not" in capsys.readouterr().err
    claims = {f["claim"]: f["verdict"] for f in json.loads((tmp_path / "report.json").read_text("utf-8"))["findings"]}
    assert claims[CLAIM] == "holds"


@pytest.mark.parametrize("link", ["house.png", "ftp://pictures.example/a.png", "https://user@pictures.example/a.png"])
def test_what_is_no_link_is_said_in_one_sentence(link: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["plan", "--provider", "openai", "--picture-url", link])
    assert ended.value.code == 2
    assert "--picture-url" in capsys.readouterr().err
