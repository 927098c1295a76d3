"""`junit.xml`: what CI systems show. A suite for each run, a case for each claim.

Broken is a failure, a faulty suite an error; inconclusive, not-run and observed claims are skipped with a message, so
that nothing unjudged counts as passed. There is no one schema: the file is valid by Ant's and by that of Jenkins.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from contract_tests.reports import answers, words
from contract_tests.reports.json_form import FindingValue, ReportValue

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(reports: Sequence[ReportValue]) -> str:
    """The text of `junit.xml`."""
    root = ET.Element("testsuites")
    for number, report in enumerate(reports):
        _suite(root, report, number)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, report: ReportValue, number: int) -> None:
    name = " ".join(_xml(f"{report['provider']} {report['base_url']}").split())
    suite = ET.SubElement(root, "testsuite", name=name, id=str(number), package="image-edit-contract")
    suite.set("hostname", "localhost")
    suite.set("time", f"{max(0.0, report['finished'] - report['started']):.3f}")
    suite.set("timestamp", words.iso(report["started"]).rstrip("Z"))
    properties = ET.SubElement(suite, "properties")
    for key in ("provider", "base_url", "seed", "requests", "billable", "complete"):
        ET.SubElement(properties, "property", name=key, value=_xml(str(report[key])))
    kinds = [_case(suite, report, finding) for finding in report["findings"]]
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(kinds.count(kind)))
    suite.set("tests", str(len(kinds)))
    ET.SubElement(suite, "system-out").text = _xml("\n".join(_answers(report)))
    ET.SubElement(suite, "system-err")


def _answers(report: ReportValue) -> Iterator[str]:
    for answer in answers.answers(report):
        yield f"{answer.question(report['provider'])}: {answer.word}: {answer.sentence}"


def _case(suite: ET.Element, report: ReportValue, finding: FindingValue) -> str:
    """Add a case; returns what became of it: `passed`, `failure`, `error` or `skipped`."""
    case = ET.SubElement(suite, "testcase", name=_xml(finding["claim"]))
    case.set("classname", _xml(f"{report['provider']}.{finding['area']}"))
    case.set("time", "0")
    kind, message = _outcome(finding)
    if kind != "passed":
        element = ET.SubElement(case, kind, message=_xml(message))
        if kind != "skipped":
            element.set("type", _xml(f"{finding['level']}, {finding['origin']}"))
            element.text = _xml(_body(finding))
    return kind


def _outcome(finding: FindingValue) -> tuple[str, str]:
    if not answers.judged(finding):
        return "skipped", f"observed, never judged: {finding['actual'] or finding['reason'] or finding['verdict']}"
    match finding["verdict"]:
        case "holds":
            return "passed", ""
        case "broken":
            return "failure", f"expected {finding['expected']}, found {finding['actual']}"
        case "faulty-suite":
            return "error", finding["reason"] or "a mistake of the test suite"
        case verdict:
            return "skipped", f"{verdict}: {finding['reason'] or 'no reason was given'}"


def _body(finding: FindingValue) -> str:
    cited = finding["citation"]
    lines = [
        finding["statement"],
        f"expected: {finding['expected']}",
        f"actual: {finding['actual']}",
        f"reason: {finding['reason']}" if finding["reason"] else "",
        f"{cited['document']} {cited['at']}: {cited['quote']}",
        f"in English: {cited['gloss']}" if cited.get("gloss") else "",
        f"exchanges: {', '.join(finding['exchanges'][:10])}" if finding["exchanges"] else "",
    ]
    return "\n".join(line for line in lines if line)


def _xml(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
