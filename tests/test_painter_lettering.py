"""Captions: any text can be drawn, all of it is seen or shortened, and it stands where there is room."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageDraw

from mock_server.painting.caption import draw_caption, set_text, wrapped
from mock_server.painting.letters import known, readable, width, write
from mock_server.painting.room import room_in

READABLE = {
    "plain": ("plain", "plain"),
    "white space": ("  a\tb\r\n c\u3000d\u2028e ", "a b c d e"),
    "control characters": ("a\0b\x1bc\x7fd", "a b c d"),
    "accents": ("café naïve Ærø ŁÓDŹ", "cafe naive AEro LODZ"),
    "accents apart": ("cafe\u0301", "cafe"),
    "full width": ("ＡＢＣ，１２３。", "ABC,123."),
    "invisible": ("a\u200db\ufeffc\ufe0f\u202e", "abc"),
    "typographic": ("“don’t” – wait…", "“don’t” - wait…"),
    "nothing": ("", ""),
    "only control": ("\0\n\t", ""),
}


@pytest.mark.parametrize("name", READABLE)
def test_text_becomes_one_line_of_drawable_characters(name: str) -> None:
    text, shown = READABLE[name]
    assert readable(text) == shown


def test_a_character_without_a_glyph_stays_itself() -> None:
    assert readable("把 😀 Ж") == "把 😀 Ж"
    assert [known(character) for character in "aZ~…把Ж😀\ud800"] == [True] * 4 + [False] * 4


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert readable("x" * 32_000) == "x" * 2000 + "…"
    assert readable("x" * 2000) == "x" * 2000
    assert readable(" " * 31_999 + "x").endswith("…")


TEXTS = (
    "word " * 60,
    "x" * 500,
    "天" * 300,
    "mixed 天地 words",
    "a",
    "👩‍👩‍👧" * 40,
    "مرحبا بالعالم",
    "नमस्ते",
    "สวัสดี",
    "\ud800\udfff",
)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:6]))
@pytest.mark.parametrize("size", [11, 24, 40])
def test_no_line_is_wider_than_its_room(text: str, size: int) -> None:
    lines = list(wrapped(readable(text), 300, size))
    assert all(width(line, size) <= 300 for line in lines)
    assert "".join(lines).replace(" ", "") == readable(text).replace(" ", "")


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:6]))
@pytest.mark.parametrize("room", [(1024, 1024), (1536, 200), (200, 1536), (90, 60), (60, 30), (50, 400)])
def test_a_setting_fits_its_room(text: str, room: tuple[int, int]) -> None:
    setting = set_text(readable(text), *room)
    assert setting is not None
    assert setting.height <= room[1]
    assert all(width(line, setting.size) <= room[0] for line in setting.lines)
    assert setting.size >= 11
    written = "".join(setting.lines).replace(" ", "")
    whole = readable(text).replace(" ", "")
    assert written == whole or (written.endswith("…") and whole.startswith(written[:-1]))


def test_short_texts_get_large_letters_and_long_ones_more_lines() -> None:
    short, long = set_text("a cat", 1024, 1024), set_text("word " * 30, 1024, 1024)
    assert short is not None
    assert long is not None
    assert short.size > long.size
    assert (len(short.lines), len(long.lines) > 2) == (1, True)


@pytest.mark.parametrize("room", [(0, 0, 0, 0), (0, 0, 1, 1), (5, 5, 21, 21), (0, 0, 3000, 9), (0, 0, 9, 3000)])
def test_where_there_is_no_room_nothing_is_written(room: tuple[int, int, int, int]) -> None:
    picture = Image.new("RGB", (64, 64), "teal")
    assert draw_caption(picture, "words", room) == room
    assert len(picture.getcolors() or ()) == 1


def test_a_caption_is_white_on_dark_along_the_lower_edge_of_its_room() -> None:
    picture = Image.new("RGB", (400, 300), (200, 200, 200))
    left = draw_caption(picture, "legible", (50, 40, 350, 260))
    changed = ImageChops.difference(picture, Image.new("RGB", (400, 300), (200, 200, 200))).getbbox()
    assert changed == (50, left[3], 350, 260)
    assert left[:3] == (50, 40, 350)
    assert (255, 255, 255) in {colour for _, colour in picture.getcolors() or ()}


def test_boxes_differ_by_the_character_they_stand_for() -> None:
    drawn = set()
    for character in "天地😀😁Ж":
        picture = Image.new("L", (60, 60))
        write(ImageDraw.Draw(picture), (5, 5), character, 40, "white")
        drawn.add(picture.tobytes())
    assert len(drawn) == 5


# ----------------------------------------------------------------------------------------------------------------- room
def chart(size: tuple[int, int], *boxes: tuple[int, int, int, int], ground: int = 0, ink: int = 255) -> Image.Image:
    picture = Image.new("L", size, ground)
    for box in boxes:
        picture.paste(ink, box)
    return picture


ROOMS = {
    "everything": (chart((320, 320), ground=255), (0, 0, 320, 320)),
    "one box": (chart((320, 320), (100, 50, 300, 200)), (100, 50, 300, 200)),
    "the larger of two": (chart((320, 320), (0, 0, 60, 60), (100, 100, 300, 250)), (100, 100, 300, 250)),
    "below a kept part": (chart((320, 320), (100, 0, 220, 200), ground=255, ink=0), (0, 200, 320, 320)),
    "half seen everywhere": (chart((320, 320), ground=128), (0, 0, 320, 320)),
    "nothing": (chart((320, 320)), (0, 0, 0, 0)),
    "one pixel": (chart((1, 1), ground=255), (0, 0, 1, 1)),
}


@pytest.mark.parametrize("name", ROOMS)
def test_the_room_is_the_most_useful_rectangle_that_is_seen(name: str) -> None:
    cover, expected = ROOMS[name]
    assert room_in(cover, cover.size) == expected


def test_a_room_in_an_ellipse_is_wholly_inside() -> None:
    cover = Image.new("L", (500, 300))
    ImageDraw.Draw(cover).ellipse((20, 20, 480, 280), fill=255)
    room = room_in(cover, cover.size)
    assert cover.crop(room).getextrema() == (255, 255)
    assert (room[2] - room[0]) * (room[3] - room[1]) > 0.6 * 3.14 * 230 * 130
