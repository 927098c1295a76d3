"""Endpoints with one thing wrong that nobody listed, each before the tester: noticed or not, by which claim.

python -m benchmarks.mischief [--profile full|quick] [--out FILE] [ID ...]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.mischief import MISCHIEFS
from tests.mischief.weighing import Weighed, one_by_one, pooled


def _weighed(ids: Sequence[str], profile: str, provider: str | None) -> Iterator[Weighed]:
    way = pooled if profile == "quick" else one_by_one
    pairs = [(home, MISCHIEFS[id]) for id in ids for home in MISCHIEFS[id].providers if provider in (None, home)]
    for home, mischief in sorted(pairs, key=lambda pair: pair[0]):
        yield way(mischief, home)


def main(argv: Sequence[str] | None = None) -> int:
    """Weigh them all; 1 when one is not noticed that some document forbids."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id", nargs="*", default=list(MISCHIEFS), metavar="ID")
    parser.add_argument("--profile", choices=("full", "quick"), default="full")
    parser.add_argument("--provider")
    parser.add_argument("--out", type=Path, help="append each result to this file, as a line of JSON")
    given = parser.parse_args(argv)
    missed = 0
    for one in _weighed(given.id, given.profile, given.provider):
        started = time.monotonic()
        noticed = ", ".join(one.broken) or ("unpromised" if one.mischief.unpromised else "NOT NOTICED")
        missed += not (one.broken or one.mischief.unpromised)
        print(f"{one.provider:13} {one.mischief.id:40} {one.requests:4} {one.billed:3}  {noticed}", flush=True)
        if given.out:
            line = {"id": one.mischief.id, "provider": one.provider, "profile": given.profile}
            line |= {"broken": list(one.broken), "requests": one.requests, "billed": one.billed}
            with given.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line | {"seconds": round(time.monotonic() - started, 1)}) + "\n")
    print(f"{missed} not noticed", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
