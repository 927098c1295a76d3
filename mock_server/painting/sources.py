"""The caller's pictures, made ready: decoded, upright, scaled to the result; and the mask as a map of where to paint.

Scaling is plain `Image.resize(size, Image.Resampling.LANCZOS)` of the upright picture (of an opaque one its colours
alone: the same pixels for less), so that whoever compares a result with its source can do the same and get the same
pixels. A mask is scaled with NEAREST: a hard edge stays hard.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from PIL import Image, ImageChops

from specs.cache import ByteCache
from specs.pictures import decoded, is_opaque, mask_over


@dataclass(frozen=True, slots=True)
class Source:
    """A picture in the size of the result: RGBA with its `alpha`, or RGB and None when it is opaque everywhere.

    Shared between requests: callers must not change it.
    """

    picture: Image.Image
    alpha: Image.Image | None

    def colours(self) -> Image.Image:
        """RGB without regard to alpha, to be changed at will."""
        return self.picture.convert("RGB")

    def shown(self) -> Image.Image:
        """As `on_white`, not to be changed."""
        return self.picture if self.alpha is None else self.on_white()

    def on_white(self) -> Image.Image:
        """RGB as a viewer shows it, to be changed at will: what is transparent is white."""
        if self.alpha is None:
            return self.colours()
        return Image.composite(self.colours(), Image.new("RGB", self.picture.size, "white"), self.alpha)


_scaled: ByteCache[Source] = ByteCache(9_000_000)
_sizes: ByteCache[tuple[int, int]] = ByteCache(256_000)


def forget() -> None:
    """Empty the caches of this module."""
    _scaled.clear()
    _sizes.clear()


def digest(data: bytes) -> bytes:
    """What names these bytes in a cache."""
    return hashlib.blake2b(data, digest_size=20).digest()


def upright(data: bytes) -> Image.Image:
    """The whole picture, RGB or RGBA, turned as its EXIF orientation says. Callers must not change it.

    Raises BrokenPicture when the bytes do not decode.
    """
    return decoded(data)


def upright_size(data: bytes) -> tuple[int, int]:
    """(width, height) of the upright picture; raises BrokenPicture."""
    return _size(digest(data), data)


def _size(name: bytes, data: bytes) -> tuple[int, int]:
    return _sizes.get(name) or _sizes.put(name, upright(data).size, 128)


def scaled(data: bytes, size: tuple[int, int]) -> Source:
    """The upright picture in the size of the result; raises BrokenPicture."""
    return _as_large(digest(data), data, size)


def within(data: bytes, size: tuple[int, int]) -> Source:
    """The upright picture in this size or, if that is larger on both sides, in its own. Raises BrokenPicture."""
    name = digest(data)
    own = _size(name, data)
    return _as_large(name, data, own if own[0] <= size[0] and own[1] <= size[1] else size)


def _as_large(name: bytes, data: bytes, size: tuple[int, int]) -> Source:
    key = name + repr(size).encode()
    held = _scaled.get(key)
    if held is not None:
        return held
    picture = upright(data)
    _sizes.put(name, picture.size, 128)
    return _scaled.put(key, _resized(picture, size, opaque=is_opaque(data)), 4 * size[0] * size[1])


def editable(mask: bytes, image: bytes, size: tuple[int, int]) -> Image.Image:
    """Where to paint, as L: 255 where the mask is transparent, 0 where it is opaque, between in proportion.

    A mask that has the stored size of a turned picture (and not the upright one) is turned with it. Raises
    BrokenPicture when the mask does not decode.
    """
    return ImageChops.invert(mask_over(mask, image).resize(size, Image.Resampling.NEAREST))


def _resized(picture: Image.Image, size: tuple[int, int], *, opaque: bool) -> Source:
    shown = picture.convert("RGB") if opaque and picture.mode != "RGB" else picture
    result = shown if shown.size == size else shown.resize(size, Image.Resampling.LANCZOS)
    return Source(result, None if opaque else result.getchannel("A"))
