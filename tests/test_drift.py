"""A freshly published document beside the bundled one: every kind of change, and what it does."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests import documents
from contract_tests.__main__ import main
from contract_tests.documents import drift_views
from specs import loading, pointers

EDIT = "/paths/~1api~1ai~1images~1edits/post"
BODY = "/components/schemas/RelayImageEditDto"
ANSWER = "/paths/~1v1~1images~1edits/post/responses/200/content/application~1json/schema"
FORM = "/paths/~1v1~1images~1edits/post/requestBody/content/multipart~1form-data/schema"


def _published(provider: str) -> dict[str, Any]:
    return copy.deepcopy(dict(loading.load(provider).published))


def _at(document: Any, at: str) -> Any:
    return pointers.at(document, at)


def _drift(document: dict[str, Any], provider: str = "aitoearn") -> documents.Drift:
    return documents.drifted(loading.load(provider), document)


@pytest.mark.parametrize("provider", loading.providers())
def test_the_bundled_document_has_not_drifted(provider: str) -> None:
    drift = _drift(_published(provider), provider)
    assert not drift.any
    assert drift.exit_status(strict=True) == 0
    assert "nothing of note has changed" in drift_views.text(drift, "new.yaml")


Edit = Callable[[dict[str, Any]], Any]

# what is done to AiToEarn's document, what is said of it, whether it breaks clients
REQUESTS: list[tuple[Edit, str, bool]] = [
    (lambda d: _at(d, BODY)["required"].append("size"), "request (JSON) `size`: required no → yes", True),
    (lambda d: _at(d, BODY)["required"].remove("model"), "request (JSON) `model`: required yes → no", False),
    (
        lambda d: _at(d, f"{BODY}/properties/n").update(maximum=4),
        "request (JSON) `n`: maximum 9007199254740991 → 4",
        True,
    ),
    (lambda d: _at(d, f"{BODY}/properties/n").pop("maximum"), "`n`: maximum 9007199254740991 → not said", False),
    (lambda d: _at(d, f"{BODY}/properties/n").update(minimum=0), "`n`: minimum 1 → 0", False),
    (lambda d: _at(d, f"{BODY}/properties/n").update(minimum=2), "`n`: minimum 1 → 2", True),
    (lambda d: _at(d, f"{BODY}/properties/n").update(type="number"), "`n`: type integer → number", False),
    (lambda d: _at(d, f"{BODY}/properties/n").update(type="string"), "`n`: type integer → string", True),
    (lambda d: _at(d, f"{BODY}/properties/n").update(default=2), "`n`: default not said → 2", False),
    (lambda d: _at(d, f"{BODY}/properties/n").update(multipleOf=2), "`n`: multiple of not said → 2", True),
    (lambda d: _at(d, f"{BODY}/properties/n").update(nullable=True), "`n`: null not said → yes", False),
    (
        lambda d: _at(d, f"{BODY}/properties/prompt").update(maxLength=4000),
        "`prompt`: max length not said → 4000",
        True,
    ),
    (lambda d: _at(d, f"{BODY}/properties/prompt").update(pattern="^a"), "`prompt`: pattern not said → ^a", True),
    (
        lambda d: _at(d, f"{BODY}/properties/response_format/enum").remove("url"),
        "values url, b64_json → b64_json",
        True,
    ),
    (
        lambda d: _at(d, f"{BODY}/properties/response_format/enum").append("c"),
        "values url, b64_json → url, b64_json, c",
        False,
    ),
    (lambda d: _at(d, f"{BODY}/properties/response_format").pop("enum"), "values url, b64_json → not said", False),
    (lambda d: _at(d, f"{BODY}/properties/size").update(enum=["1x1"]), "`size`: values not said → 1x1", True),
    (lambda d: _at(d, f"{BODY}/properties/image/anyOf").pop(1), "type string or array of string → string", True),
    (lambda d: _at(d, f"{BODY}/properties").pop("mask"), "request (JSON) `mask` is gone", True),
    (lambda d: _at(d, f"{BODY}/properties").update(style={"type": "string"}), "request (JSON) `style` is new", False),
    (
        lambda d: (_at(d, f"{BODY}/properties").update(a={}), _at(d, BODY)["required"].append("a")),
        "request (JSON) `a` is new, and required",
        True,
    ),
    (lambda d: _at(d, BODY).update(additionalProperties=False), "`(whole body)`: further fields yes → no", True),
    (
        lambda d: d.update(servers=[{"url": "https://aitoearn.ai"}]),
        "servers https://aitoearn.cn, https://aitoearn.ai →",
        True,
    ),
    (lambda d: d["servers"].append({"url": "https://c.example"}), "`address`: servers", False),
    (
        lambda d: _at(d, "/components/securitySchemes/apikey-header-Authorization").update(
            type="http", scheme="bearer"
        ),
        "operation `key`: type the bare value of the header Authorization → bearer",
        True,
    ),
    (lambda d: _at(d, EDIT).update(deprecated=True), "`address`: deprecated not said → yes", False),
    (
        lambda d: _at(d, EDIT)["parameters"].append(
            {"name": "v", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
        "operation `query v` is new, and required",
        True,
    ),
    (
        lambda d: _at(d, EDIT)["parameters"].append({"name": "Accept", "in": "header", "required": True}),
        "nothing of note has changed",
        False,
    ),
    (
        lambda d: _at(d, f"{EDIT}/requestBody/content").update({"multipart/form-data": {"schema": {}}}),
        "`request body`: media types application/json → application/json, multipart/form-data",
        False,
    ),
    (lambda d: _at(d, f"{EDIT}/responses").update({"400": {"description": "no"}}), "statuses 200 → 200, 400", False),
    (lambda d: _at(d, f"{EDIT}/responses/200/content").pop("text/event-stream"), "`answer`: media types", True),
    (lambda d: _at(d, EDIT).pop("requestBody"), "operation `request body` is gone", True),
    (lambda d: d["paths"].clear(), "operation `POST /api/ai/images/edits` is gone", True),
]


@pytest.mark.parametrize(("edit", "said", "breaking"), REQUESTS, ids=[said for _, said, _ in REQUESTS])
def test_a_change_is_told_with_what_it_does_to_clients(edit: Edit, said: str, breaking: bool) -> None:
    document = _published("aitoearn")
    edit(document)
    drift = _drift(document)
    assert said in drift_views.text(drift, "new.yaml")
    assert bool(drift.breaking) is breaking
    assert drift.exit_status() == int(bool(drift.breaking or drift.lost or drift.unfit))


ANSWERS: list[tuple[Edit, str, bool]] = [
    (lambda d: _at(d, ANSWER)["required"].remove("usage"), "answer (JSON) `usage`: required yes → no", True),
    (lambda d: _at(d, ANSWER)["properties"].pop("usage"), "answer (JSON) `usage` is gone", True),
    (lambda d: _at(d, ANSWER)["properties"].update(id={"type": "string"}), "answer (JSON) `id` is new", False),
    (lambda d: _at(d, f"{ANSWER}/properties/created").update(type="string"), "`created`: type integer → string", True),
    (lambda d: _at(d, f"{ANSWER}/properties/created").update(nullable=True), "`created`: null not said → yes", True),
    (lambda d: _at(d, f"{ANSWER}/properties/created").update(maximum=9), "`created`: maximum not said → 9", False),
    (lambda d: _at(d, f"{ANSWER}/properties/created").update(enum=[1]), "`created`: values not said → 1", False),
]


@pytest.mark.parametrize(("edit", "said", "breaking"), ANSWERS, ids=[said for _, said, _ in ANSWERS])
def test_an_answer_may_only_become_narrower(edit: Edit, said: str, breaking: bool) -> None:
    document = _published("chatanywhere")
    edit(document)
    drift = _drift(document, "chatanywhere")
    assert said in drift_views.text(drift, "new.yaml")
    assert bool(drift.breaking) is breaking


def test_what_stands_inside_something_that_went_is_not_told_again() -> None:
    document = _published("chatanywhere")
    _at(document, ANSWER)["properties"].pop("usage")
    assert [change.field for change in _drift(document, "chatanywhere").changes] == ["usage"]


def test_a_lost_quotation_is_told_with_all_it_was_for_and_the_words_that_took_its_place() -> None:
    document = _published("aitoearn")
    mask = _at(document, f"{BODY}/properties/mask")
    mask["description"] = mask["description"].replace(
        "需为与 `image` 尺寸一致的 PNG 图片", "需为与 `image` 同样大小的图片"
    )
    drift = _drift(document)
    assert [lost.quotation.purposes for lost in drift.lost] == [("claim mask-is-png", "claim mask-matches-image")]
    assert drift.lost[0].moved is None
    assert "同样大小的图片" in (drift.lost[0].now or "")
    assert drift.breaking == ()
    assert drift.exit_status() == 1


def test_words_that_moved_are_found_again() -> None:
    document = _published("aitoearn")
    document["components"]["schemas"]["EditRequest"] = document["components"]["schemas"].pop("RelayImageEditDto")
    schema = _at(document, f"{EDIT}/requestBody/content/application~1json/schema")
    schema["$ref"] = "#/components/schemas/EditRequest"
    drift = _drift(document)
    assert drift.breaking == ()
    moved = {lost.quotation.citation.at: lost.moved for lost in drift.lost}
    old = f"{BODY}/properties/mask/description"
    assert moved[old] == old.replace("RelayImageEditDto", "EditRequest")
    assert drift.unfit is not None
    assert drift.exit_status() == 1


def test_a_new_normative_sentence_is_told_and_whether_something_quotes_it() -> None:
    document = _published("chatanywhere")
    image = _at(document, f"{FORM}/properties/image")
    image["description"] += "。图片必须小于 10MB。"
    drift = _drift(document, "chatanywhere")
    told = {new.sentence.text: new.answered for new in drift.new}
    assert told == {"图片必须小于 10MB。": False, "您最多可以提供 16 张图片。": True}
    assert [new.sentence.text for new in drift.unread] == ["图片必须小于 10MB。"]
    assert drift.exit_status() == 1


def test_a_limit_that_changed_in_the_prose_is_told_by_both_numbers() -> None:
    document = _published("chatanywhere")
    for field, old, new in (("prompt", "32000", "1000"), ("image", "25MB", "50MB")):
        described = _at(document, f"{FORM}/properties/{field}")
        described["description"] = described["description"].replace(old, new)
    drift = _drift(document, "chatanywhere")
    assert {lost.numbers for lost in drift.lost} == {(("32000", "1000"),), (("25", "50"),)}
    assert "(32000 \u2192 1000)" in drift_views.text(drift, "new.yaml")


def test_a_sentence_that_went_is_told() -> None:
    document = _published("chatanywhere")
    image = _at(document, f"{FORM}/properties/image")
    image["description"] = image["description"].split("您")[0]
    drift = _drift(document, "chatanywhere")
    assert [sentence.text for sentence in drift.gone] == ["您最多可以提供 16 张图片"]
    assert any("claim images-at-most" in lost.quotation.purposes for lost in drift.lost)


def test_other_operations_of_a_whole_description_are_left_alone() -> None:
    document = _published("aitoearn")
    document["paths"]["/api/ai/videos"] = {"post": {"description": "视频必须小于 1GB。", "responses": {"200": {}}}}
    document["components"]["schemas"]["Video"] = {"description": "必须。", "properties": {"n": {"maximum": 1}}}
    document["tags"].append({"name": "videos", "description": "最多 3 个。"})
    drift = _drift(document)
    assert not drift.any


def test_a_base_path_in_the_server_is_part_of_the_address() -> None:
    document = _published("openai")
    document["servers"] = [{"url": "https://api.openai.com/v1"}]
    document["paths"]["/images/edits"] = document["paths"].pop("/v1/images/edits")
    drift = _drift(document, "openai")
    assert drift.transcribed
    assert not drift.any


def test_the_command_has_an_exit_status_for_each_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    same = tmp_path / "same.yaml"
    same.write_text(yaml.safe_dump(_published("aitoearn"), allow_unicode=True), "utf-8")
    assert main(["drift", str(same), "--provider", "aitoearn", "--strict"]) == 0
    document = _published("aitoearn")
    _at(document, BODY)["required"].append("size")
    new = tmp_path / "new.json"
    new.write_text(json.dumps(document), "utf-8")
    capsys.readouterr()
    assert main(["drift", str(new), "--provider", "aitoearn"]) == 1
    assert "BREAKING" in capsys.readouterr().out
    assert main(["drift", str(new), "--provider", "aitoearn", "--json"]) == 1
    value = json.loads(capsys.readouterr().out)
    assert [change["field"] for change in value["changes"]] == ["size"]
    assert "claim prompt-required" in value["quotations"][0]["purposes"]
    assert main(["drift", str(tmp_path / "absent"), "--provider", "aitoearn"]) == 2
    assert main(["drift", str(tmp_path), "--provider", "aitoearn"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2


def test_another_providers_page_says_so_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.yaml"
    file.write_text(yaml.safe_dump(_published("chatanywhere"), allow_unicode=True), "utf-8")
    assert main(["drift", str(file), "--provider", "aitoearn"]) == 1
    said = capsys.readouterr().out
    assert said.count("is gone") == 1
    assert "the new document describes /v1/images/edits" in said
