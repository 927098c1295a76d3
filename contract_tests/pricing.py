"""What an edit costs, in credits, by the provider's own list of models; where that list is silent, at most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from contract_tests.questions import Question
from specs import reading
from specs.contract import Contract
from specs.messages import Request
from specs.models import ModelList


class Asked(Protocol):
    """What has fields: a draft, or an edit that was read."""

    def get(self, name: str, /) -> object:
        """The value of a field."""


def pictures(asked: Asked) -> int:
    """How many pictures are asked for; 1 where that is not said by a number."""
    count = asked.get("n")
    return max(1, count) if isinstance(count, int) and not isinstance(count, bool) else 1


def price(asked: Asked, models: ModelList | None) -> float | None:
    """The price of an edit: that of its model and size, for each picture. None where the list does not have both."""
    listed = models.get(asked.get("model")) if models else None
    size = asked.get("size")
    each = listed.prices.get(size) if listed and isinstance(size, str) else None
    return None if each is None else each * pictures(asked)


def dearest(asked: Asked, models: ModelList) -> float:
    """What an edit costs at most: its price, or the highest of its model (of all models), for each picture."""
    known = price(asked, models)
    if known is not None:
        return known
    listed = models.get(asked.get("model"))
    within = (listed,) if listed and listed.prices else models.models
    return max((each for model in within for each in model.prices.values()), default=0.0) * pictures(asked)


def dearest_of(request: Request, contract: Contract, models: ModelList) -> float:
    """As `dearest`, of a request that was sent."""
    return dearest(reading.read(contract, request, models), models)


def priced(models: ModelList | None) -> bool:
    """Whether the list tells any price."""
    return models is not None and any(model.prices for model in models.models)


def told(questions: Iterable[Question]) -> str:
    """What questions cost that should be billed: "12 billable edits (13 pictures), 14 credits by …"."""
    billed = [question for question in questions if question.billable]
    made = sum(pictures(question.draft) for question in billed)
    more = f" ({made} pictures)" if made != len(billed) else ""
    return f"{len(billed)} billable edit{'s' if len(billed) != 1 else ''}{more}{_credits(billed)}"


def _credits(billed: list[Question]) -> str:
    credits = sum(question.price or 0 for question in billed)
    silent = sum(question.price is None for question in billed)
    untold = f" and {silent} that it does not price" if silent else ""
    plural = "s" if credits != 1 else ""
    return f", {credits:g} credit{plural} by the provider's own list{untold}" if credits else ""
