"""What an edit costs, in credits, by the provider's own list of models; where that list is silent, at most."""

from __future__ import annotations

from collections.abc import Iterable

from contract_tests.drafts import Draft
from contract_tests.questions import Question
from specs.models import ModelList


def pictures(draft: Draft) -> int:
    """How many pictures a draft asks for; 1 where it does not say so in a number."""
    count = draft.get("n")
    return max(1, count) if isinstance(count, int) and not isinstance(count, bool) else 1


def price(draft: Draft, models: ModelList | None) -> float | None:
    """The price of an edit: that of its model and size, for each picture. None where the list does not have both."""
    listed = models.get(draft.get("model")) if models else None
    size = draft.get("size")
    each = listed.prices.get(size) if listed and isinstance(size, str) else None
    return None if each is None else each * pictures(draft)


def dearest(draft: Draft, models: ModelList) -> float:
    """What an edit costs at most: its price, or the highest of its model (of all models), for each picture."""
    known = price(draft, models)
    if known is not None:
        return known
    listed = models.get(draft.get("model"))
    known_models = [listed] if listed and listed.prices else models.models
    prices = [each for model in known_models for each in model.prices.values()]
    return max(prices, default=0.0) * pictures(draft)


def priced(models: ModelList | None) -> bool:
    """Whether the list tells any price."""
    return models is not None and any(model.prices for model in models.models)


def total(questions: Iterable[Question]) -> tuple[int, int, float]:
    """What questions cost that should be billed: (edits, pictures, credits as far as they are known)."""
    billed = [question for question in questions if question.billable]
    return len(billed), sum(pictures(q.draft) for q in billed), sum(q.price or 0 for q in billed)


def told(questions: Iterable[Question]) -> str:
    """The cost in words: "12 billable edits (13 pictures), 14 credits by the provider's own list"."""
    edits, made, credits = total(questions)
    more = f" ({made} pictures)" if made != edits else ""
    known = f", {credits:g} credits by the provider's own list" if credits else ""
    return f"{edits} billable edit{'s' if edits != 1 else ''}{more}{known}"
