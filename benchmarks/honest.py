"""False alarms, looked for at length: honest endpoints in chance mixtures of manners, walked with whole plans.

    python -m benchmarks.honest --seeds 50

Every accusation is printed beside the manners that brought it about; the exit status is 1 when there is one. Results are
lines in `benchmarks/results`, and a run that was cut short goes on.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields

from benchmarks import rows
from tests.honest import HOUSES, Manners, drawn
from tests.honest.walk import accused, walk

NAME = "honest"


@dataclass(frozen=True, slots=True)
class Walked:
    """One walk: how many requests, how many claims were seen kept, what the endpoint was accused of."""

    provider: str
    seed: int
    requests: int
    held: int
    accused: tuple[str, ...]
    seconds: float


def walked(provider: str, seed: int) -> Walked:
    """Walk one endpoint whose manners, pictures and prompts hang on the seed."""
    started = time.monotonic()
    findings, exchanges = walk(provider, drawn(seed), seed=seed)
    held = sum(finding.verdict == "holds" for finding in findings)
    return Walked(provider, seed, len(exchanges), held, tuple(accused(findings)), time.monotonic() - started)


def manners_of(seed: int) -> str:
    """The knobs that are turned under a seed."""
    found = drawn(seed)
    turned = [k.name for k in fields(Manners) if getattr(found, k.name) != getattr(Manners(), k.name)]
    return ", ".join(f"{name}={getattr(found, name)}" for name in turned) or "plain"


def _walks(given: argparse.Namespace) -> Iterator[Walked]:
    done = rows.keys(NAME)
    cases = [(provider, seed) for seed in range(given.seeds) for provider in given.provider or HOUSES]
    left = [(provider, seed) for provider, seed in cases if (provider, "walk", str(seed)) not in done]
    with ProcessPoolExecutor(given.jobs) as pool:
        yield from pool.map(walked, [provider for provider, _ in left], [seed for _, seed in left])


def main() -> int:
    """Walk them all; 1 when an honest endpoint was accused."""
    parser = argparse.ArgumentParser("benchmarks.honest", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50, metavar="N")
    parser.add_argument("--provider", action="append", choices=list(HOUSES))
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--anew", action="store_true", help="forget what an earlier run found")
    given = parser.parse_args()
    if given.anew:
        rows.forget(NAME)
    for one in _walks(given):
        row = {"provider": one.provider, "kind": "walk", "id": str(one.seed), "requests": one.requests}
        rows.add(NAME, row | {"held": one.held, "accused": list(one.accused)})
        print(
            f"seed {one.seed:3} {one.provider:13} {one.requests:4} requests {one.held:4} held {one.seconds:5.1f} s",
            flush=True,
        )
        for line in one.accused:
            print(f"    {line}\n    with {manners_of(one.seed)}", flush=True)
    all_walks = rows.read(NAME)
    alarms = sum(len(row["accused"]) for row in all_walks)
    requests = sum(row["requests"] for row in all_walks)
    print(f"{len(all_walks)} walks, {requests} requests, {alarms} false alarms")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
