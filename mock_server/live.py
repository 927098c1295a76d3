"""What OpenAI's endpoint is seen to do beyond its documents: names of culprits, codes, and the file types it refuses.

From public reports and recordings of 2025 and 2026. Only the dialect
`live` of OpenAI speaks so, but for the codes of ranges, which every dialect has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from specs.contract import Claim, Refusal
from specs.edits import Edit, Input
from specs.rules import Breach

_PICTURES = ("image_required", "images_at_most", "image_is_picture_field", "image_bytes_at_most")
_BELOW, _ABOVE = "integer_below_min_value", "integer_above_max_value"


def ranged(claim: Claim, how: Refusal, edit: Edit) -> Refusal:
    """A number out of range has one code below and another above (as in every recording since August 2026)."""
    if claim.rule not in ("integer_between", "integer_at_least"):
        return how
    value = edit.get(str(claim.numbers["field"]))
    return replace(how, code=_BELOW if value < claim.numbers["minimum"] else _ABOVE)


def named(claim: Claim, how: Refusal, edit: Edit) -> Refusal:
    """JSON calls the pictures `images`, an empty list has a code of its own, and an item is named by its place."""
    if claim.rule not in _PICTURES or how.param != "image":
        return how
    if claim.rule == "image_required" and edit.encoding == "json":
        empty = b'"images"' in edit.request.body
        return replace(how, param="images", code="empty_array" if empty else how.code)
    if claim.rule == "image_is_picture_field":
        wrong = next((picture.at for picture in _all(edit) if picture.text is not None), "image")
        return replace(how, param=wrong)
    return replace(how, param="images") if edit.encoding == "json" else how


def repeated(edit: Edit) -> Iterator[tuple[Breach, Refusal]]:
    """Several parts called `image` are refused as duplicates (astrbot_plugin_omnidraw, pull 58)."""
    plain = [picture for picture in edit.images if picture.is_part and picture.at == "image"]
    if len(plain) > 1:
        sentence = f"`image` stands {len(plain)} times in the form; several pictures are sent as `image[]`"
        yield _breach(sentence, "one `image`"), Refusal(code="duplicate_parameter", param="image")


def mislabelled(edit: Edit) -> Iterator[tuple[Breach, Refusal]]:
    """A picture part has to say that it is a picture (openai-node 1468, openai-ruby 147, go-openai 1012)."""
    for place, picture in enumerate(edit.images):
        if not picture.is_part or picture.data is None:
            continue
        param = f"image[{place}]" if picture.at.endswith("]") else "image"
        stated = (picture.content_type or "").partition(";")[0].strip().lower()
        if not stated:
            sentence = f"the part `{picture.at}` does not state its Content-Type"
            yield _breach(sentence, _KINDS), Refusal(code="missing_file_mimetype", param=param)
        elif stated not in ("image/png", "image/jpeg", "image/jpg", "image/webp"):
            sentence = f"the part `{picture.at}` has the Content-Type {stated:.60}"
            yield _breach(sentence, _KINDS), Refusal(code="unsupported_file_mimetype", param=param)


_KINDS = "image/png, image/jpeg or image/webp"


def _breach(sentence: str, expected: str) -> Breach:
    return Breach(sentence, expected, sentence)


def _all(edit: Edit) -> tuple[Input, ...]:
    return (*edit.images, *((edit.mask,) if edit.mask else ()))
