"""Picture files: what a header tells, what is shown, and that neither bombs nor many pictures fill the memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops

from case_pictures import made
from specs import pictures
from specs.torn import torn


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    pictures.forget()
    yield
    pictures.forget()


CORNER = {"fill": "black", "patches": [[0, 0, 16, 12, "white"]]}
TURNED = {  # how the upper left corner of a stored 64x48 is shown: size, and a box that is white
    1: ((64, 48), (0, 0)),
    2: ((64, 48), (48, 0)),
    3: ((64, 48), (48, 36)),
    4: ((64, 48), (0, 36)),
    5: ((48, 64), (0, 0)),
    6: ((48, 64), (36, 0)),
    7: ((48, 64), (36, 48)),
    8: ((48, 64), (0, 48)),
}


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
@pytest.mark.parametrize("orientation", TURNED)
def test_a_turned_picture_is_shown_upright(kind: str, orientation: int) -> None:
    data = made({kind: "64x48", **CORNER, "turned": orientation})
    size, (left, top) = TURNED[orientation]
    found = pictures.pixels(data)
    width, height = (16, 12) if orientation < 5 else (12, 16)
    assert (found.size, found.mode) == (size, "RGBA")
    white = found.convert("L").point(lambda level: 255 * (level > 127)).getbbox()
    assert white == (left, top, left + width, top + height)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_header_tells_the_stored_dimensions(kind: str) -> None:
    seen = pictures.look(made({kind: "64x48", "turned": 6}))
    assert seen
    assert (seen.kind, seen.size, seen.alpha) == (kind, "64x48", False)


@pytest.mark.parametrize(
    ("words", "alpha"),
    [
        ({"png": "8x8"}, False), ({"png": "8x8", "alpha": True}, True), ({"png": "8x8", "mode": "P"}, False),
        ({"png": "8x8", "mode": "P", "transparency": 0}, True), ({"png": "8x8", "mode": "LA"}, True),
        ({"webp": "8x8", "clear": "all"}, True), ({"webp": "8x8"}, False), ({"jpeg": "8x8"}, False),
        ({"gif": "8x8"}, False),
    ],
)  # fmt: skip
def test_a_header_tells_whether_there_is_alpha(words: dict[str, object], alpha: object) -> None:
    seen = pictures.look(made(words))
    assert seen
    assert seen.alpha is alpha


@pytest.mark.parametrize("words", [{"raw": ""}, {"raw": "text"}, {"hex": "89504e470d0a1a0a"}, {"hex": "ffd8ff"}])
def test_what_has_no_header_is_not_looked_at(words: dict[str, object]) -> None:
    assert pictures.look(made(words)) is None
    assert pictures.decodes(made(words)) == "the bytes are not a picture that can be read"


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    ramp = Image.linear_gradient("L").convert("I").point(lambda level: level * 257).convert("I;16")
    shown = pictures.pixels(pictures.written_png(ramp)).convert("L")
    assert ImageChops.difference(shown, Image.linear_gradient("L")).getextrema()[1] <= 1


def test_colours_are_shown_as_they_are() -> None:
    for words in ({"png": "8x8", "fill": "#336699"}, {"png": "8x8", "fill": "#336699", "mode": "P"}):
        assert pictures.pixels(made(words)).getpixel((3, 3)) == (0x33, 0x66, 0x99, 255)
    clear = pictures.pixels(made({"png": "8x8", "fill": "#336699", "clear": [0, 0, 4, 8]}))
    assert (clear.getpixel((1, 1)), clear.getpixel((6, 6))) == ((0x33, 0x66, 0x99, 0), (0x33, 0x66, 0x99, 255))


def test_a_mask_of_the_stored_size_is_turned_with_its_picture() -> None:
    photo = made({"jpeg": "64x48", "turned": 6})
    as_shown = pictures.mask_over(made({"png": "48x64", "clear": [36, 0, 48, 16]}), photo)
    as_stored = pictures.mask_over(made({"png": "64x48", "clear": [0, 0, 16, 12]}), photo)
    assert as_shown.size == as_stored.size == (48, 64)
    assert ImageChops.difference(as_shown, as_stored).getbbox() is None


@pytest.mark.parametrize(("picture", "mask"), [("64x48", "48x64"), ("64x48", "20x20"), ("64x64", "64x64")])
def test_any_other_mask_lies_as_it_is(picture: str, mask: str) -> None:
    lying = made({"png": mask, "clear": [0, 0, 8, 8]})
    over = pictures.mask_over(lying, made({"jpeg": picture, "turned": 6}))
    assert ImageChops.difference(over, pictures.pixels(lying).getchannel("A")).getbbox() is None


def bomb(width: int, height: int) -> bytes:
    """A small PNG whose header promises many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_bomb_is_a_broken_picture() -> None:
    why = pictures.decodes(bomb(30_000, 30_000))
    assert why == "the picture has 900000000 pixels, more than 64000000"
    assert pictures.decodes(bomb(2**31 - 1, 2**31 - 1))


