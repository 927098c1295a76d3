"""The faultless mock under other pictures, prompts and probes: whole plans, one for each seed and provider.

    python -m benchmarks.faultless --seeds 50

Every broken claim is printed; the exit status is 1 when there is one. Results are lines in `benchmarks/results`, and a
run that was cut short goes on.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor

from benchmarks import rows
from contract_tests.judging import findings
from contract_tests.plan import plan
from mock_server.settings import Settings
from specs import loading, models
from tests.honest.walk import accused
from tests.walking import is_large, walked

NAME = "faultless"


def walk(case: tuple[str, int]) -> rows.Row:
    """Ask the mock what a plan under a seed asks, but for bodies and results that are merely large."""
    provider, seed = case
    contract = loading.load(provider)
    listed = models.from_value(contract.models.example) if contract.models else None
    questions = [one for one in plan(contract, listed, seed, heavy=False) if not is_large(one)]
    evidence = walked(Settings(providers=(provider,), seed=seed), questions)
    found = findings(evidence)
    held = sum(finding.verdict == "holds" for finding in found)
    row = {"provider": provider, "kind": "walk", "id": str(seed), "requests": len(evidence.asked)}
    return {**row, "held": held, "accused": accused(found)}


def main() -> int:
    """Walk them all; 1 when a claim was found broken."""
    parser = argparse.ArgumentParser("benchmarks.faultless", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50, metavar="N")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--anew", action="store_true", help="forget what an earlier run found")
    given = parser.parse_args()
    if given.anew:
        rows.forget(NAME)
    done = rows.keys(NAME)
    cases = [(provider, seed) for seed in range(given.seeds) for provider in loading.providers()]
    left = [(provider, seed) for provider, seed in cases if (provider, "walk", str(seed)) not in done]
    with ProcessPoolExecutor(given.jobs) as pool:
        for count, row in enumerate(pool.map(walk, left), 1):
            rows.add(NAME, row)
            told = f"{row['requests']:4} requests {row['held']:4} held"
            print(f"{count:4}/{len(left)} seed {row['id']:>3} {row['provider']:13} {told}", flush=True)
            for line in row["accused"]:
                print(f"    {line}", flush=True)
    found = rows.read(NAME)
    broken = sum(len(row["accused"]) for row in found)
    print(f"{len(found)} walks, {sum(row['requests'] for row in found)} requests, {broken} broken claims")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
