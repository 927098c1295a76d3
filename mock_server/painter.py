"""The picture a mock answers with: the caller's own first picture, edited for everybody to see.

Everything here is a function of its arguments: no clock, no chance, no system font. The same order gives the same bytes
wherever Pillow, the packer of PNG and the processor are the same. Nothing is known of HTTP, providers or contracts.

Without a mask the whole picture is tinted by prompt and seed; under a mask the transparent part is repainted, the
opaque part is the scaled source pixel for pixel, and what lies between is mixed in proportion. The prompt is written
on it and further input pictures stand in a strip, both only where there is paint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageChops

from mock_server.painting import paint as paints
from mock_server.painting import sources
from mock_server.painting.caption import draw_caption
from mock_server.painting.cutout import seen
from mock_server.painting.encode import LONGEST_SIDE, Format, encoded, png
from mock_server.painting.paint import Recipe, repainted, tinted
from mock_server.painting.room import room_in
from mock_server.painting.scenery import scenery, words_for
from mock_server.painting.strip import draw_strip
from specs.cache import ByteCache

SIZES: tuple[tuple[int, int], ...] = ((1024, 1024), (1536, 1024), (1024, 1536))
"""What `auto` chooses from where nobody says otherwise."""

MOST_PIXELS = 16_777_216
"""The largest result that is painted (4096x4096); a larger order is painted as `auto`."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to paint; everything is already read.

    `images` are PNG, JPEG or WebP files, the first is the one edited (with none, a landscape takes its place).
    `size` None is `auto`: the one of `choices` whose aspect ratio is nearest to the source's, the first of equals.
    `compression` (0..100) is the quality of JPEG and WebP.
    """

    images: tuple[bytes, ...]
    mask: bytes | None
    prompt: str
    size: tuple[int, int] | None
    choices: tuple[tuple[int, int], ...] = SIZES
    format: Format = "png"
    compression: int = 100
    background: Literal["transparent", "opaque", "auto"] = "auto"
    seed: int = 0
    caption: bool = True

    @property
    def first(self) -> bytes:
        """The file of the picture that is edited."""
        return self.images[0] if self.images else picture_from_url("")

    @property
    def transparent(self) -> bool:
        """Whether the result has an alpha channel."""
        return self.background == "transparent" and self.format != "jpeg"


_finished: ByteCache[bytes] = ByteCache(6_000_000)
_painted: ByteCache[Image.Image] = ByteCache(16_000_000)


def clear_caches() -> None:
    """Forget every source and every finished picture."""
    _finished.clear()
    _painted.clear()
    paints.forget()
    sources.forget()


def order_size(order: Order) -> tuple[int, int]:
    """(width, height) of the result. Raises BrokenPicture when that depends on a picture that does not decode."""
    if order.size is not None and _paintable(order.size):
        return order.size
    width, height = sources.upright_size(order.first)
    choices = tuple(filter(_paintable, order.choices)) or SIZES
    return min(choices, key=lambda choice: _unlike(choice, (width, height)))


def paint(order: Order, index: int = 0) -> bytes:
    """The file of the `index`-th result. Raises BrokenPicture when an input picture or the mask does not decode."""
    key = _key(order, index)
    held = _finished.get(key)
    if held is not None:
        return held
    result = encoded(_painted.get(key) or _paint(order, index), order.format, order.compression)
    return _finished.put(key, result, len(result))


def partial(order: Order, step: int, steps: int) -> bytes:
    """The file of the partial picture `step` (from 0) of `steps`: `paint(order, 0)` seen ever more sharply.

    Raises BrokenPicture as `paint` does.
    """
    if step >= steps:
        return paint(order)
    key = _key(order, 0)
    seen = key + bytes((step, steps))
    held = _finished.get(seen)
    if held is not None:
        return held
    whole = _painted.get(key) or _keep(key, _paint(order, 0))
    result = encoded(_blurred(whole, step, steps), order.format, order.compression)
    return _finished.put(seen, result, len(result))


def picture_from_url(url: str) -> bytes:
    """A PNG of 1024x1024 that stands for the picture at a URL that nobody fetches: the same for the same URL."""
    key = b"url" + sources.digest(url.encode("utf-8", "surrogatepass"))
    held = _finished.get(key)
    if held is not None:
        return held
    result = png(scenery(url, words_for(url)))
    return _finished.put(key, result, len(result))


def _keep(key: bytes, picture: Image.Image) -> Image.Image:
    return _painted.put(key, picture, 4 * picture.width * picture.height)


def _paint(order: Order, index: int) -> Image.Image:
    """The `index`-th result, RGB, or RGBA when its background is transparent."""
    size = order_size(order)
    if order.mask is None and not order.transparent:
        below = sources.within(order.first, size)  # to enlarge what is painted is less work than to paint it large
        return _layer(order, index, below.shown(), size)
    source = sources.scaled(order.first, size)
    result = source.colours() if order.transparent else source.on_white()
    where = None if order.mask is None else sources.editable(order.mask, order.first, size)
    box = (0, 0, *size) if where is None else where.getbbox()
    alpha = source.alpha
    if box is not None:
        alpha = seen(source.alpha, size, where, box) if order.transparent else None
        if where is None:
            result = _layer(order, index, result, size, alpha=alpha)
        else:
            stencil, shown = where.crop(box), None if alpha is None else alpha.crop(box)
            result.paste(
                _layer(order, index, result.crop(box), stencil.size, stencil=stencil, alpha=shown), box, stencil
            )
    if order.transparent:
        result.putalpha(alpha or 255)
    return result


def _layer(
    order: Order,
    index: int,
    below: Image.Image,
    size: tuple[int, int],
    *,
    stencil: Image.Image | None = None,
    alpha: Image.Image | None = None,
) -> Image.Image:
    """What is laid over the RGB picture `below` through the `stencil` (None: over all of it), caption and all."""
    recipe = Recipe.of(order.prompt, order.seed, index)
    level = order.format == "png"
    if stencil is None:
        layer = tinted(below, recipe, size, level=level)
    else:
        layer = repainted(below, stencil, recipe, level=level)
    room = room_in(_cover(stencil, alpha), layer.size)
    if order.caption:
        room = draw_caption(layer, order.prompt, room)
    draw_strip(layer, map(sources.upright, order.images[1:]), room)
    return layer


def _cover(stencil: Image.Image | None, alpha: Image.Image | None) -> Image.Image | None:
    """How well paint is seen, as L; None where it is seen everywhere."""
    if stencil is None or alpha is None:
        return alpha if stencil is None else stencil
    return ImageChops.darker(stencil, alpha)


def _blurred(picture: Image.Image, step: int, steps: int) -> Image.Image:
    """The picture as if it had few pixels: about sixteen on its shorter side at first, then ever more."""
    coarsest = max(2.0, min(picture.size) / 16)
    factor = coarsest ** (1 - step / steps)
    width, height = (max(1, round(edge / factor)) for edge in picture.size)
    few = picture.resize((width, height), Image.Resampling.BOX)
    return few.resize(picture.size, Image.Resampling.BICUBIC)


def _unlike(choice: tuple[int, int], size: tuple[int, int]) -> float:
    """How far two aspect ratios are apart: 1 for equal ones, 2 for one twice as wide as the other."""
    ratio = choice[0] * size[1] / (choice[1] * size[0])
    return max(ratio, 1 / ratio)


def _paintable(size: tuple[int, int]) -> bool:
    return min(size) > 0 and max(size) <= LONGEST_SIDE and size[0] * size[1] <= MOST_PIXELS


def _key(order: Order, index: int) -> bytes:
    """What names a result: everything that decides it."""
    pictures = [sources.digest(data) for data in (*order.images, order.mask or b"")]
    rest = (order.mask is None, order.prompt, order.size, order.choices, order.format, order.compression)
    words = repr((rest, order.background, order.seed, order.caption, index))
    return sources.digest(b"".join(pictures) + words.encode())
