"""The comparison as data, for other programs: everything with the words and the place that bear it out."""

from __future__ import annotations

from typing import Any

from contract_tests.documents.comparing import Comparison, Difference, Row
from contract_tests.documents.said import Said
from specs.contract import Citation, Claim, Contract

FORMAT = "image-contract-documents/1"


def value(comparison: Comparison) -> dict[str, Any]:
    """The whole comparison as JSON-ready values."""
    return {
        "format": FORMAT,
        "providers": [_provider(contract) for contract in comparison.contracts],
        "contradictions": [found for contract in comparison.contracts for found in contradictions(contract)],
        "fields": [_row(row) for row in comparison.rows],
        "differences": [_difference(difference) for difference in comparison.differences()],
        "promises": [
            {"claim": p.id, "differs": p.differs, "providers": {name: _claim(c) for name, c in p.claims.items()}}
            for p in comparison.promises
        ],
        "overruled": [
            {"provider": o.provider, "claim": o.claim, "why": o.why, "citation": citation(o.citation)}
            for o in comparison.overruled
        ],
    }


def _provider(contract: Contract) -> dict[str, Any]:
    through = contract.takes_over
    return {
        "provider": contract.provider,
        "title": contract.title,
        "method": contract.edit.method,
        "path": contract.edit.path,
        "takes_over": citation(through) if through else None,
    }


def contradictions(contract: Contract) -> list[dict[str, Any]]:
    """The contradictions of one provider's documents, with every place quoted."""
    return [
        {
            "provider": contract.provider,
            "id": found.id,
            "problem": found.problem,
            "places": [citation(place) for place in found.places],
            "resolution": found.resolution,
            "why": found.why,
        }
        for found in contract.contradictions
    ]


def citation(cited: Citation) -> dict[str, Any]:
    """Words, their English, and where they stand."""
    return {"document": cited.document, "at": cited.at, "quote": cited.quote, "gloss": cited.gloss}


def _row(row: Row) -> dict[str, Any]:
    cells = {name: [_said(said) for said in sayings] for name, sayings in row.cells.items()}
    return {"part": row.part, "field": row.field, "aspect": row.aspect, "differs": row.differs, "providers": cells}


def _said(said: Said) -> dict[str, Any]:
    return {
        "value": list(said.value) if isinstance(said.value, tuple) else said.value,
        "by": "claim" if said.claim else "schema",
        "media": said.media,
        "claim": said.claim.id if said.claim else None,
        "level": said.claim.level if said.claim else None,
        "when": dict(said.claim.when) if said.claim else {},
        "citation": citation(said.place),
    }


def _difference(difference: Difference) -> dict[str, Any]:
    row = difference.row
    return {
        "between": [difference.left, difference.right],
        "part": row.part,
        "field": row.field,
        "aspect": row.aspect,
        "silent": difference.silent,
        "values": {name: [said.shown for said in row.cells[name]] for name in (difference.left, difference.right)},
    }


def _claim(claim: Claim | None) -> dict[str, Any] | None:
    if claim is None:
        return None
    numbers = dict(claim.numbers)
    return {"rule": claim.rule, "level": claim.level, "origin": claim.origin, "with": numbers, "when": dict(claim.when)}
