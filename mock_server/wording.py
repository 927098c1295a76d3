"""What a refusal says to a developer: what is wrong, with the value, and what is accepted. The words are ours."""

from __future__ import annotations

from specs.contract import Claim, Contract
from specs.edits import Edit
from specs.rules import Breach

_ENOUGH = {
    "body_well_formed": "The {encoding} body cannot be read: {sentence}.",
    "field_refused": "Unknown parameter: {sentence}.",
    "field_required": "The required parameter `{field}` is missing.",
    "image_required": "The required parameter `{param}` is missing: at least one picture has to be sent.",
    "key_present": "{Sentence}: it is sent in the header field `{expected}`.",
    "key_right": "The API key is not one that was given out.",
    "no_unknown_field": "Unknown parameter: {sentence}.",
    "route_known": "{Sentence}: pictures are edited with {method} {path}.",
}
"""Rules whose breach is said otherwise than "what was found; accepted: what was expected"."""


def message(claim: Claim, breach: Breach, edit: Edit, contract: Contract, param: str | None) -> str:
    """The message of the refusal of a breach."""
    form = _ENOUGH.get(claim.rule, "{Sentence}; accepted: {expected}.")
    return form.format(
        sentence=breach.sentence,
        Sentence=beginning(breach.sentence),
        expected=breach.expected,
        encoding={"multipart": "form", "json": "JSON"}.get(edit.encoding, "request"),
        field=claim.numbers.get("field", param),
        param=param,
        method=contract.edit.method,
        path=contract.edit.path,
    )


def beginning(sentence: str) -> str:
    """The sentence as one begins it: with a capital, and not with the name of a field."""
    return f"The parameter {sentence}" if sentence.startswith("`") else sentence[:1].upper() + sentence[1:]
