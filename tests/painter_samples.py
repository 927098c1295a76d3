"""Pictures, masks and orders for the painter's tests, and how results are compared."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

from PIL import Image, ImageChops, ImageStat

from mock_server.painter import Order

SIZE = (192, 160)


def file(picture: Image.Image, format: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format, **options)
    return stream.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def photo(size: tuple[int, int] = (120, 100), kind: str = "photo") -> Image.Image:
    """Smooth noise with some detail, as a photograph has."""
    bands = []
    for band in "rgb":
        noise = hashlib.shake_256(f"{kind}{band}".encode()).digest(81 + 4096)
        rough = Image.frombytes("L", (9, 9), noise[:81]).resize(size, Image.Resampling.BICUBIC)
        fine = Image.frombytes("L", (64, 64), noise[81:]).resize(size, Image.Resampling.BICUBIC)
        bands.append(Image.blend(rough, fine, 0.15))
    return Image.merge("RGB", bands)


def mask(size: tuple[int, int] = (120, 100), box: tuple[int, int, int, int] = (30, 20, 90, 80)) -> Image.Image:
    """Opaque, with a transparent box."""
    picture = Image.new("RGBA", size, (0, 0, 0, 255))
    picture.paste((0, 0, 0, 0), box)
    return picture


def scaled(picture: Image.Image, size: tuple[int, int] = SIZE) -> Image.Image:
    """The source as the painter promises to scale it."""
    return picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS)


def apart(one: Image.Image, other: Image.Image, where: Image.Image | None = None) -> float:
    """The mean absolute difference of the channels (0..255)."""
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return sum(ImageStat.Stat(difference, where).mean) / 3


def likeness(one: Image.Image, other: Image.Image) -> float:
    """The correlation of the brightness of two 16x16 thumbnails."""
    a, b = (p.convert("L").resize((16, 16), Image.Resampling.BOX).tobytes() for p in (one, other))
    mean_a, mean_b = sum(a) / 256, sum(b) / 256
    together = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    alone = sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)
    return together / alone**0.5


PHOTO, MASK = file(photo()), file(mask())
PLAIN = Order(images=(PHOTO,), mask=None, prompt="a warm evening", size=SIZE)
MASKED = replace(PLAIN, mask=MASK)
INSIDE = mask().getchannel("A").resize(SIZE, Image.Resampling.NEAREST).point([255] + [0] * 255)
SOURCES = {
    "photo": photo(),
    "white": Image.new("RGB", (120, 100), "white"),
    "black": Image.new("RGB", (120, 100), "black"),
    "grey": Image.new("RGB", (120, 100), (128, 128, 128)),
    "green": Image.new("RGB", (120, 100), (0, 255, 0)),
}

SIX_TILES = {
    "tinted": (
        replace(PLAIN, caption=False),
        bytes([151, 92, 201, 185, 121, 155, 178, 108, 127, 181, 114, 141, 166, 108, 154, 149, 111, 186]),
    ),
    "repainted": (
        replace(MASKED, caption=False),
        bytes([126, 100, 188, 221, 156, 183, 154, 124, 136, 150, 134, 141, 193, 147, 199, 130, 132, 171]),
    ),
}
"""The mean colours of three by two tiles of a result."""
