"""Evidence: every exchange of a transcript with all read out of it, and what the run as a whole shows.

Pure: nothing is sent, the same transcript gives the same evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from contract_tests.about_models import about_model, speaks_of_model
from contract_tests.doubts import doubtful, is_usual
from contract_tests.questions import POOLED
from specs import models, reading
from specs.answers import GATEWAY, Asked
from specs.applying import applies
from specs.contract import Claim, Contract
from specs.edits import Edit
from specs.features import features
from specs.messages import Exchange
from specs.models import ModelList
from specs.rules import RULES, Breach

CROWDED = 0.05
"""The share of attempts that a gateway may turn away, of requests it answers in the end, before it is taken for busy.

By chance alone it then turns one request away three times, and three times again, once in a hundred million."""

PATIENCE = 3
"""Attempts after which a gateway's status on one valid request may be the endpoint's answer."""

_CASES: WeakKeyDictionary[Asked, frozenset[str]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Evidence:
    """All edits asked, in order."""

    contract: Contract
    asked: tuple[Asked, ...]

    @cached_property
    def proven(self) -> frozenset[str]:
        """The claims that some accepted valid edit was about."""
        good = (asked for asked in self.asked if is_valid(asked) and asked.outcome == "accepted")
        return frozenset(claim for asked in good for claim in self.claims_of(asked))

    def to_blame(self, asked: Asked) -> frozenset[str]:
        """Which claims a refused valid request speaks against.

        Those it is about that no accepted request was about; of these the ones that are in the most refused requests,
        for a claim that is only ever asked together with a wider one cannot be told from it. Where every one is proven
        the combination is to blame: it speaks against the claim that any valid edit is accepted. Of several that a
        pooled request is about, only those may be named that were refused in a smaller one, too.
        """
        claims = self.claims_of(asked)
        if _is_pooled(asked) and len(claims - self.proven) > 1:
            claims = (claims - self.proven) & self.refused_apart
            if not claims:
                return claims
        if not is_usual(self.contract, asked.features):
            # Nobody promises to take such a form: only what is observed may be named.
            return frozenset(id for id in claims if not self.contract.claim(id).judged)
        unproven = claims - self.proven
        if not unproven:  # each of its features was accepted elsewhere: it is their combination
            return self._basic
        most = max(self.refusals[claim] for claim in unproven)
        return frozenset(claim for claim in unproven if self.refusals[claim] == most)

    @cached_property
    def _basic(self) -> frozenset[str]:
        """The claims that every valid request is a case of."""
        return frozenset(claim.id for claim in self.contract.of_area("acceptance") if not claim.when)

    @cached_property
    def refused_apart(self) -> frozenset[str]:
        """The claims that some valid edit was about that combines nothing and was not accepted."""
        bad = (a for a in self.asked if is_valid(a) and a.outcome != "accepted" and not _is_pooled(a))
        return frozenset(claim for asked in bad for claim in self.claims_of(asked))

    def claims_of(self, asked: Asked) -> frozenset[str]:
        """The claims that a valid request is a case of."""
        if asked not in _CASES:
            _CASES[asked] = frozenset((*asked.exchange.about, *accepting(self.contract, asked.edit, asked.features)))
        return _CASES[asked]

    @cached_property
    def refusals(self) -> Counter[str]:
        """In how many valid requests that were not accepted each claim was asked."""
        refused = (a for a in self.asked if is_valid(a) and a.outcome != "accepted")
        return Counter(claim for asked in refused for claim in self.claims_of(asked))

    @cached_property
    def went_well(self) -> frozenset[str]:
        """The questions that were answered with success, at whatever attempt."""
        return frozenset(str(a.exchange.question) for a in self.asked if a.outcome == "accepted")

    @cached_property
    def models(self) -> frozenset[str]:
        """The models, by name, that some edit was accepted with."""
        return frozenset(str(a.edit.get("model")) for a in self.asked if a.outcome == "accepted")

    def unserved(self, asked: Asked) -> bool:
        """Whether a refusal may be about the model and nothing else: no edit with it was ever accepted, others were.

        It may be switched off, or the key may have no right to it.
        """
        status = asked.response.status if asked.response else 0
        model = asked.edit.get("model")
        never = self.any_accepted and isinstance(model, str) and model not in self.models
        return never and (status in (403, 404) or status in GATEWAY or speaks_of_model(asked))

    @cached_property
    def stubborn(self) -> tuple[Asked, ...]:
        """The valid edits to which the endpoint would not play time and again, and that nothing else ever answered."""
        answered = {a.exchange.question for a in self.asked if a.outcome in ("accepted", "refused", "crashed")}
        return tuple(a for a in self.asked if is_valid(a) and is_stubborn(a) and a.exchange.question not in answered)

    @cached_property
    def relentless(self) -> frozenset[str]:
        """The exchanges in which not playing is the endpoint's answer to a valid edit, and no trouble of the hour.

        So it is when the same was asked twice in vain, and others were accepted between and after.
        """
        played = [place for place, a in enumerate(self.asked) if is_valid(a) and a.outcome == "accepted"]
        return self._twice_in_vain(self.stubborn, played)

    @cached_property
    def turned_away(self) -> tuple[Asked, ...]:
        """The requests with a mistake that got nothing but a gateway's 5xx, to every attempt.

        Not those for a model that nothing else was served with either.
        """
        answered = {a.exchange.question for a in self.asked if a.outcome != "unavailable"}
        bad = (a for a in self.asked if a.breached and not a.disputed and a.exchange.question not in answered)
        away = (a for a in bad if is_stubborn(a) and a.response is not None and a.response.status >= 500)
        return tuple(a for a in away if any(map(about_model, a.breached)) or not self.unserved(a))

    @cached_property
    def refused_by_gateway(self) -> frozenset[str]:
        """The exchanges whose 5xx is the answer to a mistake: as `relentless`, others answered in any way."""
        answered = [place for place, a in enumerate(self.asked) if a.outcome in ("accepted", "refused")]
        return self._twice_in_vain(self.turned_away, answered)

    def _twice_in_vain(self, away: Sequence[Asked], others: Sequence[int]) -> frozenset[str]:
        """Of these the ones whose question was asked again, with others answered (their places) between and after."""
        place = {id(asked): place for place, asked in enumerate(self.asked)}
        rounds: dict[str | None, list[Asked]] = {}
        for asked in away:
            rounds.setdefault(asked.exchange.question, []).append(asked)
        sure = (same for same in rounds.values() if _during(others, place[id(same[0])], place[id(same[-1])]))
        return frozenset() if self.crowded else frozenset(asked.exchange.id for same in sure for asked in same)

    @cached_property
    def crowded(self) -> bool:
        """Whether a gateway's statuses came so often to what was answered in the end that they tell of the hour."""
        answered = {a.exchange.question for a in self.asked if a.outcome in ("accepted", "refused")}
        others = [a for a in self.asked if a.exchange.question in answered]
        away = sum(a.response is not None and a.response.status in GATEWAY for a in others)
        return away > CROWDED * len(others)

    @cached_property
    def any_accepted(self) -> bool:
        """Whether any valid edit was accepted: only then does a refusal prove anything."""
        return any(is_valid(a) and a.outcome == "accepted" for a in self.asked)


