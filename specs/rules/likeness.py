"""The rule about whether a result is an edit of the picture that was sent: of that one, upright, and an edit at all.

Pictures are compared as GRID by GRID cells of colour, whole and along their rim alone: what is painted into the middle
of a picture leaves the rim as it was. Measured on 480 edits by a careful painter, drifted, noisy and with up to two
thirds repainted: likeness 0.65 at the least, 0.9 in the middle; unrelated pictures lie around 0, 19 in 20 below 0.35.
Turned or mirrored, the same edits were less like their source, by 0.25 at the least, than like the source so turned;
upright ones were more like it, by 0.25 at the least.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import itemgetter, mul

from PIL import Image, ImageChops, ImageStat

from specs import pictures
from specs.answers import Asked
from specs.rules.payload import readable
from specs.rules.register import Breach, Said, Silent, rule
from specs.rules.repainting import SHAPE

GRID = 16
"""Pictures are compared as so many by so many cells of colour: an edit keeps these, details do not matter."""

RIM = 2
"""Cells on each side that are the rim."""

TURNED = 0.1
"""By how much a result has to be more like the source turned than like the source to be called turned: see above."""

SURE = 0.6
"""The likeness from which a result is like a picture beyond chance."""

UNTOUCHED = 3.0
"""Mean change (of 255) below which nothing was edited: scaled and as JPEG of quality 50 our sample changes by 2.0, the
large circle that is asked for changes it by 30 at the least."""

EDITED = 40.0
"""Mean change of a cell (of 32 by 32) from which a small part was edited: our samples so scaled and packed reach 14."""

_TURNS = {
    Image.Transpose.FLIP_LEFT_RIGHT: "mirrored left to right",
    Image.Transpose.FLIP_TOP_BOTTOM: "mirrored top to bottom",
    Image.Transpose.ROTATE_180: "turned by 180 degrees",
    Image.Transpose.ROTATE_90: "turned to the left",
    Image.Transpose.ROTATE_270: "turned to the right",
    Image.Transpose.TRANSPOSE: "transposed",
    Image.Transpose.TRANSVERSE: "transposed the other way",
}


@rule("answer", finished=True)
def source_recognised(asked: Asked, *, least: float, words: str) -> Said:
    """A result whose prompt asks to "{words}" is an edit of the picture that was sent: recognisably that picture
    (likeness at least {least}), upright and not mirrored, and not that picture itself.
    """
    source = asked.edit.images[0].data if len(asked.edit.images) == 1 else None
    prompt = asked.edit.get("prompt")
    if source is None or not isinstance(prompt, str) or words not in prompt or pictures.decodes(source):
        yield Silent("the prompt does not ask to keep the one picture that was sent")
        return
    if pictures.is_turned(source):
        yield Silent("the picture that was sent is turned by its metadata, which some endpoints heed and some do not")
        return
    decoded = [(payload, data) for payload, data in readable(asked) if pictures.decodes(data) is None]
    found = [(payload, data) for payload, data in decoded if not _see_through(source) and not _see_through(data)]
    if not found:
        yield Silent("no picture could be decoded, or there is transparency, under which anything may stand")
    for payload, data in found:
        yield from _compared(f"picture {payload.index}", source, data, least, masked=asked.edit.mask is not None)


def _see_through(picture: bytes) -> bool:
    return not pictures.is_opaque(picture)


def _compared(name: str, source: bytes, result: bytes, least: float, *, masked: bool) -> Said:
    like = likeness(source, result)
    way, turned = ("", 0.0) if like is not None and like >= 1 - TURNED else _best_turn(source, result)
    if like is None:
        yield Silent("the picture that was sent is of one colour, so nothing is like it")
    elif turned >= SURE and turned - like > TURNED:
        sentence = f"{name} is the one that was sent, {way}: likeness {turned:.2f} so and {like:.2f} upright"
        yield Breach(sentence, "the picture upright", way)
    elif like < least:
        sentence = f"{name} is not like the one that was sent: likeness {like:.2f}"
        yield Breach(sentence, f"likeness of at least {least}", f"{like:.2f}")
    elif not masked and (changed := _change(source, result)) < UNTOUCHED and _spot(source, result) < EDITED:
        told = f"{changed:.1f} of 255"
        yield Breach(f"{name} is the one that was sent: it changed by {told}", "an edit", told)


def likeness(source: bytes, result: bytes) -> float | None:
    """How alike source and result are: the correlation (-1 to 1) of their colours on the GRID, channel by channel.

    The better of whole and rim counts. Where their proportions differ the source may have been stretched, framed or
    cropped: the best of the three. None when the source has no structure to compare. Raises BrokenPicture.
    """
    return _likeness(_reduced(source), _reduced(result))


def _best_turn(source: bytes, result: bytes) -> tuple[str, float]:
    """In which turn the source is most like the result, and how much."""
    before, after = _reduced(source), _reduced(result)
    found = ((like, _TURNS[way]) for way in _TURNS if (like := _likeness(before.transpose(way), after)) is not None)
    like, way = max(found, key=lambda one: one[0], default=(0.0, ""))
    return way, like


@lru_cache(maxsize=256)
def _reduced(file: bytes) -> Image.Image:
    """The colours of a picture, its shorter side four times the GRID or a little more. Raises BrokenPicture."""
    picture = _colours(file)
    return picture.reduce(max(1, min(picture.size) // (4 * GRID)))


def _colours(file: bytes) -> Image.Image:
    picture = pictures.decoded(file)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _likeness(before: Image.Image, after: Image.Image) -> float | None:
    ways = [(before, after)]
    wide, high = before.width * after.height, after.width * before.height
    if abs(wide - high) > SHAPE * high:
        ways += [(before, _middle(after, before.size)), (_middle(before, after.size), after)]
    cells = [(_cells(one), _cells(other)) for one, other in ways]
    found = [like for pair in cells for like in _correlations(*pair) if like is not None]
    return max(found, default=None)


def _middle(picture: Image.Image, shape: tuple[int, int]) -> Image.Image:
    """The largest middle part of a picture that has the proportions of a shape."""
    scale = min(picture.width / shape[0], picture.height / shape[1])
    width, height = max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def _cells(picture: Image.Image) -> list[bytes]:
    """The colours on the GRID: a byte a cell, row by row, of each of three channels."""
    colours = picture.resize((GRID, GRID), Image.Resampling.BOX).tobytes()
    return [colours[channel::3] for channel in range(3)]


_at_rim = itemgetter(
    *(y * GRID + x for y in range(GRID) for x in range(GRID) if min(x, y, GRID - 1 - x, GRID - 1 - y) < RIM)
)


def _correlations(one: list[bytes], other: list[bytes]) -> Iterator[float | None]:
    yield _correlation(one, other)
    yield _correlation(list(map(_at_rim, one)), list(map(_at_rim, other)))


def _correlation(one: Sequence[Sequence[int]], other: Sequence[Sequence[int]]) -> float | None:
    """-1 to 1, or None where the first is of one colour: each channel counts less its mean."""
    ours, theirs = _covariance(one, one), _covariance(other, other)
    if not ours:
        return None
    return float(_covariance(one, other) / (ours * theirs) ** 0.5) if theirs else 0.0


def _covariance(one: Sequence[Sequence[int]], other: Sequence[Sequence[int]]) -> int:
    """How channels vary together, times the square of the number of cells: in whole numbers, so exact."""
    return sum(len(a) * sum(map(mul, a, b)) - sum(a) * sum(b) for a, b in zip(one, other, strict=True))


def _change(source: bytes, result: bytes) -> float:
    """Mean change (0 to 255) of a result to its source, scaled to the result's size.

    Averaging hides changes and makes none, so what the reduced pictures show is enough where it is enough.
    """
    seen = _difference(_reduced(source), _reduced(result))
    if seen >= 2 * UNTOUCHED:
        return seen
    return _difference(_colours(source), _colours(result))


def _spot(source: bytes, result: bytes) -> float:
    """The change of the cell that changed most, on a grid twice as fine."""
    before, after = map(_colours, (source, result))
    difference = ImageChops.difference(before.resize(after.size, Image.Resampling.BILINEAR), after)
    cells = difference.resize((2 * GRID, 2 * GRID), Image.Resampling.BOX).tobytes()
    return max(sum(cells[at : at + 3]) / 3 for at in range(0, len(cells), 3))


def _difference(before: Image.Image, after: Image.Image) -> float:
    difference = ImageChops.difference(before.resize(after.size, Image.Resampling.BILINEAR), after)
    return sum(ImageStat.Stat(difference).mean) / 3
