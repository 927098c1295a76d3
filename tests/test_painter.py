"""The painter: size, format, partial pictures, odd material. Sizes are small where the size does not matter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from mock_server.painter import Order, clear_caches, order_size, paint, partial, picture_from_url
from painter_samples import (
    MASKED,
    PHOTO,
    PLAIN,
    SIZE,
    apart,
    file,
    opened,
    photo,
    scaled,
)
from specs.pictures import BrokenPicture, look


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    clear_caches()


# -------------------------------------------------------------------------------------------------- size, format, alpha
@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1024), (1, 1), (7, 300), (16, 16), (3000, 1)])
def test_a_result_has_the_exact_size(size: tuple[int, int]) -> None:
    order = replace(PLAIN, size=size)
    assert order_size(order) == size
    assert opened(paint(order)).size == size


@pytest.mark.parametrize(
    ("source", "choices", "chosen"),
    [
        ((300, 300), ((1024, 1024), (1536, 1024), (1024, 1536)), (1024, 1024)),
        ((300, 200), ((1024, 1024), (1536, 1024), (1024, 1536)), (1536, 1024)),
        ((200, 330), ((1024, 1024), (1536, 1024), (1024, 1536)), (1024, 1536)),
        ((5000, 10), ((1024, 1024), (1536, 1024), (1024, 1536)), (1536, 1024)),
        ((300, 300), ((512, 512), (1024, 1024)), (512, 512)),
        ((160, 90), ((64, 64), (128, 72)), (128, 72)),
        ((300, 200), (), (1536, 1024)),
    ],
)
def test_auto_takes_the_choice_with_the_nearest_aspect_ratio(
    source: tuple[int, int], choices: tuple[tuple[int, int], ...], chosen: tuple[int, int]
) -> None:
    order = Order((file(photo(source)),), None, "x", None, choices=choices)
    assert order_size(order) == chosen
    assert opened(paint(order)).size == chosen


@pytest.mark.parametrize("size", [(0, 0), (-5, 10), (99_999, 99_999), (4097, 4097), (16_384, 1)])
def test_a_size_nobody_can_paint_is_auto(size: tuple[int, int]) -> None:
    assert order_size(replace(PLAIN, size=size)) == (1024, 1024)


@pytest.mark.parametrize("background", ["auto", "opaque", "transparent"])
@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("masked", [False, True])
def test_format_and_alpha_are_as_ordered(format: str, background: str, masked: bool) -> None:
    order = replace(MASKED if masked else PLAIN, format=format, background=background)
    data = paint(order)
    seen = look(data)
    assert seen is not None
    assert (seen.kind, seen.width, seen.height) == (format, *SIZE)
    clear = background == "transparent" and format != "jpeg"
    assert opened(data).mode == ("RGBA" if clear else "RGB")
    assert not clear or opened(data).getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize("format", ["jpeg", "webp"])
def test_less_compression_quality_makes_smaller_files(format: str) -> None:
    sizes = [len(paint(replace(PLAIN, format=format, compression=quality))) for quality in (0, 30, 80, 100)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


# ------------------------------------------------------------------------------------------------------------- partials
@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("order", [PLAIN, MASKED, replace(PLAIN, images=(file(Image.new("RGB", (64, 64), "grey")),))])
def test_partial_pictures_get_sharper_and_arrive_at_the_result(order: Order, steps: int) -> None:
    result = opened(paint(order))
    shown = [opened(partial(order, step, steps)) for step in range(steps)]
    distances = [apart(picture, result) for picture in shown]
    assert all(picture.size == SIZE for picture in shown)
    assert distances == sorted(set(distances), reverse=True)
    assert distances[-1] > 0
    assert partial(order, steps, steps) == paint(order)


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_partial_pictures_have_the_ordered_format_and_alpha(format: str) -> None:
    data = partial(replace(PLAIN, format=format, background="transparent"), 1, 3)
    seen = look(data)
    assert seen is not None
    assert seen.kind == format
    assert opened(data).mode == ("RGB" if format == "jpeg" else "RGBA")


# --------------------------------------------------------------------------------------------------------- odd material
def test_a_picture_that_does_not_decode_is_a_broken_picture() -> None:
    for broken in (b"", b"no picture", PHOTO[:-200], b"\x89PNG\r\n\x1a\n" + bytes(40)):
        for order in (
            replace(PLAIN, images=(broken,)),
            replace(PLAIN, images=(PHOTO, broken)),
            replace(PLAIN, mask=broken),
        ):
            with pytest.raises(BrokenPicture):
                paint(order)
        with pytest.raises(BrokenPicture):
            order_size(replace(PLAIN, images=(broken,), size=None))


def test_without_any_picture_a_landscape_is_edited() -> None:
    order = replace(PLAIN, images=(), size=None)
    assert opened(paint(order)).size == (1024, 1024)


def test_an_opaque_mask_leaves_everything_as_it_is() -> None:
    opaque = replace(PLAIN, mask=file(Image.new("RGBA", (120, 100), "black")))
    assert apart(opened(paint(opaque)), scaled(photo())) == 0
    assert opened(paint(replace(opaque, background="transparent"))).getchannel("A").getextrema() == (255, 255)


def test_a_source_with_alpha_stands_on_white_unless_transparency_is_asked_for() -> None:
    logo = Image.new("RGBA", (120, 100), (0, 0, 0, 0))
    ImageDraw.Draw(logo).ellipse((30, 20, 90, 80), fill=(200, 30, 30, 255))
    keep = file(Image.new("RGBA", (120, 100), "black"))
    order = replace(PLAIN, images=(file(logo),), mask=keep)
    assert opened(paint(order)).getpixel((2, 2)) == (255, 255, 255)
    assert opened(paint(replace(order, background="transparent"))).tobytes() == scaled(logo).tobytes()


# ------------------------------------------------------------------------------------------------------ pictures by URL
def test_a_url_stands_for_one_picture() -> None:
    url = "https://example.com/a.png"
    first = picture_from_url(url)
    clear_caches()
    assert picture_from_url(url) == first
    assert picture_from_url(url + "?v=2") != first
    assert opened(first).size == (1024, 1024)


@pytest.mark.parametrize(
    "url", ["", "http://[", "file:///etc/passwd", "不是 URL", "x" * 9000, "\ud800", "https://h:99999/"]
)
def test_any_text_stands_for_a_picture(url: str) -> None:
    assert look(picture_from_url(url)) is not None
