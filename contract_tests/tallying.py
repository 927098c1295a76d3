"""Tallying: of requests that were asked several times, how often they broke a claim.

The same request asked again under its name makes a group; a retry after 429 or a gateway's 5xx had no answer yet and is
not judged. A transcript holds them all in order, so judging it again gives the same tally.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contract_tests.resuming import digest
from specs.messages import Exchange

Group = tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often requests that were asked more than once broke a claim: `broken` of `times`. `again`: one did so twice.

    `others` broke the claim and were asked once only.
    """

    broken: int
    times: int
    again: bool
    others: int

    @property
    def steady(self) -> bool:
        """Whether the claim is broken beyond doubt: the same again, or in more requests than were asked again."""
        return self.again or self.others > 0

    def __str__(self) -> str:
        return f"broken {self.broken} of the {self.times} times that the same was asked"


def tally(broken: Sequence[Exchange], kept: Sequence[Exchange]) -> Tally | None:
    """What asking again has shown; None where nothing that broke the claim was asked again."""
    bad = {exchange.id for exchange in broken}
    groups = [group for group in grouped((*broken, *kept)) if bad & {each.id for each in group}]
    tried = [group for group in groups if len(group) > 1]
    if not tried:
        return None
    counts = [sum(each.id in bad for each in group) for group in tried]
    return Tally(sum(counts), sum(map(len, tried)), max(counts) > 1, len(groups) - len(tried))


def grouped(exchanges: Iterable[Exchange]) -> list[Group]:
    """The exchanges by question and request, in the order in which the first of each comes."""
    named: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in exchanges:
        named[exchange.question or f"unasked {exchange.id}"].append(exchange)
    found: list[Group] = []
    for group in named.values():
        same: dict[str, list[Exchange]] = defaultdict(list)
        for exchange in group:
            same[digest(exchange.request) if len(group) > 1 else ""].append(exchange)
        found += map(tuple, same.values())
    return found