def _during(others: Sequence[int], first: int, last: int) -> bool:
    """Whether something else came between the first and the last place, and something after."""
    return any(first < at < last for at in others) and any(at > last for at in others)


def is_stubborn(asked: Asked) -> bool:
    """Whether 429 or a gateway's 5xx came to every attempt, or an empty purse was the excuse."""
    status = asked.response.status if asked.response else 0
    patient = (status == 429 or status >= 500) and asked.exchange.attempt >= PATIENCE
    return asked.outcome == "unavailable" and (patient or asked.of_account)


def _is_pooled(asked: Asked) -> bool:
    return (asked.exchange.question or "").startswith(POOLED)


def is_valid(asked: Asked) -> bool:
    """Whether the request keeps every claim, observed ones too."""
    return not asked.breached and not asked.disputed


def gathered(contract: Contract, exchanges: Sequence[Exchange]) -> Evidence:
    """The evidence of a transcript."""
    listed = model_list(exchanges)
    fetched = {e.request.url: e for e in exchanges if e.purpose == "fetch"}
    edits = (exchange for exchange in exchanges if exchange.purpose == "edit")
    return Evidence(contract, tuple(read_out(contract, exchange, listed, fetched) for exchange in edits))


def read_out(
    contract: Contract, exchange: Exchange, listed: ModelList | None, fetched: Mapping[str, Exchange]
) -> Asked:
    """One exchange with all read out of it: what it asks for, which claims it breaks."""
    edit = reading.read(contract, exchange.request, listed)
    breached, disputed = breaches(contract, edit)
    unsure = doubtful(contract, edit, features(edit), breached) if breached else frozenset[str]()
    return Asked(exchange, edit, breached, disputed, fetched, unsure)


def model_list(exchanges: Iterable[Exchange]) -> ModelList | None:
    """The provider's list of models, as the endpoint told it (the last time it did)."""
    found = None
    for exchange in exchanges:
        if exchange.purpose == "models" and exchange.response and exchange.response.status == 200:
            found = models.parse(exchange.response.body) or found
    return found


def accepting(contract: Contract, edit: Edit, known: frozenset[str] | None = None) -> tuple[str, ...]:
    """The acceptance claims that a request is a case of."""
    known = features(edit) if known is None else known
    return tuple(claim.id for claim in contract.of_area("acceptance") if applies(claim, edit, known))


def breaches(contract: Contract, edit: Edit) -> tuple[tuple[Claim, ...], bool]:
    """The request claims an edit breaks, and whether it breaks one only on a disputed point."""
    broken: list[Claim] = []
    disputed = False
    known = features(edit)
    for claim in contract.of_area("request"):
        if not applies(claim, edit, known):
            continue
        said = [s for s in RULES[claim.rule].say(edit, claim.numbers) if isinstance(s, Breach)]
        if any(not s.disputed for s in said):
            broken.append(claim)
        disputed = disputed or bool(said and all(s.disputed for s in said))
    return tuple(broken), disputed
