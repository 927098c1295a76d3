"""The commands of `image-contract`, by what they do. A module with an `add(verbs)` here is a group of commands."""

from contract_tests.commands import offline, showing, testing, watching
from contract_tests.commands.options import MISTAKES

GROUPS = (showing, testing, offline, watching)

__all__ = ["GROUPS", "MISTAKES"]
