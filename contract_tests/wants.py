"""What must not stand beside a trait in one request, because the picture that comes back would prove nothing then."""

from __future__ import annotations

from contract_tests import pricing
from contract_tests.designs import STRONG, STRONG_TOO
from contract_tests.drafts import Draft
from contract_tests.questions import Question, is_edge
from contract_tests.traits import Trait
from specs.edits import ABSENT


def wants(question: Question, trait: Trait, base: Draft) -> dict[str, tuple[object, ...]]:
    """What must not stand beside a trait, because its picture would prove nothing then; () is nothing else at all."""
    streams = trait.slots.get("field:stream") is True
    found: dict[str, tuple[object, ...]] = {}
    if not is_edge(question) and not streams and (question.draft.mask is not None or _SHOWN & trait.slots.keys()):
        found |= {"field:stream": (ABSENT, False)}
    if streams:
        found |= {"field:partial_images": (ABSENT,)} if not question.id.startswith("wire-") else {}
    elif question.draft.mask is not None:
        prompts = (base.get("prompt"), STRONG, STRONG_TOO)
        found |= _MASKED | {"field:size": (base.get("size", ABSENT),), "field:prompt": prompts}
    if pricing.pictures(question.draft) > 1:
        found |= {"mask": ()}
    if trait.slots.get("field:background") == "transparent":
        found |= {"field:stream": (ABSENT, False), "field:prompt": (), "mask": (), "field:output_compression": ()}
    if trait.slots.get("field:response_format") == "url":
        found |= _LINKED
    return {slot: allowed for slot, allowed in found.items() if slot not in trait.slots}


_SHOWN = {f"field:{name}" for name in ("n", "size", "output_format", "background", "response_format")}
"""What is seen in a picture or its envelope, and judged in answers that are no streams."""

_MASKED: dict[str, tuple[object, ...]] = {
    "field:background": (ABSENT, "opaque", "auto"),
    "field:output_format": (ABSENT, "png"),
    "field:output_compression": (ABSENT,),
    "images": (),
    "wire:spare": (),
}

_LINKED: dict[str, tuple[object, ...]] = {
    "mask": (),
    "field:background": (ABSENT, "opaque", "auto"),
    "field:output_format": (ABSENT, "png"),
    "field:n": (ABSENT, 1),
}
"""A link may lead to another picture than the one that was made: no more is to be learnt from that than just this."""
