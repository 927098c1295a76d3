"""Pooling: the valid questions of the one-by-one plan combined, so that few edits are a case of all of them.

A covering design: every trait stands in one pool, every pool is one request that the rules confirm to be valid and
to be still a case of all that its traits are there for. Traits that exclude each other give the number of pools.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from contract_tests import choosing
from contract_tests.confirming import confirmed
from contract_tests.drafts import Draft
from contract_tests.encodings import plain
from contract_tests.questions import POOLED, Question
from contract_tests.samples import valid
from contract_tests.traits import Trait, draft_of, encoding_of, headers_of
from specs.applying import applies
from specs.contract import Claim, Contract
from specs.edits import ABSENT
from specs.models import ModelList
from specs.reading import read

APART = "apart/"
"""How the ids of questions begin that show one trait of a pool alone."""


_LISTED = {"size_listed": "size", "size_on_grid": "size", "model_listed": "model"}
"""Rules that know the values of a field from elsewhere."""


def _lists(claim: Claim) -> str:
    """The field whose values a claim lists; none for most."""
    return str(claim.numbers["field"]) if claim.rule == "field_one_of" else _LISTED.get(claim.rule, "")


class FaultyPool(ValueError):
    """A combination of ours is not valid, though each of its traits is."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Traits that are asked for in one request of a content type."""

    traits: tuple[Trait, ...]
    media_type: str

    def and_(self, trait: Trait) -> Pool:
        """The pool with one more trait."""
        return replace(self, traits=(*self.traits, trait))

    def without(self, traits: Iterable[Trait]) -> Pool:
        """The pool without some of its traits."""
        names = {trait.name for trait in traits}
        return replace(self, traits=tuple(trait for trait in self.traits if trait.name not in names))

    def only(self, traits: Iterable[Trait]) -> Pool:
        """The pool with none but these of its traits."""
        names = {trait.name for trait in traits}
        return replace(self, traits=tuple(trait for trait in self.traits if trait.name in names))

    def takes(self, trait: Trait) -> bool:
        """Whether a trait excludes none that is here, as far as slots and content types tell."""
        return self.media_type in trait.media and all(trait.goes_with(other) for other in self.traits)


@dataclass
class Bench:
    """Where pools become questions of one contract.

    `bare` is the plainest edit there is: what has to be there, and nothing else. `padding` are the traits by which an
    edit becomes cheap: they stand in every pool that leaves them room.
    """

    contract: Contract
    models: ModelList | None
    seed: int = 0
    _own: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        base = valid(self.contract, self.models, self.seed)
        kept = {"prompt", "model", *choosing.required(self.contract)}
        self.base = base
        self.bare: Draft = replace(base, fields=tuple((name, value) for name, value in base.fields if name in kept))
        self.media = tuple(way.media_type for way in plain(self.contract.edit))
        self.padding = tuple(
            Trait(f"{name}-{value}", {f"field:{name}": value}, self.media)
            for name, value in base.fields
            if not self.bare.has(name)
        )

    def question(self, pool: Pool) -> Question | None:
        """The pool as a question; None when the rules say that it is not valid."""
        traits = tuple(sorted(pool.traits, key=lambda trait: trait.name))
        found = Question(
            id=self.name(pool),
            about=tuple(dict.fromkeys(edge for trait in traits for edge in trait.edges)),
            draft=draft_of(traits, self.bare),
            encoding=encoding_of(traits, pool.media_type),
            billable=True,
            headers=headers_of(traits),
            heavy=any(trait.heavy for trait in traits),
            traits=traits,
        )
        return confirmed(found, self.contract, self.models)

    def name(self, pool: Pool) -> str:
        """The id of a pool's question: by its one trait, or by all of them together."""
        telling = [trait.name for trait in pool.traits if trait not in self.padding]
        way = pool.media_type.rpartition("/")[2]
        ending = "" if pool.media_type == self.media[0] or (telling and f"-{way}" in telling[0]) else f"-{way}"
        if len(telling) <= 1:
            first = f"{APART}{telling[0]}" if telling else "valid-edit"
            return f"{first}{ending}{_mark(pool, self.padding)}"
        return f"{POOLED}{min(telling)}-and-{len(telling) - 1}-more-{_digest(pool)}"

    def plainest(self, pool: Pool) -> Question:
        """The plainest edit as a question: at the allowed side of the judged claims that list its values."""
        found = self.sure(pool)
        edit = read(self.contract, found.request(self.contract, self.contract.edit.path, None), self.models)
        claims = (c for c in self.contract.of_area("request") if c.judged and _lists(c) and applies(c, edit))
        listing = [claim.id for claim in claims if edit.get(_lists(claim)) is not ABSENT]
        return replace(found, about=tuple(dict.fromkeys((*listing, *found.about))))

    def own(self, trait: Trait, media_type: str) -> frozenset[str]:
        """The claims that a trait is there for: what it adds to the plainest edit. Empty when it cannot stand alone."""
        key = (trait.name, media_type)
        if key not in self._own:
            alone = self.question(Pool((trait,), media_type))
            bare = self.question(Pool((), media_type))
            told = frozenset(alone.about) if alone else frozenset()
            self._own[key] = (told - frozenset(bare.about if bare else ())) | frozenset(trait.edges)
        return self._own[key]

    def sure(self, pool: Pool) -> Question:
        """The pool as a question. Raises FaultyPool when it is not valid."""
        found = self.question(pool)
        if found is None:
            raise FaultyPool(f"the pool of {', '.join(t.name for t in pool.traits)} is not valid")
        return found

    def holds(self, pool: Pool) -> bool:
        """Whether the pool is valid and a case of all that its traits are there for; heavy pictures are not tried."""
        light = replace(pool, traits=tuple(trait for trait in pool.traits if not trait.heavy))
        question = self.question(light)
        return question is not None and all(self.own(t, pool.media_type) <= set(question.about) for t in light.traits)


