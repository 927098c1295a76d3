"""`image-contract`: the tester as a command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from contract_tests import commands

_EXAMPLES = """examples:
  image-contract test --provider chatanywhere --mock              the whole walk, offline, for nothing
  IMAGE_CONTRACT_API_KEY=… image-contract test --provider aitoearn --base-url https://aitoearn.ai --budget 12
  image-contract list --provider aitoearn                         every claim, with the provider's own words
  image-contract judge out/transcript.jsonl --provider aitoearn   judge again, without asking again
  image-contract report run1 run2 --out site                      one page over many runs

exit status: 0 every judged `must` holds, 1 one is broken (--strict: or a `should`), 2 wrong usage or broken data,
3 the endpoint could not be judged (unreachable, key refused, nothing judged)
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        "image-contract",
        description="Does an image-edit endpoint keep its contract? Every verdict beside the provider's own words.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = found.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    for group in commands.GROUPS:
        group.add(verbs)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    given = parser().parse_args(argv)
    status = 0
    try:
        status = given.act(given)
        sys.stdout.flush()
    except commands.MISTAKES as problem:
        print(f"image-contract: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


if __name__ == "__main__":
    sys.exit(main())
