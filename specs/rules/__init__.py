"""The vocabulary of checks, by area. Importing this package fills the register."""

from specs.rules import (
    acceptance,
    answer,
    likeness,
    mask,
    payload,
    picture,
    refusal,
    repainting,
    request,
    stream,
    values,
)
from specs.rules.register import RULES, Breach, Rule, Silent, rule

__all__ = ["RULES", "Breach", "Rule", "Silent", "rule"]

_ = (acceptance, answer, likeness, mask, payload, picture, refusal, repainting, request, stream, values)
