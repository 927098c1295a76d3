"""Picture files out of a few words of data.

`{png: 64x64}` is a grey PNG; the kind may be png, jpeg, webp, gif, bmp or tiff. Beside it may stand
`fill` (a colour), `patches` ([left, top, right, bottom, colour] each), `clear` (a box or `all`: alpha 0), `half` (a
box: alpha 128), `alpha: true` (an alpha channel, opaque), `mode` (a Pillow mode), `transparency` (an index or value),
`turned` (an EXIF orientation), `bytes` (a PNG padded to exactly so many bytes).
Around a picture: `{cut: picture, keep: 0.5}` (its first half), `{cut: picture, drop: 12}` (all but 12 bytes), `{flip:
picture, at: -14}` (one byte turned), `{header: picture}` (a PNG's first 33 bytes).
Not pictures: `{raw: text}`, `{hex: digits}`.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from PIL import Image

KINDS = ("png", "jpeg", "webp", "gif", "bmp", "tiff")
OPTIONS = {"fill", "patches", "clear", "half", "alpha", "mode", "transparency", "turned", "bytes"}
AROUND = {"cut", "keep", "drop", "flip", "at", "header", "raw", "hex"}


def made(words: Mapping[str, Any]) -> bytes:
    """The file that the words describe."""
    return _made(json.dumps(words))


@cache
def _made(text: str) -> bytes:
    words = json.loads(text)
    if "raw" in words:
        return str(words["raw"]).encode()
    if "hex" in words:
        return bytes.fromhex(words["hex"])
    if "cut" in words:
        whole = made(words["cut"])
        return whole[: -words["drop"]] if "drop" in words else whole[: int(len(whole) * words.get("keep", 0.5))]
    if "flip" in words:
        bent = bytearray(made(words["flip"]))
        bent[words["at"]] ^= 255
        return bytes(bent)
    if "header" in words:
        return made(words["header"])[:33]
    kind = next(kind for kind in KINDS if kind in words)
    assert set(words) <= {kind, *OPTIONS}, f"unknown words for a picture: {set(words) - {kind, *OPTIONS}}"
    return _padded(_written(_drawn(words, words[kind]), kind, words), words.get("bytes"))


def _drawn(words: Mapping[str, Any], size: str) -> Image.Image:
    width, height = map(int, size.split("x"))
    picture = Image.new("RGBA", (width, height), words.get("fill", "#808080"))
    for left, top, right, bottom, colour in words.get("patches", ()):
        picture.paste(colour, (left, top, right, bottom))
    for word, level in (("clear", 0), ("half", 128)):
        if word in words:
            box = (0, 0, width, height) if words[word] == "all" else tuple(words[word])
            alpha = picture.getchannel("A")
            alpha.paste(level, box)
            picture.putalpha(alpha)
    if "mode" in words:
        return _in_mode(picture, words["mode"])
    return picture if words.keys() & {"clear", "half", "alpha"} else picture.convert("RGB")


def _in_mode(picture: Image.Image, mode: str) -> Image.Image:
    if mode == "I;16":
        return picture.convert("L").convert("I").point(lambda level: level * 257).convert("I;16")
    return picture.convert("RGB").convert(mode) if mode in ("P", "CMYK") else picture.convert(mode)


def _written(picture: Image.Image, kind: str, words: Mapping[str, Any]) -> bytes:
    options: dict[str, Any] = {"lossless": True} if kind == "webp" else {"quality": 95} if kind == "jpeg" else {}
    if "transparency" in words:
        options["transparency"] = words["transparency"]
    if "turned" in words:
        exif = Image.Exif()
        exif[0x0112] = words["turned"]
        options["exif"] = exif
    with io.BytesIO() as file:
        picture.save(file, kind.upper(), **options)
        return file.getvalue()


def _padded(png: bytes, length: int | None) -> bytes:
    """The PNG with a chunk that decoders skip, before its end."""
    if length is None:
        return png
    data = bytes(length - len(png) - 12)
    chunk = struct.pack(">I", len(data)) + b"zeRo" + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(b"zeRo")))
    return png[:-12] + chunk + png[-12:]
