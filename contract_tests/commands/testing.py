"""Commands that ask an endpoint: test, demo."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from contract_tests import reports
from contract_tests.asking import Limits
from contract_tests.commands.options import (
    Verbs,
    WrongUsage,
    example,
    screen,
    status,
    summed,
    verb,
    with_provider,
    with_seed,
    with_strict,
)
from contract_tests.commands.showing import priced
from contract_tests.local_mock import local_mock
from contract_tests.plan import plan
from contract_tests.reports import json_form, terminal
from contract_tests.reports.progress import Progress
from contract_tests.running import Order, Outcome, run, writable
from specs import loading
from specs.contract import Contract
from specs.messages import Exchange
from specs.transcripts import billed

KEY_ENV = "IMAGE_CONTRACT_API_KEY"


def add(verbs: Verbs) -> None:
    """Add these commands."""
    _test(with_strict(with_seed(with_provider(verb(verbs, "test", tested, "ask an endpoint and judge what comes back")))))
    found = with_seed(verb(verbs, "demo", demo, "test the bundled relays against the mock"))
    found.add_argument("--out", type=Path, default=Path("reports"), metavar="DIR", help="default: %(default)s")


def _test(found: argparse.ArgumentParser) -> None:
    where = found.add_mutually_exclusive_group(required=True)
    where.add_argument("--base-url", metavar="URL", help="the server's root; one that ends in …/v1 or …/api/ai is fine")
    where.add_argument("--mock", action="store_true", help="start a mock of the provider and test that")
    found.add_argument("--mock-option", action="append", default=[], metavar="OPTION", help="an option for that mock")
    found.add_argument("--api-key-env", metavar="NAME", default=KEY_ENV, help="default: %(default)s")
    found.add_argument("--api-key-file", type=Path, metavar="FILE", help="read the key from a file instead")
    found.add_argument("--budget", type=int, metavar="N", help="at most so many billable edits")
    found.add_argument("--timeout", type=float, default=180.0, metavar="S", help="seconds per request (default: 180)")
    found.add_argument("--no-heavy", action="store_true", help="leave out bodies of over 5 MB")
    found.add_argument("--yes", action="store_true", help="do not ask before spending on an endpoint that bills")
    out = Path("image-contract-report")
    found.add_argument("--out", type=Path, default=out, metavar="DIR", help="default: %(default)s")


def tested(given: argparse.Namespace) -> int:
    """Ask an endpoint, judge, write the reports."""
    contract = loading.load(given.provider)
    writable(given.out)
    with ExitStack() as stack:
        if given.mock:
            mock = stack.enter_context(local_mock(contract.provider, given.mock_option))
            base_url, key = mock.url, mock.key
        else:
            base_url, key = given.base_url, _key(given)
            _confirm(given, contract)
        limits = Limits(budget=given.budget)
        order = Order(contract, base_url, key, given.out, given.seed, limits, given.timeout, not given.no_heavy)
        outcome = _run(order)
    summed(outcome.report, given.out)
    return status(outcome, strict=given.strict)


def _key(given: argparse.Namespace) -> str:
    if given.api_key_file:
        try:
            key = given.api_key_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as problem:
            raise WrongUsage(f"the key file {given.api_key_file} cannot be read: {problem}") from problem
        if not key:
            raise WrongUsage(f"the key file {given.api_key_file} is empty")
        return str(key)
    key = os.environ.get(given.api_key_env, "").strip()
    if not key:
        raise WrongUsage(
            f"there is no API key: set the environment variable {given.api_key_env}, or name another by --api-key-env"
        )
    return key


def _confirm(given: argparse.Namespace, contract: Contract) -> None:
    """Before money is spent on an endpoint that is not on this machine: show the price and ask."""
    host = urlsplit(given.base_url).hostname or ""
    if given.budget is not None or given.yes or host in ("localhost", "::1") or host.startswith("127."):
        return
    told = f"{given.base_url} may bill: {priced(plan(contract, example(contract), given.seed))}"
    if not sys.stdin.isatty():
        raise WrongUsage(f"{told}; set a limit with --budget N, or agree with --yes")
    if input(f"{told}. Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise WrongUsage("nothing was asked")


def _run(order: Order) -> Outcome:
    total = len(plan(order.contract, example(order.contract), order.seed, heavy=order.heavy))
    with Progress(total, sys.stderr) as progress:

        def watch(exchange: Exchange, *, asked: int, billable: int) -> None:
            del asked, billable
            progress.asked(billed=billed(exchange))

        return run(order, watch)


def demo(given: argparse.Namespace) -> int:
    """Test the bundled relays against the mock; one page over both."""
    writable(given.out)
    found = []
    for name in ("aitoearn", "chatanywhere"):
        with local_mock(name) as mock:
            found.append(_run(Order(loading.load(name), mock.url, mock.key, given.out / name, given.seed)))
    page = reports.write_site([reports.opened(given.out / o.report.provider) for o in found], given.out)
    print(terminal.summary([json_form.value(o.report) for o in found], str(page), screen()), end="")
    return max(status(outcome, strict=True) for outcome in found)
