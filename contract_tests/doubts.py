"""Doubts: fields whose value nobody promises to take, so that an honest endpoint may well be refusing just these.

A request made by chance often has two defects, one of which no document speaks of: `stream` as other text in a form,
`output_compression` for a PNG, `input_fidelity` for a model without it. Which of the two a refusal names is the
endpoint's own affair. A field is beyond doubt when a judged claim says that its value, as it stands in this request,
is one to be taken, and no claim at all speaks against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from specs.applying import applies
from specs.contract import Claim, Contract
from specs.edits import Edit
from specs.features import UNUSUAL
from specs.rules import RULES, Breach

_PICTURED = frozenset({"image", "image[]", "images", "data-url"})
_OF_FIELDS = frozenset({"duplicate-field", "empty-field", "extra-field"})
"""Unusual forms that are a field's and not a picture's."""

_NAMES: dict[int, tuple[Claim, frozenset[str]]] = {}
"""What each claim names, found once: a claim holds mappings, so it cannot be a key itself."""


def doubtful(contract: Contract, edit: Edit, known: frozenset[str], breached: Collection[Claim]) -> frozenset[str]:
    """The fields that may be at fault though no judged claim says so, as `image`, `mask` or by their name.

    `known` are the request's features, `breached` the claims it breaks. A picture is in doubt, too, when it is sent in
    a form that nobody promises to take; a field, when it stands there twice.
    """
    culprits = {name for claim in breached if claim.judged for name in named_by(claim)}
    pictures = {name for name, there in (("image", edit.images), ("mask", edit.mask)) if there}
    found = {name for name in {*edit.fields, *pictures} - culprits if not _beyond_doubt(contract, edit, known, name)}
    names = Counter(part.name for part in edit.parts if not part.is_file)
    found |= {name for name, count in names.items() if count > 1 and name not in culprits}
    return frozenset(found if is_usual(contract, known - _OF_FIELDS) else found | pictures)


def is_usual(contract: Contract, known: frozenset[str]) -> bool:
    """Whether some judged claim says of each unusual feature of a request that it is accepted."""
    accepted = (claim for claim in contract.of_area("acceptance") if claim.judged)
    promised = {feature for claim in accepted for feature in claim.when.get("features", ())}
    return known.isdisjoint(UNUSUAL - promised)


def _beyond_doubt(contract: Contract, edit: Edit, known: frozenset[str], name: str) -> bool:
    about = [claim for claim in contract.of_area("request") if name in named_by(claim) and applies(claim, edit, known)]
    if any(isinstance(said, Breach) for claim in about for said in RULES[claim.rule].say(edit, claim.numbers)):
        return False
    welcoming = [claim for claim in contract.of_area("acceptance") if claim.judged and _welcomes(claim, name)]
    return any(applies(claim, edit, known) for claim in welcoming or about if claim.judged)


def _welcomes(claim: Claim, name: str) -> bool:
    features = {*claim.when.get("features", ())}
    if name == "image":
        return not features.isdisjoint(_PICTURED)
    return name in claim.when.get("fields", {}) or not features.isdisjoint({name, f"field:{name}"})


def named_by(claim: Claim) -> frozenset[str]:
    """The fields a request claim is about."""
    if id(claim) not in _NAMES or _NAMES[id(claim)][0] is not claim:
        _NAMES[id(claim)] = claim, frozenset(_named(claim))
    return _NAMES[id(claim)][1]


def _named(claim: Claim) -> Iterator[str]:
    yield from (str(claim.numbers[key]) for key in ("field", "other") if key in claim.numbers)
    yield from (picture for picture in ("image", "mask") if claim.rule.startswith(picture))
    if claim.refusal:
        stated = (name for name in (claim.refusal.param, *claim.refusal.params) if name)
        yield from ("image" if name.startswith("image") else name for name in stated)
