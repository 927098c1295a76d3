"""Rates are kept, and what an endpoint asks for in waiting is given, within bounds."""

from __future__ import annotations

import random
from typing import Any

import pytest

from contract_tests.asking import Limits
from contract_tests.pacing import NoRate, Pace, Rate, rate
from tests.small_servers import Said, error, said, serving
from tests.test_budget import ACCEPTED, _asking, _planned


class Clock:
    """Seconds that pass only when somebody waits."""

    def __init__(self) -> None:
        self.now = 50.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(
    ("text", "count", "seconds"), [("5/m", 5, 60.0), ("1/s", 1, 1.0), ("100/h", 100, 3600.0), ("12/m", 12, 60.0)]
)
def test_a_rate_is_read(text: str, count: int, seconds: float) -> None:
    assert rate(text) == Rate(count, seconds)


@pytest.mark.parametrize("text", ["", "5", "5/", "/m", "0/m", "-1/m", "5/d", "5/minute", "1.5/s", "five/m", "٣/m"])
def test_what_is_no_rate_is_told(text: str) -> None:
    with pytest.raises(NoRate, match="is no rate like 5/m"):
        rate(text)


@pytest.mark.parametrize("seed", range(20))
def test_in_no_span_of_time_are_there_more_requests_than_the_rate_allows(seed: int) -> None:
    chance, clock = random.Random(seed), Clock()
    allowed = Rate(chance.randint(1, 6), 60.0)
    pace = Pace(allowed, clock.wait, clock)
    sent = []
    for _ in range(50):
        assert pace.step()
        sent.append(clock.now)
        clock.now += chance.choice((0.0, 0.125, 3.0, 20.0))
    for first, later in zip(sent, sent[allowed.count :], strict=False):
        assert later - first >= allowed.seconds


def test_nobody_waits_longer_than_there_is_time() -> None:
    clock = Clock()
    pace = Pace(Rate(1, 60.0), clock.wait, clock)
    assert pace.step(most=10.0)
    assert not pace.step(most=10.0)
    assert clock.waited == []


def test_after_a_busy_answer_all_wait() -> None:
    clock = Clock()
    pace = Pace(None, clock.wait, clock)
    pace.rest(7.0)
    assert pace.step()
    assert clock.waited == [7.0]
    assert pace.step()
    assert clock.waited == [7.0]


@pytest.mark.parametrize("status", [429, 503])
def test_what_an_endpoint_asks_for_in_waiting_is_given(status: int) -> None:
    def answer(*_: Any) -> Said:
        return error(status, Retry_After="7") if len(small.asked) == 1 else said(200, ACCEPTED)

    waits: list[float] = []
    question = next(q for q in _planned("chatanywhere") if q.billable)
    with serving(answer) as small, _asking(small.url, Limits(), waits=waits) as asking:
        asking.ask([question])
    assert [exchange.attempt for exchange in asking.exchanges] == [1, 2]
    assert len(waits) == 1
    assert 6.0 < waits[0] <= 7.0


def test_an_endpoint_that_asks_for_too_long_is_not_asked_again() -> None:
    waits: list[float] = []
    question = next(q for q in _planned("chatanywhere") if q.billable)
    with (
        serving(lambda *_: error(429, Retry_After="3600")) as small,
        _asking(small.url, Limits(), waits=waits) as asking,
    ):
        asking.ask([question])
    assert len(small.asked) == 1
    assert waits == []


@pytest.mark.parametrize("said_so", ["soon", "-5", "nan", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_retry_after_that_means_nothing_does_not_hold_up(said_so: str) -> None:
    waits: list[float] = []
    question = next(q for q in _planned("chatanywhere") if q.billable)
    limits = Limits(first_wait=0.25)
    with (
        serving(lambda *_: error(429, Retry_After=said_so)) as small,
        _asking(small.url, limits, waits=waits) as asking,
    ):
        asking.ask([question])
    assert len(small.asked) == 3
    assert all(wait <= 0.5 for wait in waits)


def test_without_a_word_the_waits_grow() -> None:
    waits: list[float] = []
    question = next(q for q in _planned("chatanywhere") if q.billable)
    limits = Limits(first_wait=2.0, patience=4)
    with serving(lambda *_: error(502)) as small, _asking(small.url, limits, waits=waits) as asking:
        asking.ask([question])
    assert waits == [2.0, 4.0, 8.0]
    assert len(small.asked) == 4


def test_each_question_has_its_own_time_limit() -> None:
    with serving(lambda *_: said(200, ACCEPTED)) as small, _asking(small.url, Limits(seconds=500.0)) as asking:
        seen: list[float | None] = []
        ask = asking.client.ask

        def spy(*given: Any, timeout: float | None = None, **more: Any) -> Any:
            seen.append(timeout)
            return ask(*given, timeout=timeout, **more)

        asking.client.ask = spy  # type: ignore[method-assign]
        asking.ask([next(q for q in _planned("chatanywhere") if q.billable)])
    assert seen == [20]
