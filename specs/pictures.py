"""What a picture file is: its kind by its bytes, its header, its pixels.

`look` reads a header (microseconds, never the pixels) and tells the dimensions as stored. `decoded` and `pixels` give
what a viewer shows, within a limit that no real picture of these endpoints reaches, so that a decompression bomb is a
broken picture and not a dead process. What was decoded is kept for the next rule that looks at it, in bounded bytes.
"""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageFile

from specs import decoding
from specs.cache import ByteCache

LARGEST = 64_000_000
"""Pixels we are willing to decode: six times the largest documented size (3840x2160)."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)


class BrokenPicture(ValueError):
    """The bytes are not a whole picture; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Look:
    """A picture's header: kind, stored width and height in pixels, whether it has an alpha channel."""

    kind: str
    width: int
    height: int
    alpha: bool

    @property
    def size(self) -> str:
        """`WIDTHxHEIGHT`."""
        return f"{self.width}x{self.height}"


def kind_of(data: bytes) -> str | None:
    """`png`, `jpeg`, `webp`, `gif`, `bmp`, `tiff`, by the first bytes; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def look(data: bytes) -> Look | None:
    """The header of a picture file, or None when there is none to read."""
    kind = kind_of(data)
    if kind is None:
        return None
    if kind == "png":
        return _png_look(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as picture:
                return Look(kind, picture.width, picture.height, decoding.has_alpha(picture))
    except Exception:  # noqa: BLE001 - Pillow raises many kinds for broken headers; all mean: no header
        return None


def _png_look(data: bytes) -> Look | None:
    if len(data) < 33 or data[12:16] != b"IHDR":
        return None
    width, height, _depth, colour = struct.unpack(">IIBB", data[16:26])
    if not width or not height:
        return None
    return Look("png", width, height, colour in (4, 6) or _png_has_trns(data))


def _png_has_trns(data: bytes) -> bool:
    at = 8
    while at + 8 <= len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        if name == b"tRNS":
            return True
        if name in (b"IDAT", b"IEND"):
            return False
        at += 12 + length
    return False


_LARGE = 8_000_000
_decoded: ByteCache[Image.Image] = ByteCache(10_000_000)
_decoded_large: ByteCache[Image.Image] = ByteCache(64_000_000)
"""Pictures by their files; files and pixels both count. One photograph of twelve million pixels fits into the second,
which holds those of over LARGE bytes."""

_FILLER = 1 << 20
"""Bytes of a chunk that is worth leaving out."""

_problems: ByteCache[str] = ByteCache(256_000)
"""By the digest of a file why it does not decode, empty where it does: longer known than the pixels are kept."""


def hold(most_bytes: int) -> None:
    """Keep so many bytes of decoded pictures of ordinary size from now on, instead of 10 MB."""
    _decoded.most_bytes = most_bytes


def decoded(data: bytes) -> Image.Image:
    """The whole picture as a viewer shows it: eight bits a channel, upright, RGB or, where the file has alpha, RGBA.

    Callers must not change it. Raises BrokenPicture when the bytes are no picture, are cut short, or would need more
    than LARGEST pixels.
    """
    held = _held(data)
    if held is not None:
        return held
    picture = _decode(data)
    cost = len(data) + 4 * picture.width * picture.height
    return (_decoded if cost <= _LARGE else _decoded_large).put(data, picture, cost)


def _held(data: bytes) -> Image.Image | None:
    return _decoded.get(data) or _decoded_large.get(data)


def pixels(data: bytes) -> Image.Image:
    """As `decoded`, always RGBA, and the caller's own to change."""
    return decoded(data).convert("RGBA")


def _decode(data: bytes) -> Image.Image:
    seen = look(data)
    if seen is None:
        raise BrokenPicture("the bytes are not a picture that can be read")
    if seen.width * seen.height > LARGEST:
        raise BrokenPicture(f"the picture has {seen.width * seen.height} pixels, more than {LARGEST}")
    if ImageFile.LOAD_TRUNCATED_IMAGES:
        raise RuntimeError("PIL.ImageFile.LOAD_TRUNCATED_IMAGES is set: broken pictures could not be told")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(_without_fillers(data))) as picture:
                return decoding.shown(picture)
    except Exception as problem:  # every Pillow decoder has its own exceptions
        raise BrokenPicture(f"the {seen.kind} cannot be decoded: {problem}") from problem


def _without_fillers(data: bytes) -> bytes:
    """A large PNG without its large chunks of no known kind, which decoders skip, though slowly."""
    if len(data) < _FILLER or kind_of(data) != "png":
        return data
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        if not (length > _FILLER and name[:2].islower() and at + 12 + length <= len(data)):
            kept.append(data[at : at + 12 + length])
        at += 12 + length
    return b"".join((*kept, data[at:]))


def decodes(data: bytes) -> str | None:
    """None when the picture decodes, else one sentence that says why not."""
    if _held(data) is not None:
        return None
    key = hashlib.sha256(data).digest()
    known = _problems.get(key)
    if known is None:
        known = _problems.put(key, _problem(data), 256)
    return known or None


def _problem(data: bytes) -> str:
    try:
        decoded(data)
    except BrokenPicture as problem:
        return str(problem)
    return ""


def is_turned(data: bytes) -> bool:
    """Whether a picture that decodes says in its metadata that it is to be shown turned. Raises BrokenPicture."""
    return decoding.is_turned(decoded(data))


def is_opaque(data: bytes) -> bool:
    """Whether a picture that decodes is opaque everywhere: most files say so in their header."""
    seen = look(data)
    if seen is not None and not seen.alpha:
        return True
    low, _high = decoding.alpha_of(decoded(data)).getextrema()
    return low == 255


@lru_cache(maxsize=32)
def is_blank(mask: bytes) -> bool:
    """Whether a mask says nothing of where to edit: its alpha channel is of one value.

    One without such a channel, or that does not decode, is none.
    """
    seen = look(mask)
    if seen is None or not seen.alpha or decodes(mask):
        return False
    low, high = decoding.alpha_of(decoded(mask)).getextrema()
    return bool(low == high)


def mask_over(mask: bytes, image: bytes) -> Image.Image:
    """The alpha of a mask, as L in the mask's own size, the way it lies over the upright picture.

    A mask that has the stored size of a turned picture, and not the size it is shown in, is turned with it. Raises
    BrokenPicture when one of the two does not decode.
    """
    alpha, picture, stored = decoding.alpha_of(decoded(mask)), decoded(image), look(image)
    if stored and alpha.size == (stored.width, stored.height) != picture.size:
        return decoding.turned_with(alpha, picture)
    return alpha


def forget() -> None:
    """Keep no picture."""
    _decoded.clear()
    _decoded_large.clear()
    _problems.clear()


def written_png(picture: Image.Image) -> bytes:
    """A picture as a PNG file, quickly."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
