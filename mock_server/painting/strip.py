"""The strip: the further input pictures, as a row of framed thumbnails in a room of the picture."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageOps

from mock_server.painting.room import Box

_MOST = 16


def draw_strip(picture: Image.Image, others: Iterable[Image.Image], room: Box) -> None:
    """Paste thumbnails of `others` (RGB or RGBA) in a row along the lower edge of `room` into the RGB picture."""
    shown = list(others)[:_MOST]
    left, top, right, bottom = room
    if not shown:
        return
    cell = min((right - left) // len(shown), max((bottom - top) // 4, min(96, (bottom - top) * 3 // 4)))
    gap = max(1, cell // 16)
    if cell - 2 * gap < 2:
        return
    start = left + (right - left - cell * len(shown)) // 2
    for place, other in enumerate(shown):
        thumbnail = _framed(other, cell - 2 * gap)
        x = start + place * cell + (cell - thumbnail.width) // 2
        picture.paste(thumbnail, (x, bottom - gap - thumbnail.height))


def _framed(picture: Image.Image, side: int) -> Image.Image:
    """The picture on white within a white frame, at most `side` pixels wide and high."""
    line = 1 if side < 40 else side // 24
    inner = max(1, side - 2 * line)
    width, height = (max(1, edge * inner // max(picture.size)) for edge in picture.size)
    small = picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)
    ground = Image.new("RGB", small.size, "white")
    ground.paste(small, (0, 0), small if small.mode == "RGBA" else None)
    return ImageOps.expand(ground, line, "white")
