"""The painter's material: every kind of picture file decodes, stands upright, keeps its brightness."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from mock_server.painter import Order, clear_caches, order_size, paint
from mock_server.painting.sources import editable, scaled, upright, upright_size
from painter_samples import file

SIZE = (96, 64)


def signpost(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Black, with a white upper left quarter: shows which way is up."""
    picture = Image.new("RGB", size, "black")
    picture.paste("white", (0, 0, size[0] // 2, size[1] // 2))
    return picture


def quarters(picture: Image.Image) -> list[bool]:
    """Which quarters are bright: upper left, upper right, lower left, lower right."""
    return [value > 127 for value in picture.convert("L").resize((2, 2), Image.Resampling.BOX).tobytes()]


def sixteen_bits(size: tuple[int, int] = (60, 40)) -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert("I").point(lambda value: value * 257).convert("I;16")


def animated() -> bytes:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "lime", "blue")]
    return file(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=50, lossless=True)


def trailing_exif() -> bytes:
    """A PNG whose orientation stands behind its pixels."""
    exif = Image.Exif()
    exif[0x0112] = 6
    data = file(signpost(), exif=exif)
    at = data.index(b"eXIf") - 4
    length = int.from_bytes(data[at : at + 4], "big") + 12
    return data[:at] + data[at + length : -12] + data[at : at + length] + data[-12:]


KINDS = {
    "1 bit": file(signpost().convert("1")),
    "grey": file(signpost().convert("L")),
    "grey with alpha": file(signpost().convert("LA")),
    "palette": file(signpost().convert("P")),
    "palette with a transparent colour": file(signpost().convert("P"), transparency=0),
    "rgb": file(signpost()),
    "rgba": file(signpost().convert("RGBA")),
    "16 bit grey": file(sixteen_bits()),
    "32 bit grey": file(sixteen_bits().convert("I"), "TIFF"),
    "floating point": file(signpost().convert("F"), "TIFF"),
    "cmyk jpeg": file(signpost().convert("CMYK"), "JPEG"),
    "grey jpeg": file(signpost().convert("L"), "JPEG"),
    "progressive jpeg": file(signpost(), "JPEG", progressive=True),
    "webp": file(signpost(), "WEBP"),
    "animated webp": animated(),
    "gif": file(signpost(), "GIF"),
    "bmp": file(signpost(), "BMP"),
    "one pixel": file(signpost((1, 1))),
    "a line across": file(Image.new("RGB", (100_000, 1), "teal")),
    "a line down": file(Image.new("L", (1, 100_000), 77)),
    "broken exif": file(signpost(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\xff"),
    "garbage exif": file(signpost(), exif=b"nothing of the kind"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_every_kind_of_picture_is_painted(kind: str, format: str) -> None:
    for masked in (None, KINDS["palette with a transparent colour"], KINDS[kind]):
        for background in ("auto", "transparent"):
            order = Order((KINDS[kind], KINDS[kind]), masked, "hello", SIZE, format=format, background=background)
            with Image.open(io.BytesIO(paint(order))) as result:
                assert result.size == SIZE


@pytest.mark.parametrize(("value", "shown"), [(0, 0), (200, 0), (0x8000, 127), (0xFFFF, 255)])
def test_a_16_bit_picture_keeps_its_brightness(value: int, shown: int) -> None:
    red, _, _, alpha = upright(file(Image.new("I;16", (60, 40), value))).convert("RGBA").getpixel((10, 10))
    assert abs(red - shown) <= 1
    assert alpha == 255


def test_an_animation_is_its_first_frame() -> None:
    assert upright(KINDS["animated webp"]).convert("RGBA").getpixel((5, 5)) == (255, 0, 0, 255)


ORIENTATIONS = {
    1: [True, False, False, False],
    2: [False, True, False, False],
    3: [False, False, False, True],
    4: [False, False, True, False],
    5: [True, False, False, False],
    6: [False, True, False, False],
    7: [False, False, False, True],
    8: [False, False, True, False],
    9: [True, False, False, False],
}


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_the_exif_orientation_is_respected(format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file(signpost(), format, exif=exif)
    turned = 5 <= orientation <= 8
    assert upright_size(data) == ((40, 60) if turned else (60, 40))
    assert quarters(upright(data)) == ORIENTATIONS[orientation]
    assert order_size(Order((data,), None, "", None)) == ((1024, 1536) if turned else (1536, 1024))


def test_an_orientation_behind_the_pixels_of_a_png_is_respected() -> None:
    assert upright_size(trailing_exif()) == (40, 60)


def test_a_mask_drawn_on_the_stored_pixels_is_turned_with_its_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = file(signpost((60, 40)), "JPEG", exif=exif)
    stored = Image.new("RGBA", (60, 40), "black")
    ImageDraw.Draw(stored).rectangle((0, 0, 29, 19), fill=(0, 0, 0, 0))
    shown = stored.transpose(Image.Transpose.ROTATE_270)
    assert quarters(editable(file(stored), picture, (40, 60))) == [False, True, False, False]
    assert quarters(editable(file(shown), picture, (40, 60))) == [False, True, False, False]


def test_scaling_is_pillows_own() -> None:
    picture = signpost().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    clear_caches()
    plain = picture.resize(SIZE, Image.Resampling.LANCZOS)
    assert scaled(file(picture), SIZE).picture.tobytes() == plain.tobytes()


def test_sources_are_not_changed_by_painting() -> None:
    data = KINDS["rgba"]
    clear_caches()
    before = scaled(data, SIZE).picture.tobytes()
    for background in ("auto", "transparent"):
        for hole in (None, KINDS["palette with a transparent colour"]):
            paint(Order((data, data), hole, "hello", SIZE, background=background))
    assert scaled(data, SIZE).picture.tobytes() == before
    assert ImageStat.Stat(ImageChops.difference(upright(data), signpost().convert("RGBA"))).sum == [0, 0, 0, 0]
