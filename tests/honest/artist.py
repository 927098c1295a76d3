"""The picture code: an edit that a careful painter might make, drawn with Pillow from nothing of the mock's."""

from __future__ import annotations

import hashlib
import io
import random
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from PIL import ExifTags, Image, ImageChops, ImageDraw, ImageFilter, ImageOps
from PIL.PngImagePlugin import PngInfo

try:
    from isal.isal_zlib import compress as squeeze
except ImportError:
    from zlib import compress as squeeze

COLOURS = {
    "orange": (240, 130, 20),
    "violet": (140, 60, 200),
    "turquoise": (40, 200, 190),
    "crimson": (190, 20, 60),
    "golden": (225, 180, 40),
    "emerald": (30, 160, 90),
    "magenta": (255, 0, 255),
    "red": (220, 30, 30),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture, equal to another one of the same pixels."""

    pixels: bytes
    picture: Image.Image = field(compare=False)

    @classmethod
    def of(cls, picture: Image.Image) -> Sheet:
        """The picture with what names it."""
        return cls(hashlib.sha1(picture.tobytes(), usedforsecurity=False).digest(), picture)


@dataclass(frozen=True, slots=True)
class Commission:
    """One picture to make: `drift` and `noise` in steps of 255, `frame` how a source comes into another shape."""

    source: Sheet
    mask: Sheet | None
    prompt: str
    size: tuple[int, int]
    index: int = 0
    seed: int = 0
    transparent: bool = False
    drift: int = 0
    noise: int = 0
    frame: str = "stretch"
    blank: bool = False


def paint(wanted: Commission) -> Image.Image:
    """The edited picture: RGB, or RGBA where a transparent background is wanted."""
    base = framed(wanted.source.picture.convert("RGB"), wanted.size, wanted.frame)
    colour = next((rgb for name, rgb in COLOURS.items() if name in wanted.prompt.lower()), _any_colour(wanted.prompt))
    chance = random.Random(f"{wanted.seed}/{wanted.index}/{wanted.prompt[:80]}")
    place = _place(wanted)
    shape = Image.new("L", wanted.size, 0)
    pen = ImageDraw.Draw(shape)
    if "fill the whole" in wanted.prompt.lower():
        pen.rectangle((0, 0, *wanted.size), fill=255)
    else:
        _circle(pen, place.getbbox() or (0, 0, *wanted.size), chance)
    if wanted.mask is not None:
        shape = ImageChops.darker(shape, place)
    done = _drifted(base, wanted, chance)
    box, near = shape.getbbox(), _near(colour, chance)
    if box:
        done.paste(near, box, shape.crop(box))
    done = _noisy(done, wanted.noise, chance)
    if wanted.transparent:
        done = done.convert("RGBA")
        done.putalpha(shape)
        if wanted.blank:
            done = Image.composite(done, Image.new("RGBA", done.size), shape.point(lambda level: 255 if level else 0))
    return done


def framed(picture: Image.Image, size: tuple[int, int], frame: str) -> Image.Image:
    """The picture in another shape: stretched, cropped to fit, or whole with borders."""
    if frame == "cover":
        return ImageOps.fit(picture, size)
    if frame == "contain":
        return ImageOps.pad(picture, size)
    return picture.resize(size, Image.Resampling.BILINEAR)


def _place(wanted: Commission) -> Image.Image:
    """Where to paint: 255 under the transparent mask, softened along its edge."""
    if wanted.mask is None:
        return Image.new("L", wanted.size, 255)
    clear = wanted.mask.picture.convert("RGBA").getchannel("A").point(lambda alpha: 255 if alpha == 0 else 0)
    fill = framed(clear, wanted.size, wanted.frame)
    return fill.filter(ImageFilter.GaussianBlur(1.5))


def _circle(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], chance: random.Random) -> None:
    left, top, right, bottom = box
    middle_x = (left + right) / 2 + (right - left) * chance.uniform(-0.06, 0.06)
    middle_y = (top + bottom) / 2 + (bottom - top) * chance.uniform(-0.06, 0.06)
    radius = min(right - left, bottom - top) * chance.uniform(0.38, 0.46)
    pen.ellipse((middle_x - radius, middle_y - radius, middle_x + radius, middle_y + radius), fill=255)


def _near(colour: tuple[int, int, int], chance: random.Random) -> tuple[int, int, int]:
    """A colour one may well call the same."""
    red, green, blue = (max(0, min(255, value + chance.randint(-9, 9))) for value in colour)
    return red, green, blue


def _any_colour(prompt: str) -> tuple[int, int, int]:
    digest = hashlib.md5(prompt.encode("utf-8", "replace"), usedforsecurity=False).digest()
    return digest[0], digest[1], digest[2]


def _drifted(base: Image.Image, wanted: Commission, chance: random.Random) -> Image.Image:
    """The whole picture painted anew: softer, shifted a little, in slightly other light."""
    if not wanted.drift:
        return base
    width = wanted.size[0]
    moved = ImageChops.offset(base, max(1, width // 200), max(1, width // 300))
    soft = moved.filter(ImageFilter.GaussianBlur(width / 400))
    light = [chance.randint(-wanted.drift, wanted.drift) for _ in range(3)]
    tables = [max(0, min(255, value + shift)) for shift in light for value in range(256)]
    return soft.point(tables)


def _noisy(picture: Image.Image, noise: int, chance: random.Random) -> Image.Image:
    """What a lossy encoder leaves: first its own work, then grain of `noise` (mean of 255) from a tile."""
    if not noise:
        return picture
    with io.BytesIO() as file:
        picture.save(file, "JPEG", quality=70)
        lossy = Image.open(file).convert("RGB")
    grain = Image.frombytes("L", (128, 128), chance.randbytes(128 * 128)).point(lambda v: 128 + (v - 128) * noise // 64)
    sheet = Image.new("L", picture.size)
    for left in range(0, picture.width, 128):
        for top in range(0, picture.height, 128):
            sheet.paste(grain, (left, top))
    tone = Image.merge("RGB", (sheet, sheet, sheet))
    return ImageChops.add(lossy, tone, 1, -128)


@lru_cache(maxsize=48)
def made(wanted: Commission, kind: str, compression: int, *, alpha: bool, odd: bool) -> bytes:
    """The edited picture as a file, with an alpha channel where that is wanted. What is ordered again is there."""
    painted = paint(wanted)
    return encoded(painted.convert("RGBA") if alpha else painted, kind, compression, odd=odd)


def encoded(picture: Image.Image, kind: str, compression: int = 100, *, odd: bool = False) -> bytes:
    """The picture as a file; `odd` ones are of rarer sorts: a palette, progressive, lossless, with metadata."""
    page = picture.convert("RGB") if kind == "jpeg" else picture
    if kind == "png" and not odd:
        return _plain_png(page)
    options: dict[str, Any] = {"compress_level": 1} if kind == "png" else {"quality": max(5, min(95, compression))}
    if kind == "webp":
        options["method"] = 0
    if odd:
        page, more = _odd(page, kind)
        options |= more
    with io.BytesIO() as file:
        page.save(file, kind.upper(), **options)
        return file.getvalue()


def _plain_png(page: Image.Image) -> bytes:
    """PNG without any filter, as careless encoders write it: quickly."""
    depth_and_colours = bytes((8, 6 if page.mode == "RGBA" else 2, 0, 0, 0))
    pixels, row = page.tobytes(), page.width * len(page.mode)
    lines = b"".join(b"\0" + pixels[at : at + row] for at in range(0, len(pixels), row))
    header = page.width.to_bytes(4, "big") + page.height.to_bytes(4, "big") + depth_and_colours
    out = [b"\x89PNG\r\n\x1a\n"]
    for chunk in (b"IHDR" + header, b"IDAT" + squeeze(lines), b"IEND"):
        out += [(len(chunk) - 4).to_bytes(4, "big"), chunk, zlib.crc32(chunk).to_bytes(4, "big")]
    return b"".join(out)


def _odd(page: Image.Image, kind: str) -> tuple[Image.Image, dict[str, Any]]:
    if kind == "jpeg":
        return page, {"progressive": True, "subsampling": 2, "exif": _upright(), "comment": b"painted"}
    if kind == "webp":
        return page, {"lossless": True, "exact": True}
    words = PngInfo()
    words.add_itxt("Software", "画室")
    return page if page.mode == "RGBA" else page.quantize(200, dither=Image.Dither.NONE), {
        "pnginfo": words,
        "dpi": (96, 96),
    }


def _upright() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 1
    return exif
