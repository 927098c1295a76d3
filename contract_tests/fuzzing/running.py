"""A run of the fuzzing: probes are made, asked within the budget, recorded; the rules judge them like any exchange."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from contract_tests.asking import links
from contract_tests.client import Client, join_url
from contract_tests.evidence import model_list
from contract_tests.fuzzing.bending import Bending
from contract_tests.fuzzing.cases import Cases, interleaved
from contract_tests.fuzzing.probes import FAMILIES, Family, Probe
from contract_tests.strategies_choices import Choices
from specs.contract import Contract
from specs.messages import Exchange, Purpose, Request
from specs.recording import Recorder
from specs.transcripts import billed

SHARES: Mapping[Family, float] = {
    "acceptable": 0.15,
    "covering": 0.17,
    "violating": 0.28,
    "bent": 0.25,
    "malformed": 0.15,
}
"""How a count of probes is divided; what a family cannot use up goes to the violating ones."""

Watcher: TypeAlias = Callable[[Exchange], None]
"""Is told of every exchange as it is recorded."""

SILENT = 8
"""Probes in a row that nothing answers, after which nobody is there any more."""


@dataclass
class Fuzzed:
    """A run under way: what was asked so far, and why it ended early (None when it did not)."""

    contract: Contract
    client: Client
    recorder: Recorder
    key: str
    budget: int | None = None
    watcher: Watcher | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    ended: str | None = None

    @property
    def billable(self) -> int:
        """How many edits were accepted."""
        return sum(map(billed, self.exchanges))

    @property
    def url(self) -> str:
        """Where edits are asked for."""
        return join_url(self.client.base_url, self.contract.edit.path)

    def ask(self, request: Request, told: str, purpose: Purpose = "edit", about: tuple[str, ...] = ()) -> Exchange:
        """Send one request and record it; the exchange as recorded, without secrets."""
        number = len(self.exchanges) + 1
        question = told if purpose == "edit" else None
        found = self.client.ask(request, id=f"f{number:05d}", purpose=purpose, question=question, about=about)
        kept = self.recorder.write(found)
        self.exchanges.append(kept)
        if self.watcher:
            self.watcher(kept)
        return found


def fuzz(
    contract: Contract,
    client: Client,
    recorder: Recorder,
    seed: int = 0,
    count: int = 1000,
    *,
    key: str,
    budget: int | None = None,
    families: Sequence[Family] = FAMILIES,
    watcher: Watcher | None = None,
) -> Fuzzed:
    """Ask `count` probes, at most `budget` of them billable; the same for the same seed and list of models.

    What the endpoint does wrong is recorded, never raised.
    """
    run = Fuzzed(contract, client, recorder, key, budget, watcher)
    silent = 0
    for probe in probes(run, seed, count, families):
        if budget is not None and run.billable >= budget:
            run.ended = f"the budget of {budget} billable edits is used up"
            break
        exchange = run.ask(probe.request, f"fuzz/{probe.family}/{probe.told}")
        silent = 0 if exchange.response is not None else silent + 1
        if silent >= SILENT:
            told = exchange.failure.detail if exchange.failure else "nothing came back"
            run.ended = f"{silent} requests in a row were not answered: {told}"
            break
        for link in links(exchange):
            run.ask(Request("GET", link, (("Accept", "image/*"),)), "link", "fetch")
    return run


def probes(run: Fuzzed, seed: int, count: int, families: Sequence[Family] = FAMILIES) -> list[Probe]:
    """All probes of a run, the families interleaved. Asks for the list of models, where the contract has one."""
    if run.contract.models is not None:
        url = join_url(run.client.base_url, run.contract.models.path)
        run.ask(Request("GET", url, (("Accept", "application/json"),)), "models", "models")
    choices = Choices(run.contract, model_list(run.exchanges))
    cases = Cases(choices, run.url, run.key, seed)
    bending = Bending(choices, run.url, run.key, seed)
    makers: dict[Family, Callable[[int], list[Probe]]] = {
        "acceptable": cases.acceptable,
        "covering": cases.covering,
        "bent": bending.bent,
        "malformed": bending.malformed,
        "violating": cases.violating,
    }
    whole = sum(SHARES[family] for family in families)
    found: dict[Family, list[Probe]] = {}
    for family, make in makers.items():
        if family in families:
            left = count - sum(map(len, found.values()))
            last = family == "violating"
            found[family] = make(left if last else min(left, round(count * SHARES[family] / whole)))
    return list(interleaved(found.values()))
