"""Taking apart: a refused pool is asked for in smaller and smaller valid edits until the trait to blame is known.

What is refused is free; what is accepted is paid, and proves everything it holds. So a trait is also asked for alone
once it is suspected: judging believes that answer, and none of a combination.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from contract_tests.asking import Asking
from contract_tests.judging import PATIENCE
from contract_tests.pooling import Bench, Pool, padded, pooled
from contract_tests.questions import Question
from contract_tests.splitting import culprits
from contract_tests.traits import Trait
from specs.answers import Asked
from specs.edits import Edit
from specs.messages import Exchange

MOST = 8
"""Edits paid for each trait that is to blame."""


class _NoMore(Exception):
    """A pool cannot be taken apart any further: no room, or the endpoint does not play any more."""


@dataclass
class Apart:
    """The second half of a quick run."""

    asking: Asking
    bench: Bench
    _known: dict[str, bool] = field(default_factory=dict)
    _proven: set[str] = field(default_factory=set)
    _guilty: list[Trait] = field(default_factory=list)
    _closed: set[str] = field(default_factory=set)
    _paid: int = 0

    def explain(self, questions: Iterable[Question]) -> None:
        """Take every pool apart that was refused. Raises Unjudgeable."""
        pools = [(question.id, _pool(question)) for question in questions if question.billable]
        last = {exchange.question: exchange for exchange in self.asking.exchanges if exchange.purpose == "edit"}
        asked = [(pool, last[id]) for id, pool in pools if id in last]
        refused = [pool for pool, exchange in asked if not self._told(pool, exchange)]
        self._each(refused)
        self._each([pool for pool in self._moved(refused) if not self._accepts_pool(pool)])

    def _each(self, refused: Sequence[Pool]) -> None:
        for pool in refused:
            try:
                self._take(pool)
            except _NoMore:
                continue

    def _told(self, pool: Pool, exchange: Exchange) -> bool:
        """Note what an answer says: whether the pool is accepted, or at least not refused."""
        accepted = _outcome(exchange) == "accepted"
        if accepted:
            self._proven |= {trait.name for trait in pool.traits}
            self._proven.add(pool.media_type)
        self._known[self.bench.name(pool)] = accepted
        return accepted or not _is_refused(exchange)

    def _accepts_pool(self, pool: Pool) -> bool:
        """Whether a combination is accepted: asked once. Raises _NoMore."""
        name = self.bench.name(pool)
        if name not in self._known:
            question = self.bench.question(pool)
            if question is None:
                return False
            exchange = self.asking.put(question) if self._paid < MOST else None
            if exchange is None or (_outcome(exchange) != "accepted" and not _is_refused(exchange)):
                raise _NoMore
            self._told(pool, exchange)
            self._paid += self._known[name]
        return self._known[name]

    def _take(self, pool: Pool) -> None:
        """Find what a refused pool is refused for."""
        self._paid = 0
        if pool.media_type in self._closed:
            return
        presumed = [trait for trait in pool.traits if self._is_like_a_culprit(trait)]
        rest = pool.without(presumed)
        if not presumed or not self._accepts_pool(rest):
            self._halve(rest)
        for trait in presumed:
            self._alone(trait, pool)

    def _halve(self, pool: Pool) -> None:
        context, suspects = self._sorted(pool)
        if not self._stands(context):
            return
        asks = lambda traits: self._accepts_pool(context.only(()).and_all(traits))  # noqa: E731
        for culprit in culprits(context.traits, suspects, asks):
            self._paid = 0
            self._alone(culprit, pool)

    def _sorted(self, pool: Pool) -> tuple[Pool, list[Trait]]:
        """What is known to be accepted of a pool, and the rest: what would be the least surprise to be refused last."""
        sure = [trait for trait in pool.traits if trait in self.bench.padding and trait.name in self._proven]
        left = [trait for trait in pool.traits if trait not in sure]
        return pool.only(sure), sorted(left, key=lambda trait: (trait.doubtful, trait.name not in self._proven))

    def _stands(self, context: Pool) -> bool:
        """Whether the ground is accepted on which the rest of a pool stands; if nothing is, its content type is closed."""
        if context.media_type in self._proven or self._accepts_pool(context):
            return True
        if context.traits:
            self._halve(context.only(()).and_all(context.traits))
            return False
        self._closed.add(context.media_type)
        return False

    def _alone(self, trait: Trait, pool: Pool) -> None:
        """Ask for a trait by itself: if that is refused, too, it is to blame."""
        alone = padded(Pool((trait,), pool.media_type), self.bench)
        if not self._accepts_pool(alone):
            self._guilty.append(trait)

    def _is_like_a_culprit(self, trait: Trait) -> bool:
        """Whether a trait that nothing accepted holds resembles one that is to blame: a slot, or a claim, in common."""
        return trait.name not in self._proven and any(self._are_alike(trait, other) for other in self._guilty)

    def _are_alike(self, one: Trait, other: Trait) -> bool:
        claims = self.bench.own(one, one.media[0]) & self.bench.own(other, other.media[0])
        return bool(claims or {slot for slot in one.slots.keys() & other.slots.keys() if not slot.startswith("wire:")})

    def _moved(self, refused: Sequence[Pool]) -> Iterator[Pool]:
        """Pools for what could not be asked for in a content type that is refused altogether, in the other ones."""
        left = {trait for pool in refused if pool.media_type in self._closed for trait in pool.traits}
        open_ = [
            replace(trait, media=media)
            for trait in sorted(left, key=lambda each: each.name)
            if trait.name not in self._proven
            and (media := tuple(each for each in self.bench.media if each in self._proven and each in trait.media))
        ]
        yield from pooled(open_, self.bench) if open_ else ()


def _pool(question: Question) -> Pool:
    return Pool(question.traits, question.encoding.media_type)


def _outcome(exchange: Exchange) -> str:
    return Asked(exchange, Edit(exchange.request, "none", None, on_route=True)).outcome


def _is_refused(exchange: Exchange) -> bool:
    """Whether an answer is the endpoint's last word on a valid edit: a refusal, or the same failure time and again."""
    outcome = _outcome(exchange)
    status = exchange.response.status if exchange.response else 0
    stubborn = outcome == "unavailable" and (status == 429 or status >= 500) and exchange.attempt >= PATIENCE
    return outcome in ("refused", "crashed") or stubborn
