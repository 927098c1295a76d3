"""A page taken apart, and a page to take apart."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import reports_exchanges as recorded
import reports_samples as samples
from contract_tests import reports
from contract_tests.reports import json_form

VOID = {"meta", "img", "input", "br", "hr"}


class Outline(HTMLParser):
    """Every element of a page in order, its attributes, what it stands in, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.words = ""
        self.unbalanced: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes, _ in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [a[attribute] or "" for _, a, _ in self.elements if attribute in a]


def written_site(home: Path) -> Path:
    """Both runs in one page, the first with an earlier run of the day before."""
    reports.write_report(samples.report(), recorded.recording(), home / "one")
    earlier = samples.report(told={"prompt-length": ("broken", "a refusal", "accepted", "", ())}, started=1_795_137_120)
    given = [
        reports.ReportInput(json_form.value(samples.report()), recorded.recording, home / "one"),
        reports.ReportInput(json_form.value(earlier)),
        reports.ReportInput(json_form.value(samples.report("aitoearn")), recorded.recording),
    ]
    reports.write_site(given, home)
    return home
