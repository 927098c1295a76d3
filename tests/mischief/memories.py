"""Endpoints that remember what they should forget: of the request before, of a refusal, of what was asked often."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from tests.honest.answering import Work
from tests.honest.forms import Order
from tests.honest.refusals import Refused
from tests.honest.tricks import Reading, Reply, Replying, Telling, Working
from tests.mischief.register import mischief

Told = dict[str, Any]


@mischief("order", keeps=True)
def after_a_refusal_nothing_works() -> Reading:
    """The first good order after a refusal is refused as well."""
    bad = [False]

    def read(order: Order) -> Order:
        spoilt, bad[0] = bad[0], not order.images or "prompt" not in order.values
        if spoilt and not bad[0]:
            raise Refused("body")
        return order

    return read


@mischief("work", "chatanywhere", keeps=True)
def format_is_kept() -> Working:
    """Who asks for no format gets the one that was asked for last."""
    last = [""]

    def work(now: Work) -> Work:
        last[0] = now.values.get("output_format") or last[0]
        return replace(now, kind=last[0] or now.kind)

    return work


@mischief("document", keeps=True)
def answers_are_kept() -> Telling:
    """An order with a prompt that was there before gets the answer of then."""
    known: dict[tuple[str, int], Told] = {}

    def told(work: Work, answer: Told) -> Told:
        return known.setdefault((work.values["prompt"], work.count), answer)

    return told


@mischief("reply", "openai", keeps=True)
def every_tenth_answer_is_empty() -> Replying:
    """Every tenth answer to a good order has no picture."""
    seen: Counter[str] = Counter()

    def reply(answer: Reply) -> Reply:
        if answer.status != 200 or answer.order is None or "json" not in str(answer.headers).lower():
            return answer
        seen["good"] += 1
        return answer.with_body('{"created": 1700000000, "data": []}') if seen["good"] % 10 == 0 else answer

    return reply


@mischief("work", keeps=True)
def pictures_of_the_order_before() -> Working:
    """What comes back is the edit of the picture that the order before had."""
    before: list[Work] = []

    def work(now: Work) -> Work:
        earlier = before[0] if before else now
        before[:] = [now]
        return replace(now, source=earlier.source, mask=earlier.mask)

    return work
