"""Confirming: our own requests read back by the same rules that judge, before they are put into a plan.

A question that is to be billed keeps every claim; one that should be refused breaks exactly the one it is about.
"""

from __future__ import annotations

from dataclasses import replace

from contract_tests import pricing
from contract_tests.evidence import accepting, breaches
from contract_tests.questions import Question
from specs import reading
from specs.contract import Contract
from specs.models import ModelList

URL = "https://endpoint.invalid"
"""Where requests that are only read are addressed to."""


def confirmed(question: Question, contract: Contract, models: ModelList | None) -> Question | None:
    """The question as the rules see it: what it is about, what it costs.

    None when it cannot be asked of this contract: a design or an edge that another claim forbids, a violation that
    breaks more than its claim.
    """
    request = question.request(contract, URL + contract.edit.path, "<redacted-key>")
    edit = reading.read(contract, request, models)
    broken, disputed = breaches(contract, edit)
    if not question.billable:
        return question if [claim.id for claim in broken] == list(question.about) else None
    if broken or disputed:
        return None
    about = dict.fromkeys((*question.about, *accepting(contract, edit)))
    return replace(question, about=tuple(about), price=pricing.price(question.draft, models))
