"""Repeating: what broke a claim is asked again, for a verdict that the next run would not give is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from contract_tests.asking import Asking
from contract_tests.evidence import is_valid
from contract_tests.findings import Finding
from contract_tests.growing import Growing
from contract_tests.questions import SMALLER
from contract_tests.tallying import Group, grouped
from specs.messages import Exchange
from specs.transcripts import billed

TIMES = 3
"""How often a request is asked in all, unless it breaks its claim a second time before."""

DIFFERENT = 3
"""How many requests that broke a claim are asked again, as long as none does so twice; where more broke it, none is."""

_IN_ORDER = ("sequence/", SMALLER)
"""How the names of questions begin that mean something only after those before them, or were repeated already."""


def ask_again(asking: Asking, growing: Growing) -> None:
    """Ask again, within the limits, what broke judged claims, until it is clear whether it does so every time."""
    ask_the_stubborn(asking, growing)
    ask_the_turned_away(asking, growing)
    for _ in range(TIMES * DIFFERENT):
        findings = growing.findings(asking.exchanges)
        asked = [asking.again(exchange) for exchange in _wanted(findings, asking.exchanges)]
        if not any(asked):
            return


def ask_the_stubborn(asking: Asking, growing: Growing) -> None:
    """Ask again to what the endpoint would not play: was it the hour, or the request? First, does anything go on?

    Some are asked; once one of them is accepted all are, for none was answered yet. In the end an accepted edit once
    more: else the purse may have run dry meanwhile.
    """
    seen = growing.evidence(asking.exchanges)
    if not seen.stubborn or not seen.any_accepted:
        return
    good = [asked for asked in seen.asked if is_valid(asked) and asked.outcome == "accepted"]
    since = seen.asked.index(seen.stubborn[0])
    if not any(asked in good for asked in seen.asked[since:]):
        again = asking.again(good[0].exchange)
        if again is None or not billed(again):
            return
    plainest = sorted(seen.stubborn, key=lambda asked: len(asked.exchange.about))  # what combines least tells most
    different = {asked.exchange.question: asked.exchange for asked in plainest}
    relented = False
    for number, exchange in enumerate(different.values()):
        if number >= DIFFERENT and not relented:
            break
        again = asking.again(exchange)
        relented = relented or (again is not None and billed(again))
    if not relented:
        asking.again(good[0].exchange)


def ask_the_turned_away(asking: Asking, growing: Growing) -> None:
    """Ask again, for nothing, some of the mistakes that got a gateway's 5xx; before and after, one that was refused."""
    seen = growing.evidence(asking.exchanges)
    refused = [a.exchange for a in seen.asked if a.breached and not a.disputed and a.outcome == "refused"]
    plain = [exchange for exchange in refused if exchange.response and 400 <= exchange.response.status < 500]
    different = {asked.exchange.question: asked.exchange for asked in seen.turned_away}
    if different and plain and not seen.crowded:
        for exchange in (plain[0], *list(different.values())[:DIFFERENT], plain[0]):
            asking.again(exchange)


def _wanted(findings: Iterable[Finding], exchanges: Sequence[Exchange]) -> list[Exchange]:
    """One request for each judged claim in doubt: the first that broke it and was not asked often enough."""
    known = {each.id: group for group in grouped(e for e in exchanges if e.purpose == "edit") for each in group}
    wanted: dict[str, Exchange] = {}
    for finding in filter(_is_in_doubt, findings):
        bad = set(finding.exchanges)
        groups = list(dict.fromkeys(known[id] for id in finding.exchanges if id in known))
        if len(groups) <= DIFFERENT and not any(_count(group, bad) > 1 for group in groups):
            left = (group for group in groups if len(group) < TIMES and not _is_in_order(group))
            for group in _first(left):
                wanted.setdefault(group[0].id, next(each for each in group if each.id in bad))
    return list(wanted.values())


def _is_in_doubt(finding: Finding) -> bool:
    """Whether something broke the claim, be it only once: then the finding says what was seen."""
    return finding.claim.judged and finding.verdict in ("broken", "inconclusive") and bool(finding.actual)


def _count(group: Group, ids: set[str]) -> int:
    return sum(each.id in ids for each in group)


def _first(groups: Iterator[Group]) -> Iterator[Group]:
    for group in groups:
        yield group
        return


def _is_in_order(group: Group) -> bool:
    return (group[0].question or "").startswith(_IN_ORDER)
