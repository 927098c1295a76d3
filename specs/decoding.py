"""From an open picture file to pixels as a viewer shows them: eight bits a channel, upright.

RGB where the file has no alpha, else RGBA: to give millions of opaque pixels an alpha takes as long as to decode them.
"""

from __future__ import annotations

import warnings
from typing import cast

from PIL import ExifTags, Image

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


def shown(picture: Image.Image) -> Image.Image:
    """The pixels of an open file, its metadata beside them. Raises what Pillow raises when they do not decode."""
    picture.load()
    result = _coloured(picture)
    result.info = {key: picture.info[key] for key in _METADATA & picture.info.keys()}
    return turned_with(result, result)


def has_alpha(picture: Image.Image) -> bool:
    """Whether an open file has an alpha channel, or names a colour that is to be transparent."""
    return "A" in picture.getbands() or "transparency" in picture.info


def alpha_of(picture: Image.Image) -> Image.Image:
    """The alpha of shown pixels, as L."""
    return picture.getchannel("A") if picture.mode == "RGBA" else Image.new("L", picture.size, 255)


def _coloured(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        return _eight_bits(picture)
    mode = "RGBA" if has_alpha(picture) else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def turned_with(picture: Image.Image, bearer: Image.Image) -> Image.Image:
    """The picture, turned as the metadata of `bearer` say that `bearer` is to be turned."""
    turn = _TURNS.get(_orientation(bearer))
    return picture if turn is None else picture.transpose(turn)


def is_turned(picture: Image.Image) -> bool:
    """Whether a picture's metadata say that it is to be shown turned or mirrored."""
    return _orientation(picture) in _TURNS


def _eight_bits(picture: Image.Image) -> Image.Image:
    """A grey picture of more than eight bits, scaled; Pillow alone would clip nearly all of it to white.

    White is 65535, with floating point also 1 or 255 when nothing is brighter, else the brightest there is.
    """
    whites = (1.0, 255.0, 65535.0) if picture.mode == "F" else (65535.0,)
    deep = picture.convert("F")
    low, high = cast("tuple[float, float]", deep.getextrema())
    white = next((white for white in whites if high <= white), high)
    black = min(low, 0.0)
    factor = 255.0 / (white - black) if white > black else 0.0
    return deep.point(lambda value: value * factor - black * factor).convert("RGB")


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 when there is none or the metadata cannot be read."""
    if not _METADATA & picture.info.keys():
        return 1
    bearer = Image.new("L", (1, 1))  # getexif() writes into its picture, and decoded ones are shared between threads
    bearer.info = picture.info
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return int(bearer.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - broken metadata raises many kinds; the picture itself is whole
        return 1
