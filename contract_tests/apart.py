"""Taking apart: a refused pool is asked for in smaller and smaller valid edits until the trait to blame is known.

What is refused is free; what is accepted is paid, and proves everything it holds. So a trait is also asked for alone
once it is suspected: judging believes that answer, and none of a combination.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from contract_tests.asking import Asking
from contract_tests.evidence import is_stubborn
from contract_tests.pooling import APART, Bench, Pool, padded, pooled
from contract_tests.questions import Question
from contract_tests.splitting import culprits
from contract_tests.traits import Trait
from specs.answers import heard
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
    _open: set[str] = field(default_factory=set)
    _closed: set[str] = field(default_factory=set)
    _guilty: list[Trait] = field(default_factory=list)
    _silent: set[str] = field(default_factory=set)
    _refused: set[str] = field(default_factory=set)
    _paid: int = 0

    def explain(self, questions: Iterable[Question]) -> None:
        """Take every pool apart that was refused. Raises Unjudgeable."""
        pools = {question.id: _pool(question) for question in questions if question.billable}
        last = {e.question: e for e in self.asking.exchanges if e.purpose == "edit" and e.question in pools}
        for id, exchange in last.items():
            self._note(pools[str(id)], exchange)
        refused = [pool for id, pool in pools.items() if self._known.get(id) is False]
        self._each(refused, self._take)
        self._each(tuple(self._moved(refused)), self._ask_and_take)

    def _each(self, pools: Iterable[Pool], act: Callable[[Pool], None]) -> None:
        for pool in pools:
            self._paid = 0
            with suppress(_NoMore):
                act(pool)

    def _note(self, pool: Pool, exchange: Exchange) -> None:
        """Remember what an answer says of a pool, where it says anything."""
        outcome = _outcome(exchange)
        name = self.bench.name(pool)
        if outcome == "accepted":
            self._known[name] = True
            self._proven |= {trait.name for trait in pool.traits}
            self._open.add(pool.media_type)
        elif _is_last_word(exchange):
            self._known[name] = False
            self._refused |= {trait.name for trait in pool.traits if name.startswith(APART + trait.name)}
            self._silent |= {name} if outcome == "unavailable" else set()

    def _accepts(self, pool: Pool) -> bool:
        """Whether a combination is accepted: asked once. Raises _NoMore."""
        name = self.bench.name(pool)
        if name not in self._known:
            question = self.bench.question(pool)
            if question is None:
                return False
            exchange = self.asking.put(question) if self._paid < MOST else None
            if exchange is not None:
                self._note(pool, exchange)
            if name not in self._known:
                raise _NoMore
            self._paid += self._known[name]
        return self._known[name]

    def _ask_and_take(self, pool: Pool) -> None:
        if not self._accepts(pool):
            self._take(pool)

    def _take(self, pool: Pool) -> None:
        """Find what a refused pool is refused for."""
        if pool.media_type in self._closed:
            return
        left = pool
        for presumed in (self._is_like_a_culprit, lambda trait: trait.doubtful):
            set_aside = [trait for trait in left.traits if presumed(trait)]
            left = left.without(set_aside)
            if set_aside and self._accepts(left):
                break
        else:
            self._halve(left)
        for trait in pool.without(left.traits).traits:
            self._alone(trait, pool.media_type)

    def _halve(self, pool: Pool) -> None:
        if self.bench.name(pool) in self._silent:
            self._check_alive(pool)
        sure = [trait for trait in self._padding if trait in pool.traits]
        left = [trait for trait in pool.traits if trait not in sure]
        left.sort(key=lambda trait: trait.name not in self._proven)
        if self._stands(pool.only(sure)):
            self._find(sure, left, pool.media_type)

    def _find(self, context: Sequence[Trait], suspects: Sequence[Trait], media_type: str) -> None:
        for culprit in culprits(context, suspects, lambda traits: self._accepts(Pool(traits, media_type))):
            self._alone(culprit, media_type)
            self._paid = 0

    @property
    def _padding(self) -> list[Trait]:
        """The padding that something accepted holds."""
        return [trait for trait in self.bench.padding if trait.name in self._proven]

    def _stands(self, context: Pool) -> bool:
        """Whether that is accepted on which the rest of a pool stands; if nothing is, its content type is closed."""
        ground = self._known.get(self.bench.name(Pool(self.bench.padding, context.media_type)), True)
        if (ground and context.media_type in self._open) or self._accepts(context):
            return True
        if context.traits and self._accepts(context.only(())):
            self._find((), context.traits, context.media_type)
        else:
            self._closed.add(context.media_type)
        return False

    def _alone(self, trait: Trait, media_type: str) -> None:
        """Ask for a trait by itself: if that is refused, too, it is to blame."""
        pool = padded(Pool((trait,), media_type), self.bench, self._padding)
        if trait.name in self._refused or not self._accepts(pool):
            self._guilty.append(trait)

    def _check_alive(self, pool: Pool) -> None:
        """Before the same failure time and again is taken for an answer: does the endpoint still answer at all?"""
        for proven in (True, False):
            ground = Pool(tuple(self._padding) if proven else (), pool.media_type)
            question = self.bench.question(ground)
            if question is not None and self._known.get(question.id):
                again = self.asking.put(replace(question, id=f"{question.id}-before-{self.bench.name(pool)}"))
                self._paid += 1
                if again is None or _outcome(again) != "accepted":
                    raise _NoMore
                return

    def _is_like_a_culprit(self, trait: Trait) -> bool:
        """Whether a trait that nothing accepted holds resembles one that is to blame: a slot, or a claim, in common."""
        return trait.name not in self._proven and any(self._are_alike(trait, other) for other in self._guilty)

    def _are_alike(self, one: Trait, other: Trait) -> bool:
        slots = {slot for slot in one.slots.keys() & other.slots.keys() if not slot.startswith(("wire:", "header:"))}
        claims = self.bench.own(one, one.media[0]) & self.bench.own(other, other.media[0])
        return bool(claims or slots - {"field:prompt"})

    def _moved(self, refused: Iterable[Pool]) -> Iterator[Pool]:
        """Pools for what could not be asked for in a content type that is refused altogether, in the other ones."""
        left = {trait for pool in refused if pool.media_type in self._closed for trait in pool.traits}
        usable = tuple(media_type for media_type in self.bench.media if media_type in self._open - self._closed)
        movable = (
            replace(trait, media=tuple(each for each in trait.media if each in usable))
            for trait in sorted(left, key=lambda each: each.name)
            if trait.name not in self._proven and trait not in self.bench.padding
        )
        yield from pooled([trait for trait in movable if trait.media], self.bench)


def _pool(question: Question) -> Pool:
    return Pool(question.traits, question.encoding.media_type)


def _outcome(exchange: Exchange) -> str:
    return heard(exchange).outcome


def _is_last_word(exchange: Exchange) -> bool:
    """Whether an answer is the endpoint's last word on a valid edit: a refusal, or the same failure again and again."""
    if exchange.response and exchange.response.status in (401, 403):
        return False
    return _outcome(exchange) in ("refused", "crashed") or is_stubborn(heard(exchange))
