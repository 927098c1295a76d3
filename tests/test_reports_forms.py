"""The machine forms: each valid by its schema, each saying of every verdict what it is."""

from __future__ import annotations

import copy
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest

import reports_exchanges as recorded
import reports_samples as samples
from contract_tests import reports
from contract_tests.reports import badge, json_form, junit, markdown

FIRST = json_form.value(samples.report())
SECOND = json_form.value(samples.report("aitoearn"))

BADGE = {  # shields.io/badges/endpoint-badge
    "type": "object",
    "required": ["schemaVersion", "label", "message"],
    "additionalProperties": False,
    "properties": {
        "schemaVersion": {"const": 1},
        "label": {"type": "string", "minLength": 1},
        "message": {"type": "string", "minLength": 1},
        "color": {"enum": ["brightgreen", "yellow", "red", "lightgrey"]},
    },
}


def changed(**values):
    return {**FIRST, **values}


def test_every_form_is_written_into_the_folder(tmp_path):
    written = reports.write_report(samples.report(), recorded.recording(), tmp_path / "new" / "folder")
    assert {file.name for file in written.values()} == {
        "report.json", "report.md", "index.html", "junit.xml", "badge.json", "report.sarif",
    }  # fmt: skip
    assert all(file.is_file() for file in written.values())


def test_only_the_forms_that_are_asked_for_are_written(tmp_path):
    reports.write_report(samples.report(), None, tmp_path, ("json", "badge"))
    assert {file.name for file in tmp_path.iterdir()} == {"report.json", "badge.json"}


@pytest.mark.parametrize("report", [FIRST, SECOND], ids=["chatanywhere", "aitoearn"])
def test_report_json_is_valid_by_its_schema(report):
    schema = json_form.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(json_form.text(report)), schema)


def test_a_report_reads_back_as_it_was(tmp_path):
    reports.write_report(samples.report(), recorded.recording(), tmp_path)
    assert json_form.read(tmp_path / "report.json") == FIRST
    assert reports.opened(tmp_path).report == FIRST


def test_a_lone_surrogate_reads_back_as_it_was(tmp_path):
    report = copy.deepcopy(FIRST)
    report["findings"][0]["actual"] = "\ud800"
    (tmp_path / "report.json").write_text(json_form.text(report), "utf-8")
    assert json_form.read(tmp_path / "report.json") == report


