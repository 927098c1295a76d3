"""A run of the fuzzing: probes are made, asked within the budget, recorded; the rules judge them like any exchange."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from contract_tests.client import Client
from contract_tests.fuzzing.bending import Bending
from contract_tests.fuzzing.cases import Cases
from contract_tests.fuzzing.probes import FAMILIES, Family, Probe, interleaved
from contract_tests.probing import Probing, Watcher
from specs.contract import Contract
from specs.recording import Recorder

SHARES: Mapping[Family, float] = {
    "acceptable": 0.12,
    "covering": 0.12,
    "bent": 0.25,
    "malformed": 0.15,
    "violating": 0.36,
}
"""How a count of probes is divided; what the others cannot use up goes to the violating ones."""

SILENT = 8
"""Probes in a row that nothing answers, after which nobody is there any more."""


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
) -> Probing:
    """Ask `count` probes, at most `budget` of them billable; the same for the same seed and list of models.

    What the endpoint does wrong is recorded, never raised. The result has all exchanges, and why it ended early.
    """
    run = Probing(contract, client, recorder, key, "f", budget, watcher)
    silent = 0
    for probe in probes(run, seed, count, families):
        if run.spent:
            run.ended = f"the budget of {budget} billable edits is used up"
            break
        exchange = run.ask(probe.request, f"fuzz/{probe.family}/{probe.told}")
        silent = 0 if exchange.response is not None else silent + 1
        if silent >= SILENT:
            told = exchange.failure.detail if exchange.failure else "nothing came back"
            run.ended = f"{silent} requests in a row were not answered: {told}"
            break
        run.follow_links(exchange)
    return run


def probes(run: Probing, seed: int, count: int, families: Sequence[Family] = FAMILIES) -> list[Probe]:
    """All probes of a run, the families interleaved. Asks for the list of models, where the contract has one."""
    choices = run.choices()
    cases = Cases(choices, run.url, run.key, seed)
    bending = Bending(choices, run.url, run.key, seed)
    makers: dict[Family, Callable[[int], list[Probe]]] = {
        "acceptable": cases.acceptable,
        "covering": cases.covering,
        "bent": bending.bent,
        "malformed": bending.malformed,
        "violating": cases.violating,
    }
    wanted = [family for family in makers if family in families]
    whole = sum(SHARES[family] for family in wanted)
    found: list[list[Probe]] = []
    for family in wanted:
        left = count - sum(map(len, found))
        last = family == wanted[-1]
        found.append(makers[family](left if last else min(left, round(count * SHARES[family] / whole))))
    return list(interleaved(found))
