"""How tests are shared out among processes, and what the tests of one process have in common.

Those of one file and provider stay together, for they share walks. Walks make the same plans and ask for the same
pictures over and over: what was planned, painted and decoded once is held for all of them.
"""

from __future__ import annotations

import pytest

from mock_server import painter
from specs import pictures
from tests.planned_once import plan_once

HELD = 150_000_000
"""Bytes of finished files, and of decoded pictures, that one process of tests may hold."""

LONGEST = (
    *("mock_process", "every_claim_bites", "resume", "secrets", "fuzz", "suite", "readme", "full_run", "mock_reading"),
    *("honest", "action", "replay", "commands", "plan_presence", "mock_abuse", "stand_in", "pools", "fuzz_sequences"),
)
"""Files that take long: they are begun first, so that no process works on alone at the end."""


def pytest_configure() -> None:
    painter._finished.most_bytes = HELD
    pictures._decoded.most_bytes = HELD
    plan_once()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    turns = {f"test_{name}": turn for turn, name in enumerate(LONGEST)}
    items.sort(key=lambda item: turns.get(item.path.stem, len(turns)))
    for item in items:
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        provider = given.get("provider")
        group = f"{item.path.stem}-{provider}" if isinstance(provider, str) else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
