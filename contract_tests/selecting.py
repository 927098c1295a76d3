"""Which questions of a plan serve which claims: so that a few claims can be asked without paying for all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from contract_tests.drafts import Draft
from contract_tests.questions import Question
from specs.contract import Claim, Contract

GROUND = ("valid-edit", "bare-edit")
"""Questions without which nothing else proves anything: is any valid edit accepted?"""


def selected(questions: Iterable[Question], contract: Contract, claims: Collection[str]) -> tuple[Question, ...]:
    """The questions that some of these claims need, in their order, and the ground they stand on.

    Answer and stream claims are served by every valid edit of their kind that their rule can say something about,
    refusal claims by every request that should be refused.
    """
    wanted = [contract.claim(id) for id in claims]
    return tuple(q for q in questions if q.id in GROUND or any(serves(q, claim) for claim in wanted))


def serves(question: Question, claim: Claim) -> bool:
    """Whether the answer to a question can be judged by a claim."""
    if claim.id in question.about:
        return True
    if not question.billable:
        return claim.area == "refusal"
    streams = question.draft.get("stream") is True
    speaks = _SPEAKS.get(claim.rule)
    return claim.area == ("stream" if streams else "answer") and (speaks is None or speaks(question.draft))


def _masked(draft: Draft) -> bool:
    return draft.mask is not None


_SPEAKS: Mapping[str, Callable[[Draft], bool]] = {
    "mask_keeps_opaque": _masked,
    "mask_repaints_transparent": _masked,
    "mask_heeded": _masked,
    "pictures_differ": lambda draft: draft.get("n") not in (None, 1),
    "picture_transparent": lambda draft: draft.get("background") == "transparent",
    "payload_as_asked": lambda draft: draft.has("response_format"),
    "url_absolute": lambda draft: draft.get("response_format") == "url",
    "url_fetchable": lambda draft: draft.get("response_format") == "url",
    "stream_partials_in_order": lambda draft: draft.has("partial_images"),
}
"""Rules that are silent about most edits, and what an edit needs for them to speak."""
