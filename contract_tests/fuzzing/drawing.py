"""Draws from strategies in bulk: so many, the same for the same seed, whatever the generator makes of them."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st


@st.composite
def _without_accidents(draw: Any, strategy: st.SearchStrategy[Any]) -> Any:
    """A draw on which the generator itself fails (validating bytes by JSON Schema, now and then) is not counted."""
    try:
        return draw(strategy)
    except (ValueError, TypeError):
        reject()


def drawn(strategy: st.SearchStrategy[Any], count: int, seed: int) -> list[Any]:
    """`count` draws from a strategy (fewer, when it has no more), the same for the same seed."""
    found: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=max(1, count),
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(_without_accidents(strategy))
    def draw(value: Any) -> None:
        found.append(value)

    if count:
        draw()
    return found[:count]
