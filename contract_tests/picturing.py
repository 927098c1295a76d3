"""Pictures made for testing, deterministic from a seed.

The source picture is made so that likeness can be measured after heavy editing: four quadrants of clearly different
lightness and hue, so that no flip or rotation maps it onto itself; slow gradients and large shapes, which survive
re-encoding and repainting; nothing fine that would not.
"""

from __future__ import annotations

import colorsys
import io
import random
import struct
import zlib
from functools import lru_cache
from itertools import permutations
from typing import Any

from PIL import Image, ImageChops, ImageDraw

WINDOW = (0.53, 0.05, 0.75, 0.24)
"""The window of a mask as shares of width and height (left, top, right, bottom).

It lies within one eighth of the square, between the middle lines and the diagonals, so that none of the seven flips and
rotations of a square lays it on itself. Its lower left quarter is opaque: who takes it for a box paints there, too.
"""

HOLES = ((0.10, 0.12, 0.30, 0.34), (0.62, 0.60, 0.90, 0.78))
"""Two windows as WINDOW, one in the upper left and one in the lower right quarter."""

_LIGHTNESS = (0.18, 0.40, 0.62, 0.86)
_ARRANGED = [p for p in permutations(_LIGHTNESS) if abs(_LIGHTNESS.index(p[0]) - _LIGHTNESS.index(p[3])) == 2]
"""Quarters (left to right, top to bottom) with two steps of lightness between opposite corners: any other arrangement
comes close to itself when mirrored in a diagonal."""

_SHAPES = (
    ((0.08, 0.20), (0.22, 0.08), (0.36, 0.20), (0.22, 0.38)),
    ((0.58, 0.42), (0.94, 0.42), (0.90, 0.12)),
    ((0.10, 0.66), (0.42, 0.66), (0.42, 0.76), (0.10, 0.76)),
    ((0.70, 0.60), (0.86, 0.78), (0.64, 0.92)),
)
"""One shape for each quarter, its corners as shares of width and height."""

_OVERHEAD = 12
"""Bytes of a PNG chunk around its data: length, name, check sum."""


@lru_cache(maxsize=64)
def source(width: int = 256, height: int = 256, seed: int = 0) -> Image.Image:
    """The source picture, RGB. Callers must not change it."""
    chance = random.Random(seed)
    quarters = chance.choice(_ARRANGED)
    turn = chance.random()
    picture = Image.new("RGB", (width, height))
    pen = ImageDraw.Draw(picture)
    for index, (lightness, shape) in enumerate(zip(quarters, _SHAPES, strict=True)):
        left, top = (index % 2) * width // 2, (index // 2) * height // 2
        pen.rectangle((left, top, left + width // 2, top + height // 2), fill=_colour(turn + index / 4, lightness))
        corners = [(x * width, y * height) for x, y in shape]
        pen.polygon(corners, fill=_colour(turn + 0.4 + index / 4, 0.7 * lightness + 0.15))
    return ImageChops.multiply(picture, _shade(width, height))


def _colour(hue: float, lightness: float) -> tuple[int, int, int]:
    """The colour of this hue (0 to 1, around the circle) whose grey value is `lightness`."""
    pure = colorsys.hsv_to_rgb(hue % 1, 0.85, 1)
    grey = sum(share * value for share, value in zip((0.299, 0.587, 0.114), pure, strict=True))
    white = max(0.0, (lightness - grey) / (1 - grey))
    red, green, blue = (round(255 * (value * min(1.0, lightness / grey) * (1 - white) + white)) for value in pure)
    return red, green, blue


def _shade(width: int, height: int) -> Image.Image:
    """Bright at the top left, three quarters as bright at the bottom right."""
    down = Image.linear_gradient("L").resize((width, height))
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    both = Image.blend(down, across, 0.35).point(lambda value: 255 - value // 4)
    return Image.merge("RGB", (both, both, both))


def window_box(width: int, height: int) -> tuple[int, int, int, int]:
    """The mask's window in pixels: left, top, right, bottom (the last two outside it)."""
    return _in_pixels(WINDOW, width, height)


def _in_pixels(shares: tuple[float, float, float, float], width: int, height: int) -> tuple[int, int, int, int]:
    left, top, right, bottom = shares
    return round(left * width), round(top * height), round(right * width), round(bottom * height)


def mask(width: int = 256, height: int = 256, alpha: str = "window", *, white: bool = False) -> Image.Image:
    """A mask, RGBA, black (or `white`) under its alpha.

    `alpha`: `window` (transparent in three quarters of the window, opaque elsewhere), `holes` (transparent in two
    places far apart), `opaque`, `transparent`, `gradient` (opaque at the left edge, transparent at the right one).
    """
    plain = Image.new("L", (width, height), {"transparent": 0}.get(alpha, 255))
    if alpha == "window":
        left, top, right, bottom = window_box(width, height)
        plain.paste(0, (left, top, right, bottom))
        plain.paste(255, (left, (top + bottom) // 2, (left + right) // 2, bottom))
    elif alpha == "holes":
        for box in HOLES:
            plain.paste(0, _in_pixels(box, width, height))
    elif alpha == "gradient":
        slope = Image.linear_gradient("L").rotate(-90).resize((width, height))
        plain = slope.point(lambda value: min(255, max(0, (value - 8) * 255 // 239)))
    made = Image.new("RGBA", (width, height), (255, 255, 255) if white else (0, 0, 0))
    made.putalpha(plain)
    return made


def written(picture: Image.Image, kind: str = "png", **options: Any) -> bytes:
    """The picture as a file: `png`, `jpeg`, `webp`, `gif`, `bmp`, `tiff`."""
    page = picture.convert("RGB") if kind in ("jpeg", "bmp") else picture
    with io.BytesIO() as file:
        page.save(file, kind.upper(), **({"quality": 92} if kind in ("jpeg", "webp") else {}) | options)
        return file.getvalue()


def padded(png: bytes, length: int) -> bytes:
    """The same PNG, made exactly `length` bytes long by a chunk of zeros that decoders skip.

    Raises ValueError when the picture is too long already.
    """
    spare = length - len(png) - _OVERHEAD
    if spare < 0:
        raise ValueError(f"the picture has {len(png)} bytes and cannot be made {length} long")
    zeros = bytes(spare)
    check = zlib.crc32(zeros, zlib.crc32(b"zeRo"))
    head, tail = struct.pack(">I4s", spare, b"zeRo"), struct.pack(">I", check)
    return b"".join((png[:-_OVERHEAD], head, zeros, tail, png[-_OVERHEAD:]))


def truncated(data: bytes) -> bytes:
    """The first half of a file."""
    return data[: len(data) // 2]


def garbled(png: bytes) -> bytes:
    """The same PNG with check sums that fit, whose pixels cannot be unpacked: their packing begins wrongly."""
    at = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[at - 4 : at])
    body = b"\0\0" + png[at + 6 : at + 4 + length]
    check = struct.pack(">I", zlib.crc32(body, zlib.crc32(b"IDAT")))
    return png[: at + 4] + body + check + png[at + 8 + length :]


def wrong_crc(png: bytes) -> bytes:
    """The same PNG with one bit of its header's check sum turned.

    The header's, because many decoders do not look at the others.
    """
    return png[:32] + bytes([png[32] ^ 1]) + png[33:]
