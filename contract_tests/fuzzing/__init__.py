"""Fuzzing: requests that nobody thought of, judged by the same rules. The only package that knows Schemathesis."""

from contract_tests.fuzzing.probes import FAMILIES, Family
from contract_tests.fuzzing.running import fuzz
from contract_tests.fuzzing.shrinking import smallest

__all__ = ["FAMILIES", "Family", "fuzz", "smallest"]
