"""Endpoints with one thing wrong that nobody listed, each before the tester: noticed or not, by which claim.

    python -m benchmarks.mischief [--profile full|quick] [--provider NAME] [--anew] [ID ...]

Each result is a line in `benchmarks/results`, and a run that was cut short goes on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks import rows
from tests.mischief import MISCHIEFS
from tests.mischief.weighing import one_by_one, pooled


def main(argv: Sequence[str] | None = None) -> int:
    """Weigh them all; 1 when one is not noticed that some document forbids."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id", nargs="*", default=list(MISCHIEFS), metavar="ID")
    parser.add_argument("--profile", choices=("full", "quick"), default="full")
    parser.add_argument("--provider")
    parser.add_argument("--anew", action="store_true", help="forget what an earlier run found")
    given = parser.parse_args(argv)
    name, way = f"mischief-{given.profile}", pooled if given.profile == "quick" else one_by_one
    if given.anew:
        rows.forget(name)
    pairs = [(home, MISCHIEFS[id]) for id in given.id for home in MISCHIEFS[id].providers]
    done, missed = rows.keys(name), 0
    for home, mischief in sorted(pairs, key=lambda pair: pair[0]):
        if given.provider in (None, home) and (home, mischief.step, mischief.id) not in done:
            one = way(mischief, home)
            row = {"provider": home, "kind": mischief.step, "id": mischief.id, "caught": sorted(one.broken)}
            rows.add(name, row | {"requests": one.requests, "billed": one.billed})
            missed += not (one.broken or mischief.unpromised)
            noticed = ", ".join(one.broken) or ("unpromised" if mischief.unpromised else "NOT NOTICED")
            print(f"{home:13} {mischief.id:40} {one.requests:4} {one.billed:3}  {noticed}", flush=True)
    print(f"{missed} not noticed", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
