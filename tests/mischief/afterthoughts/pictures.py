"""Pictures and masks misread on their way in."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from tests.honest.forms import Order
from tests.honest.refusals import Refused
from tests.honest.tricks import Reading
from tests.mischief.afterthoughts.common import (
    ALL,
    PNG,
    as_grey,
    mask_changed,
    order_without,
    pictures_changed,
    source_changed,
)
from tests.mischief.masks import inverted
from tests.mischief.painting import opened, saved
from tests.mischief.register import mischief


@mischief("order")
def one_picture_with_a_mask(order: Order) -> Order:
    """With a mask `n` is overlooked."""
    return order_without(order, "n") if order.mask else order


@mischief("order")
def one_picture_of_several(order: Order) -> Order:
    """With several input pictures `n` is overlooked."""
    return order_without(order, "n") if len(order.images) > 1 else order


@mischief("order", *ALL, unpromised="OpenAI's guide asks for mask and picture in one format")
def masks_need_png_pictures(order: Order) -> Order:
    """A mask goes only with a PNG."""
    if order.mask and any(one.data and not one.data.startswith(PNG) for one in order.images[:1]):
        raise Refused("mask-kind", "mask")
    return order


@mischief("order")
def grey_masks_with_alpha_are_refused(order: Order) -> Order:
    """A mask in grey and alpha is refused."""
    if order.mask and order.mask.data and order.mask.data[:4] == PNG and order.mask.data[25] == 4:
        raise Refused("mask", "mask")
    return order


@mischief("order")
def json_takes_one_picture(order: Order) -> Order:
    """In JSON a second picture is refused."""
    if order.typed and len(order.images) > 1:
        raise Refused("too-many", "image")
    return order


@mischief("order", "openai", keeps=True)
def repetition_is_refused() -> Reading:
    """Who orders exactly the same a second time is refused."""
    seen: set[str] = set()

    def read(order: Order) -> Order:
        same = repr((order.values, [one.data for one in order.images], order.mask))
        if same in seen:
            raise Refused("value", "prompt")
        seen.add(same)
        return order

    return read


@mischief("order", "openai")
def torn_webps_are_fine(order: Order) -> Order:
    """A WebP that is cut short is taken for a grey one."""

    def whole(data: bytes) -> bytes:
        torn = data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 > len(data)
        return as_grey() if torn else data

    return pictures_changed(order, whole)


@mischief("order")
def rarer_kinds_are_fine(order: Order) -> Order:
    """AVIF, HEIC, JPEG 2000, ICO, PSD and PPM are taken."""
    starts = (b"\0\0\1\0", b"8BPS", b"P6", b"\0\0\0\x0cjP", b"\xff\x4f\xff\x51")
    return pictures_changed(order, lambda data: as_grey() if data.startswith(starts) or data[4:8] == b"ftyp" else data)


@mischief("order")
def second_picture_may_be_a_gif(order: Order) -> Order:
    """Every picture but the first may be a GIF."""
    return pictures_changed(order, lambda data: as_grey() if data[:4] == b"GIF8" else data, first=1)


@mischief("order")
def masks_of_twice_the_size(order: Order) -> Order:
    """A mask of twice the width and height is taken."""

    def fitted(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
        return mask.resize(size) if mask.size == (2 * size[0], 2 * size[1]) else mask

    return mask_changed(order, fitted)


@mischief("order")
def masks_fitted_in_json(order: Order) -> Order:
    """In JSON a mask of any size is made to fit."""
    return mask_changed(order, lambda mask, size: mask.resize(size)) if order.typed else order


@mischief("order", "chatanywhere")
def broken_masks_are_overlooked(order: Order) -> Order:
    """A mask that cannot be decoded is overlooked."""
    if order.mask is None or not (order.mask.data or b"").startswith(PNG):
        return order
    try:
        opened(order.mask.data or b"")
    except (OSError, SyntaxError):
        return replace(order, mask=None)
    return order


@mischief("order", *ALL)
def mask_dropped_for_jpeg_pictures(order: Order) -> Order:
    """The mask of a JPEG is overlooked."""
    jpeg = any((one.data or b"").startswith(b"\xff\xd8") for one in order.images[:1])
    return replace(order, mask=None) if jpeg else order


@mischief("order")
def mask_inverted_in_json(order: Order) -> Order:
    """In JSON the mask is inverted."""
    return (
        mask_changed(order, lambda mask, _size: inverted(mask) if mask.mode == "RGBA" else mask)
        if order.typed
        else order
    )


@mischief("order")
def masked_edit_of_the_second_picture(order: Order) -> Order:
    """With a mask and two pictures it is the second that is edited, in the dimensions of the first."""
    if order.mask is None or len(order.images) < 2:
        return order
    try:
        first, second = (opened(one.data or b"") for one in order.images[:2])
    except OSError:
        return order
    swapped = replace(order.images[0], data=saved(second.convert("RGB").resize(first.size)))
    return replace(order, images=[swapped, *order.images[1:]])


@mischief("order")
def webps_read_as_black(order: Order) -> Order:
    """A WebP is taken for a black picture of its size."""
    return source_changed(order, b"RIFF", lambda picture: Image.new("RGB", picture.size))


@mischief("order")
def palettes_read_as_black(order: Order) -> Order:
    """A PNG with a palette, or in grey, is taken for a black picture of its size."""

    def black(picture: Image.Image) -> Image.Image:
        return Image.new("RGB", picture.size) if picture.mode in ("P", "L", "LA", "1") else picture

    return source_changed(order, PNG, black)


@mischief("order")
def stream_lost_with_a_mask(order: Order) -> Order:
    """With a mask `stream` is overlooked."""
    return order_without(order, "stream") if order.mask else order


@mischief("order")
def partials_are_streamed_unasked(order: Order) -> Order:
    """Who asks for partial pictures gets a stream, even without `stream`."""
    asked = str(order.values.get("partial_images", "")) in ("1", "2", "3") and "stream" not in order.values
    return replace(order, values={**order.values, "stream": True if order.typed else "true"}) if asked else order
