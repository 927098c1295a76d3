"""The caller's pictures, made ready: decoded, upright, scaled to the result; and the mask as a map of where to paint.

Scaling is plain `Image.resize(size, Image.Resampling.LANCZOS)` of the upright RGBA picture, so that whoever compares a
result with its source can do the same and get the same pixels. A mask is scaled with NEAREST: a hard edge stays hard.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import cast

from PIL import ExifTags, Image, ImageChops

from mock_server.painting.cache import ByteCache
from specs.pictures import kind_of, pixels


@dataclass(frozen=True, slots=True)
class Source:
    """A picture in the size of the result. `picture` is RGBA; `alpha` is None when it is opaque everywhere.

    Shared between requests: callers must not change it.
    """

    picture: Image.Image
    alpha: Image.Image | None

    def colours(self) -> Image.Image:
        """RGB without regard to alpha."""
        return self.picture.convert("RGB")

    def on_white(self) -> Image.Image:
        """RGB as a viewer shows it: what is transparent is white. Equal to `colours` when nothing is."""
        if self.alpha is None:
            return self.colours()
        return Image.composite(self.colours(), Image.new("RGB", self.picture.size, "white"), self.alpha)


_scaled: ByteCache[Source] = ByteCache(24_000_000)
_sizes: ByteCache[tuple[int, int]] = ByteCache(256_000)


def forget() -> None:
    """Empty the caches of this module."""
    _scaled.clear()
    _sizes.clear()


def digest(data: bytes) -> bytes:
    """What names these bytes in a cache."""
    return hashlib.blake2b(data, digest_size=20).digest()


def upright(data: bytes) -> Image.Image:
    """The whole picture as RGBA, turned as its EXIF orientation says. Callers must not change it.

    Raises BrokenPicture when the bytes do not decode.
    """
    picture = pixels(data)
    if _is_deep(data):
        picture = _eight_bits(data)
    return _turned(picture)


def upright_size(data: bytes) -> tuple[int, int]:
    """(width, height) of the upright picture; raises BrokenPicture."""
    key = digest(data)
    return _sizes.get(key) or _sizes.put(key, upright(data).size, 128)


def scaled(data: bytes, size: tuple[int, int]) -> Source:
    """The upright picture in the size of the result; raises BrokenPicture."""
    key = digest(data) + repr(size).encode()
    held = _scaled.get(key)
    if held is not None:
        return held
    picture = upright(data)
    _sizes.put(digest(data), picture.size, 128)
    return _scaled.put(key, _resized(picture, size), 4 * size[0] * size[1])


def editable(mask: bytes, image: bytes, size: tuple[int, int]) -> Image.Image:
    """Where to paint, as L: 255 where the mask is transparent, 0 where it is opaque, between in proportion.

    A mask that has the stored size of a turned picture (and not the upright one) is turned with it. Raises
    BrokenPicture when the mask does not decode.
    """
    picture = upright(mask)
    stored, shown = pixels(image), upright_size(image)
    if picture.size == stored.size != shown:
        picture = _turned(picture, _orientation(stored))
    return ImageChops.invert(picture.getchannel("A").resize(size, Image.Resampling.NEAREST))


def _resized(picture: Image.Image, size: tuple[int, int]) -> Source:
    opaque = picture.getchannel("A").getextrema() == (255, 255)
    result = picture.resize(size, Image.Resampling.LANCZOS)
    return Source(result, None if opaque else result.getchannel("A"))


def _is_deep(data: bytes) -> bool:
    """Whether a whole picture is grey with more than eight bits, which Pillow clips when it makes RGBA of it."""
    kind = kind_of(data)
    if kind == "png":
        return data[24:26] == b"\x10\0"  # the header's bit depth and colour type
    if kind != "tiff":
        return False
    with Image.open(io.BytesIO(data)) as picture:
        return picture.mode.startswith(("I", "F"))


def _eight_bits(data: bytes) -> Image.Image:
    """A grey picture of more than eight bits, in eight.

    White is 65535, with floating point also 1 or 255 when nothing is brighter, else the brightest there is.
    """
    with Image.open(io.BytesIO(data)) as picture:
        whites = (1.0, 255.0, 65535.0) if picture.mode == "F" else (65535.0,)
        deep = picture.convert("F")
        deep.info = dict(picture.info)
    low, high = cast("tuple[float, float]", deep.getextrema())
    white = next((white for white in whites if high <= white), high)
    black = min(low, 0.0)
    factor = 255.0 / (white - black) if white > black else 0.0
    return deep.point(lambda value: value * factor - black * factor).convert("RGBA")


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 when there is none or the metadata cannot be read."""
    if not _METADATA & picture.info.keys():
        return 1
    bearer = Image.new("L", (1, 1))  # getexif() writes into its picture, and this one is shared between threads
    bearer.info = picture.info
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return int(bearer.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - broken metadata raises many kinds; the picture itself is whole
        return 1


_METADATA = {"exif", "Raw profile type exif", "xmp", "XML:com.adobe.xmp"}

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turned(picture: Image.Image, orientation: int | None = None) -> Image.Image:
    turn = _TURNS.get(_orientation(picture) if orientation is None else orientation)
    return picture if turn is None else picture.transpose(turn)
