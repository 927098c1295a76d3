"""Requests misread: what has to be refused is taken after a little mending, what has to be taken is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from PIL import Image

from tests.honest.forms import Order, Upload
from tests.honest.refusals import Refused
from tests.mischief.painting import opened, saved
from tests.mischief.register import mischief

ALL = ("openai", "chatanywhere", "aitoearn")


def mended(order: Order, name: str, change: Callable[[Any], Any]) -> Order:
    """The order with one value changed, where it has it; None takes it away."""
    if name not in order.values:
        return order
    value = change(order.values[name])
    kept = {key: held for key, held in order.values.items() if key != name}
    return replace(order, values=kept if value is None else {**kept, name: value})


def _number(value: Any) -> int | None:
    text = str(value).lower()
    found = re.match(r"-?\d+", text)
    return int(found[0]) if found else None


def _within(order: Order, name: str, least: int, most: int) -> Order:
    def held(value: Any) -> Any:
        number = _number(value)
        return value if number is None else type(value)(max(least, min(most, number)))

    return mended(order, name, held)


@mischief("order", "openai", "chatanywhere")
def n_of_eleven_is_ten(order: Order) -> Order:
    """An `n` over ten is ten."""
    return _within(order, "n", -(10**30), 10)


@mischief("order", *ALL)
def n_of_nought_is_one(order: Order) -> Order:
    """An `n` of 0 is one."""
    return mended(order, "n", lambda n: type(n)(1) if _number(n) == 0 else n)


@mischief("order")
def n_without_its_sign(order: Order) -> Order:
    """The sign of `n` is overlooked."""
    return mended(order, "n", lambda n: type(n)(abs(_number(n) or 0)) if _number(n) is not None else n)


@mischief("order", "openai", "aitoearn")
def n_in_text(order: Order) -> Order:
    """In JSON an `n` of "2" is two."""
    return mended(order, "n", lambda n: int(n) if isinstance(n, str) and n.isdigit() and order.typed else n)


@mischief("order", "openai")
def n_rounded_down(order: Order) -> Order:
    """An `n` of 1.5 is one."""

    def rounded(n: Any) -> Any:
        if isinstance(n, float):
            return int(n)
        return str(_number(n)) if isinstance(n, str) and re.fullmatch(r"\d+\.\d+", n) else n

    return mended(order, "n", rounded)


@mischief("order", "chatanywhere")
def n_that_is_no_number(order: Order) -> Order:
    """An `n` that is no number is one."""
    return mended(order, "n", lambda n: n if _number(n) is not None else None)


@mischief("order", "openai")
def n_of_true_is_one(order: Order) -> Order:
    """In JSON an `n` of true is one."""
    return mended(order, "n", lambda n: 1 if n is True else n)


@mischief("order", "openai")
def compression_over_the_top(order: Order) -> Order:
    """`output_compression` of 101 is 100."""
    return _within(order, "output_compression", -1, 100)


@mischief("order")
def four_partials_are_three(order: Order) -> Order:
    """`partial_images` of 4 is 3."""
    return _within(order, "partial_images", -1, 3)


@mischief("order", *ALL)
def long_prompts_are_cut(order: Order) -> Order:
    """A prompt is cut to 32000 characters."""
    return mended(order, "prompt", lambda text: text[:32000] if isinstance(text, str) else text)


@mischief("order", *ALL)
def prompts_of_4000_at_the_most(order: Order) -> Order:
    """A prompt of over 4000 characters is refused."""
    if len(str(order.values.get("prompt", ""))) > 4000:
        raise Refused("too-long", "prompt")
    return order


@mischief("order", "openai")
def prompts_counted_in_bytes(order: Order) -> Order:
    """The length of a prompt is counted in bytes."""
    if len(str(order.values.get("prompt", "")).encode("utf-8", "replace")) > 32000:
        raise Refused("too-long", "prompt")
    return order


@mischief("order", "chatanywhere")
def prompts_counted_in_utf16(order: Order) -> Order:
    """The length of a prompt is counted in units of UTF-16, as JavaScript does."""
    if len(str(order.values.get("prompt", "")).encode("utf-16-le", "replace")) > 64000:
        raise Refused("too-long", "prompt")
    return order


@mischief("order", *ALL)
def empty_prompts_are_fine(order: Order) -> Order:
    """An empty prompt is taken."""
    return mended(order, "prompt", lambda text: text if text != "" else "anything")


@mischief("order", "openai", "chatanywhere")
def seventeen_pictures_are_sixteen(order: Order) -> Order:
    """Of too many pictures the first sixteen are taken."""
    return replace(order, images=order.images[:16])


@mischief("order", "openai")
def fifteen_pictures_at_the_most(order: Order) -> Order:
    """Sixteen pictures are refused."""
    if len(order.images) > 15:
        raise Refused("too-many", "image")
    return order


@mischief("order", "aitoearn")
def one_picture_more_than_the_model_takes(order: Order) -> Order:
    """Of too many pictures the first two are taken."""
    return replace(order, images=order.images[:2])


@mischief("order", *ALL)
def second_picture_unread(order: Order) -> Order:
    """Only the first of several pictures is looked at."""
    return replace(order, images=order.images[:1])


@mischief("order", *ALL)
def json_order_matters(order: Order) -> Order:
    """The prompt has to come before everything else."""
    if order.values and next(iter(order.values)) != "prompt":
        raise Refused("missing", "prompt")
    return order


def _pictured(order: Order, change: Callable[[bytes], bytes]) -> Order:
    return replace(order, images=[replace(one, data=change(one.data)) if one.data else one for one in order.images])


def _as_png(data: bytes, *formats: str) -> bytes:
    try:
        with Image.open(io.BytesIO(data), formats=formats or None) as picture:
            return saved(picture.convert("RGB"))
    except OSError:
        return data


@mischief("order", *ALL)
def gif_is_fine(order: Order) -> Order:
    """The first frame of a GIF is taken."""
    return _pictured(order, lambda data: _as_png(data, "GIF"))


@mischief("order", "openai")
def tiff_is_fine(order: Order) -> Order:
    """A TIFF is taken."""
    return _pictured(order, lambda data: _as_png(data, "TIFF"))


@mischief("order")
def torn_jpegs_are_fine(order: Order) -> Order:
    """A JPEG that is cut short is taken as far as it goes."""

    def whole(data: bytes) -> bytes:
        torn = data.startswith(b"\xff\xd8") and not data.rstrip(b"\0").endswith(b"\xff\xd9")
        return saved(Image.new("RGB", (256, 256), "grey")) if torn else data

    return _pictured(order, whole)


@mischief("order", "chatanywhere")
def torn_pngs_are_fine(order: Order) -> Order:
    """A PNG that is cut short is taken for a grey one."""

    def whole(data: bytes) -> bytes:
        return saved(Image.new("RGB", (256, 256), "grey")) if data[:4] == b"\x89PNG" and b"IEND" not in data else data

    return _pictured(order, whole)


@mischief("order", "openai")
def webp_pictures_are_refused(order: Order) -> Order:
    """A picture in WebP is refused."""
    if any(one.data and one.data[:4] == b"RIFF" for one in order.images):
        raise Refused("kind")
    return order


@mischief("order")
def second_picture_must_be_png(order: Order) -> Order:
    """All pictures but the first have to be PNG."""
    if any(one.data and one.data[:4] != b"\x89PNG" for one in order.images[1:]):
        raise Refused("kind")
    return order


@mischief("order", *ALL)
def grey_pictures_are_refused(order: Order) -> Order:
    """A PNG with a palette, or in shades of grey, is refused."""
    if any(one.data and one.data[:4] == b"\x89PNG" and one.data[25] in (0, 3, 4) for one in order.images):
        raise Refused("kind")
    return order


@mischief("order", "openai", "aitoearn")
def pictures_with_alpha_are_refused(order: Order) -> Order:
    """A PNG with an alpha channel is refused."""
    if any(one.data and one.data[:4] == b"\x89PNG" and one.data[25] in (4, 6) for one in order.images):
        raise Refused("kind")
    return order


@mischief("order", "chatanywhere")
def only_square_pictures(order: Order) -> Order:
    """A picture that is not square is refused."""
    with suppress(OSError):
        sizes = [opened(one.data or b"").size for one in order.images]
        if any(width != height for width, height in sizes):
            raise Refused("value", "image")
    return order


def _masked(order: Order, change: Callable[[Image.Image, tuple[int, int]], Image.Image | None]) -> Order:
    mask = order.mask
    if mask is None or not mask.data or not order.images or not order.images[0].data:
        return order
    try:
        made = change(opened(mask.data), opened(order.images[0].data).size)
    except OSError:
        return order
    return order if made is None else replace(order, mask=Upload(mask.field, saved(made), mask.media_type))


@mischief("order", *ALL)
def masks_may_be_a_pixel_off(order: Order) -> Order:
    """A mask that is a pixel too large or too small is made to fit."""

    def fitted(mask: Image.Image, size: tuple[int, int]) -> Image.Image | None:
        near = max(abs(mask.width - size[0]), abs(mask.height - size[1])) == 1
        return mask.resize(size) if near else None

    return _masked(order, fitted)


@mischief("order")
def transposed_masks_are_turned(order: Order) -> Order:
    """A mask that lies where it should stand is turned."""

    def upright(mask: Image.Image, size: tuple[int, int]) -> Image.Image | None:
        return mask.transpose(Image.Transpose.ROTATE_90) if mask.size == size[::-1] != size else None

    return _masked(order, upright)


@mischief("order", "openai", "aitoearn")
def masks_without_alpha_are_read_by_colour(order: Order) -> Order:
    """A mask without alpha is taken: what is white is repainted."""

    def by_colour(mask: Image.Image, _size: tuple[int, int]) -> Image.Image | None:
        if mask.mode in ("RGBA", "LA") or "transparency" in mask.info:
            return None
        made = mask.convert("RGBA")
        made.putalpha(mask.convert("L").point(lambda value: 255 - value))
        return made

    return _masked(order, by_colour)


@mischief("order", "chatanywhere")
def webp_masks_are_fine(order: Order) -> Order:
    """A mask in WebP is taken."""
    return _masked(order, lambda mask, _size: mask if mask.format == "WEBP" else mask.convert("RGBA"))


@mischief("order", "openai")
def masks_must_cover_the_second(order: Order) -> Order:
    """A mask has to be as large as the last picture."""
    return replace(order, images=order.images[::-1])


@mischief("order", *ALL)
def qualities_in_any_case(order: Order) -> Order:
    """A quality that nobody knows is low."""
    return mended(order, "quality", lambda word: word if word in ("low", "medium", "high", "auto") else "low")


@mischief("order", "chatanywhere")
def sizes_that_are_near(order: Order) -> Order:
    """A size that is nearly offered is taken for the one that is."""
    return mended(order, "size", lambda size: "1024x1024" if size in ("1025x1024", "1024x1023", "1024*1024") else size)


@mischief("order")
def formats_that_are_unknown(order: Order) -> Order:
    """An unknown output format is overlooked."""
    return mended(order, "output_format", lambda kind: kind if kind in ("png", "jpeg", "webp") else None)


@mischief("order", "openai")
def truth_in_text(order: Order) -> Order:
    """In JSON a `stream` of "yes" or 2 is true."""
    return mended(order, "stream", lambda value: True if value in ("yes", 2) else value)


@mischief("order", "aitoearn")
def response_formats_that_are_unknown(order: Order) -> Order:
    """An unknown response_format is overlooked."""
    return mended(order, "response_format", lambda way: way if way in ("url", "b64_json") else None)


@mischief("order", *ALL)
def unnamed_files_are_refused(order: Order) -> Order:
    """A user's name is refused."""
    if "user" in order.values:
        raise Refused("unknown", "user")
    return order


@mischief("order", "openai")
def transparent_webp_is_refused(order: Order) -> Order:
    """A WebP with a transparent background is refused."""
    if order.values.get("background") == "transparent" and order.values.get("output_format") == "webp":
        raise Refused("value", "background")
    return order


@mischief("order", "openai", "aitoearn")
def masks_are_for_one_picture(order: Order) -> Order:
    """A mask together with `n` over one is refused."""
    if order.mask is not None and str(order.values.get("n", 1)) != "1":
        raise Refused("not-with", "mask")
    return order


@mischief("order", "openai")
def streams_take_no_masks(order: Order) -> Order:
    """A mask together with `stream` is refused."""
    if order.mask is not None and str(order.values.get("stream", "")).lower() == "true":
        raise Refused("not-with", "mask")
    return order
