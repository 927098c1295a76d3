"""What the strategies draw is what they say: whole pictures of the documented kinds, masks that fit, lawful prompts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.strategies import source_shape
from contract_tests.strategies_choices import Choices, on_grid
from contract_tests.strategies_pictures import SORTS, mask, masks, picture, pictures
from contract_tests.strategies_words import PLAIN, prompts
from specs import loading, models
from specs import pictures as seen
from specs.edits import exact_size

FEW = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("sort", range(len(SORTS)))
def test_every_sort_of_picture_decodes_and_is_what_it_says(sort: int) -> None:
    file = picture(192, 128, 1, sort)
    look = seen.look(file.data)
    assert look is not None
    assert (look.kind, look.width, look.height) == (SORTS[sort][0], 192, 128)
    assert seen.decodes(file.data) is None


@FEW
@given(masks(160, 96))
def test_every_mask_is_a_png_with_alpha_of_the_size_asked_for(file: object) -> None:
    look = seen.look(file.data)  # type: ignore[attr-defined]
    assert look is not None
    assert (look.kind, look.size, look.alpha) == ("png", "160x96", True)


def test_masks_that_leave_something_to_keep_and_to_repaint_do_so() -> None:
    for shape in ("window", "ellipse", "windows"):
        for place in range(6):
            alpha = seen.pixels(mask(128, 128, shape, place).data).getchannel("A")
            assert alpha.getextrema() == (0, 255)


@FEW
@given(prompts(), prompts(strong=True))
def test_prompts_are_text_that_every_contract_allows(plain: str, strong: str) -> None:
    for text in (plain, strong):
        assert 1 <= len(text) <= 32000
        assert text.encode("utf-8").decode("utf-8") == text
    assert "transparent area" in unicodedata.normalize("NFC", strong)


def test_prompts_are_in_many_scripts() -> None:
    scripts = {unicodedata.name(next(c for c in text if c.isalpha())).split()[0] for text in PLAIN}
    assert len(scripts) >= 14


@FEW
@given(st.sampled_from(["1024x1024", "1536x1024", "864x1536", "768x432", None]), st.integers(0, 2))
def test_a_source_has_the_shape_of_the_size_asked_for(size: str | None, scale: int) -> None:
    width, height = source_shape(size, scale)
    across, down = exact_size(size) or (1, 1)
    assert width * down == height * across
    assert 64 <= max(width, height) <= 600


@FEW
@given(pictures(128, 128, 2, opaque=True))
def test_pictures_keep_to_the_most_that_a_model_takes(files: tuple[object, ...]) -> None:
    assert 1 <= len(files) <= 2


@pytest.mark.parametrize("provider", loading.providers())
def test_every_model_and_size_that_may_be_chosen_is_objected_to_by_nobody(provider: str) -> None:
    contract = loading.load(provider)
    listed = models.from_value(contract.models.example) if contract.models else None
    choices = Choices(contract, listed)
    grids = [c.numbers for c in contract.of_area("request") if c.rule == "size_on_grid"]
    assert choices.model_names()
    for model in choices.model_names():
        assert all(exact_size(size) for size in choices.sizes(model))
        assert choices.most_images(model) in (14, 16)
    assert all(exact_size(size) for numbers in grids for size in on_grid(numbers))
