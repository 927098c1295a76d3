"""A picture that stands for another one: a small landscape, always the same for the same text."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from PIL import Image, ImageDraw

from mock_server.painting.caption import draw_caption
from mock_server.painting.paint import levelled

SIDE = 1024

_SKIES = (((38, 70, 131), (244, 162, 97)), ((29, 53, 87), (168, 218, 220)), ((72, 52, 117), (255, 175, 145)))
_HILLS = ((96, 125, 109), (64, 98, 84), (36, 66, 58))


def scenery(text: str, words: str, size: tuple[int, int] = (SIDE, SIDE)) -> Image.Image:
    """An RGB landscape made out of `text`, with `words` as its caption."""
    noise = hashlib.shake_256(text.encode("utf-8", "surrogatepass")).digest(64)
    picture = _sky(noise, size)
    _draw_sun(picture, noise)
    for row, colour in enumerate(_HILLS):
        _draw_hills(picture, noise[8 + 8 * row : 16 + 8 * row], row, colour)
    draw_caption(picture, words, (0, 0, *size))
    return picture


def words_for(url: str) -> str:
    """What may be shown of a URL: host and path, for user names and queries can hold secrets."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url.partition("?")[0].rpartition("@")[2]
    return host + parts.path


def _sky(noise: bytes, size: tuple[int, int]) -> Image.Image:
    top, bottom = _SKIES[noise[0] % len(_SKIES)]
    lift = noise[1] % 32
    two = Image.frombytes("RGB", (1, 2), bytes((*top, *(min(255, value + lift) for value in bottom))))
    return levelled(two.resize(size, Image.Resampling.BICUBIC))


def _draw_sun(picture: Image.Image, noise: bytes) -> None:
    width, height = picture.size
    radius = min(width, height) * (10 + noise[2] % 8) // 120
    x, y = width * (20 + noise[3] % 60) // 100, height * (18 + noise[4] % 25) // 100
    ImageDraw.Draw(picture).ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 236, 179))


def _draw_hills(picture: Image.Image, noise: bytes, row: int, colour: tuple[int, int, int]) -> None:
    """One range of hills, further down and darker with each row."""
    width, height = picture.size
    ridge = Image.frombytes("L", (8, 1), noise).resize((128, 1), Image.Resampling.BICUBIC).tobytes()
    base = height * (58 + 14 * row) // 100
    points = [(place * width // 127, base - value * height // 1500) for place, value in enumerate(ridge)]
    ImageDraw.Draw(picture).polygon([(0, height), *points, (width, height)], fill=colour)
