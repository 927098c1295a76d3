"""Which fields of a request may honestly be refused though no judged claim speaks against them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contract_tests.evidence import read_out
from contract_tests.plan import URL
from specs import loading
from specs.answers import Asked
from specs.messages import Exchange, Request
from tests.walking import planned

PIXEL = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def asked(provider: str, **fields: Any) -> Asked:
    """A JSON request with no prompt, and so with one defect that is judged."""
    contract = loading.load(provider)
    pictures = {"images": [{"image_url": PIXEL}]} if provider == "openai" else {"image": PIXEL}
    body = json.dumps({**pictures, **fields}).encode()
    headers = (("Content-Type", "application/json"), ("Authorization", "Bearer k"))
    return read_out(contract, Exchange("1", Request("POST", URL + contract.edit.path, headers, body)), None, {})


@pytest.mark.parametrize(
    ("fields", "doubtful"),
    [
        ({"model": "gpt-image-2"}, set()),
        ({"model": "gpt-image-2", "input_fidelity": "high"}, {"input_fidelity"}),
        ({"model": "gpt-image-1.5", "input_fidelity": "high"}, set()),
        ({"model": "gpt-image-2", "output_compression": 50}, {"output_compression"}),
        ({"model": "gpt-image-2", "output_compression": 50, "output_format": "jpeg"}, set()),
        ({"model": "gpt-image-2", "partial_images": 1}, {"partial_images"}),
        ({"model": "gpt-image-2", "partial_images": 1, "stream": True}, set()),
        ({"model": "dall-e-2"}, {"model"}),
        ({"model": "gpt-image-2", "note": "x"}, {"note"}),
        ({"model": "gpt-image-2", "n": 0}, set()),
    ],
)
def test_a_field_is_in_doubt_when_no_claim_promises_to_take_its_value(
    fields: dict[str, Any], doubtful: set[str]
) -> None:
    found = asked("openai", **fields)
    assert "prompt-required" in {claim.id for claim in found.breached}
    assert found.doubtful == doubtful


@pytest.mark.parametrize("provider", loading.providers())
def test_in_a_question_about_a_judged_claim_nothing_else_is_in_doubt(provider: str) -> None:
    contract = loading.load(provider)
    free = [question for question in planned(provider) if not question.billable]
    requests = [question.request(contract, URL + contract.edit.path, "<redacted-key>") for question in free]
    found = [read_out(contract, Exchange("1", request), None, {}) for request in requests]
    assert len(found) > 100
    assert [one.edit.fields for one in found if one.doubtful and any(c.judged for c in one.breached)] == []
