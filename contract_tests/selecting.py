"""Which questions of a plan serve which claims: so that a few claims can be asked without paying for all."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from contract_tests.questions import Question
from specs.contract import Contract

GROUND = ("valid-edit", "bare-edit")
"""Questions without which nothing else proves anything: is any valid edit accepted?"""


def selected(questions: Iterable[Question], contract: Contract, claims: Collection[str]) -> tuple[Question, ...]:
    """The questions that some of these claims need, in their order, and the ground they stand on.

    Answer and stream claims are served by every valid edit (of their kind), refusal claims by every request that
    should be refused.
    """
    areas = {contract.claim(id).area for id in claims}
    return tuple(q for q in questions if q.id in GROUND or _serves(q, areas) or not set(q.about).isdisjoint(claims))


def _serves(question: Question, areas: Collection[str]) -> bool:
    if not question.billable:
        return "refusal" in areas
    streams = question.draft.get("stream") is True
    return ("stream" if streams else "answer") in areas
