"""Beyond the plan: sequences and probes, and what they bring out made small. Part of the same run, in its limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contract_tests import sequences
from contract_tests.asking import Asking
from contract_tests.growing import Growing
from contract_tests.probing import Probing
from contract_tests.questions import Question, is_smaller
from specs.contract import Claim
from specs.messages import Exchange

PROBES = 200
"""How many probes a full run asks, unless told otherwise."""

MOST_SHRUNK = 8
"""How many claims a smallest request is looked for: what a wrapper around everything breaks is not made small."""

_OURS = ("sequence/", "fuzz/")


def explore(asking: Asking, questions: Sequence[Question], seed: int, count: int) -> None:
    """Play the sequences, ask `count` probes. Raises Unjudgeable."""
    from contract_tests.fuzzing import fuzz  # noqa: PLC0415 - it brings Schemathesis, which takes a second to import

    sequences.explore(asking, questions, seed)
    fuzz(asking, seed, count)


def make_small(asking: Asking, growing: Growing, seed: int) -> None:
    """Look for the smallest request for each claim that only probes have broken. Raises Unjudgeable."""
    new = list(_only_beyond(growing, asking.exchanges))
    if new:
        from contract_tests.fuzzing import smallest  # noqa: PLC0415 - as above

        run = Probing(asking)
        for claim, exchange in new[:MOST_SHRUNK]:
            smallest(run, claim, exchange, seed)


def _only_beyond(growing: Growing, exchanges: Sequence[Exchange]) -> Iterator[tuple[Claim, Exchange]]:
    """The claims that no planned question has broken, each with the probe that did."""
    known = {exchange.id: exchange for exchange in exchanges}
    for finding in growing.findings(exchanges):
        if finding.verdict == "broken" and finding.claim.judged:
            bad = [known[id] for id in finding.exchanges]
            probes = [each for each in bad if (each.question or "").startswith("fuzz/") and not is_smaller(each)]
            if probes and all((each.question or "").startswith(_OURS) for each in bad):
                yield finding.claim, min(probes, key=lambda each: len(each.request.body))
