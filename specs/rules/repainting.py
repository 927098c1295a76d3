"""Rules about where a picture changed: what the mask's transparent and opaque parts promise."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat

from specs import pictures
from specs.answers import Asked
from specs.rules.payload import readable
from specs.rules.register import Breach, Said, Silent, rule

MARGIN = 4
"""Pixels on either side of a mask's edge that are not looked at: blending and resampling live there."""

_EDGE = ImageFilter.BoxBlur(MARGIN)
_WHOLE = [0] * 255 + [255]


def _compared(asked: Asked) -> tuple[float, float] | None:
    """Mean difference (0 to 255) to the source inside and outside the mask's transparent area, or None."""
    mask = asked.edit.mask
    source = asked.edit.images[0].data if asked.edit.images else None
    result = next((data for _p, data in readable(asked) if pictures.decodes(data) is None), None)
    if mask is None or mask.data is None or source is None or result is None:
        return None
    if pictures.decodes(source) or pictures.decodes(mask.data):
        return None
    return differences(source, mask.data, result)


def differences(source: bytes, mask: bytes, result: bytes) -> tuple[float, float] | None:
    """Mean difference of result and scaled source (0 to 255), inside and outside the transparent area.

    None when one of the two areas vanishes once the MARGIN along the edge is left out.
    """
    after = pictures.pixels(result).convert("RGB")
    with Image.open(pictures.stream(source)) as opened:
        before = ImageOps.exif_transpose(opened).convert("RGB").resize(after.size, Image.Resampling.LANCZOS)
    alpha = pictures.pixels(mask).getchannel("A").resize(after.size, Image.Resampling.NEAREST)
    gone = alpha.point([255] + [0] * 255).filter(_EDGE).point(_WHOLE)
    kept = alpha.point([0] * 255 + [255]).filter(_EDGE).point(_WHOLE)
    change = ImageChops.difference(before, after)
    inside, outside = _mean(change, gone), _mean(change, kept)
    return None if inside is None or outside is None else (inside, outside)


def _mean(change: Image.Image, area: Image.Image) -> float | None:
    if area.getbbox() is None:
        return None
    return sum(ImageStat.Stat(change, area).mean) / 3


@rule("answer")
def mask_keeps_opaque(asked: Asked, *, tolerance: float) -> Said:
    """Under the opaque part of the mask the picture stays as it was: it changes by at most {tolerance} of 255."""
    compared = _compared(asked)
    if compared is None:
        yield Silent("there is no mask and picture to compare")
    elif compared[1] > tolerance:
        found = f"{compared[1]:.1f} of 255"
        yield Breach(f"the kept part changed by {found}", f"at most {tolerance} of 255", found)


@rule("answer")
def mask_repaints_transparent(asked: Asked, *, least: float) -> Said:
    """Under the transparent part of the mask the picture is repainted: it changes by at least {least} of 255."""
    compared = _compared(asked)
    if compared is None:
        yield Silent("there is no mask and picture to compare")
    elif compared[0] < least:
        found = f"{compared[0]:.1f} of 255"
        yield Breach(f"the part to repaint changed by {found}", f"at least {least} of 255", found)


@rule("answer")
def mask_heeded(asked: Asked, *, times: float = 1.5) -> Said:
    """The transparent part of the mask changes at least {times} times as much as the opaque part."""
    compared = _compared(asked)
    if compared is None:
        yield Silent("there is no mask and picture to compare")
    elif compared[0] < times * compared[1]:
        found = f"{compared[0]:.1f} inside, {compared[1]:.1f} outside"
        yield Breach(f"the mask made no difference: change {found}", f"inside >= {times} x outside", found)
