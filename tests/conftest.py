"""How tests are shared out among processes: those of one file and provider stay together, for they share walks."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    for item in items:
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        provider = given.get("provider")
        group = f"{item.path.stem}-{provider}" if isinstance(provider, str) else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
