"""Requests that break a rule, and requests that just do not. Importing this package fills the register."""

from contract_tests.violations import fields, http, masks, models, pictures
from contract_tests.violations.register import VIOLATIONS, Attempt, Bad, Good, Start, attempts, violation

__all__ = ["VIOLATIONS", "Attempt", "Bad", "Good", "Start", "attempts", "violation"]

_ = (fields, http, masks, models, pictures)
