"""`image-contract`: the tester as a command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

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
    _verb(verbs, "providers", commands.providers, "the providers there are")
    _with_provider(_verb(verbs, "list", commands.listed, "every claim, with its source"), required=False)
    _with_json(verbs.choices["list"])
    plan = _with_provider(_verb(verbs, "plan", commands.planned, "what would be asked, and its price; sends nothing"))
    _with_json(plan)
    _with_seed(plan)
    spec = _with_provider(_verb(verbs, "spec", commands.spec, "the effective OpenAPI document"))
    spec.add_argument("--as", dest="form", choices=("yaml", "json"), default="yaml", help="default: %(default)s")
    _test(_with_provider(_verb(verbs, "test", commands.tested, "ask an endpoint and judge what comes back")))
    judge = _with_provider(_verb(verbs, "judge", commands.judged, "judge a transcript again, without asking"))
    judge.add_argument("transcript", type=Path, metavar="TRANSCRIPT")
    judge.add_argument("--out", type=Path, metavar="DIR", help="write the reports here")
    judge.add_argument("--strict", action="store_true", help="a broken `should` fails, too")
    report = _verb(verbs, "report", commands.merged, "one page over many runs")
    report.add_argument("runs", nargs="+", type=Path, metavar="DIR", help="folders that `test` wrote")
    report.add_argument("--out", type=Path, required=True, metavar="DIR")
    demo = _verb(verbs, "demo", commands.demo, "test every provider of the seeds against the mock")
    demo.add_argument("--out", type=Path, default=Path("reports"), metavar="DIR")
    _with_seed(demo)
    return found


def _verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, act: commands.Command, told: str) -> argparse.ArgumentParser:
    found = verbs.add_parser(name, help=told, description=told[0].upper() + told[1:] + ".")
    found.set_defaults(act=act)
    return found


def _with_provider(found: argparse.ArgumentParser, *, required: bool = True) -> argparse.ArgumentParser:
    found.add_argument("--provider", required=required, metavar="NAME", help="see `image-contract providers`")
    return found


def _with_json(found: argparse.ArgumentParser) -> None:
    found.add_argument("--json", action="store_true", help="as JSON")


def _with_seed(found: argparse.ArgumentParser) -> None:
    found.add_argument("--seed", type=int, default=0, metavar="N", help="other pictures and colours (default: 0)")


def _test(found: argparse.ArgumentParser) -> None:
    where = found.add_mutually_exclusive_group(required=True)
    where.add_argument("--base-url", metavar="URL", help="the server's root; one that ends in …/v1 or …/api/ai is fine")
    where.add_argument("--mock", action="store_true", help="start a mock of the provider and test that")
    found.add_argument("--mock-option", action="append", default=[], metavar="OPTION", help="an option for that mock")
    found.add_argument("--api-key-env", metavar="NAME", default=commands.KEY_ENV, help="default: %(default)s")
    found.add_argument("--api-key-file", type=Path, metavar="FILE", help="read the key from a file instead")
    found.add_argument("--budget", type=int, metavar="N", help="at most so many billable edits")
    found.add_argument("--timeout", type=float, default=180.0, metavar="S", help="seconds per request (default: 180)")
    found.add_argument("--no-heavy", action="store_true", help="leave out bodies of over 5 MB")
    found.add_argument("--strict", action="store_true", help="a broken `should` fails, too")
    found.add_argument("--yes", action="store_true", help="do not ask before spending on an endpoint that bills")
    found.add_argument("--out", type=Path, default=Path("image-contract-report"), metavar="DIR", help="default: %(default)s")
    _with_seed(found)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    given = parser().parse_args(argv)
    try:
        status: int = given.act(given)
    except commands.MISTAKES as problem:
        print(f"image-contract: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return status


if __name__ == "__main__":
    sys.exit(main())
