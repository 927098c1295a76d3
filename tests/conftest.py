"""How tests are shared out among processes, and what the tests of one process have in common.

Those of one file and provider stay together, for they share walks. Walks make the same plans and ask for the same
pictures over and over: what was planned, painted and decoded once is held for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from mock_server import painter
from specs import pictures
from tests.planned_once import plan_once

HELD = 150_000_000
"""Bytes of finished files, and of decoded pictures, that one process of tests may hold."""


def pytest_configure() -> None:
    painter._finished.most_bytes = HELD
    pictures._decoded.most_bytes = HELD
    plan_once()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    for item in items:
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        provider = given.get("provider")
        group = f"{item.path.stem}-{provider}" if isinstance(provider, str) else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
