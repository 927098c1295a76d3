"""Evidence: every exchange of a transcript with all read out of it, and what the run as a whole shows.

Pure: nothing is sent, the same transcript gives the same evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from specs import models, reading
from specs.answers import Asked
from specs.applying import applies
from specs.contract import Claim, Contract
from specs.edits import Edit
from specs.messages import Exchange
from specs.models import ModelList
from specs.rules import RULES, Breach


@dataclass(frozen=True)
class Evidence:
    """All edits asked, in order; `proven` are the claims that some accepted valid edit was about."""

    contract: Contract
    asked: tuple[Asked, ...]
    proven: frozenset[str]

    def to_blame(self, asked: Asked) -> frozenset[str]:
        """Which claims a refused valid request speaks against.

        Those it is about that no accepted request was about; of these the ones that are in the most refused requests,
        for a claim that is only ever asked together with a wider one cannot be told from it.
        """
        unproven = self.claims_of(asked) - self.proven
        most = max((self.refusals[claim] for claim in unproven), default=0)
        return frozenset(claim for claim in unproven if self.refusals[claim] == most)

    def claims_of(self, asked: Asked) -> frozenset[str]:
        """The claims that a valid request is a case of."""
        return frozenset((*asked.exchange.about, *accepting(self.contract, asked.edit)))

    @cached_property
    def refusals(self) -> Counter[str]:
        """In how many valid requests that were not accepted each claim was asked."""
        refused = (a for a in self.asked if is_valid(a) and a.outcome != "accepted")
        return Counter(claim for asked in refused for claim in self.claims_of(asked))

    @cached_property
    def any_accepted(self) -> bool:
        """Whether any valid edit was accepted: only then does a refusal prove anything."""
        return any(is_valid(a) and a.outcome == "accepted" for a in self.asked)


def is_valid(asked: Asked) -> bool:
    """Whether the request keeps every claim, observed ones too."""
    return not asked.breached and not asked.disputed


def gathered(contract: Contract, exchanges: Sequence[Exchange]) -> Evidence:
    """The evidence of a transcript."""
    listed = model_list(exchanges)
    fetched = {e.request.url: e for e in exchanges if e.purpose == "fetch"}
    asked = []
    for exchange in exchanges:
        if exchange.purpose != "edit":
            continue
        edit = reading.read(contract, exchange.request, listed)
        breached, disputed = breaches(contract, edit)
        asked.append(Asked(exchange, edit, breached, disputed, fetched))
    good = (a for a in asked if is_valid(a) and a.outcome == "accepted")
    proven = {id for a in good for id in (*a.exchange.about, *accepting(contract, a.edit))}
    return Evidence(contract, tuple(asked), frozenset(proven))


def model_list(exchanges: Iterable[Exchange]) -> ModelList | None:
    """The provider's list of models, as the endpoint told it (the last time it did)."""
    found = None
    for exchange in exchanges:
        if exchange.purpose == "models" and exchange.response and exchange.response.status == 200:  # noqa: PLR2004
            found = models.parse(exchange.response.body) or found
    return found


def accepting(contract: Contract, edit: Edit) -> tuple[str, ...]:
    """The acceptance claims that a request is a case of."""
    return tuple(claim.id for claim in contract.of_area("acceptance") if applies(claim, edit))


def breaches(contract: Contract, edit: Edit) -> tuple[tuple[Claim, ...], bool]:
    """The request claims an edit breaks, and whether it breaks one only on a disputed point."""
    broken: list[Claim] = []
    disputed = False
    for claim in contract.of_area("request"):
        if not applies(claim, edit):
            continue
        said = [s for s in RULES[claim.rule].say(edit, claim.numbers) if isinstance(s, Breach)]
        if any(not s.disputed for s in said):
            broken.append(claim)
        disputed = disputed or bool(said and all(s.disputed for s in said))
    return tuple(broken), disputed
