"""Are the pictures of an order ones that the documents allow? Decoded with Pillow, kinds told by their first bytes."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from PIL import Image

from tests.honest.forms import Order, Upload
from tests.honest.houses import House
from tests.honest.manners import Manners
from tests.honest.refusals import Refused

_MEDIA = (None, "image/png", "image/jpeg", "image/jpg", "image/webp")
_KINDS = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"RIFF": "WEBP"}


def check_pictures(order: Order, house: House, listed: Mapping[str, Any], manners: Manners) -> None:
    most = listed.get("maxInputImages") or house.most_images
    if not order.images:
        raise Refused("missing", house.json if order.typed else "image")
    if len(order.images) > most:
        raise Refused("too-many", order.images[0].field)
    repeated = len(order.images) > 1 and all(picture.field == "image" for picture in order.images)
    if repeated and not order.typed and manners.unknown == "refuse":
        raise Refused("value", "image")
    for picture in order.images:
        if picture.data is None:
            raise Refused("type", picture.field)
        if len(picture.data) > house.most_bytes:
            raise Refused("too-large", picture.field)
        if not manners.octets and (picture.media_type or "image/png") not in _MEDIA:
            raise Refused("value", picture.field)
        opened(picture, manners)


def opened(picture: Upload, manners: Manners) -> Image.Image:
    """The picture, whole and upright; not to be changed. Raises Refused."""
    data = picture.data or b""
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if kind is None:
        raise Refused("kind")
    try:
        return _decoded(data if manners.checksums or kind != "PNG" else _checked_anew(data), kind)
    except Exception as problem:
        raise Refused("broken") from problem


@lru_cache(maxsize=16)
def _decoded(data: bytes, kind: str) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=[kind]) as found:
        found.load()
        return found.copy()


def _checked_anew(data: bytes) -> bytes:
    """A PNG whose chunks have right checksums, as a decoder reads it that looks at none."""
    out, at = [data[:8]], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        chunk = data[at + 4 : at + 8 + length]
        if at + 12 + length > len(data):
            break
        out += [data[at : at + 4], chunk, zlib.crc32(chunk).to_bytes(4, "big")]
        at += 12 + length
    return b"".join((*out, data[at:]))


def check_mask(order: Order, manners: Manners) -> None:
    mask = order.mask
    if mask is None:
        return
    if mask.data is None:
        raise Refused("type", "mask")
    if not mask.data.startswith(b"\x89PNG"):
        raise Refused("mask-kind")
    try:
        shape = opened(mask, manners)
    except Refused:
        raise Refused("mask") from None
    if shape.mode not in ("RGBA", "LA") and "transparency" not in shape.info:
        raise Refused("mask")
    if shape.size != opened(order.images[0], manners).size:
        raise Refused("mask")
    low, high = shape.convert("RGBA").getchannel("A").getextrema()
    if low == high and not manners.blank_masks:
        raise Refused("mask")
