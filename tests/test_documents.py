"""What providers publish, beside each other: the table, its places, its three forms."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from contract_tests import documents
from contract_tests.__main__ import main
from contract_tests.documents import claimed, comparing
from contract_tests.documents.comparing import Comparison, Row
from contract_tests.documents.said import ASPECTS, PARTS
from specs import loading, pointers
from specs.rules import RULES

NAMES = ("openai", "aitoearn", "chatanywhere")

BEHAVIOUR = {
    "route_known",
    "key_right",
    "body_well_formed",
    "no_unknown_field",
    "image_is_picture_field",
    "image_decodes",
    "mask_decodes",
}
"""Request rules that say nothing of a field's type, values or limits."""


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return documents.compared(loading.load(name) for name in NAMES)


def _row(comparison: Comparison, part: str, field: str, aspect: str) -> Row:
    return next(r for r in comparison.rows if (r.part, r.field, r.aspect) == (part, field, aspect))


def _shown(row: Row) -> dict[str, list[str]]:
    return {name: list(dict.fromkeys(said.shown for said in cell if said.binding)) for name, cell in row.cells.items()}


MODELS = "those of the list of models"


@pytest.mark.parametrize(
    ("subject", "differs", "said"),
    [
        ("operation address: path", True, (["/v1/images/edits"], ["/api/ai/images/edits"], ["/v1/images/edits"])),
        ("operation key: type", True, (["bearer"], ["the bare value of the header Authorization", "bearer"], ["none"])),
        ("operation request body: required", True, (["yes"], ["yes"], ["no"])),
        ("request n: maximum", True, (["10"], ["9007199254740991"], [])),
        ("request n: minimum", False, (["1"], ["1"], [])),
        ("request model: required", True, (["no"], ["yes"], ["no"])),
        ("request image: max items", True, (["16"], [MODELS], ["16"])),
        ("request image: max bytes", True, (["52428800"], [], ["26214400"])),
        ("request image: kinds", False, (["png, jpeg, webp"], [], ["png, webp, jpeg"])),
        ("request prompt: max length", False, (["32000"], [], ["32000"])),
        ("request size: default", True, (["1024x1024", "auto"], [], ["1024x1024"])),
        ("request response_format: values", False, (["url, b64_json"], ["url, b64_json"], [])),
        ("request mask: kinds", False, (["png"], ["png"], [])),
        ("answer usage: required", True, (["no"], [], ["yes"])),
        ("answer data[].b64_json: type", False, (["string"], [], ["string"])),
    ],
)
def test_a_field_stands_beside_itself(
    comparison: Comparison, subject: str, differs: bool, said: tuple[list[str], ...]
) -> None:
    place, _, aspect = subject.partition(": ")
    part, _, field = place.partition(" ")
    row = _row(comparison, part, field, aspect)
    assert _shown(row) == dict(zip(NAMES, said, strict=True))
    assert row.differs is differs


def test_every_place_leads_to_something_and_its_words_stand_there(comparison: Comparison) -> None:
    sayings = [said for row in comparison.rows for cell in row.cells.values() for said in cell]
    assert len(sayings) > 300
    for said in sayings:
        node = pointers.at(loading.load(said.place.document).published, said.place.at)
        assert pointers.fold(said.place.quote) in pointers.words(node)


def test_a_point_on_which_the_sources_disagree_does_not_count(comparison: Comparison) -> None:
    row = _row(comparison, "request", "model", "required")
    observed = [said for said in row.cells["openai"] if not said.binding]
    assert [said.claim.id for said in observed if said.claim] == ["model-required"]
    assert _shown(row)["openai"] == ["no"]


def test_encodings_are_compared_where_both_have_them(comparison: Comparison) -> None:
    row = _row(comparison, "request", "model", "values")
    only_json = {said.media for said in row.cells["openai"] if said.claim is None}
    assert only_json == {"multipart/form-data", "application/json"}
    same = Row("request", "f", "default", {"a": row.cells["openai"][:1], "b": row.cells["openai"][:2]})
    assert not same.differs


def test_what_a_provider_leaves_out_is_named_once(comparison: Comparison) -> None:
    found = comparing.silence(comparison, "aitoearn", "openai")
    assert ("answer", "usage") in found.fields
    assert ("answer", "usage.input_tokens") not in found.fields
    assert "max length" in found.aspects["request", "prompt"]
    assert not comparing.silence(comparison, "openai", "openai").fields


def test_each_rule_about_a_request_says_something_of_a_field_or_is_known_not_to() -> None:
    request = {rule.name for rule in RULES.values() if rule.area == "request"}
    assert request - set(claimed.RULES) == BEHAVIOUR
    assert set(claimed.RULES) <= set(RULES)


def test_every_part_and_aspect_has_its_place_in_the_tables(comparison: Comparison) -> None:
    assert {row.part for row in comparison.rows} <= set(PARTS)
    assert {row.aspect for row in comparison.rows} <= set(ASPECTS)


