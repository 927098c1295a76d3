"""What each command of `image-contract` does: values in, text out, an exit status."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import yaml

from contract_tests import reports
from contract_tests.addresses import BadAddress
from contract_tests.asking import Limits
from contract_tests.findings import Report
from contract_tests.local_mock import MockFailed, local_mock
from contract_tests.plan import FaultyPlan, plan
from contract_tests.questions import Question
from contract_tests.reports import json_form, terminal
from contract_tests.reports.progress import Progress
from contract_tests.running import TRANSCRIPT, Order, Outcome, Unwritable, exit_status, reported, run, writable
from specs import loading, models
from specs.contract import Claim, Contract
from specs.messages import Exchange
from specs.transcripts import UnreadableTranscript, billed, load

Command: TypeAlias = Callable[[argparse.Namespace], int]

KEY_ENV = "IMAGE_CONTRACT_API_KEY"


class WrongUsage(ValueError):
    """The user asked for something that cannot be done; one sentence that says what to do."""


MISTAKES = (
    WrongUsage,
    loading.UnknownProvider,
    loading.BrokenContract,
    BadAddress,
    FaultyPlan,
    MockFailed,
    Unwritable,
    UnreadableTranscript,
    json_form.UnreadableReport,
)
"""What ends a command with status 2: the user's input or our own data. Each is one sentence."""


def providers(_given: argparse.Namespace) -> int:
    """Name the providers."""
    for name in loading.providers():
        contract = loading.load(name)
        judged = sum(claim.judged for claim in contract.claims)
        print(f"{name:14} {contract.title:24} {contract.edit.method} {contract.edit.path:24} {judged} judged claims")
    return 0


def listed(given: argparse.Namespace) -> int:
    """List the claims of one provider, or of all."""
    contracts = [loading.load(name) for name in ([given.provider] if given.provider else loading.providers())]
    if given.json:
        print(json.dumps([_claim_value(c, claim) for c in contracts for claim in c.claims], ensure_ascii=False, indent=1))
        return 0
    for contract in contracts:
        print(f"{contract.provider}: {contract.title}")
        for claim in contract.claims:
            _print_claim(claim)
    return 0


def _claim_value(contract: Contract, claim: Claim) -> dict[str, object]:
    cited = claim.citation
    return {
        "provider": contract.provider,
        "claim": claim.id,
        "rule": claim.rule,
        "area": claim.area,
        "level": claim.level,
        "origin": claim.origin,
        "statement": claim.statement,
        "citation": {"document": cited.document, "at": cited.at, "quote": cited.quote, "gloss": cited.gloss},
    }


def _print_claim(claim: Claim) -> None:
    print(f"  {claim.id}  ({claim.area}, {claim.level}, {claim.origin})")
    print(f"      {claim.statement}")
    gloss = f" [{claim.citation.gloss}]" if claim.citation.gloss else ""
    print(f'      "{" ".join(claim.citation.quote.split())}"{gloss}  {claim.citation.document} {claim.citation.at}')


def planned(given: argparse.Namespace) -> int:
    """Print what would be asked. Sends nothing: a list of models is taken from the document's example."""
    contract = loading.load(given.provider)
    example = models.from_value(contract.models.example) if contract.models else None
    questions = plan(contract, example, given.seed)
    if given.json:
        print(json.dumps([_question_value(question) for question in questions], indent=1))
        return 0
    for question in questions:
        price = f"{question.price:g} credits" if question.price is not None else "1 edit"
        print(f"{'free' if not question.billable else price:12} {question.id:44} {', '.join(question.about[:4])}")
    print(_priced(questions))
    return 0


def _question_value(question: Question) -> dict[str, object]:
    return {
        "question": question.id,
        "about": list(question.about),
        "encoding": question.encoding.name,
        "billable": question.billable,
        "price": question.price,
        "heavy": question.heavy,
    }


def _priced(questions: Sequence[Question]) -> str:
    billable = [question for question in questions if question.billable]
    credits = sum(question.price or 0 for question in billable)
    known = f", {credits:g} credits by the provider's own list" if credits else ""
    return f"{len(questions)} requests: {len(questions) - len(billable)} free, {len(billable)} billable edits{known}"


def spec(given: argparse.Namespace) -> int:
    """Print the effective OpenAPI document: published, with the overlay applied."""
    document = loading.load(given.provider).document
    if given.form == "json":
        print(json.dumps(document, ensure_ascii=False, indent=1, default=str))
    else:
        print(yaml.safe_dump(json.loads(json.dumps(document, default=str)), allow_unicode=True, sort_keys=False), end="")
    return 0


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
    _summed(outcome.report, given.out)
    return _status(outcome, strict=given.strict)


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
    example = models.from_value(contract.models.example) if contract.models else None
    told = f"{given.base_url} may bill: {_priced(plan(contract, example, given.seed))}"
    if not sys.stdin.isatty():
        raise WrongUsage(f"{told}; set a limit with --budget N, or agree with --yes")
    if input(f"{told}. Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise WrongUsage("nothing was asked")


def _run(order: Order) -> Outcome:
    total = len(plan(order.contract, _example(order.contract), order.seed, heavy=order.heavy))
    with Progress(total, sys.stderr) as progress:

        def watch(exchange: Exchange, *, asked: int, billable: int) -> None:
            del asked, billable
            progress.asked(billed=billed(exchange))

        return run(order, watch)


def _example(contract: Contract) -> models.ModelList | None:
    return models.from_value(contract.models.example) if contract.models else None


def _status(outcome: Outcome, *, strict: bool) -> int:
    if outcome.broke_off:
        print(f"image-contract: {outcome.report.base_url}: {outcome.broke_off}", file=sys.stderr)
        return 130 if outcome.interrupted else 3
    status = exit_status(outcome.report.findings, strict=strict)
    if status == 3:  # noqa: PLR2004 - as documented
        print(f"image-contract: nothing could be judged at {outcome.report.base_url}", file=sys.stderr)
    return status


def _summed(report: Report, out: Path | None) -> None:
    values = [json_form.value(report)]
    page = str(out / "index.html") if out else "none (--out DIR writes it)"
    print(terminal.summary(values, page, _screen()), end="")


def _screen() -> terminal.Screen:
    size = shutil.get_terminal_size((100, 40))
    return terminal.Screen(size.columns, size.lines, terminal.coloured(sys.stdout, os.environ))


def judged(given: argparse.Namespace) -> int:
    """Judge a transcript again."""
    contract = loading.load(given.provider)
    transcript = load(given.transcript)
    report = reported(contract, transcript)
    if given.out:
        writable(given.out)
        reports.write_report(report, transcript, given.out)
        if not (given.out / TRANSCRIPT).exists():
            shutil.copyfile(given.transcript, given.out / TRANSCRIPT)
    _summed(report, given.out)
    return _status(Outcome(report), strict=given.strict)


def merged(given: argparse.Namespace) -> int:
    """Write one page over many runs."""
    writable(given.out)
    page = reports.write_site([reports.opened(folder) for folder in given.runs], given.out)
    print(f"page: {page}")
    return 0


def demo(given: argparse.Namespace) -> int:
    """Test the bundled relays against the mock; one page over both."""
    writable(given.out)
    found = []
    for name in ("aitoearn", "chatanywhere"):
        with local_mock(name) as mock:
            found.append(_run(Order(loading.load(name), mock.url, mock.key, given.out / name, given.seed)))
    page = reports.write_site([reports.opened(given.out / o.report.provider) for o in found], given.out)
    print(terminal.summary([json_form.value(o.report) for o in found], str(page), _screen()), end="")
    return max(_status(outcome, strict=True) for outcome in found)
