"""Masks misread: turned, shifted, inverted, scaled wrongly, heeded now and then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PIL import Image, ImageChops, ImageFilter

from tests.honest.answering import Work
from tests.honest.forms import Order
from tests.mischief.register import mischief

ALL = ("openai", "chatanywhere", "aitoearn")


def _remade(work: Work, make: Callable[[Image.Image], Image.Image]) -> Work:
    return work if work.mask is None else replace(work, mask=make(work.mask))


def _turned(work: Work, way: Image.Transpose) -> Work:
    return _remade(work, lambda mask: mask.transpose(way).resize(mask.size))


@mischief("work", *ALL)
def mask_mirrored(work: Work) -> Work:
    """The mask is read from right to left."""
    return _turned(work, Image.Transpose.FLIP_LEFT_RIGHT)


@mischief("work", "openai")
def mask_upside_down(work: Work) -> Work:
    """The mask is read from bottom to top."""
    return _turned(work, Image.Transpose.FLIP_TOP_BOTTOM)


@mischief("work", "chatanywhere")
def mask_turned(work: Work) -> Work:
    """The mask is turned by 90 degrees."""
    return _turned(work, Image.Transpose.ROTATE_90)


@mischief("work")
def mask_transposed(work: Work) -> Work:
    """Rows and columns of the mask change places."""
    return _turned(work, Image.Transpose.TRANSPOSE)


def _with_alpha(mask: Image.Image, alpha: Image.Image) -> Image.Image:
    made = mask.convert("RGBA")
    made.putalpha(alpha)
    return made


def inverted(mask: Image.Image) -> Image.Image:
    """The mask with opaque and transparent exchanged."""
    return _with_alpha(mask, ImageChops.invert(mask.convert("RGBA").getchannel("A")))


@mischief("work")
def mask_shifted_by_twelve_pixels(work: Work) -> Work:
    """The mask lies twelve pixels too far to the right."""
    return _remade(work, lambda mask: ImageChops.offset(mask, 12, 0))


@mischief("work", "openai")
def mask_shifted_by_its_width(work: Work) -> Work:
    """The mask lies a quarter of the picture too far to the left."""
    return _remade(work, lambda mask: ImageChops.offset(mask, -mask.width // 4, 0))


@mischief("work")
def mask_not_scaled(work: Work) -> Work:
    """The mask is laid on the result as it is, in the upper left corner, instead of being scaled with the picture."""

    def laid(mask: Image.Image) -> Image.Image:
        sheet = Image.new("RGBA", work.size, (0, 0, 0, 255))
        sheet.paste(mask, (0, 0))
        return sheet

    return _remade(work, laid)


@mischief("work")
def mask_at_half_scale(work: Work) -> Work:
    """The mask is shrunk to half its size, in the upper left corner."""

    def shrunk(mask: Image.Image) -> Image.Image:
        sheet = Image.new("RGBA", mask.size, (0, 0, 0, 255))
        sheet.paste(mask.resize((mask.width // 2, mask.height // 2)), (0, 0))
        return sheet

    return _remade(work, shrunk)


@mischief("work")
def mask_grown(work: Work) -> Work:
    """Far more is repainted than the mask allows: 20 pixels all around."""

    def grown(mask: Image.Image) -> Image.Image:
        alpha = mask.convert("RGBA").getchannel("A").filter(ImageFilter.MinFilter(41))
        return _with_alpha(mask, alpha)

    return _remade(work, grown)


@mischief("work")
def mask_shrunk_to_its_middle(work: Work) -> Work:
    """Only a few pixels in the middle of the part to repaint are repainted."""

    def shrunk(mask: Image.Image) -> Image.Image:
        alpha = mask.convert("RGBA").getchannel("A").filter(ImageFilter.MaxFilter(43))
        return _with_alpha(mask, alpha)

    return _remade(work, shrunk)


@mischief("order")
def mask_dropped_in_json(order: Order) -> Order:
    """In a JSON body the mask is overlooked."""
    return replace(order, mask=None) if order.typed else order


@mischief("work", *ALL)
def mask_dropped_in_streams(work: Work) -> Work:
    """A stream overlooks the mask."""
    return replace(work, mask=None) if work.values.get("stream") else work


@mischief("work", *ALL)
def mask_for_the_first_picture_only(work: Work) -> Work:
    """The second picture of an answer overlooks the mask."""
    bare = replace(work, mask=None)
    return replace(work, retouch=lambda _work, index, file: bare.picture(index) if index else file)


@mischief("order", "openai", "aitoearn")
def mask_dropped_with_several_pictures(order: Order) -> Order:
    """With more than one input picture the mask is overlooked."""
    return replace(order, mask=None) if len(order.images) > 1 else order


@mischief("order")
def mask_dropped_with_another_size(order: Order) -> Order:
    """A mask and a size that is not square do not go together: the mask is overlooked."""
    width, _, height = str(order.values.get("size", "")).partition("x")
    return replace(order, mask=None) if width != height else order


@mischief("work")
def nothing_to_repaint_repaints_all(work: Work) -> Work:
    """A mask that is opaque everywhere counts as none."""
    alpha = work.mask.convert("RGBA").getchannel("A") if work.mask else None
    return replace(work, mask=None) if alpha and alpha.getextrema() == (255, 255) else work


@mischief("work", "openai", "aitoearn")
def mask_is_a_box(work: Work) -> Work:
    """The mask is taken for the smallest rectangle around its transparent part."""

    def boxed(mask: Image.Image) -> Image.Image:
        clear = mask.convert("RGBA").getchannel("A").point(lambda alpha: 255 if alpha == 0 else 0)
        sheet = Image.new("L", mask.size, 255)
        if box := clear.getbbox():
            sheet.paste(0, box)
        return _with_alpha(mask, sheet)

    return _remade(work, boxed)
