"""The fuzzing: probes are made, asked within the limits, recorded; the rules judge them like any exchange."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from contract_tests.asking import Asking
from contract_tests.fuzzing.bending import Bending
from contract_tests.fuzzing.cases import Cases
from contract_tests.fuzzing.probes import FAMILIES, Family, Probe, interleaved
from contract_tests.probing import Probing

SHARES: Mapping[Family, float] = {
    "acceptable": 0.12,
    "covering": 0.12,
    "bent": 0.25,
    "malformed": 0.15,
    "violating": 0.36,
}
"""How a count of probes is divided; what the others cannot use up goes to the violating ones."""


def fuzz(asking: Asking, seed: int = 0, count: int = 1000, *, families: Sequence[Family] = FAMILIES) -> Probing:
    """Ask `count` probes within the limits of a run; the same for the same seed and list of models.

    What the endpoint does wrong is recorded, never raised. Raises Unjudgeable when nobody is there any more.
    """
    run = Probing(asking)
    waiting, asking.later = probes(run, seed, count, families), 0
    for place, probe in enumerate(waiting):
        if run.spent:
            break
        asking.left = len(waiting) - place - 1
        run.ask(probe.request, f"fuzz/{probe.family}/{probe.told}")
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
