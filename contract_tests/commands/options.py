"""What the commands share: how an option is written, what counts as the user's mistake, the size of the screen."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import TypeAlias

from contract_tests.addresses import BadAddress
from contract_tests.documents.reading import UnreadableDocument
from contract_tests.local_mock import MockFailed
from contract_tests.plan import FaultyPlan
from contract_tests.reports import json_form, terminal
from contract_tests.reports.baseline import UnreadableBaseline
from contract_tests.running import Outcome, Unwritable, exit_status
from contract_tests.weighing import NoReports
from specs import loading, models
from specs.contract import Contract
from specs.transcripts import UnreadableTranscript

Command: TypeAlias = Callable[[argparse.Namespace], int]
Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


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
    UnreadableDocument,
    UnreadableBaseline,
    NoReports,
)
"""What ends a command with status 2: the user's input or our own data. Each is one sentence."""


def verb(verbs: Verbs, name: str, act: Command, told: str, *examples: str) -> argparse.ArgumentParser:
    """A new command: its name, what it does (a function of the parsed options), and that in words.

    Its help ends with the examples, lines that can be copied (without `image-contract`).
    """
    found = verbs.add_parser(name, help=told, description=told[0].upper() + told[1:] + ".")
    found.set_defaults(act=act)
    found.formatter_class = argparse.RawDescriptionHelpFormatter
    _show(found, examples)
    return found


def with_example(found: argparse.ArgumentParser, more: str, example: str) -> argparse.ArgumentParser:
    """Say more about a command, and end its help with a line that can be copied."""
    found.description = textwrap.fill(f"{found.description} {more}", 100, break_on_hyphens=False)
    _show(found, (example,))
    return found


def _show(found: argparse.ArgumentParser, examples: Sequence[str]) -> None:
    if examples:
        heading = "example" if len(examples) == 1 else "examples"
        found.epilog = "\n".join((f"{heading}:", *(f"  image-contract {example}" for example in examples)))


def with_provider(found: argparse.ArgumentParser, *, required: bool = True) -> argparse.ArgumentParser:
    """Add `--provider`."""
    found.add_argument("--provider", required=required, metavar="NAME", help="see `image-contract providers`")
    return found


def with_json(found: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add `--json`."""
    found.add_argument("--json", action="store_true", help="as JSON")
    return found


def with_seed(found: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add `--seed`."""
    found.add_argument("--seed", type=int, default=0, metavar="N", help="other pictures and colours (default: 0)")
    return found


def with_strict(found: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add `--strict`."""
    found.add_argument("--strict", action="store_true", help="a broken `should` fails, too")
    return found


def example(contract: Contract) -> models.ModelList | None:
    """The list of models that stands in the provider's document: for planning without asking."""
    return models.from_value(contract.models.example) if contract.models else None


def status(outcome: Outcome, *, strict: bool) -> int:
    """The exit status of a run, and one sentence where it could not be judged."""
    if outcome.broke_off:
        print(f"image-contract: {outcome.report.base_url}: {outcome.broke_off}", file=sys.stderr)
        return 130 if outcome.interrupted else 3
    found = exit_status(outcome.report.findings, strict=strict)
    if found == 3:
        print(f"image-contract: nothing could be judged at {outcome.report.base_url}", file=sys.stderr)
    return found


def screen() -> terminal.Screen:
    """The terminal we print to."""
    size = shutil.get_terminal_size((100, 40))
    return terminal.Screen(size.columns, size.lines, terminal.coloured(sys.stdout, os.environ))