def test_what_is_not_taken_over_has_its_reason_and_its_words(comparison: Comparison) -> None:
    assert {each.provider for each in comparison.overruled} == {"aitoearn", "chatanywhere"}
    for each in comparison.overruled:
        published = loading.load(each.citation.document).published
        assert each.citation.quote in pointers.words(pointers.at(published, each.citation.at))


def test_the_data_hold_everything(comparison: Comparison) -> None:
    value = json.loads(json.dumps(documents.value(comparison)))
    assert [each["provider"] for each in value["providers"]] == list(NAMES)
    expected = {(c.provider, x.id) for c in comparison.contracts for x in c.contradictions}
    assert {(each["provider"], each["id"]) for each in value["contradictions"]} == expected
    assert all(len(each["places"]) >= 1 for each in value["contradictions"])
    assert len(value["fields"]) == len(comparison.rows)
    pairs = {tuple(each["between"]) for each in value["differences"]}
    assert pairs == {("openai", "aitoearn"), ("openai", "chatanywhere"), ("aitoearn", "chatanywhere")}


def test_the_text_quotes_every_contradiction_with_its_english(comparison: Comparison) -> None:
    text = documents.text(comparison)
    for contract in comparison.contracts:
        for found in contract.contradictions:
            assert found.problem in text
            assert all(" ".join(place.quote.split()) in text for place in found.places)
            assert all(place.gloss in text for place in found.places if place.gloss)


@pytest.mark.parametrize("differing", [False, True])
def test_every_number_in_brackets_is_explained(comparison: Comparison, differing: bool) -> None:
    text = documents.text(comparison, differing=differing)
    cited = {int(n) for found in re.findall(r" \[(\d+(?: \d+)*)\]", text) for n in found.split()}
    listed = [int(n) for n in re.findall(r"^\[(\d+)\]", text, re.MULTILINE)]
    assert listed == sorted(cited) == list(range(1, len(listed) + 1))


def test_only_what_differs_is_shorter(comparison: Comparison) -> None:
    assert len(documents.text(comparison, differing=True)) < len(documents.text(comparison))
    assert len(documents.markdown(comparison, differing=True)) < len(documents.markdown(comparison))


def test_the_tables_of_the_markdown_have_as_many_cells_in_every_row(comparison: Comparison) -> None:
    text = documents.markdown(comparison)
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table.splitlines()[0]


def test_every_footnote_of_the_markdown_is_there_once(comparison: Comparison) -> None:
    text = documents.markdown(comparison)
    defined = re.findall(r"^\[\^(\d+)\]:", text, re.MULTILINE)
    used = set(re.findall(r"\[\^(\d+)\](?!:)", text))
    assert len(defined) == len(set(defined))
    assert set(defined) == used


class _Tags(HTMLParser):
    """Counts that every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.ids += [value for key, value in attrs if key == "id" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_section_of_the_page_is_whole(comparison: Comparison) -> None:
    section = documents.documents_section(comparison.contracts)
    parser = _Tags()
    parser.feed(section)
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    assert "9007199254740991" in section
    assert 'lang="zh"' in section


def test_a_provider_without_a_reference_is_compared_with_itself_only(tmp_path: Path) -> None:
    alone = documents.compared([loading.load("openai")])
    assert not any(row.differs for row in alone.rows)
    assert list(alone.differences()) == []
    assert "Nobody was asked" in documents.text(alone)


NEW = """
openapi: 3.0.3
info: {title: New, version: '1'}
servers: [{url: 'https://new.example/v2'}]
paths:
  /edit:
    post:
      requestBody:
        content:
          application/json:
            schema: {type: object, required: [prompt], properties: {prompt: {type: string, maxLength: 100}}}
      responses: {'200': {description: done}}
"""
OVERLAY = """
overlay: 1.0.0
extends: published.yaml
x-provider: {name: new, title: New | One, edit: {path: /edit, method: post}, models: null}
"""


def test_a_new_provider_of_two_files_is_compared(tmp_path: Path) -> None:
    shutil.copytree(loading.HOME / "openai", tmp_path / "openai")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "published.yaml").write_text(NEW)
    (tmp_path / "new" / "overlay.yaml").write_text(OVERLAY)
    found = documents.compared([loading.load("new", tmp_path), loading.load("openai", tmp_path)], tmp_path)
    assert found.names == ("openai", "new")
    assert _shown(_row(found, "operation", "address", "path"))["new"] == ["/v2/edit"]
    assert _shown(_row(found, "request", "prompt", "max length")) == {"openai": ["32000"], "new": ["100"]}
    assert "New \\| One" in documents.markdown(found)


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_the_command_writes_each_form(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["documents", "--as", form]) == 0
    out = capsys.readouterr().out
    assert "9007199254740991" in out
    if form == "json":
        assert json.loads(out)["format"] == "image-contract-documents/1"


def test_the_reference_always_stands_beside_one_provider(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["documents", "--provider", "aitoearn", "--as", "json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert [each["provider"] for each in value["providers"]] == ["openai", "aitoearn"]


def test_an_unknown_provider_is_status_2_and_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["documents", "--provider", "nobody"]) == 2
    said = capsys.readouterr().err
    assert "there is no provider 'nobody'" in said
    assert len(said.splitlines()) == 1
