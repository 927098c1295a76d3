"""Small pictures for the page, as `data:` URIs: a picture, a mask, and where a result differs from what was sent."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable

from PIL import Image, ImageChops, features

from specs import pictures
from specs.cache import ByteCache
from specs.pictures import BrokenPicture

LONGEST = 256
"""Pixels of the longer side."""

LARGEST = 24_000_000
"""Pixels of a picture that is worth decoding for a thumbnail."""

_KIND = "webp" if features.check("webp") else "png"  # type: ignore[no-untyped-call, unused-ignore]
_HOT = [min(255, 3 * v) for v in range(256)]
_WARM = [max(0, min(255, 3 * v - 255)) for v in range(256)]
_WHITE = [max(0, 3 * v - 510) for v in range(256)]

_small: ByteCache[Image.Image] = ByteCache(16_000_000)
_written: ByteCache[str] = ByteCache(16_000_000)


def thumbnail(data: bytes) -> str:
    """A picture as a small `data:` URI. Raises BrokenPicture."""
    return _kept(b"seen" + _digest(data), lambda: _reduced(data))


def difference(before: bytes, after: bytes) -> str:
    """Where two pictures differ, black to white over red and yellow, as a small `data:` URI. Raises BrokenPicture."""
    return _kept(b"heat" + _digest(before) + _digest(after), lambda: _heat(_reduced(before), _reduced(after)))


def _kept(key: bytes, draw: Callable[[], Image.Image]) -> str:
    found = _written.get(key)
    if found is None:
        found = _uri(draw())
        _written.put(key, found, len(found))
    return found


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _reduced(data: bytes) -> Image.Image:
    key = _digest(data)
    held = _small.get(key)
    if held is not None:
        return held
    seen = pictures.look(data)
    if seen is not None and seen.width * seen.height > LARGEST:
        raise BrokenPicture(f"{seen.size} is too large to be shown here")
    small = pictures.pixels(data)
    small.thumbnail((LONGEST, LONGEST))
    return _small.put(key, small, 4 * small.width * small.height)


def _heat(before: Image.Image, after: Image.Image) -> Image.Image:
    bands = ImageChops.difference(before.resize(after.size), after).split()
    most = bands[0]
    for band in bands[1:]:
        most = ImageChops.lighter(most, band)
    return Image.merge("RGB", (most.point(_HOT), most.point(_WARM), most.point(_WHITE)))


def _uri(picture: Image.Image) -> str:
    out = io.BytesIO()
    picture.save(out, _KIND.upper())
    return f"data:image/{_KIND};base64,{base64.b64encode(out.getvalue()).decode()}"
