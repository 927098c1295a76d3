"""Commands that ask an endpoint: test, demo."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from pathlib import Path

from contract_tests import reports
from contract_tests.commands import spending
from contract_tests.commands.options import (
    Verbs,
    WrongUsage,
    screen,
    status,
    verb,
    with_provider,
    with_seed,
    with_strict,
)
from contract_tests.commands.telling import Telling, telling, with_telling
from contract_tests.local_mock import local_mock
from contract_tests.reports import json_form, terminal
from contract_tests.running import Declined, Order, OtherRun, Outcome, run, writable
from specs import loading
from specs.contract import Contract

KEY_ENV = "IMAGE_CONTRACT_API_KEY"
OUT = Path("image-contract-report")

_EXAMPLES = (
    "test --provider aitoearn --mock",
    "test --provider chatanywhere --base-url https://api.chatanywhere.tech --profile quick --budget 20",
    "test --provider openai --base-url http://127.0.0.1:8080/v1 --claim data-count --claim n-in-range",
    "test --resume image-contract-report --provider aitoearn --base-url https://aitoearn.ai",
)


def add(verbs: Verbs) -> None:
    """Add these commands."""
    told = "ask an endpoint and judge what comes back"
    _test(with_telling(with_strict(with_seed(with_provider(verb(verbs, "test", tested, told, *_EXAMPLES))))))
    found = with_seed(verb(verbs, "demo", demo, "test the bundled relays against the mock", "demo --out reports"))
    found.add_argument("--out", type=Path, default=Path("reports"), metavar="DIR", help="default: %(default)s")


def _test(found: argparse.ArgumentParser) -> None:
    where = found.add_mutually_exclusive_group(required=True)
    where.add_argument("--base-url", metavar="URL", help="the server's root; one that ends in …/v1 or …/api/ai is fine")
    where.add_argument("--mock", action="store_true", help="start a mock of the provider and test that")
    found.add_argument("--mock-option", action="append", default=[], metavar="OPTION", help="an option for that mock")
    found.add_argument("--api-key-env", metavar="NAME", default=KEY_ENV, help="default: %(default)s")
    found.add_argument("--api-key-file", type=Path, metavar="FILE", help="read the key from a file instead")
    spending.with_limits(spending.with_choice(found))
    found.add_argument("--timeout", type=float, default=180.0, metavar="S", help="seconds per request (default: 180)")
    found.add_argument("--no-heavy", action="store_true", help="leave out bodies of over 5 MB")
    found.add_argument("--no-pictures", action="store_true", help="keep no picture, neither sent nor answered")
    results = found.add_mutually_exclusive_group()
    results.add_argument("--out", type=Path, default=OUT, metavar="DIR", help="default: %(default)s")
    results.add_argument("--resume", type=Path, metavar="DIR", help="go on with the run there: nothing is asked twice")


def tested(given: argparse.Namespace) -> int:
    """Ask an endpoint, judge, write the reports."""
    contract = loading.load(given.provider)
    teller = telling(given)
    if given.mock and given.resume:
        raise WrongUsage("--resume needs --base-url: a mock that is started for this run has answered nothing yet")
    if given.no_pictures and given.resume:
        raise WrongUsage("--resume needs the pictures of what was asked: leave --no-pictures out")
    if given.budget_credits is not None and contract.models is None:
        told = "publishes no list of prices, so --budget-credits cannot be kept; use --budget"
        raise WrongUsage(f"{contract.title} {told}")
    with ExitStack() as stack:
        if given.mock:
            mock = stack.enter_context(local_mock(contract.provider, given.mock_option))
            given.base_url, key = mock.url, mock.key
        else:
            key = _key(given)
        try:
            outcome = _run(_order(given, contract, key), teller)
        except (Declined, OtherRun) as problem:
            raise WrongUsage(str(problem)) from problem
    return teller.ended(outcome, given.resume or given.out)


def _order(given: argparse.Namespace, contract: Contract, key: str) -> Order:
    local = spending.is_local(given.base_url)
    return Order(
        contract,
        given.base_url,
        key,
        given.resume or given.out,
        given.seed,
        spending.limits(given, local=local),
        given.timeout,
        not given.no_heavy,
        profile=spending.profile(given, local=local),
        claims=spending.claims(contract, given.claim),
        probes=given.fuzz,
        picture_url=given.picture_url or "",
        keep_pictures=not given.no_pictures,
        resume=given.resume is not None,
        agree=spending.agreement(given, contract),
    )


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


def _run(order: Order, teller: Telling) -> Outcome:
    with teller.watching() as watch:
        return run(order, watch)


def demo(given: argparse.Namespace) -> int:
    """Test the bundled relays against the mock; one page over both."""
    writable(given.out)
    found = []
    for name in ("aitoearn", "chatanywhere"):
        with local_mock(name) as mock:
            order = Order(loading.load(name), mock.url, mock.key, given.out / name, given.seed)
            found.append(_run(order, Telling()))
    page = reports.write_site([reports.opened(given.out / o.report.provider) for o in found], given.out)
    print(terminal.summary([json_form.value(o.report) for o in found], str(page), screen()), end="")
    return max(status(outcome, strict=True) for outcome in found)
