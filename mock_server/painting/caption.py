"""The caption: the prompt in white on a darkened band along the lower edge of a room in the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from PIL import Image, ImageDraw

from mock_server.painting.letters import ELLIPSIS, advance, known, readable, width, write
from mock_server.painting.room import Box

_DARKER = [value * 3 // 10 for value in range(256)] * 3
_SMALLEST, _SMALLEST_BOX = 11, 22
"""Pixels: the least that letters, and the digits in the boxes for characters without a glyph, can be read at."""

_AMPLE = 24
"""Pixels: letters that are large enough, be a room ever so wide; the picture below them has to be recognised."""

_ATTEMPTS = ((1.0, 2), (0.8, 3), (0.66, 4))
"""Letters of this share of the full size in at most so many lines: the first that holds the whole text is taken."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A text set in lines. `size` is that of the letters, in pixels."""

    lines: tuple[str, ...]
    size: int

    @property
    def leading(self) -> int:
        """Pixels from line to line."""
        return round(self.size * 1.3)

    @property
    def margin(self) -> int:
        """Pixels around the lines."""
        return round(self.size * 0.5)

    @property
    def height(self) -> int:
        """Pixels of the whole band."""
        return self.leading * len(self.lines) + 2 * self.margin


def draw_caption(picture: Image.Image, text: str, room: Box) -> Box:
    """Write `text` along the lower edge of `room` into the RGB picture; what is left of the room comes back.

    Nothing is written where not even one line of the smallest letters has room.
    """
    left, top, right, bottom = room
    setting = set_text(readable(text), right - left, bottom - top)
    if setting is None:
        return room
    band = (left, bottom - setting.height, right, bottom)
    ground = picture.crop(band).point(_DARKER)
    draw = ImageDraw.Draw(ground)
    for row, line in enumerate(setting.lines):
        x = max(setting.margin, (right - left - width(line, setting.size)) / 2)
        write(draw, (round(x), setting.margin + row * setting.leading), line, setting.size, "white")
    picture.paste(ground, band[:2])
    return left, top, right, band[1]


def set_text(text: str, across: int, down: int) -> Setting | None:
    """The text in lines for a room of `across` x `down` pixels, shortened with an ellipsis when it is too long."""
    least = _SMALLEST if all(map(known, text)) else max(_SMALLEST, min(_SMALLEST_BOX, down // 5, across // 8))
    full = max(least, min(down // 6, max(down // 21, _AMPLE), across // 26))
    setting = None
    for share, most in _ATTEMPTS:
        size = max(least, round(full * share))
        rows = max(1, min(most, int((down * 0.6 - size) // (size * 1.3))))
        inner = across - size
        if not text or inner < 3 * size or down < 2.3 * size:
            continue
        lines = tuple(islice(wrapped(text, inner, size), rows + 1))
        if len(lines) <= rows:
            return Setting(lines, size)
        setting = Setting((*lines[: rows - 1], _shortened(lines[rows - 1], inner, size)), size)
    return setting


def wrapped(text: str, across: float, size: int) -> Iterator[str]:
    """The lines of a drawable text, broken at spaces and beside boxes, and inside a word only when it is too long."""
    line, used = "", 0.0
    for piece in _pieces(text, across, size):
        length = width(piece, size)
        if line and used + length > across:
            yield line.rstrip()
            line, used = "", 0.0
        if line or piece != " ":
            line, used = line + piece, used + length
    if line.strip():
        yield line.rstrip()


def _pieces(text: str, across: float, size: int) -> Iterator[str]:
    """Spaces, boxes, words; a word wider than a line in pieces."""
    piece, used = "", 0.0
    for character in text:
        length = advance(character, size)
        alone = character == " " or not known(character)
        if piece and (alone or used + length > across):
            yield piece
            piece, used = "", 0.0
        if alone:
            yield character
        else:
            piece, used = piece + character, used + length
    if piece:
        yield piece


def _shortened(line: str, across: float, size: int) -> str:
    while line and width(line + ELLIPSIS, size) > across:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS
