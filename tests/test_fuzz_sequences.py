"""Sequences: an endpoint that keeps something from one request to the next is found, an honest one is not accused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from contract_tests.asking import Asking, Limits
from contract_tests.evidence import model_list
from contract_tests.questions import Question
from contract_tests.sequences import SEQUENCES, explore
from tests.fuzz_samples import accused, facing
from tests.honest import MANNERS
from tests.honest.answering import Work
from tests.planned_once import planned as plan


def planned(asking: Asking) -> Sequence[Question]:
    """The plan of a run, made as the run makes it."""
    asking.read_models()
    return plan(asking.contract, model_list(asking.exchanges), heavy=False)


@pytest.mark.parametrize(
    ("provider", "manner"),
    [("openai", "plain"), ("chatanywhere", "busy"), ("aitoearn", "small-models"), ("aitoearn", "generative")],
)
def test_an_honest_endpoint_is_not_accused(provider: str, manner: str) -> None:
    with facing(provider, MANNERS[manner]) as asking:
        run = explore(asking, planned(asking), 1)
    played = {(e.question or "").split("/")[1] for e in run.exchanges if e.purpose == "edit"}
    assert {"refused", "after", "leak", "again", "encodings", "at-once", "burst"} <= played
    assert accused(provider, run.exchanges) == {}


def _keeps_the_last_count() -> Callable[[Work], Work]:
    last: dict[str, int] = {}

    def mischief(work: Work) -> Work:
        before, last["n"] = last.get("n", 1), work.count
        return replace(work, values={**work.values, "n": before}) if "n" not in work.values else work

    return mischief


def _serves_two_at_a_time_the_same() -> Callable[[Work], Work]:
    """The answer to whoever came first goes to everybody who comes while it is made."""
    lock = threading.Lock()
    under_way: list[Work] = []
    arrived = threading.Barrier(2, timeout=0.2)

    def mischief(work: Work) -> Work:
        with lock:
            under_way.append(work)
            first = under_way[0]
        try:
            arrived.wait()
        except threading.BrokenBarrierError:
            arrived.reset()
        with lock:
            under_way.remove(work)
        return first

    return mischief


def _falls_over_after_a_burst() -> Callable[[Work], Work]:
    seen: list[int] = []

    def mischief(work: Work) -> Work:
        seen.append(1)
        return replace(work, seed=1 // (len(seen) % 12 < 8))

    return mischief


@pytest.mark.parametrize(
    ("make", "claims"),
    [
        (_keeps_the_last_count, {"data-count"}),
        (_serves_two_at_a_time_the_same, {"picture-size", "picture-format", "source-recognised"}),
        (_falls_over_after_a_burst, {"valid-edit-accepted"}),
    ],
)
def test_what_goes_wrong_only_in_sequence_is_found(
    make: Callable[[], Callable[[Work], Work]], claims: set[str]
) -> None:
    with facing("openai", mischief=make()) as asking:
        run = explore(asking, planned(asking), 2)
    assert set(accused("openai", run.exchanges)) & claims


def test_a_budget_is_kept() -> None:
    with facing("chatanywhere", limits=Limits(budget=6)) as asking:
        run = explore(asking, planned(asking), 1)
    assert asking.billable == 6
    assert run.spent


def test_every_sequence_says_what_it_is_for() -> None:
    assert all(play.__doc__ for play in SEQUENCES.values())