WRONG = {
    "format": ({"format": "other/1"}, "the format is 'other/1', not 'image-contract-report/1'"),
    "seed": ({"seed": "7"}, "seed is not a number"),
    "complete": ({"complete": 1}, "complete is not true or false"),
    "requests": ({"requests": True}, "requests is not a number"),
    "findings": ({"findings": {}}, "findings is not a list"),
    "finding": ({"findings": [7]}, "findings[0] is not an object"),
    "statement": ({"findings": [{"claim": "x", "rule": "x", "area": "x"}]}, "findings[0].statement is missing"),
    "verdict": ({"findings": [{**FIRST["findings"][0], "verdict": "fine"}]}, "findings[0].verdict is 'fine'"),
    "exchange": ({"findings": [{**FIRST["findings"][0], "exchanges": [1]}]}, "holds something that is not text"),
    "citation": ({"findings": [{**FIRST["findings"][0], "citation": None}]}, "findings[0].citation is not an object"),
    "place": ({"contradictions": [{"id": "", "problem": "", "resolution": "", "why": "", "places": [{}]}]},
              "contradictions[0].places[0].document is missing"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_no_report_is_refused_in_one_sentence_with_its_place(values, sentence, tmp_path):
    file = tmp_path / "report.json"
    file.write_text(json.dumps(changed(**values)))
    with pytest.raises(json_form.UnreadableReport, match=re.escape(sentence)) as caught:
        json_form.read(file)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused_in_one_sentence(data, tmp_path):
    (tmp_path / "report.json").write_bytes(data)
    with pytest.raises(json_form.UnreadableReport):
        json_form.read(tmp_path / "report.json")


def test_a_missing_report_is_named(tmp_path):
    with pytest.raises(json_form.UnreadableReport, match=f"there is no {tmp_path}"):
        reports.opened(tmp_path)


def test_junit_counts_each_verdict_as_what_it_is():
    root = ET.fromstring(junit.text([FIRST, SECOND]))
    first, second = root.findall("testsuite")
    assert [first.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["34", "5", "1", "5"]
    assert [second.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["34", "1", "0", "2"]
    kinds = {case.get("name"): [child.tag for child in case] for case in first.findall("testcase")}
    assert kinds["picture-size"] == ["failure"]
    assert kinds["n-in-range"] == ["skipped"]
    assert kinds["accepts-chunked"] == ["skipped"]
    assert kinds["usage-adds-up"] == ["error"]
    assert kinds["accepts-repeated-image"] == ["skipped"]
    assert kinds["key-present"] == []


JUNIT: dict[str, tuple[list[str], set[str], set[str]]] = {
    "testsuites": (["testsuite"], set(), set()),
    "testsuite": (
        ["properties", "testcase", "system-out", "system-err"],
        {"name", "timestamp", "hostname", "tests", "failures", "errors", "time", "package", "id"},
        {"skipped"},
    ),
    "properties": (["property"], set(), set()),
    "property": ([], {"name", "value"}, set()),
    "testcase": (["skipped", "error", "failure"], {"name", "classname", "time"}, set()),
    "failure": ([], {"type"}, {"message"}),
    "error": ([], {"type"}, {"message"}),
    "skipped": ([], set(), {"message"}),
    "system-out": ([], set(), set()),
    "system-err": ([], set(), set()),
}
"""Of each element: its children in order, the attributes that Ant's schema asks for, and those that both know."""


def test_junit_is_what_the_schemas_of_ant_and_of_jenkins_both_take():
    root = ET.fromstring(junit.text([FIRST, SECOND]))
    for element in root.iter():
        children, needed, known = JUNIT[element.tag]
        order = [children.index(child.tag) for child in element]
        assert order == sorted(order), element.tag
        assert needed <= set(element.keys()) <= needed | known, element.tag
    for suite in root:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        assert re.fullmatch(r"\d+(\.\d+)?", suite.get("time"))
        assert [child.tag for child in suite][-2:] == ["system-out", "system-err"]
    assert all(len(case) <= 1 for case in root.iter("testcase"))
    assert [suite.get("id") for suite in root] == ["0", "1"]
    assert "OpenAI\u2019s contract: not every should" in root.findtext("testsuite/system-out")


def test_junit_says_why_something_was_skipped_and_what_was_expected():
    root = ET.fromstring(junit.text([FIRST]))
    said = {case.get("name"): case[0].get("message") for case in root.iter("testcase") if len(case)}
    assert said["accepts-chunked"] == "not-run: budget: 12 billed edits"
    assert said["n-in-range"] == "inconclusive: the endpoint answered 503 three times"
    assert said["picture-size"] == "expected 1024x1536, found 1536x1024"
    assert said["accepts-repeated-image"].startswith("observed, never judged")


def test_the_badge_is_valid_and_gives_both_answers():
    jsonschema.validate(badge.value(FIRST), BADGE)
    assert badge.value(FIRST)["message"] == "own contract: 2 of 9 broken \u00b7 OpenAI\u2019s: 3 of 19 broken"
    assert badge.value(FIRST)["color"] == "red"
    assert badge.value(SECOND)["color"] == "yellow"
    assert badge.value(changed(findings=[]))["message"] == "own contract: not known"
    assert badge.value(changed(findings=[]))["color"] == "lightgrey"


def test_the_comment_says_the_worst_first_and_folds_the_details():
    text = markdown.text([FIRST, SECOND])
    order = [
        text.index(words)
        for words in ("| **no** |", "<code>image-kind", "<code>picture-size", "Not judged", "What holds")
    ]
    assert order == sorted(order)
    assert text.count("<details>") == text.count("</details>") >= 9
    assert (
        "\n5 broken \u00b7 1 faulty-suite \u00b7 2 inconclusive \u00b7 2 not-run \u00b7 23 holds \u00b7 1 observed\n"
        in text
    )
    assert "> _In English:_ Each picture is to be a png" in text
    assert "<br>&emsp;expected <code>1024x1536</code>, found <code>1536x1024</code></summary>" in text


def test_the_comment_fits_however_much_is_broken():
    long = [{**f, "verdict": "broken", "expected": "`" * 900, "actual": "<&" * 5000, "reason": "x" * 9000}
            for f in FIRST["findings"] * 20]  # fmt: skip
    text = markdown.text([changed(findings=long)])
    assert 50_000 < len(text) < 65_000
    assert text.count("<details>") == text.count("</details>")
    assert text.rstrip().endswith("has all of it._")


def test_files_can_be_read_on_any_machine(tmp_path):
    written = reports.write_report(samples.report(), recorded.recording(), tmp_path)
    assert all(file.read_text("utf-8") for file in written.values())
    assert not any(str(Path.home()) in file.read_text("utf-8") for file in written.values())
