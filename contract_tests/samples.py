"""Samples: pictures as files, masks, and for any contract the cheapest request that is valid under it.

Broken pictures live here too, each broken in one way only.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import lru_cache

from contract_tests import choosing, picturing
from contract_tests.drafts import Draft, File
from specs.contract import Contract
from specs.models import ModelList

SIDE = 256
"""Pixels: what every endpoint takes, and small on the wire."""

_ENDINGS = {"jpeg": "jpg"}
_COLOURS = ("orange", "violet", "turquoise", "crimson", "golden", "emerald")


@lru_cache(maxsize=128)
def picture(width: int = SIDE, height: int = SIDE, kind: str = "png", seed: int = 0) -> File:
    """The source picture as a file: `png`, `jpeg`, `webp`, `gif`, `bmp` or `tiff`."""
    data = picturing.written(picturing.source(width, height, seed), kind)
    return File(data, f"picture.{_ENDINGS.get(kind, kind)}", f"image/{kind}")


@lru_cache(maxsize=1)
def in_other_modes() -> tuple[File, ...]:
    """The source picture with alpha, with a palette, and as a JPEG in shades of grey."""
    with io.BytesIO() as out:
        picturing.source(SIDE, SIDE).convert("L").save(out, "JPEG", quality=92)
        last = File(out.getvalue(), "grey.jpg", "image/jpeg")
    return in_mode("RGBA"), in_mode("P"), last


@lru_cache(maxsize=4)
def unusual(way: str) -> File:
    """A picture as few make them: a `progressive` JPEG (named in capitals), a `lossless` WebP with alpha."""
    if way == "progressive":
        return File(
            picturing.written(picturing.source(SIDE, SIDE), "jpeg", progressive=True), "PICTURE.JPEG", "image/jpeg"
        )
    clear = picturing.source(SIDE, SIDE).convert("RGBA")
    return File(picturing.written(clear, "webp", lossless=True), "clear.webp", "image/webp")


@lru_cache(maxsize=8)
def in_mode(mode: str) -> File:
    """The source picture as a PNG in another mode: `RGBA`, `P` (a palette), `L` (shades of grey)."""
    names = {"RGBA": "clear.png", "P": "few.png", "L": "grey.png"}
    return File(picturing.written(picturing.source(SIDE, SIDE).convert(mode)), names[mode])


def pictures(count: int, seed: int = 0) -> tuple[File, ...]:
    """`count` different source pictures."""
    return tuple(picture(seed=seed + index) for index in range(count))


@lru_cache(maxsize=64)
def mask(alpha: str = "window", width: int = SIDE, height: int = SIDE, *, white: bool = False) -> File:
    """A PNG mask with an alpha channel: `window`, `holes`, `opaque`, `transparent`, `gradient`."""
    return File(picturing.written(picturing.mask(width, height, alpha, white=white)), "mask.png")


@lru_cache(maxsize=32)
def mask_without_alpha(mode: str = "RGB", kind: str = "png", width: int = SIDE, height: int = SIDE) -> File:
    """A mask that is white where it should be transparent: `RGB`, `L` or `P`, as PNG or as JPEG."""
    alpha = picturing.mask(width, height).getchannel("A")
    shape = alpha.point(lambda value: 255 - value).convert("RGB").convert(mode)
    return File(picturing.written(shape, kind), f"mask.{_ENDINGS.get(kind, kind)}", f"image/{kind}")


def mask_as_webp(width: int = SIDE, height: int = SIDE) -> File:
    """The window mask in another format that knows alpha."""
    data = picturing.written(picturing.mask(width, height), "webp", lossless=True)
    return File(data, "mask.webp", "image/webp")


def mask_as_gif(width: int = SIDE, height: int = SIDE) -> File:
    """The window mask in a format that knows only opaque and transparent."""
    return File(picturing.written(picturing.mask(width, height), "gif"), "mask.gif", "image/gif")


def of_bytes(length: int, file: File | None = None) -> File:
    """A valid PNG of exactly `length` bytes. Raises ValueError when the picture alone is longer."""
    whole = file or picture()
    return File(picturing.padded(whole.data, length), whole.filename, whole.content_type)


BROKEN: Mapping[str, Callable[[File], bytes]] = {
    "truncated": lambda file: picturing.truncated(file.data),
    "wrong-checksum": lambda file: picturing.wrong_crc(file.data),
    "header-only": lambda file: file.data[:33],
    "garbled": lambda file: picturing.garbled(file.data),
}
"""Ways to break a PNG that leave its first bytes as they are."""

CUT = ("truncated", "header-only", "garbled")
"""Those in which pixels are missing. Wrong checksums and missing rows are not among them: some decoders mend them
in silence."""


def broken(way: str, file: File | None = None) -> File:
    """A PNG (or the given one) broken in one of the BROKEN ways."""
    whole = file or picture()
    return File(BROKEN[way](whole), whole.filename, whole.content_type)


def pretending(data: bytes = b"this is a text and not a picture\n", filename: str = "picture.png") -> File:
    """Bytes that are no picture under the name and type of a PNG."""
    return File(data, filename)


def prompt(seed: int = 0) -> str:
    """What is asked for: plain, harmless, and possible with and without a mask."""
    return f"Paint a large {_COLOURS[seed % len(_COLOURS)]} circle and keep everything else as it is."


def valid(contract: Contract, models: ModelList | None = None, seed: int = 0) -> Draft:
    """The cheapest request that is valid under a contract: one small PNG, no mask, one picture asked for.

    `model` is always sent, `size` and `quality` where the contract documents a cheap one, and any other field its
    schemas require. Fields stand in the order of the official SDK's: the prompt first, the rest by name.
    """
    model = choosing.model(contract, models)
    stated = {
        **choosing.required(contract),
        "model": model,
        "size": choosing.size(contract, models, model),
        "quality": choosing.quality(contract, model),
    }
    rest = sorted((name, value) for name, value in stated.items() if value is not None)
    return Draft((("prompt", prompt(seed)), *rest), (picture(seed=seed),))


def masked(draft: Draft, alpha: str = "window", *, white: bool = False) -> Draft:
    """The draft with a mask as large as its (256 pixel) picture."""
    return draft.with_mask(mask(alpha, white=white))
