"""Whether a picture file is as it was written, to its last byte: what decoders forgive."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from specs.packing import Broken, packing
from specs.pictures import LARGEST, kind_of

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Numbers for a pixel, by the colour type of a PNG (PNG specification, 11.2.2)."""


def torn(data: bytes) -> str | None:
    """None when a picture file is as it was written, to its last byte, else one sentence that says what is wrong.

    Decoders forgive what stands here: an end that is missing, and in a PNG check sums that do not fit and missing rows.
    """
    kind = kind_of(data)
    if kind == "png":
        return _torn_png(data)
    if kind == "jpeg" and data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda"):
        return "the jpeg has no end of image"
    if kind == "webp" and int.from_bytes(data[4:8], "little") > len(data) - 8:
        return "the webp is shorter than it says"
    return None


def _torn_png(data: bytes) -> str | None:
    at = 8
    while at + 12 <= len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        stated = data[at + 8 + length : at + 12 + length]
        if len(stated) < 4:
            break
        if zlib.crc32(memoryview(data)[at + 4 : at + 8 + length]) != int.from_bytes(stated, "big"):
            return f"the check sum of the png's chunk {name.decode('latin-1')!r} is wrong"
        if name == b"IEND":
            return _rows_missing(data)
        at += 12 + length
    return "the png has no end (IEND)"


def _rows_missing(png: bytes) -> str | None:
    """None when a PNG holds all its rows, or is interlaced, else how much of them it holds."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", png[16:29])
    wanted = height * (1 + (width * depth * _CHANNELS.get(colour, 1) + 7) // 8)
    if interlaced or wanted > 8 * LARGEST:
        return None
    packer, found = packing.decompressobj(), 0
    for body in _image_data(png):
        try:
            found += len(packer.decompress(body, wanted + 1 - found))
        except Broken as problem:
            return f"the png's rows cannot be unpacked: {problem}"
        if found >= wanted:
            return None
    return f"the png holds {found} of {wanted} bytes of rows"


def _image_data(png: bytes) -> Iterator[bytes]:
    at = 8
    while at + 12 <= len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        if name == b"IDAT":
            yield png[at + 8 : at + 8 + length]
        at += 12 + length