def _mark(pool: Pool, padding: Sequence[Trait]) -> str:
    """Which padding is missing, where some is."""
    here = [trait for trait in padding if trait in pool.traits]
    return "" if len(here) == len(padding) else f"-{_digest(replace(pool, traits=tuple(here)))}"


def _digest(pool: Pool) -> str:
    names = "\n".join(sorted(trait.name for trait in pool.traits))
    return sha256(f"{pool.media_type}\n{names}".encode()).hexdigest()[:8]


def pooled(traits: Sequence[Trait], bench: Bench) -> tuple[Pool, ...]:
    """As few pools as can be found that hold every trait, padded.

    The most exclusive traits are placed first, doubtful ones last and apart from each other: where one is refused, the
    rest of its pool is asked in place of the pool, so that it costs nothing.
    """
    found: list[Pool] = []
    for trait in sorted(traits, key=lambda each: (each.doubtful, -_excluded(each, traits), each.name)):
        fitting = [n for n, pool in enumerate(found) if pool.takes(trait) and bench.holds(pool.and_(trait))]
        if fitting:
            place = min(fitting, key=lambda n: (_doubtful(found[n]) * trait.doubtful, len(found[n].traits)))
            found[place] = found[place].and_(trait)
        else:
            found.append(_opened(trait, bench))
    return tuple(padded(pool, bench, bench.padding) for pool in found)


def _doubtful(pool: Pool) -> int:
    return sum(trait.doubtful for trait in pool.traits)


def _excluded(trait: Trait, others: Iterable[Trait]) -> int:
    """How many others a trait excludes."""
    return sum(not trait.goes_with(other) or not set(trait.media) & set(other.media) for other in others)


def _opened(trait: Trait, bench: Bench) -> Pool:
    for media_type in trait.media:
        pool = Pool((trait,), media_type)
        if bench.holds(pool):
            return pool
    raise FaultyPool(f"the trait {trait.name} cannot be asked for by itself")


def padded(pool: Pool, bench: Bench, padding: Iterable[Trait]) -> Pool:
    """The pool with every trait of the padding that has room in it."""
    for trait in padding:
        if pool.takes(trait) and trait not in pool.traits and bench.holds(pool.and_(trait)):
            pool = pool.and_(trait)
    return pool
