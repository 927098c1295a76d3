"""Models: which claims are about them, and which refusals are."""

from __future__ import annotations

import re

from specs.answers import Asked
from specs.contract import Claim

_NO_MODEL = re.compile(
    r"(?:model|channel|模型|渠道).{0,80}(?:not |n't |n’t |unknown|unavailable|disabled|不|无|未)|"
    r"(?:no|not|unknown|invalid|unsupported)\s.{0,30}(?:model|channel)|(?:无|没有).{0,20}(?:模型|渠道)",
    re.IGNORECASE | re.DOTALL,
)
"""How relays say that a model is not to be had, where no code says it."""


def about_model(claim: Claim) -> bool:
    """Whether a request claim says which models there are."""
    return claim.rule == "model_listed" or (claim.rule == "field_one_of" and claim.numbers["field"] == "model")


def speaks_of_model(asked: Asked) -> bool:
    """Whether a refusal names the model as what is at fault, by its field, its code or in words."""
    error = asked.error if isinstance(asked.error, dict) else {}
    if error.get("param") == "model" or "model" in str(error.get("code")).lower():
        return True
    return not error.get("param") and bool(_NO_MODEL.search(asked.refusal_text))
