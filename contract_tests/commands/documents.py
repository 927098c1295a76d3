"""Commands over what providers publish: documents, drift. Nobody is asked."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from contract_tests import documents
from contract_tests.commands.options import Verbs, verb, with_example, with_json, with_provider
from contract_tests.documents import drift_views
from specs import loading

_DOCUMENTS = "compare what the providers publish, without asking anyone"
_DRIFT = "compare a freshly published document with the bundled one"
_DOCUMENTS_MORE = (
    "Contradictions inside each document, then each provider beside OpenAI and beside each other: every field, every "
    "limit, and where it says so."
)
_DRIFT_MORE = (
    "NEW is YAML, JSON, or a Markdown page with the document in a fenced block. Told are quotations that no longer "
    "stand, normative sentences that are new, and what changes for clients. Exit status: 0 nothing of note, 1 clients "
    "break, a quotation is lost or moved, or a normative sentence is new that nothing quotes, 2 unreadable."
)


def add(verbs: Verbs) -> None:
    """Add these commands."""
    found = verb(verbs, "documents", compared, _DOCUMENTS)
    with_example(found, _DOCUMENTS_MORE, "documents --provider aitoearn --as md > documents.md")
    found.add_argument("--provider", action="append", default=[], metavar="NAME", help="again for more (default: all)")
    found.add_argument("--as", dest="form", choices=("text", "md", "json"), default="text", help="default: %(default)s")
    found.add_argument("--differing", action="store_true", help="leave out what all of them say alike (not for json)")
    drift = with_json(with_provider(verb(verbs, "drift", drifted, _DRIFT)))
    with_example(drift, _DRIFT_MORE, "drift aitoearn.md --provider aitoearn")
    drift.add_argument("new", type=Path, metavar="NEW", help="the document as it is published now")
    drift.add_argument("--strict", action="store_true", help="any change fails")


def compared(given: argparse.Namespace) -> int:
    """Lay what providers publish beside each other; the reference always stands among them."""
    names = dict.fromkeys([documents.REFERENCE, *given.provider]) if given.provider else loading.providers()
    comparison = documents.compared(loading.load(name) for name in names)
    if given.form == "json":
        print(json.dumps(documents.value(comparison), ensure_ascii=False, indent=1))
    else:
        form = documents.markdown if given.form == "md" else documents.text
        print(form(comparison, differing=given.differing), end="")
    return 0


def drifted(given: argparse.Namespace) -> int:
    """Lay a new document beside the bundled one."""
    contract = loading.load(given.provider)
    drift = documents.drifted(contract, documents.read_document(given.new, contract.edit.path))
    if given.json:
        print(json.dumps(drift_views.value(drift), ensure_ascii=False, indent=1))
    else:
        print(drift_views.text(drift, str(given.new)), end="")
    return drift.exit_status(strict=given.strict)
