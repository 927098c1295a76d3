"""How a request comes to be one that a claim is about: a draft and an encoding that meet the claim's `when`.

The specs are the judge: what is made here is read back, and only what the claim really applies to is handed out.
"""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests import choosing, samples
from contract_tests.drafts import Draft
from contract_tests.encodings import ENCODINGS, Encoding, encode, fitting, offered, plain
from specs.applying import applies
from specs.contract import Claim, Contract
from specs.models import ModelList
from specs.reading import read

ADDRESS = "http://example.invalid"
"""Requests that are only read, never sent, have this root."""


def meeting(
    claim: Claim, contract: Contract, draft: Draft, models: ModelList | None = None
) -> tuple[Draft, tuple[Encoding, ...]] | None:
    """A valid draft the claim applies to and the encodings it does so in, the plainest first.

    `draft` is changed only where the claim's `when` asks for it. None when the contract leaves no way: no model of that
    name is known, no encoding has the feature, a link would be needed.
    """
    meant = _meant(claim, contract, draft, models)
    if meant is None:
        return None
    found = [row for row in plain(contract.edit) if _applies(claim, contract, meant, row, models)]
    if not found:
        found = [row for row in _others(claim, contract) if _applies(claim, contract, meant, row, models)][:1]
    return (meant, tuple(found)) if found else None


def _others(claim: Claim, contract: Contract) -> Iterator[Encoding]:
    row = fitting(contract.edit, claim.when.get("features", ()))
    if row is not None:
        yield row
    yield from offered(contract.edit)


def _applies(claim: Claim, contract: Contract, draft: Draft, row: Encoding, models: ModelList | None) -> bool:
    request = encode(draft, ENCODINGS[row.name], contract.edit, ADDRESS + contract.edit.path, "key")
    return applies(claim, read(contract, request, models))


def _meant(claim: Claim, contract: Contract, draft: Draft, models: ModelList | None) -> Draft | None:
    when = claim.when
    if "model" in when:
        model = choosing.model_matching(contract, models, when["model"])
        if model is None:
            return None
        draft = _of_model(draft, contract, models, model)
    for name, wanted in when.get("fields", {}).items():
        allowed = wanted if isinstance(wanted, list) else [wanted]
        draft = draft if draft.has(name) and draft.get(name) in allowed else draft.with_field(name, allowed[0])
    for feature in when.get("features", ()):
        draft = _featured(draft, contract, feature)
    return draft


def _of_model(draft: Draft, contract: Contract, models: ModelList | None, model: str) -> Draft:
    changed = draft.with_field("model", model)
    for name, value in (
        ("size", choosing.size(contract, models, model)),
        ("quality", choosing.quality(contract, model)),
    ):
        changed = changed.with_field(name, value) if value is not None else changed.without(name)
    return changed


def _featured(draft: Draft, contract: Contract, feature: str) -> Draft:
    if feature == "stream" and draft.get("stream") is not True:
        return draft.with_field("stream", True)
    if feature == "mask" and draft.mask is None:
        return samples.masked(draft)
    if feature == "images" and len(draft.images) < 2:
        return draft.with_images(*draft.images, *samples.pictures(2, seed=1)[len(draft.images) :])
    name = feature.removeprefix("field:")
    if name != feature and not draft.has(name):
        return draft.with_field(name, choosing.value(contract, name))
    return draft