def test_a_picture_is_decoded_once() -> None:
    data = made({"png": "40x30"})
    assert pictures.decoded(data) is pictures.decoded(bytes(bytearray(data)))


def _with_rows(png: bytes, share: float) -> bytes:
    """The same PNG with only the first of its rows, every check sum right."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    at = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[at - 4 : at])
    rows = zlib.decompress(png[at + 4 : at + 4 + length])
    return png[: at - 4] + chunk(b"IDAT", zlib.compress(rows[: int(len(rows) * share)])) + chunk(b"IEND", b"")


@pytest.mark.parametrize("words", [{"png": "40x30"}, {"png": "40x30", "alpha": True}, {"png": "41x30", "mode": "1"}])
def test_a_png_holds_all_its_rows(words: dict[str, object]) -> None:
    whole = made(words)
    assert torn(whole) is None
    assert torn(_with_rows(whole, 1)) is None
    assert "of rows" in str(torn(_with_rows(whole, 0.5)))
    assert "of rows" in str(torn(_with_rows(whole, 0.99)))


def test_only_what_may_be_see_through_is_decoded_with_alpha() -> None:
    assert pictures.decoded(made({"png": "8x8"})).mode == "RGB"
    assert pictures.decoded(made({"png": "8x8", "alpha": "window"})).mode == "RGBA"
    assert pictures.pixels(made({"png": "8x8"})).getpixel((0, 0))[3] == 255


def test_whether_a_picture_decodes_is_known_when_its_pixels_are_kept_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, cut = made({"png": "9x9"}), made({"png": "64x64"})[:-40]
    said = pictures.decodes(whole), pictures.decodes(cut)
    assert said[0] is None
    assert said[1]
    pictures._decoded.clear()
    monkeypatch.setattr(pictures, "_decode", lambda data: pytest.fail("decoded again"))
    assert (pictures.decodes(whole), pictures.decodes(cut)) == said


def test_what_is_kept_is_bounded_with_files_and_pixels_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = pictures._decoded
    monkeypatch.setattr(kept, "most_bytes", 16_000_000)
    for number in range(20):
        pictures.pixels(made({"png": "1000x1000", "fill": f"#0000{number:02x}"}))
        assert kept.held_bytes <= kept.most_bytes
    assert 4_000_000 * len(kept) <= kept.held_bytes <= kept.most_bytes
    pictures.pixels(made({"png": "8x8", "bytes": 70_000_000}))
    assert kept.held_bytes <= 16_000_000
    assert len(kept) == 3, "a file larger than all that may be kept does not drive out the others"


def test_one_photograph_is_kept_and_drives_out_no_small_picture() -> None:
    pictures.forget()
    small, photo, other = (made({"png": size}) for size in ("800x800", "4000x3000", "3000x4000"))
    held = pictures.decoded(small), pictures.decoded(photo)
    assert (pictures.decoded(small), pictures.decoded(photo)) == held
    pictures.decoded(other)
    assert pictures.decoded(small) is held[0]
    assert pictures._decoded_large.held_bytes <= pictures._decoded_large.most_bytes == 64_000_000
    pictures.forget()
