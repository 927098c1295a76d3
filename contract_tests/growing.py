"""Evidence that grows with a run: of an exchange that was read out and judged before, nothing is done again."""

from __future__ import annotations

from collections.abc import Sequence

from contract_tests.evidence import Evidence, model_list, read_out
from contract_tests.findings import Finding
from contract_tests.judging import findings
from specs.answers import Asked
from specs.contract import Contract
from specs.messages import Exchange
from specs.models import ModelList


class Growing:
    """What the exchanges of one run show, as often as one likes. Their ids are unique."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._asked: dict[str, Asked] = {}
        self._fetched: dict[str, Exchange] = {}
        self._listed: ModelList | None = None

    def evidence(self, exchanges: Sequence[Exchange]) -> Evidence:
        """As `evidence.gathered`."""
        listed = model_list(exchanges)
        fetched = {each.request.url: each for each in exchanges if each.purpose == "fetch"}
        if listed != self._listed or any(self._fetched.get(url) is not each for url, each in fetched.items()):
            self._asked, self._listed, self._fetched = {}, listed, fetched
        edits = [each for each in exchanges if each.purpose == "edit"]
        for each in edits:
            if each.id not in self._asked:
                self._asked[each.id] = read_out(self._contract, each, listed, self._fetched)
        return Evidence(self._contract, tuple(self._asked[each.id] for each in edits))

    def findings(self, exchanges: Sequence[Exchange]) -> tuple[Finding, ...]:
        """As `judging.judge`."""
        return findings(self.evidence(exchanges))
