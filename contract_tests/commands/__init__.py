"""The commands of `image-contract`, by what they do. A module with an `add(verbs)` here is a group of commands."""

from contract_tests.commands import documents, explaining, offline, showing, testing, watching, weighing
from contract_tests.commands.options import MISTAKES

GROUPS = (showing, testing, offline, watching, documents, explaining, weighing)

__all__ = ["GROUPS", "MISTAKES"]
