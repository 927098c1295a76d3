"""The quick plan: of what is free a choice, of what is billed a pool of everything.

Which traits there are is read off the one-by-one plan, so a new design, encoding or edge is pooled by itself. What is
dear (other models, finer quality, more pictures) is left to the full plan where the same claim is served for less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from contract_tests import pricing
from contract_tests.designs import THOROUGH, THOROUGH_EDGES
from contract_tests.drafts import Draft
from contract_tests.pooling import Bench, Pool, padded, pooled
from contract_tests.questions import COMBINED, Question, is_edge
from contract_tests.traits import Trait, taken_off
from contract_tests.wants import wants
from specs.contract import Claim, Contract
from specs.edits import ABSENT
from specs.features import UNUSUAL

MAIN, OTHER = 2, 1
"""How many violations of a claim are asked in the first content type it applies to, and in each other one."""


def thinned(questions: Iterable[Question], contract: Contract) -> Iterator[Question]:
    """Of the requests that should be refused the first of each claim and content type: both sides of a range.

    What breaks only a claim that is not judged is left out: an endpoint that keeps its contract may accept and bill it.
    """
    seen: Counter[tuple[str, str]] = Counter()
    first: dict[str, str] = {}
    for question in questions:
        claim, media_type = question.about[0], question.encoding.media_type
        if not contract.claim(claim).judged:
            continue
        if question.draft.get("stream") is True and question.id.endswith("-streamed"):
            yield question
            continue
        most = MAIN if first.setdefault(claim, media_type) == media_type else OTHER
        seen[claim, media_type] += 1
        if seen[claim, media_type] <= most:
            yield question


def traits(questions: Sequence[Question], bench: Bench) -> tuple[Trait, ...]:
    """The traits of a one-by-one plan's valid questions that a quick run asks for."""
    asked = [question for question in questions if not _is_ground(question)]
    cheap = [question for question in asked if _is_judged(question, bench) and not _is_dear(question, bench.base)]
    needed = [*cheap, *_needed(cheap, [question for question in asked if question not in cheap], bench)]
    found = _united(_trait(question, asked, bench) for question in needed if _shows_more(question, asked, bench))
    return tuple(_told_apart([trait for trait in found if trait.slots], bench.contract))


def pools(found: Sequence[Trait], bench: Bench) -> tuple[Pool, ...]:
    """The plainest edit, then pools of all traits, those first that serve the most claims for their price."""
    ground = padded(Pool((), bench.media[0]), bench, bench.padding)
    return (ground, *_by_worth(pooled(found, bench), bench))


def _by_worth(found: Sequence[Pool], bench: Bench) -> Iterator[Pool]:
    left = {pool: bench.sure(pool) for pool in found}
    served: set[str] = set()
    while left:
        best = max(left, key=lambda pool: len(set(left[pool].about) - served) / (left[pool].price or 1))
        served |= set(left.pop(best).about)
        yield best


def _is_ground(question: Question) -> bool:
    """Whether a question combines nothing that is not pooled anyway."""
    return question.id.startswith(("valid-edit", "bare-edit", "telling-"))


def _is_judged(question: Question, bench: Bench) -> bool:
    """Whether a quick run has something to learn from a question: what is not judged, or thorough only, it leaves."""
    plain = question.id.removesuffix("-json")
    if plain in THOROUGH or plain.endswith(THOROUGH_EDGES) or plain.startswith(COMBINED):
        return False
    return not is_edge(question) or _claim(question, bench.contract).judged


def _is_dear(question: Question, base: Draft) -> bool:
    """Whether a question asks for a dearer edit than it has to."""
    draft = question.draft
    other = any(draft.get(name, ABSENT) not in (ABSENT, base.get(name, ABSENT)) for name in ("model", "quality"))
    sized = is_edge(question) and draft.get("size") != base.get("size")
    return other or sized or pricing.pictures(draft) > 2


def _needed(kept: Iterable[Question], others: Iterable[Question], bench: Bench) -> Iterator[Question]:
    """Of the questions left out those without which an acceptance claim would not be asked."""
    served = {claim for question in kept for claim in question.about}
    for question in sorted(others, key=lambda each: each.price or 0):
        wanted = {claim.id for claim in bench.contract.of_area("acceptance")} - served
        if wanted & set(question.about):
            served |= set(question.about)
            yield question


