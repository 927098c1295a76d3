"""Rules about the mask of a request: a PNG with alpha, as large as the first picture."""

from __future__ import annotations

from specs import pictures
from specs.edits import Edit
from specs.rules.picture import is_empty
from specs.rules.register import Breach, Said, Silent, rule


def _mask(edit: Edit) -> bytes | None:
    return edit.mask.data if edit.mask else None


def _sizes(data: bytes) -> tuple[str, ...]:
    """The dimensions of a picture as stored and, where its metadata turn it, as shown; none when it has no header."""
    seen = pictures.look(data)
    if seen is None:
        return ()
    shown = pictures.pixels(data).size if pictures.decodes(data) is None else (seen.width, seen.height)
    return tuple(dict.fromkeys((seen.size, f"{shown[0]}x{shown[1]}")))


@rule("request")
def mask_is_png(edit: Edit) -> Said:
    """The mask is a PNG file, told by its bytes."""
    data = _mask(edit)
    if is_empty(edit.mask):
        yield Silent("the mask is empty: no picture, or no mask")
    elif data is not None and (kind := pictures.kind_of(data)) != "png":
        yield Breach(f"the mask is {kind or 'no picture'} by its bytes", "png", kind or "no picture")


@rule("request")
def mask_decodes(edit: Edit) -> Said:
    """The mask can be decoded to its last pixel."""
    data = _mask(edit)
    if data is not None and pictures.kind_of(data) == "png" and (why := pictures.decodes(data)):
        yield Breach(f"the mask cannot be decoded: {why}", "a whole picture", why)


@rule("request")
def mask_has_alpha(edit: Edit) -> Said:
    """The mask has an alpha channel: transparent is repainted, opaque is kept."""
    data = _mask(edit)
    seen = pictures.look(data) if data is not None and pictures.kind_of(data) == "png" else None
    if seen and not seen.alpha:
        yield Breach("the mask has no alpha channel", "an alpha channel", "none")


@rule("request")
def mask_matches_image(edit: Edit) -> Said:
    """The mask has the dimensions of the first input picture (as stored, or as its metadata turn it)."""
    data = _mask(edit)
    if data is None or not edit.images:
        return
    first = edit.images[0].data
    mask, image = pictures.look(data), pictures.look(first) if first is not None else None
    if mask is None or image is None or first is None:
        yield Silent("the dimensions of the mask or of the picture cannot be read")
    elif mask.size != image.size and mask.size not in _sizes(first):
        yield Breach(f"the mask is {mask.size}, the picture {image.size}", image.size, mask.size)


@rule("request")
def mask_bytes_at_most(edit: Edit, *, maximum: int) -> Said:
    """The mask has at most {maximum} bytes."""
    size = len(_mask(edit) or b"")
    if size > maximum:
        yield Breach(
            f"the mask has {size} bytes, {size - maximum} too many", f"at most {maximum} bytes", f"{size} bytes"
        )
