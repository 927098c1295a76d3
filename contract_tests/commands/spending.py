"""What a run may spend: the options for it, and the question whether the user agrees."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from contract_tests import pacing, pricing
from contract_tests.addresses import BadAddress, origin
from contract_tests.asking import Limits
from contract_tests.beyond import PROBES
from contract_tests.commands.options import WrongUsage, example
from contract_tests.plan import PROFILES, Profile, plan
from contract_tests.questions import Question
from specs.contract import Contract

AWAY_FIRST_WAIT = 5.0
"""Seconds before an endpoint that is not on this machine is asked again when it was busy and did not say how long."""


def with_choice(found: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add `--profile`, `--fuzz`, `--claim` and `--picture-url`."""
    told = "quick: everything in a few pooled edits; full: one by one, then fuzzing; free: only what should be refused"
    found.add_argument("--profile", choices=PROFILES, help=told)
    found.add_argument(
        "--fuzz",
        type=_count,
        default=PROBES,
        metavar="N",
        help="probes after a full plan, with the sequences; 0: neither (default: %(default)s)",
    )
    found.add_argument(
        "--claim", action="append", default=[], metavar="ID", help="only what this claim needs (repeatable)"
    )
    told = "a public link to a PNG, for the claim that links are taken (default: not asked)"
    found.add_argument("--picture-url", type=_link, metavar="URL", help=told)
    return found


def _link(text: str) -> str:
    try:
        origin(text)
    except BadAddress as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem
    return text


def with_limits(found: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add the limits of a run, none of which is ever exceeded."""
    found.add_argument("--budget", type=_count, metavar="N", help="at most so many billable edits")
    found.add_argument(
        "--budget-credits", type=_amount, metavar="X", help="at most so many credits, where prices are known"
    )
    found.add_argument("--max-requests", type=_count, metavar="N", help="at most so many requests of any kind")
    found.add_argument("--max-time", type=_amount, metavar="S", help="at most so many seconds of asking")
    found.add_argument(
        "--rate", type=_rate, metavar="N/m", help="at most so many requests a second (s), minute (m), hour (h)"
    )
    found.add_argument("--jobs", type=_some, default=1, metavar="N", help="questions side by side (default: 1)")
    found.add_argument("--yes", action="store_true", help="do not ask before spending on an endpoint that bills")
    return found


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _some(text: str) -> int:
    if (number := _count(text)) == 0:
        raise argparse.ArgumentTypeError("there has to be at least 1")
    return number


def _amount(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount")
    return number


def _rate(text: str) -> pacing.Rate:
    try:
        return pacing.rate(text)
    except pacing.NoRate as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


def is_local(url: str) -> bool:
    """Whether a URL leads to this machine, where nobody bills."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host in ("localhost", "::1") or host.startswith("127.")


def limits(given: argparse.Namespace, *, local: bool) -> Limits:
    """The limits that the options say."""
    found = Limits(
        budget=given.budget,
        credits=given.budget_credits,
        requests=given.max_requests,
        seconds=given.max_time,
        rate=given.rate,
        jobs=given.jobs,
    )
    return found if local else replace(found, first_wait=AWAY_FIRST_WAIT)


def profile(given: argparse.Namespace, *, local: bool) -> Profile:
    """The profile: what is asked of other machines is quick, as long as nobody says otherwise."""
    chosen: Profile | None = given.profile
    return chosen or ("full" if local else "quick")


def claims(contract: Contract, ids: Collection[str]) -> tuple[str, ...]:
    """The claims called so. Raises WrongUsage."""
    known = {claim.id for claim in contract.claims}
    if unknown := sorted(set(ids) - known):
        name = contract.provider
        told = f"`image-contract list --provider {name}` shows all"
        raise WrongUsage(f"there is no claim {', '.join(unknown)} of {name}; {told}")
    return tuple(dict.fromkeys(ids))


def agreement(given: argparse.Namespace, contract: Contract) -> Callable[[Sequence[Question]], bool] | None:
    """How to ask whether the price is right; None where that need not be asked. Raises WrongUsage.

    An endpoint on this machine, a limit, `--yes` and a plan that should cost nothing need no asking.
    """
    chosen = profile(given, local=is_local(given.base_url))
    limited = given.budget is not None or given.budget_credits is not None
    if limited or given.yes or is_local(given.base_url) or chosen == "free":
        return None
    if not sys.stdin.isatty():
        heavy, wanted = not given.no_heavy, claims(contract, given.claim)
        link = given.picture_url or ""
        listed = example(contract)
        whole = plan(contract, listed, given.seed, heavy=heavy, profile=chosen, claims=wanted, picture_url=link)
        raise WrongUsage(f"{_price(given, whole)}; set a limit with --budget N, or agree with --yes")
    return lambda questions: _agrees(_price(given, questions))


def _price(given: argparse.Namespace, questions: Sequence[Question]) -> str:
    free = sum(not question.billable for question in questions)
    more = f"up to {free} more edits where it accepts what it should refuse"
    apart = ", and a few for each pooled edit that it refuses" if any(question.traits for question in questions) else ""
    return f"{given.base_url} may bill {pricing.told(questions)}; {more}{apart}"


def _agrees(told: str) -> bool:
    return input(f"{told}. Go on? [y/N] ").strip().lower() in ("y", "yes")
