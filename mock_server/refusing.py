"""Why a request is refused: the claims it breaks, in the order in which the provider notices defects, and the reply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mock_server import live, wording
from mock_server.replies import Reply, refusal
from mock_server.settings import Settings
from specs.applying import applies
from specs.contract import Claim, Contract, Refusal
from specs.edits import Edit
from specs.rules import RULES, Breach

_SHAPES = ("picture", "mask")
"""Rule families that look into pictures: what `checks: schema` leaves out, but for how many there are."""

_COUNTED = ("image_required", "images_at_most", "images_within_model_limit", "image_is_picture_field")
_ANY_BODY = ("route_known", "method_allowed", "content_type_accepted", "body_well_formed")
"""What `checks: none` still asks for: a body that can be read, at the right place."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A breach, how it is refused, and the claim it breaks (None: one of the habits of the live endpoint)."""

    breach: Breach
    how: Refusal
    claim: Claim | None
    why: str


def refusals(contract: Contract, edit: Edit, settings: Settings) -> Iterator[Refused]:
    """Everything that is wrong with a request, in order."""
    lively = settings.checks == "all" and contract.provider == "openai" and settings.speaks("openai") == "live"
    habits = {"image_required": live.repeated, "image_bytes_at_most": live.mislabelled} if lively else {}
    for claim in contract.of_area("request"):
        for odd, manner in habits.pop(claim.rule, _nothing)(edit):
            yield Refused(odd, manner, None, f"live-{(manner.code or '').replace('_', '-')}")
        if not enforced(claim, contract, settings) or not applies(claim, edit):
            continue
        said = (said for said in RULES[claim.rule].say(edit, claim.numbers) if isinstance(said, Breach))
        if (breach := next(said, None)) is not None and claim.refusal is not None:
            how = live.ranged(claim, claim.refusal, edit)
            yield Refused(breach, live.named(claim, how, edit) if lively else how, claim, claim.id)


def _nothing(_edit: Edit) -> Iterator[tuple[Breach, Refusal]]:
    return iter(())


def enforced(claim: Claim, contract: Contract, settings: Settings) -> bool:
    """Whether a breach of a request claim is refused under these settings."""
    observed = claim.origin == "own" and settings.speaks(contract.provider) != "documented"
    kept_anyway = claim.origin == "own" and contract.provider != "openai"
    if claim.id in settings.forget or not (claim.judged or observed or kept_anyway):
        return False
    if settings.checks == "none":
        return claim.rule in _ANY_BODY
    in_pictures = RULES[claim.rule].check.__module__.rpartition(".")[2] in _SHAPES
    return settings.checks == "all" or not in_pictures or claim.rule in _COUNTED


def refused(found: Refused, edit: Edit, contract: Contract) -> Reply:
    """The refusal of a breach, as its claim says it is refused."""
    how, breach = found.how, found.breach
    if found.claim is None:
        message = f"{wording.beginning(breach.sentence)}; accepted: {breach.expected}."
    else:
        message = wording.message(found.claim, breach, edit, contract, how.param)
    reply = refusal(how.status[0], message, how.type, param=how.param, code=how.code, why=found.why)
    methods = found.claim.numbers.get("methods") if found.claim and reply.status == 405 else None
    return reply.with_headers(("Allow", ", ".join(methods))) if methods else reply
