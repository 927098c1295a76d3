"""Halving finds exactly the culprits, asks rarely, and leaves everything else proven."""

from __future__ import annotations

import random
from math import ceil, log2

import pytest

from contract_tests.splitting import culprits


class Endpoint:
    """Refuses whatever holds a culprit, or the whole of a pair; counts what it was asked."""

    def __init__(self, *refused: frozenset[int]) -> None:
        self.refused = refused
        self.accepted: list[frozenset[int]] = []
        self.asked = 0

    def __call__(self, traits: tuple[int, ...]) -> bool:
        self.asked += 1
        accepted = not any(each <= frozenset(traits) for each in self.refused)
        if accepted:
            self.accepted.append(frozenset(traits))
        return accepted


@pytest.mark.parametrize("count", range(1, 17))
@pytest.mark.parametrize("seed", range(5))
def test_a_single_culprit_is_found_with_few_accepted_edits(count: int, seed: int) -> None:
    traits = list(range(count))
    culprit = random.Random(seed).choice(traits)
    endpoint = Endpoint(frozenset({culprit}))
    assert list(culprits((), traits, endpoint)) == [culprit]
    assert len(endpoint.accepted) <= ceil(log2(count)) + 1
    assert frozenset().union(*endpoint.accepted) == frozenset(traits) - {culprit}


@pytest.mark.parametrize("seed", range(40))
def test_several_culprits_are_all_found_and_everything_else_is_accepted_together(seed: int) -> None:
    chance = random.Random(seed)
    traits = list(range(chance.randint(2, 14)))
    guilty = set(chance.sample(traits, chance.randint(1, min(4, len(traits)))))
    endpoint = Endpoint(*(frozenset({each}) for each in guilty))
    assert set(culprits((), traits, endpoint)) == guilty
    assert len(endpoint.accepted) <= len(guilty) * (ceil(log2(len(traits))) + 1)
    if guilty != set(traits):
        assert frozenset(traits) - guilty in endpoint.accepted


@pytest.mark.parametrize("seed", range(20))
def test_of_a_pair_that_is_refused_together_one_is_named(seed: int) -> None:
    chance = random.Random(seed)
    traits = list(range(9))
    pair = frozenset(chance.sample(traits, 2))
    endpoint = Endpoint(pair)
    found = list(culprits((), traits, endpoint))
    assert len(found) == 1
    assert found[0] in pair
    assert frozenset().union(*endpoint.accepted) >= frozenset(traits) - {found[0]}


def test_the_context_stands_in_every_request() -> None:
    asked: list[tuple[str, ...]] = []

    def accepts(traits: tuple[str, ...]) -> bool:
        asked.append(traits)
        return "bad" not in traits

    assert list(culprits(("size", "quality"), ("a", "bad", "b"), accepts)) == ["bad"]
    assert all(traits[:2] == ("size", "quality") for traits in asked)


def test_nothing_is_asked_about_a_suspect_that_is_alone() -> None:
    endpoint = Endpoint(frozenset({7}))
    assert list(culprits((1, 2), (7,), endpoint)) == [7]
    assert endpoint.asked == 0
