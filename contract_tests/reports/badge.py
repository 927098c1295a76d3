"""`badge.json`: the form that shields.io reads from an address ("endpoint badge").

A badge is small, so it says both answers in a few words; it never adds them up.
"""

from __future__ import annotations

from contract_tests.reports import answers, json_form
from contract_tests.reports.answers import Answer
from contract_tests.reports.json_form import ReportValue

_COLOURS = {"holds": "brightgreen", "inconclusive": "yellow", "broken": "red", "not-run": "lightgrey"}
_ORDER = ("broken", "not-run", "inconclusive", "holds")


def value(report: ReportValue) -> dict[str, str | int]:
    """The badge: `{"schemaVersion": 1, "label", "message", "color"}`."""
    found = answers.answers(report)
    worst = min((answer.tone for answer in found), key=_ORDER.index)
    return {
        "schemaVersion": 1,
        "label": f"{answers.title(report)} image edits",
        "message": " \u00b7 ".join(_short(answer, report) for answer in found),
        "color": _COLOURS[worst if report["complete"] or worst == "broken" else "not-run"],
    }


def _short(answer: Answer, report: ReportValue) -> str:
    whose = "OpenAI\u2019s" if answer.origin == "inherited" or report["provider"] == "openai" else "own contract"
    if not answer.judged:
        return f"{whose}: not known"
    broken = answer.verdicts["broken"]
    return (
        f"{whose}: {broken} of {answer.judged} broken"
        if broken
        else f"{whose}: {answer.judged} of {answer.judged} hold"
    )


def text(report: ReportValue) -> str:
    """The text of `badge.json`."""
    return json_form.dumped(value(report))
