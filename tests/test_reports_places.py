"""Forms that point at lines of the published documents: SARIF and the commands of GitHub Actions."""

from __future__ import annotations

import json
import re

import jsonschema

import reports_samples as samples
from contract_tests.reports import github, json_form, markdown, places, sarif
from specs import loading

FIRST = json_form.value(samples.report())
SECOND = json_form.value(samples.report("aitoearn"))

# What SARIF 2.1.0 asks of the parts that are written here (OASIS standard, 27 March 2020, sections 3.13 to 3.52).
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
REGION = {
    "type": "object",
    "required": ["startLine"],
    "additionalProperties": False,
    "properties": {
        "startLine": {"type": "integer", "minimum": 1},
        "endLine": {"type": "integer", "minimum": 1},
        "snippet": TEXT,
    },
}
PHYSICAL = {
    "type": "object",
    "required": ["artifactLocation"],
    "additionalProperties": False,
    "properties": {
        "artifactLocation": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"uri": {"type": "string", "format": "uri-reference"}, "uriBaseId": {"type": "string"}},
        },
        "region": REGION,
    },
}
RULE = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "shortDescription": TEXT,
        "fullDescription": TEXT,
        "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}},
        "properties": {"type": "object", "properties": {"tags": {"type": "array", "uniqueItems": True}}},
    },
}
RESULT = {
    "type": "object",
    "required": ["message", "ruleId", "ruleIndex", "level", "locations"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
        "level": LEVEL,
        "message": TEXT,
        "locations": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "physicalLocation": PHYSICAL,
                    "logicalLocations": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"fullyQualifiedName": {"type": "string"}}},
                    },
                },
            },
        },
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "properties": {"type": "object"},
    },
}
INVOCATION = {
    "type": "object",
    "required": ["executionSuccessful"],
    "additionalProperties": False,
    "properties": {
        "executionSuccessful": {"type": "boolean"},
        "startTimeUtc": TIME,
        "endTimeUtc": TIME,
        "toolExecutionNotifications": {
            "type": "array",
            "items": {"type": "object", "required": ["message"], "properties": {"message": TEXT, "level": LEVEL}},
        },
    },
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "rules": {"type": "array", "items": RULE, "uniqueItems": True},
                                },
                            }
                        },
                    },
                    "automationDetails": {"type": "object", "properties": {"id": {"type": "string"}}},
                    "invocations": {"type": "array", "items": INVOCATION},
                    "originalUriBaseIds": {"type": "object", "additionalProperties": {"type": "object"}},
                    "results": {"type": "array", "items": RESULT},
                    "properties": {"type": "object"},
                },
            },
        },
    },
}


def test_sarif_is_valid_and_holds_the_broken_claims_only():
    value = json.loads(sarif.text([FIRST, SECOND]))
    jsonschema.validate(value, SARIF)
    first = value["runs"][0]
    found = [result["ruleId"] for result in first["results"]]
    assert found == ["image-kind", "mask-keeps-opaque", "picture-size", "stream-event-names", "error-envelope"]
    assert [first["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] for r in first["results"]] == found
    assert [result["level"] for result in first["results"]] == ["error", "error", "warning", "warning", "warning"]


def test_a_finding_points_at_the_lines_of_the_words_it_quotes():
    for cited in (samples.CHINESE, samples.SIZES, samples.MASK, samples.WHOLE, samples.POINTER, samples.OPENAI):
        at = places.place({"document": cited.document, "at": cited.at, "quote": cited.quote})
        assert at is not None
        lines = (loading.HOME.parent.parent / at.path).read_text("utf-8").splitlines()
        shown = "".join("".join(lines[at.line - 1 : at.last]).split())
        assert "".join(cited.quote.split()) in shown
        assert at.last - at.line <= 2


def test_an_outside_source_points_at_the_providers_document():
    cited = FIRST["findings"][[row[0] for row in samples.CLAIMS].index("usage-adds-up")]["citation"]
    assert cited["at"] == ""
    assert places.place(cited) is None
    assert places.nearest(cited, "chatanywhere").path == "specs/providers/chatanywhere/published.yaml"


def test_github_gets_a_command_for_each_broken_claim_worst_first():
    commands = github.workflow_commands([FIRST]).splitlines()
    assert [command.partition(" ")[0] for command in commands] == ["::error"] * 2 + ["::warning"] * 4
    assert re.match(
        r"::error file=specs/providers/chatanywhere/published\.yaml,line=\d+,endLine=\d+,"
        r"title=chatanywhere%3A image-kind is broken \(must%2C own\)::A picture is png.*%0Aexpected .*%0Afound ",
        commands[0],
    )
    assert github.workflow_commands([{**SECOND, "findings": []}]) == ""


def test_the_summary_of_a_step_is_the_comment_with_more_room():
    assert github.step_summary([FIRST]) == markdown.text([FIRST])
