"""What providers publish, compared without asking anyone; and a newly published document beside the bundled one."""

from contract_tests.documents.comparing import REFERENCE, Comparison, compared
from contract_tests.documents.drifting import Drift, drifted
from contract_tests.documents.markdown import markdown
from contract_tests.documents.reading import UnreadableDocument, read_document
from contract_tests.documents.section import documents_section
from contract_tests.documents.text import text
from contract_tests.documents.values import value

__all__ = [
    "REFERENCE",
    "Comparison",
    "Drift",
    "UnreadableDocument",
    "compared",
    "documents_section",
    "drifted",
    "markdown",
    "read_document",
    "text",
    "value",
]
