"""Small pictures for the page: at most 256 pixels a side, encoded anew by us, as `data:` URIs.

Nothing an endpoint sent goes into the page as it is: a picture is decoded, scaled and written again, or left out.
The difference is drawn from the two thumbnails; its numbers are those by which the rules about masks judge.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageStat, features

from specs import pictures
from specs.rules import repainting

LONGEST = 256
_QUALITY = 72
_RED = (178, 24, 43)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture: its `data:` URI and size in pixels, and in one line what it was made of."""

    uri: str
    width: int
    height: int
    caption: str


@lru_cache(maxsize=64)
def thumbnail(data: bytes) -> Thumbnail | None:
    """A picture made small; None when it cannot be decoded."""
    try:
        small = _small(pictures.decoded(data))
    except pictures.BrokenPicture:
        return None
    return Thumbnail(_uri(small), small.width, small.height, describe(data))


def describe(data: bytes) -> str:
    """`PNG 1024x1024 with alpha`, or that the bytes are no picture."""
    seen = pictures.look(data)
    return f"{seen.kind.upper()} {seen.size}{' with alpha' if seen.alpha else ''}" if seen else "not a picture"


@lru_cache(maxsize=64)
def difference(before: bytes, after: bytes, mask: bytes | None) -> Thumbnail | None:
    """Where the result differs from the source: the redder, the more. None when either cannot be decoded."""
    try:
        new = _flat(_small(pictures.decoded(after)))
        old = _flat(pictures.decoded(before)).resize(new.size, Image.Resampling.BOX)
        numbers = _numbers(before, after, mask) if mask and pictures.decodes(mask) is None else None
    except pictures.BrokenPicture:
        return None
    changed = _largest(ImageChops.difference(old, new))
    ground = old.convert("L").point(lambda level: 200 + level // 6).convert("RGB")
    red = Image.new("RGB", new.size, _RED)
    heat = Image.composite(red, ground, changed.point(lambda level: min(255, level * 8 // 5)))
    return Thumbnail(
        _uri(heat), heat.width, heat.height, numbers or f"mean {ImageStat.Stat(changed).mean[0]:.1f} of 255"
    )


def _small(picture: Image.Image) -> Image.Image:
    scale = min(1.0, LONGEST / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BOX) if size != picture.size else picture


def _flat(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _largest(changed: Image.Image) -> Image.Image:
    red, green, blue = changed.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _numbers(before: bytes, after: bytes, mask: bytes) -> str | None:
    found = repainting.change(before, mask, after)
    named = (("transparent", found.inside), ("opaque", found.outside))
    said = [f"{mean:.1f} of 255 where the mask is {where}" for where, mean in named if mean is not None]
    return f"mean {', '.join(said)}" if said else None


def _uri(picture: Image.Image) -> str:
    kind = "WEBP" if features.check("webp") else "PNG"
    file = io.BytesIO()
    picture.save(file, kind, quality=_QUALITY)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"
