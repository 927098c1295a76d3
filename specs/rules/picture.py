"""Rules about the pictures a request carries: how many, how large, of what kind, whole."""

from __future__ import annotations

from specs import pictures
from specs.edits import Edit, Input
from specs.rules.register import Breach, Said, Silent, rule
from specs.rules.request import is_readable


@rule("request")
def image_required(edit: Edit) -> Said:
    """At least one input picture is required."""
    if is_readable(edit) and not edit.images:
        yield Breach("there is no input picture", "a picture", "none")


@rule("request")
def images_at_most(edit: Edit, *, maximum: int) -> Said:
    """There are at most {maximum} input pictures."""
    if (count := len(edit.images)) > maximum:
        yield Breach(f"there are {count} pictures, {count - maximum} too many", f"at most {maximum}", str(count))


@rule("request")
def images_within_model_limit(edit: Edit) -> Said:
    """There are at most as many input pictures as the provider's list of models gives for the model."""
    model = edit.models.get(edit.get("model")) if edit.models else None
    if model is None or model.most_images is None:
        yield Silent("the provider's list of models says nothing about this model's input pictures")
    elif (count := len(edit.images)) > model.most_images:
        sentence = f"there are {count} pictures, {model.name} takes {model.most_images}"
        yield Breach(sentence, f"at most {model.most_images}", str(count))


@rule("request")
def image_is_picture_field(edit: Edit) -> Said:
    """An input picture, or the mask, is a file, a link or a `data:` URL, not other text."""
    for picture in edit.images:
        if picture.text is not None:
            yield Breach(f"`{picture.at}` is text, not a picture", "a file or a link", "text")
    mask = edit.mask
    if is_empty(mask):
        yield Breach("the mask is empty", "a file or a link, or no mask at all", "nothing", disputed=True)
    elif mask and mask.text is not None:
        yield Breach(f"`{mask.at}` is text, not a picture", "a file or a link", "text")


def is_empty(picture: Input | None) -> bool:
    """Whether a picture is there without a byte; as a mask some providers refuse that, others take it for none."""
    return picture is not None and (picture.text == "" or picture.data == b"")


@rule("request")
def image_bytes_at_most(edit: Edit, *, maximum: int) -> Said:
    """Each input picture has at most {maximum} bytes."""
    for picture in edit.images:
        size = len(picture.data or b"")
        if size > maximum:
            sentence = f"`{picture.at}` has {size} bytes, {size - maximum} too many"
            yield Breach(sentence, f"at most {maximum} bytes", f"{size} bytes")


@rule("request")
def image_kind(edit: Edit, *, kinds: list[str]) -> Said:
    """Each input picture is a {kinds} file, told by its bytes."""
    for picture in edit.images:
        if picture.data is not None and (kind := pictures.kind_of(picture.data)) not in kinds:
            found = kind or "no picture"
            yield Breach(f"`{picture.at}` is {found} by its bytes", " or ".join(kinds), found)


@rule("request")
def image_decodes(edit: Edit) -> Said:
    """Each input picture can be decoded to its last pixel."""
    for picture in edit.images:
        data = picture.data
        if data is not None and pictures.kind_of(data) is not None and (why := pictures.decodes(data)):
            yield Breach(f"`{picture.at}` cannot be decoded: {why}", "a whole picture", why)
