"""One run as the page needs it: the report, its exhibits, its names and addresses on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from contract_tests.reports import answers, exhibits, words
from contract_tests.reports.exhibits import Exhibits
from contract_tests.reports.history import Story
from contract_tests.reports.json_form import FindingValue, ReportValue
from contract_tests.reports.markup import anchor
from specs import loading


@dataclass(frozen=True)
class Run:
    """A column of the page.

    `key` is unique on the page, `folder` where its exchanges' files are, `stories` what earlier runs of the same
    endpoint said of each claim, `link` the address of the run's own page where there is one, `before` when the run
    before it started.
    """

    key: str
    report: ReportValue
    exhibits: Exhibits
    folder: str = "exchanges"
    stories: Mapping[str, Story] = field(default_factory=dict)
    link: str | None = None
    before: float | None = None

    @cached_property
    def exemplar(self) -> str | None:
        """The claim under which one accepted edit is shown with all its pictures."""
        found = exhibits.exemplar(self.exhibits, self.shown_at)
        return self.shown_at[found.exchange.id] if found else None

    @property
    def title(self) -> str:
        """The provider's name as people write it."""
        return answers.title(self.report)

    def named(self, document: str) -> str:
        """A document as people call it: its provider's name; an outside source as it is."""
        if document == self.report["provider"]:
            return self.title
        return loading.load(document).title if document in loading.providers() else document

    @property
    def host(self) -> str:
        """Where the endpoint is: host and port, or the whole base URL when it has none."""
        return urlsplit(self.report["base_url"]).netloc or self.report["base_url"]

    @property
    def operation(self) -> str | None:
        """The operation that was asked, `POST /v1/images/edits`; None for a provider that is not known here."""
        contract = self.exhibits.contract
        return f"{contract.edit.method.upper()} {contract.edit.path}" if contract else None

    @property
    def when(self) -> str:
        """`2026-11-21 01:12 UTC`."""
        return words.moment(self.report["started"])

    @cached_property
    def by_claim(self) -> Mapping[str, FindingValue]:
        """The findings by the id of their claim."""
        return {finding["claim"]: finding for finding in self.report["findings"]}

    @cached_property
    def shown_at(self) -> Mapping[str, str]:
        """Which exchange is shown in full under which claim."""
        return exhibits.shown_at(self.report["findings"])

    def panel(self, claim: str) -> str:
        """The fragment name of a claim's evidence in this run."""
        return anchor(claim, self.key)

    def exchange(self, id: str) -> str:
        """The fragment name of an exchange of this run."""
        return anchor("exchange", self.key, id)
