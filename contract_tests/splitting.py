"""Splitting: which of several traits a refused pool is refused for, found by halving.

Pure: it is told by a function whether a combination is accepted, and asks it as rarely as it can. What is accepted on
the way is proven innocent by the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def culprits(context: Sequence[T], suspects: Sequence[T], accepts: Callable[[tuple[T, ...]], bool]) -> Iterator[T]:
    """The suspects for each of which a combination is refused that is accepted without it.

    `context` is accepted, `context` with all suspects is not. When the last one has been handed out, everything but the
    culprits has been accepted together.
    """
    innocent, left = tuple(context), tuple(suspects)
    while left:
        innocent, culprit, left = _first(innocent, left, accepts)
        yield culprit
        if left and accepts((*innocent, *left)):
            return


def _first(
    innocent: tuple[T, ...], left: tuple[T, ...], accepts: Callable[[tuple[T, ...]], bool]
) -> tuple[tuple[T, ...], T, tuple[T, ...]]:
    """One culprit: (what was accepted until it was found, the culprit, what has not been looked at)."""
    later: tuple[T, ...] = ()
    while len(left) > 1:
        half, other = left[: len(left) // 2], left[len(left) // 2 :]
        if accepts((*innocent, *half)):
            innocent, left = (*innocent, *half), other
        else:
            left, later = half, (*other, *later)
    return innocent, left[0], later
