"""The pytest plugin of the suite: its options, and the suite itself where it is asked for.

Installed with the package, it stands by in every pytest run, so it adds nothing to one that is not about this suite.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

SUITE = "contract_tests.suite"
KEY_ENV = "IMAGE_CONTRACT_API_KEY"

_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--provider", {"metavar": "NAME", "help": "whose contract: see `image-contract providers`"}),
    ("--base-url", {"metavar": "URL", "help": "the server's root; one that ends in …/v1 or …/api/ai is fine"}),
    ("--api-key-env", {"metavar": "NAME", "default": KEY_ENV, "help": f"holds the API key (default: {KEY_ENV})"}),
    ("--budget", {"type": int, "metavar": "N", "help": "at most so many billable edits"}),
    ("--seed", {"type": int, "default": 0, "metavar": "N", "help": "other pictures and colours (default: 0)"}),
    ("--out", {"metavar": "DIR", "help": "write transcript and reports here"}),
)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser, args: Sequence[str]) -> Generator[None]:
    """Add the options, after everybody else: one that is there already (`--base-url` of pytest-base-url) is used."""
    yield
    if not _meant(args):
        return
    there = vars(parser.parse_known_args([]))
    group = parser.getgroup("image contract")
    for name, described in _OPTIONS:
        if name.removeprefix("--").replace("-", "_") not in there:
            group.addoption(name, **described)


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the suite where it is asked for."""
    if _meant(config.args):
        from contract_tests.suite.session import Suite  # noqa: PLC0415 - other runs import nothing of ours

        config.pluginmanager.register(Suite(config), SUITE)


def _meant(args: Sequence[str]) -> bool:
    """Whether these arguments ask for the suite, by its name or its place."""
    home = Path(__file__).parent / "suite"
    places = (Path(str(arg).partition("::")[0]).absolute() for arg in args if not str(arg).startswith("-"))
    return any(SUITE in str(arg) for arg in args) or any(home in (place, *place.parents) for place in places)
