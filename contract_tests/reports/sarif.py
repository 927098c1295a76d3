"""`report.sarif` (SARIF 2.1.0): broken claims at the line of the published document that they quote.

Only broken claims are results: what was not judged is told as a notification of the tool, so that no viewer shows it
as an alert.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from contract_tests.reports import answers, json_form, places, words
from contract_tests.reports.json_form import FindingValue, ReportValue

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"must": "error", "should": "warning"}


def text(reports: Sequence[ReportValue]) -> str:
    """The text of `report.sarif`: a run for each report."""
    value = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]}
    return json_form.dumped(value)


def _run(report: ReportValue) -> dict[str, Any]:
    found = answers.broken(report)
    rules = {finding["claim"]: index for index, finding in enumerate(found)}
    return {
        "tool": {"driver": {"name": "image-edit-contract", "rules": [_rule(finding) for finding in found]}},
        "automationDetails": {"id": f"{report['provider']}/"},
        "invocations": [
            {
                "executionSuccessful": report["complete"],
                "startTimeUtc": words.iso(report["started"]),
                "endTimeUtc": words.iso(report["finished"]),
                "toolExecutionNotifications": [_notification(f) for f in _unjudged(report)],
            }
        ],
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the image-edit-contract project."}}},
        "results": [_result(report, finding, rules[finding["claim"]]) for finding in found],
        "properties": {"provider": report["provider"], "baseUrl": report["base_url"], "counts": report["counts"]},
    }


def _rule(finding: FindingValue) -> dict[str, Any]:
    cited = finding["citation"]
    gloss = f" ({cited['gloss']})" if cited.get("gloss") else ""
    return {
        "id": finding["claim"],
        "name": finding["rule"],
        "shortDescription": {"text": finding["statement"]},
        "fullDescription": {"text": f"{cited['document']} says: {cited['quote']}{gloss}"},
        "defaultConfiguration": {"level": _LEVELS[finding["level"]]},
        "properties": {"tags": [finding["area"], finding["level"], finding["origin"]]},
    }


def _result(report: ReportValue, finding: FindingValue, index: int) -> dict[str, Any]:
    return {
        "ruleId": finding["claim"],
        "ruleIndex": index,
        "kind": "fail",
        "level": _LEVELS[finding["level"]],
        "message": {"text": f"{finding['statement']} Expected {finding['expected']}, found {finding['actual']}."},
        "locations": [_location(report, finding)],
        "partialFingerprints": {"claim/v1": _fingerprint(report, finding)},
        "properties": {"exchanges": finding["exchanges"][:10], "baseUrl": report["base_url"]},
    }


def _location(report: ReportValue, finding: FindingValue) -> dict[str, Any]:
    cited = finding["citation"]
    at = places.nearest(cited, report["provider"])
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": at.path, "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": at.line, "endLine": at.last, "snippet": {"text": cited["quote"]}},
        },
        "logicalLocations": [{"fullyQualifiedName": f"{cited['document']}{cited['at']}"}],
    }


def _fingerprint(report: ReportValue, finding: FindingValue) -> str:
    """The same for the same claim at the same endpoint, whatever the values."""
    said = "\n".join((report["provider"], report["base_url"], finding["claim"]))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def _unjudged(report: ReportValue) -> list[FindingValue]:
    return [f for f in report["findings"] if f["verdict"] not in ("holds", "broken") and answers.judged(f)]


def _notification(finding: FindingValue) -> dict[str, Any]:
    return {
        "level": "error" if finding["verdict"] == "faulty-suite" else "note",
        "message": {"text": f"{finding['claim']}: {finding['verdict']}: {finding['reason'] or 'no reason was given'}"},
    }
