"""The cut-out: what a transparent background leaves standing, an ellipse with a soft edge."""

from __future__ import annotations

from PIL import Image, ImageChops

from mock_server.painting.room import Box

_EDGE = 168
"""Where the ellipse ends, on Pillow's radial gradient (0 in the middle, 181 at the middle of each side)."""

_FADE = [max(0, min(255, (_EDGE - value) * 85)) for value in range(256)]


def cutout(size: tuple[int, int], box: Box) -> Image.Image:
    """L in this size: 255 in an ellipse that does not quite fill `box`, 0 around it."""
    left, top, right, bottom = box
    distance = Image.radial_gradient("L").resize((right - left, bottom - top), Image.Resampling.BICUBIC)
    result = Image.new("L", size, 0)
    result.paste(distance.point(_FADE), (left, top))
    return result


def seen(alpha: Image.Image | None, size: tuple[int, int], where: Image.Image | None, box: Box) -> Image.Image:
    """The alpha of a result with transparent background.

    `alpha` is the source's (None: opaque), `where` is L, 255 where the picture is repainted (None: the whole picture
    is tinted). Repainted parts show the ellipse, kept parts the source's alpha, a tinted picture both.
    """
    ellipse = cutout(size, box)
    kept = alpha or Image.new("L", size, 255)
    if where is None:
        return ImageChops.darker(kept, ellipse)
    return Image.composite(ellipse, kept, where)
