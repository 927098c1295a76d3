"""Faults that accept what is to be refused: each overlooks one way to break a claim, and answers with pictures."""

from __future__ import annotations

from mock_server.faults.register import fault
from specs.edits import Edit
from specs.pictures import kind_of


@fault(
    "images-at-most",
    on="request",
    source="https://github.com/theopenco/llmgateway/pull/1752",
    catalogue="RP-21",
)
def one_image_too_many_accepted(edit: Edit) -> bool:
    """The limit on pictures is off by one: 17 are accepted."""
    return len(edit.images) == 17


@fault(
    "image-kind",
    on="request",
    source="https://github.com/yuji-hatakeyama/opencode-gpt-imagegen/pull/82",
    catalogue="IV-03",
)
def gif_and_bmp_accepted(edit: Edit) -> bool:
    """GIF and BMP pictures are accepted like the documented formats."""
    return any(kind_of(picture.data or b"") in ("gif", "bmp") for picture in edit.images)


@fault(
    "image-is-picture",
    on="request",
    source="https://github.com/jamesrochabrun/SwiftOpenAI/pull/132",
    catalogue="MK-03",
)
def text_taken_for_a_mask(edit: Edit) -> bool:
    """A `mask` that is text and no file is accepted."""
    return edit.mask is not None and edit.mask.text is not None


@fault(
    "image-is-picture",
    on="request",
    source="https://github.com/openai/openai-java/issues/461",
    catalogue="HC-02",
)
def text_taken_for_a_picture(edit: Edit) -> bool:
    """A picture that is text and no file is accepted."""
    return any(picture.text is not None for picture in edit.images)


@fault(
    "model-known",
    on="request",
    source="https://github.com/CherryHQ/cherry-studio/issues/9141",
    catalogue="OT-07",
)
def model_replaced(edit: Edit) -> bool:
    """`model` is not passed on: the default is used, and a model that nobody has is accepted."""
    return isinstance(edit.get("model"), str)
