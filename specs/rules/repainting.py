"""Rules about where a picture changed: what the mask's transparent and opaque parts promise.

Source and result are compared on white where they are transparent. A source that is turned by its metadata is not
compared at all: some endpoints heed them and some do not, and no document speaks of it. Nor is a result that is to have
a transparent background: what is cleared has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageStat

from specs import pictures
from specs.answers import Asked
from specs.cache import ByteCache
from specs.payloads import Payload
from specs.rules.payload import readable
from specs.rules.register import Breach, Said, Silent, rule

MARGIN = 4
"""Pixels on either side of a mask's edge that are not looked at: blending and resampling live there."""

SHAPE = 0.02
"""How far the proportions of source and result may differ to be compared place by place."""

CELLS = 32
"""Into so many by so many cells a result is cut to see where it changed most."""

LEFT = 2.0
"""Mean change (of 255) below which a part may be the source: scaled by another filter our samples change by 1.2."""

_FILTERS = (Image.Resampling.BICUBIC, Image.Resampling.BILINEAR, Image.Resampling.NEAREST)

_EDGE = ImageFilter.BoxBlur(MARGIN)
_WHOLE = [0] * 255 + [255]


@dataclass(frozen=True, slots=True)
class Change:
    """Mean difference (0 to 255) of a result to its source, under the transparent and under the opaque mask.

    None where that part of the mask vanishes once the MARGIN along the edge is left out. `spot` is the mean difference
    in the cell that changed most of those that are opaque throughout, None when there is no such cell. `faintest` is
    the least mean difference among the four quarters of the box around the transparent part, where they hold any of it,
    whichever filter the source was scaled by.
    """

    inside: float | None
    outside: float | None
    spot: float | None = None
    faintest: float | None = None


def _changes(asked: Asked) -> Iterator[tuple[Payload, Change]]:
    """How each result changed; nothing when source, mask or result cannot be read."""
    mask = asked.edit.mask.data if asked.edit.mask else None
    source = asked.edit.images[0].data if asked.edit.images else None
    if mask is None or source is None or pictures.decodes(source) or pictures.decodes(mask):
        return
    if pictures.is_turned(source) or asked.edit.get("background") == "transparent":
        return
    for payload, result in readable(asked):
        if pictures.decodes(result) is None and _same_shape(source, result):
            yield payload, change(source, mask, result)


def _same_shape(source: bytes, result: bytes) -> bool:
    """Whether both have the same proportions: else nobody says if the source is cropped, framed or stretched."""
    (width, height), (wide, high) = pictures.decoded(source).size, pictures.decoded(result).size
    return abs(width * high - wide * height) <= SHAPE * width * high


_measured: ByteCache[Change] = ByteCache(64_000)


def change(source: bytes, mask: bytes, result: bytes) -> Change:
    """How a result differs from its source, scaled to the result's size. Raises BrokenPicture."""
    key = b"".join(hashlib.blake2b(data, digest_size=16).digest() for data in (source, mask, result))
    return _measured.get(key) or _measured.put(key, _measure(source, mask, result), 256)


def _measure(source: bytes, mask: bytes, result: bytes) -> Change:
    after = pictures.decoded(result)
    before = pictures.decoded(source).resize(after.size, Image.Resampling.LANCZOS)
    alpha = pictures.mask_over(mask, source).resize(after.size, Image.Resampling.NEAREST)
    difference = ImageChops.difference(_on_white(before), _on_white(after))
    kept, opened = _well_within(alpha, 255), _well_within(alpha, 0)
    means = _mean(difference, opened), _mean(difference, kept)
    faintest = _faintest(difference, opened)
    if faintest is not None and faintest < LEFT:
        others = (pictures.decoded(source).resize(after.size, way) for way in _FILTERS)
        again = (_faintest(ImageChops.difference(_on_white(other), _on_white(after)), opened) for other in others)
        faintest = min(faintest, *(mean for mean in again if mean is not None))
    return Change(*means, _spot(difference, kept), faintest)