def _shows_more(question: Question, others: Sequence[Question], bench: Bench) -> bool:
    """Whether a question shows something that is not put together from others, or repeated in another content type."""
    if is_edge(question) or question.id.startswith("wire-"):
        return True
    if question.encoding.media_type != bench.media[0]:
        return _is_first_twin(question, others)
    slots = taken_off(question, bench.base, ()).slots
    parts = [taken_off(other, bench.base, ()).slots for other in others if _is_like(other, question)]
    inside = [part for part in parts if part and len(part) < len(slots) and part.items() <= slots.items()]
    return not slots.items() <= {item for part in inside for item in part.items()}


def _is_like(other: Question, question: Question) -> bool:
    return other.id != question.id and not is_edge(other) and other.encoding == question.encoding


def _is_first_twin(question: Question, others: Sequence[Question]) -> bool:
    """Pictures and masks are written differently in each content type: one question for each kind of them."""
    kind = _kind(question.draft)
    twins = (q for q in others if q.encoding == question.encoding and not is_edge(q) and _kind(q.draft) == kind)
    return kind != (False, False) and next(twins, None) is question


def _kind(draft: Draft) -> tuple[bool, bool]:
    return len(draft.images) > 1, draft.mask is not None


def _trait(question: Question, others: Sequence[Question], bench: Bench) -> Trait:
    own = question.encoding.media_type
    written = question.id.startswith("wire-") or question.heavy or own != bench.media[0]
    fixed = written or _is_first_twin(question, others) or _is_bound(question, bench.contract)
    media = (own,) if fixed else bench.media
    found = taken_off(question, bench.base, media)
    promised = {f for c in bench.contract.of_area("acceptance") if c.judged for f in c.when.get("features", ())}
    doubtful = not (UNUSUAL - promised).isdisjoint(question.encoding.features)
    return replace(found, wants=wants(question, found, bench.base), doubtful=doubtful)


def _is_bound(question: Question, contract: Contract) -> bool:
    """Whether the claim at whose edge a question stands is about one content type only."""
    return is_edge(question) and bool({"json", "multipart"} & set(_claim(question, contract).when.get("features", ())))


def _claim(question: Question, contract: Contract) -> Claim:
    return contract.claim(question.id.partition("/")[0])


def _united(found: Iterable[Trait]) -> Iterator[Trait]:
    """Traits that lay down the same are one: at the edges of all of them."""
    kept: list[Trait] = []
    for trait in found:
        twin = next((n for n, other in enumerate(kept) if _same(other, trait)), None)
        if twin is None:
            kept.append(trait)
        else:
            kept[twin] = _both(kept[twin], trait)
    yield from kept


def _told_apart(found: Sequence[Trait], contract: Contract) -> Iterator[Trait]:
    """The traits, each edge of a list at one of them only: else two claims would be asked together and never apart."""
    ranked = sorted(found, key=lambda trait: "/" not in trait.name)
    first = {edge: trait.name for trait in reversed(ranked) for edge in trait.edges}
    for trait in found:
        kept = (e for e in trait.edges if "/" in trait.name or first[e] == trait.name or _is_range(contract.claim(e)))
        yield replace(trait, edges=tuple(kept))


def _is_range(claim: Claim) -> bool:
    return claim.rule.startswith("integer_")


def _same(one: Trait, other: Trait) -> bool:
    return one.slots == other.slots and bool(set(one.media) & set(other.media))


def _both(one: Trait, other: Trait) -> Trait:
    both = {
        slot: tuple(value for value in one.wants.get(slot, values) if value in values)
        for slot, values in {**one.wants, **other.wants}.items()
    }
    media = tuple(each for each in one.media if each in other.media)
    edges = tuple(dict.fromkeys((*one.edges, *other.edges)))
    named = min(one, other, key=lambda trait: "/" in trait.name)
    return replace(named, media=media, edges=edges, wants=both, heavy=one.heavy or other.heavy)
