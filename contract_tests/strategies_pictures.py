"""Pictures and masks that every endpoint has to take: PNG, JPEG and WebP in the modes that real files have.

Left out on purpose is what the documents do not settle: CMYK, sixteen bits, animations, sides of a few pixels.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from hypothesis import strategies as st
from PIL import Image, ImageDraw

from contract_tests import picturing
from contract_tests.drafts import File

SORTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("png", "RGB", {}),
    ("png", "RGBA", {}),
    ("png", "L", {}),
    ("png", "LA", {}),
    ("png", "P", {}),
    ("png", "RGB", {"compress_level": 9, "optimize": True}),
    ("jpeg", "RGB", {"quality": 75}),
    ("jpeg", "RGB", {"progressive": True, "quality": 90}),
    ("jpeg", "L", {"quality": 85}),
    ("webp", "RGB", {"quality": 80}),
    ("webp", "RGBA", {"quality": 80}),
    ("webp", "RGBA", {"lossless": True}),
)
"""Kinds of picture files: format, mode, how they are written."""

_ENDINGS = {"png": "png", "jpeg": "jpg", "webp": "webp"}
_SHAPES = ("window", "ellipse", "windows", "gradient", "opaque", "transparent")
_PLACES = ((0.1, 0.1), (0.55, 0.12), (0.15, 0.6), (0.5, 0.5), (0.3, 0.35), (0.62, 0.4))


@lru_cache(maxsize=256)
def picture(width: int, height: int, seed: int, sort: int) -> File:
    """The source picture in one of the SORTS."""
    kind, mode, options = SORTS[sort]
    page = picturing.source(width, height, seed).convert("RGBA" if mode in ("RGBA", "LA") else "RGB")
    if mode in ("RGBA", "LA"):
        page.putalpha(Image.linear_gradient("L").resize(page.size).point([*range(128, 256)] + [255] * 128))
    return File(picturing.written(page.convert(mode), kind, **options), f"picture.{_ENDINGS[kind]}", f"image/{kind}")


@lru_cache(maxsize=256)
def mask(width: int, height: int, shape: str, place: int, *, white: bool = False, mode: str = "RGBA") -> File:
    """A PNG mask: transparent in a `window`, an `ellipse`, two `windows`; or `gradient`, `opaque`, `transparent`."""
    if shape in ("gradient", "opaque", "transparent"):
        made = picturing.mask(width, height, shape, white=white)
    else:
        alpha = Image.new("L", (width, height), 255)
        pen = ImageDraw.Draw(alpha)
        for box in _boxes(width, height, shape, place):
            (pen.ellipse if shape == "ellipse" else pen.rectangle)(box, fill=0)
        made = Image.new("RGBA", (width, height), (255, 255, 255) if white else (0, 0, 0))
        made.putalpha(alpha)
    return File(picturing.written(made.convert(mode)), "mask.png")


def _boxes(width: int, height: int, shape: str, place: int) -> list[tuple[float, float, float, float]]:
    left, top = _PLACES[place]
    first = (left * width, top * height, (left + 0.33) * width, (top + 0.33) * height)
    return [first, (0.02 * width, 0.02 * height, 0.3 * width, 0.3 * height)] if shape == "windows" else [first]


@st.composite
def pictures(draw: Any, width: int, height: int, most: int, *, opaque: bool = False) -> tuple[File, ...]:
    """One picture, sometimes two or three, never more than `most`; all of this size, `opaque` ones where asked for."""
    count = min(most, draw(st.sampled_from((1, 1, 1, 1, 1, 2, 3))))
    sorts = st.sampled_from([n for n, (_, mode, _) in enumerate(SORTS) if not (opaque and mode.endswith("A"))])
    return tuple(picture(width, height, draw(st.integers(0, 3)), draw(sorts)) for _ in range(count))


@st.composite
def masks(draw: Any, width: int, height: int) -> File:
    """A mask of this size."""
    shape, place = draw(st.sampled_from(_SHAPES)), draw(st.integers(0, len(_PLACES) - 1))
    return mask(width, height, shape, place, white=draw(st.booleans()), mode=draw(st.sampled_from(("RGBA", "LA"))))
