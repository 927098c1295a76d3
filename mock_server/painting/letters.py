"""Letters: any text, drawn with the one font that is there on every machine (Pillow's own, with basic layout).

That font knows ASCII and some punctuation. A character it lacks is replaced by its plain form where Unicode knows one
(é by e, a full-width A by A); any other is drawn as browsers draw it: a box with the hexadecimal digits of its code.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import groupby

from PIL import ImageDraw, ImageFont

ELLIPSIS = "…"

_LONGEST = 2000
"""Characters: more than any picture has room for."""

_PLAIN = str.maketrans(dict(zip("。、「」『』–—„‚•øØłŁđı", ".,“”“”--“‘·oOlLdi", strict=True)))
_PLAIN |= str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"})


def readable(text: str) -> str:
    """The text as it can be drawn: one line, no control or invisible characters, not longer than anybody reads."""
    shown = text[: 2 * _LONGEST].translate(_PLAIN)
    line = " ".join("".join(map(_drawable, unicodedata.normalize("NFC", shown))).split())
    whole = len(line) <= _LONGEST and len(text) <= 2 * _LONGEST
    return line if whole else line[:_LONGEST].rstrip() + ELLIPSIS


def advance(character: str, size: int) -> float:
    """Pixels that a drawable character takes in a line."""
    return _letter_advance(character, size) if known(character) else _box_width(character, size)


def width(line: str, size: int) -> float:
    """Pixels that a drawable line takes."""
    return sum(advance(character, size) for character in line)


def write(draw: ImageDraw.ImageDraw, at: tuple[float, float], line: str, size: int, ink: str) -> None:
    """Draw a drawable line, its upper left corner `at`."""
    x, y = at
    for is_text, run in groupby(line, key=known):
        if is_text:
            text = "".join(run)
            draw.text((x, y), text, fill=ink, font=font(size))
            x += width(text, size)
            continue
        for character in run:
            _draw_box(draw, (x, y), character, size, ink)
            x += _box_width(character, size)


@lru_cache(maxsize=128)
def font(size: int) -> ImageFont.FreeTypeFont:
    """The bundled font; `size` in pixels."""
    bundled = ImageFont.load_default(size)
    assert isinstance(bundled, ImageFont.FreeTypeFont)
    return bundled.font_variant(layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def known(character: str) -> bool:
    """Whether the font has a glyph for the character."""
    return character == " " or bytes(font(20).getmask(character)) != _no_glyph()


@lru_cache(maxsize=1)
def _no_glyph() -> bytes:
    return bytes(font(20).getmask("\uffff"))


@lru_cache(maxsize=4096)
def _drawable(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] == "Z" or category == "Cc":
        return " "
    if category == "Cf" or character in "\ufe0e\ufe0f":
        return ""
    if known(character):
        return character
    parts = unicodedata.normalize("NFKD", character)
    plain = "".join(part for part in parts if unicodedata.category(part) != "Mn")
    return plain if plain and all(map(known, plain)) else character


@lru_cache(maxsize=4096)
def _letter_advance(character: str, size: int) -> float:
    return font(size).getlength(character)


def _digits(character: str) -> tuple[str, str]:
    code = f"{ord(character):04X}"
    code = code if len(code) == 4 else code.zfill(6)
    return code[: len(code) // 2], code[len(code) // 2 :]


def _box_width(character: str, size: int) -> float:
    return round(size * (0.84 if ord(character) < 0x10000 else 1.14))


def _draw_box(draw: ImageDraw.ImageDraw, at: tuple[float, float], character: str, size: int, ink: str) -> None:
    """Two rows of hexadecimal digits in a frame, as high as a capital letter and its descent."""
    left, top = round(at[0]) + 1, round(at[1] + size * 0.12)
    right, bottom = left + round(_box_width(character, size)) - 3, top + size
    draw.rectangle((left, top, right, bottom), outline=ink, width=max(1, size // 24))
    small = max(5, round(size * 0.46))
    for row, digits in enumerate(_digits(character)):
        middle = ((left + right) / 2, top + size * (0.29 + 0.45 * row))
        draw.text(middle, digits, fill=ink, font=font(small), anchor="mm")
