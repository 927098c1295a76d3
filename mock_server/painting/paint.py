"""Paint: smooth fields of colour out of a prompt, a seed and an index, laid over a picture or in place of it.

A field has nearly one brightness everywhere and differs in hue, so that what is tinted with it keeps its own light and
shade and stays recognisable. Fields are made of a few hundred cells and enlarged, once for all pictures that are
edited by one recipe; where the result is to be a PNG, colours are then levelled to few steps, which looks like a screen
print and makes the file a quarter as large in half the time.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageStat

from specs.cache import ByteCache

Size = tuple[int, int]

_STRENGTH = 0.42
"""How much of the paint a tinted picture takes on."""

_TINT, _DARK, _LIGHT = 125, 62, 194
"""Brightness (0..255) of a tint, and of the two kinds of opaque paint."""

_FINEST = 2_100_000
"""Pixels: above, smooth enlarging takes longer than all the rest. 3840x2160 has four times as many."""

_SMOOTH = 3
"""Enlarged so many times a picture has no edge that is sharper than a small square."""

_STEP = 16
_LEVELS = [min(255, value // _STEP * _STEP + _STEP // 2) for value in range(256)] * 3

_FIRST_HUES = 10
"""So many results of one request are evenly spaced on the colour circle; n is at most 10."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides a field: prompt and seed (as a digest) and which of the results it is."""

    digest: bytes
    index: int

    @classmethod
    def of(cls, prompt: str, seed: int, index: int) -> Recipe:
        """The recipe of the `index`-th result for a prompt and a seed."""
        text = f"{seed}\n{prompt}".encode("utf-8", "surrogatepass")
        return cls(hashlib.blake2b(text, digest_size=20).digest(), index)

    @property
    def hue(self) -> float:
        """The middle hue, as a share of the colour circle: different for each index."""
        first = int.from_bytes(self.digest[:4], "big") / 2**32
        turn, again = self.index * 3 % _FIRST_HUES, self.index // _FIRST_HUES
        return first + turn / _FIRST_HUES + again * 0.381966 / _FIRST_HUES

    @property
    def lift(self) -> int:
        """How much brighter than usual: neighbours on the colour circle are never equally bright."""
        return -18 if self.index % 2 else 18

    def noise(self, count: int) -> bytes:
        """`count` bytes that look random and are always the same."""
        return hashlib.shake_256(self.digest + self.index.to_bytes(8, "big", signed=True)).digest(count)


_glazes: ByteCache[Image.Image] = ByteCache(5_000_000)


def forget() -> None:
    """Keep no glaze."""
    _glazes.clear()


def tinted(picture: Image.Image, recipe: Recipe, size: Size, *, level: bool = True) -> Image.Image:
    """The RGB picture, enlarged to `size`, under a glaze of colour: edited for everybody to see, and still itself."""
    shown = Image.blend(picture, _glaze(recipe, picture.size), _STRENGTH)
    if shown.size != size:
        shown = shown.resize(_fine(size, picture.size), Image.Resampling.BILINEAR)
    if level:
        shown = levelled(shown)
    return shown if shown.size == size else shown.resize(size, Image.Resampling.NEAREST)


def _fine(size: Size, own: Size) -> Size:
    """The size up to which a picture of its own size is enlarged smoothly; beyond it pixels are drawn as squares."""
    most = (
        math.sqrt(size[0] * size[1] / _FINEST),
        *(edge / (_SMOOTH * few) for edge, few in zip(size, own, strict=True)),
    )
    side = math.ceil(max(1, *most))
    return -(-size[0] // side), -(-size[1] // side)


def _glaze(recipe: Recipe, size: Size) -> Image.Image:
    key = repr((recipe, size)).encode()
    held = _glazes.get(key)
    if held is not None:
        return held
    glaze = _enlarged(_field(recipe, _TINT, cells=16, relief=24), size)
    return _glazes.put(key, glaze, 4 * size[0] * size[1])


def repainted(picture: Image.Image, where: Image.Image, recipe: Recipe, *, level: bool = True) -> Image.Image:
    """Opaque paint in the size of the RGB picture: dark or light, whichever differs more from it in `where`."""
    fields = [_field(recipe, brightness, cells=12, relief=36) for brightness in (_DARK, _LIGHT)]
    small, place = (layer.resize((12, 12), Image.Resampling.BOX) for layer in (picture, where))
    best = max(fields, key=lambda field: _difference(field, small, place))
    paint = _enlarged(best, picture.size)
    return levelled(paint) if level else paint


def levelled(picture: Image.Image) -> Image.Image:
    """The RGB picture in few steps of each colour."""
    return picture.point(_LEVELS)


def _difference(one: Image.Image, other: Image.Image, where: Image.Image) -> float:
    weight = where.point([255 if value else 0 for value in range(256)])
    if weight.getbbox() is None:
        return 0.0
    return sum(ImageStat.Stat(ImageChops.difference(one, other), weight).mean)


def _enlarged(field: Image.Image, size: Size) -> Image.Image:
    return field.resize(size, Image.Resampling.BICUBIC)


def _field(recipe: Recipe, brightness: int, cells: int, relief: int) -> Image.Image:
    """`cells` x `cells` RGB: four hues near the recipe's run into each other, brightness varies by `relief` at most."""
    noise = recipe.noise(4 + cells * cells)
    brightness += recipe.lift
    corners = b"".join(_colour(recipe.hue + (byte - 128) / 1280, brightness) for byte in noise[:4])
    hues = Image.frombytes("YCbCr", (2, 2), corners).resize((cells, cells), Image.Resampling.BICUBIC)
    light = Image.frombytes("L", (cells, cells), noise[4:]).point(_relief(brightness, relief))
    return Image.merge("YCbCr", (light, *hues.split()[1:])).convert("RGB")


def _colour(hue: float, brightness: int) -> bytes:
    angle = 2 * math.pi * hue
    return bytes((brightness, round(128 + 78 * math.cos(angle)), round(128 + 78 * math.sin(angle))))


def _relief(brightness: int, relief: int) -> list[int]:
    return [max(0, min(255, round(brightness + (value - 127.5) / 127.5 * relief))) for value in range(256)]