def _faintest(difference: Image.Image, area: Image.Image) -> float | None:
    """The mean difference of that quarter of the box around the area that differs least."""
    left, top, right, bottom = area.getbbox() or (0, 0, 0, 0)
    across, down = (left, (left + right) // 2, right), (top, (top + bottom) // 2, bottom)
    boxes = [(across[x], down[y], across[x + 1], down[y + 1]) for x in (0, 1) for y in (0, 1)]
    large = (box for box in boxes if min(box[2] - box[0], box[3] - box[1]) >= 2 * MARGIN)
    quarters = ((difference.crop(box), area.crop(box)) for box in large)
    return min((mean for part, where in quarters if (mean := _mean(part, where)) is not None), default=None)


def _spot(difference: Image.Image, area: Image.Image) -> float | None:
    """The mean difference of the cell that differs most of those that lie in the area altogether."""
    cells = (CELLS, CELLS)
    whole = area.resize(cells, Image.Resampling.BOX).tobytes()
    changed = difference.resize(cells, Image.Resampling.BOX).tobytes()
    means = [sum(changed[3 * place : 3 * place + 3]) / 3 for place, share in enumerate(whole) if share == 255]
    return max(means, default=None)


def _well_within(alpha: Image.Image, value: int) -> Image.Image:
    """255 where the alpha is `value` and so is everything within the MARGIN."""
    exact = alpha.point([255 if level == value else 0 for level in range(256)])
    return exact.filter(_EDGE).point(_WHOLE)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    alpha = picture.getchannel("A")
    colours = picture.convert("RGB")
    if alpha.getextrema() == (255, 255):
        return colours
    return Image.composite(colours, Image.new("RGB", picture.size, "white"), alpha)


def _mean(difference: Image.Image, area: Image.Image) -> float | None:
    if area.getbbox() is None:
        return None
    return sum(ImageStat.Stat(difference, area).mean) / 3


_NOTHING = Silent("there is no mask and picture to compare, no such part in the mask, or other proportions")


@rule("answer", finished=True)
def mask_keeps_opaque(asked: Asked, *, tolerance: float, spot: float = 255) -> Said:
    """Under the opaque part of the mask each picture stays as it was: it changes by at most {tolerance} of 255, and
    nowhere, on the average of a cell, by more than {spot}.
    """
    found = [(payload, seen, seen.outside) for payload, seen in _changes(asked) if seen.outside is not None]
    if not found:
        yield _NOTHING
    for payload, seen, outside in found:
        if outside > tolerance:
            told = f"{outside:.1f} of 255"
            sentence = f"the kept part of picture {payload.index} changed by {told}"
            yield Breach(sentence, f"at most {tolerance} of 255", told)
        elif seen.spot is not None and seen.spot > spot:
            told = f"{seen.spot:.1f} of 255 in a spot"
            sentence = f"the kept part of picture {payload.index} changed by {told}"
            yield Breach(sentence, f"at most {spot} of 255 anywhere", told)


@rule("answer", finished=True)
def mask_repaints_transparent(asked: Asked, *, least: float, words: str = "", quarter: float = 0.1) -> Said:
    """Under the transparent part of the mask each picture is repainted: it changes by at least {least} of 255.

    Where the prompt asks to "{words}", no quarter of that part is left as it was ({quarter} of 255).
    """
    prompt = asked.edit.get("prompt")
    all_over = bool(words) and isinstance(prompt, str) and words in prompt
    found = [(payload, seen.inside, seen.faintest) for payload, seen in _changes(asked) if seen.inside is not None]
    if not found:
        yield _NOTHING
    for payload, inside, faintest in found:
        if inside < least:
            told = f"{inside:.1f} of 255"
            sentence = f"the part to repaint of picture {payload.index} changed by {told}"
            yield Breach(sentence, f"at least {least} of 255", told)
        elif all_over and faintest is not None and faintest < quarter:
            told = f"{faintest:.1f} of 255 in a quarter"
            sentence = f"the part to repaint of picture {payload.index} changed by {told}"
            yield Breach(sentence, f"at least {quarter} of 255 everywhere", told)


@rule("answer", finished=True)
def mask_heeded(asked: Asked, *, times: float = 1.2) -> Said:
    """The transparent part of the mask changes at least {times} times as much as the opaque part."""
    both = [(p, seen.inside, seen.outside) for p, seen in _changes(asked)]
    found = [(p, inside, outside) for p, inside, outside in both if inside is not None and outside is not None]
    if not found:
        yield _NOTHING
    for payload, inside, outside in found:
        if inside < times * outside:
            told = f"{inside:.1f} inside, {outside:.1f} outside"
            sentence = f"picture {payload.index} changed under the mask hardly more than elsewhere: {told}"
            yield Breach(sentence, f"inside >= {times} x outside", told)
