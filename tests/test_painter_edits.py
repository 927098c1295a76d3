"""The painter: what is edited and what is kept, with and without a mask, with several pictures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from mock_server.painter import clear_caches, paint
from painter_samples import (
    INSIDE,
    MASKED,
    PHOTO,
    PLAIN,
    SIZE,
    SOURCES,
    apart,
    file,
    likeness,
    mask,
    opened,
    photo,
    scaled,
)


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    clear_caches()


# ------------------------------------------------------------------------------------------------------- without a mask
@pytest.mark.parametrize("name", SOURCES)
def test_without_a_mask_the_whole_picture_is_edited(name: str) -> None:
    result, source = opened(paint(replace(PLAIN, images=(file(SOURCES[name]),)))), scaled(SOURCES[name])
    for left, top in ((0, 0), (96, 0), (0, 80), (96, 80)):
        quarter = (left, top, left + 96, top + 80)
        assert apart(result.crop(quarter), source.crop(quarter)) > 8


@pytest.mark.parametrize("seed", range(8))
def test_without_a_mask_the_picture_stays_recognisable(seed: int) -> None:
    for prompt in ("a warm evening", "把天空变成紫色", "word " * 6000):
        assert likeness(opened(paint(replace(PLAIN, seed=seed, prompt=prompt, caption=False))), photo()) > 0.9
        assert likeness(opened(paint(replace(PLAIN, seed=seed, prompt=prompt, size=(512, 512)))), photo()) > 0.6


# ---------------------------------------------------------------------------------------------------------- with a mask
@pytest.mark.parametrize("background", ["auto", "opaque", "transparent"])
def test_opaque_parts_of_a_mask_are_kept_pixel_for_pixel(background: str) -> None:
    result = opened(paint(replace(MASKED, background=background))).convert("RGBA")
    kept = ImageChops.invert(INSIDE)
    difference = ImageChops.difference(result, scaled(photo()))
    assert all(ImageChops.multiply(band, kept).getextrema() == (0, 0) for band in difference.split())


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("name", SOURCES)
def test_transparent_parts_of_a_mask_are_repainted(name: str, index: int) -> None:
    order = replace(MASKED, images=(file(SOURCES[name]),))
    assert apart(opened(paint(order, index)), scaled(SOURCES[name]), INSIDE) >= 40


def test_an_edit_of_an_edit_with_the_same_words_is_repainted_again() -> None:
    order = MASKED
    for _ in range(4):
        before = opened(order.first)
        order = replace(order, images=(paint(order),))
        assert apart(opened(order.first), scaled(before), INSIDE) >= 40


def test_partly_transparent_parts_are_mixed_in_proportion() -> None:
    def painted(alpha: int) -> Image.Image:
        veil = Image.new("RGBA", (120, 100), (0, 0, 0, alpha))
        return opened(paint(replace(PLAIN, mask=file(veil), caption=False)))

    source, paint_alone = scaled(photo()).convert("RGB"), painted(0)
    for alpha in (64, 128, 200):
        expected = Image.blend(paint_alone, source, alpha / 255)
        assert apart(painted(alpha), expected) < 1
    assert apart(painted(255), source) == 0


def test_a_mask_of_another_size_is_scaled_without_a_soft_edge() -> None:
    small = mask((12, 10), (3, 2, 9, 8))
    result = opened(paint(replace(PLAIN, mask=file(small), caption=False)))
    touched = ImageChops.difference(result, scaled(photo()).convert("RGB")).convert("L").getbbox()
    assert touched == (48, 32, 144, 128)


def test_everything_painted_lies_within_the_mask() -> None:
    images = (PHOTO, *(file(photo(kind=str(other))) for other in range(4)))
    full = replace(MASKED, images=images, prompt="a long caption that runs over the edge " * 20, size=(512, 512))
    source = scaled(photo(), (512, 512)).convert("RGB")
    touched = ImageChops.difference(opened(paint(full)), source).convert("L").getbbox()
    assert touched is not None
    assert (touched[0] >= 128, touched[1] >= 102, touched[2] <= 384, touched[3] <= 410) == (True,) * 4


@pytest.mark.parametrize("masked", [False, True])
def test_a_transparent_background_is_clear_only_where_it_may_be_edited(masked: bool) -> None:
    alpha = opened(paint(replace(MASKED if masked else PLAIN, background="transparent"))).getchannel("A")
    clear = alpha.point([255] + [0] * 255)
    place = clear.getbbox()
    assert place == (INSIDE.getbbox() if masked else (0, 0, *SIZE))
    assert clear.histogram()[255] > 0.05 * SIZE[0] * SIZE[1]
    assert alpha.getpixel((96, 80)) == 255


# ------------------------------------------------------------------------------------------ several inputs and captions
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("count", [2, 5, 16])
def test_further_pictures_are_seen_in_the_result(count: int, masked: bool) -> None:
    red = file(Image.new("RGB", (50, 50), (250, 0, 10)))
    alone = replace(MASKED if masked else PLAIN, size=(512, 512), caption=False)
    both = replace(alone, images=(PHOTO, *[red] * (count - 1)))
    result = opened(paint(both))
    shown = sum(1 for pixel in result.get_flattened_data() if pixel == (250, 0, 10))
    assert shown > 60 * (count - 1)
    assert opened(paint(alone)).tobytes() != result.tobytes()


@pytest.mark.parametrize("masked", [False, True])
def test_the_caption_can_be_left_out(masked: bool) -> None:
    order = replace(MASKED if masked else PLAIN, size=(512, 512))
    with_it, without = opened(paint(order)), opened(paint(replace(order, caption=False)))
    written = ImageChops.difference(with_it, without).convert("L").getbbox()
    assert written is not None
    assert written[3] - written[1] > 11
    assert (255, 255, 255) in with_it.get_flattened_data()
