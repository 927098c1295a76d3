"""Samples: pictures whose likeness can be measured, masks that tell a flip, requests that are valid and cheap."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import pytest
from PIL import Image

from contract_tests import choosing, picturing, samples
from contract_tests.encodings import encode, plain
from draft_samples import BODY, FORM, LISTED, broken_claims, claim, contract
from specs import models, pictures
from specs.contract import Operation
from specs.loading import load, providers
from specs.models import ModelList
from specs.reading import JSON, MULTIPART, read

TURNS = tuple(Image.Transpose)
SEEDS = range(12)


def likeness(one: Image.Image, other: Image.Image) -> float:
    """The correlation of two pictures in grey at 16x16 pixels: 1 for the same, about 0 for strangers."""
    small = [list(p.convert("L").resize((16, 16), Image.Resampling.BOX).tobytes()) for p in (one, other)]
    first, second = ([value - sum(values) / len(values) for value in values] for values in small)
    lengths = sqrt(sum(v * v for v in first) * sum(v * v for v in second))
    return sum(a * b for a, b in zip(first, second, strict=True)) / lengths


@pytest.mark.parametrize("seed", SEEDS)
def test_no_flip_or_rotation_of_the_source_is_like_it(seed: int) -> None:
    source = picturing.source(seed=seed)
    assert max(likeness(source, source.transpose(turn)) for turn in TURNS) < 0.7


@pytest.mark.parametrize("seed", SEEDS)
def test_the_source_stays_like_itself_through_heavy_editing(seed: int) -> None:
    source = picturing.source(seed=seed)
    painted = source.copy()
    painted.paste((255, 0, 255), picturing.window_box(256, 256))
    edited = [
        pictures.pixels(picturing.written(painted.resize((1024, 1024)), "jpeg", quality=30)),
        painted.point(lambda value: 255 - (255 - value) * 3 // 4),
        Image.blend(painted, Image.effect_noise(painted.size, 120).convert("RGB"), 0.3),
    ]
    assert min(likeness(source, picture) for picture in edited) > 0.85


def test_the_corners_of_the_source_have_clearly_different_greys() -> None:
    grey = picturing.source(seed=3).convert("L")
    greys = sorted(grey.getpixel(at) for at in ((4, 4), (251, 4), (4, 251), (251, 251)))
    assert all(high - low > 20 for low, high in pairwise(greys))


def test_the_same_seed_is_the_same_file_and_another_is_another() -> None:
    data = picturing.written(picturing.source.__wrapped__(64, 64, 5))
    assert data == picturing.written(picturing.source.__wrapped__(64, 64, 5))
    assert len({file.data for file in samples.pictures(17)}) == 17


def test_no_flip_or_rotation_lays_the_window_of_the_mask_on_itself() -> None:
    alpha = picturing.mask().getchannel("A")
    clear = {at for at in range(256 * 256) if not alpha.getpixel((at % 256, at // 256))}
    for turn in TURNS:
        turned = alpha.transpose(turn)
        assert not any(turned.getpixel((at % 256, at // 256)) == 0 for at in clear)
    assert 0.03 < len(clear) / 256**2 < 0.06


@pytest.mark.parametrize(
    ("alpha", "extremes"),
    [("window", (0, 255)), ("opaque", (255, 255)), ("transparent", (0, 0)), ("gradient", (0, 255))],
)
@pytest.mark.parametrize("white", [False, True])
def test_masks_have_the_alpha_they_are_named_after(alpha: str, extremes: tuple[int, int], white: bool) -> None:
    file = samples.mask(alpha, 96, 64, white=white)
    decoded = pictures.pixels(file.data)
    assert pictures.look(file.data) == pictures.Look("png", 96, 64, alpha=True)
    assert decoded.getchannel("A").getextrema() == extremes
    assert decoded.convert("RGB").getextrema() == ((255, 255) if white else (0, 0),) * 3
    if alpha == "gradient":
        assert (decoded.getpixel((0, 32))[3], decoded.getpixel((95, 32))[3]) == (255, 0)


@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_a_mask_without_alpha_has_none(mode: str) -> None:
    seen = pictures.look(samples.mask_without_alpha(mode).data)
    assert seen == pictures.Look("png", 256, 256, alpha=False)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif", "bmp", "tiff"])
def test_a_picture_is_of_its_kind_and_whole(kind: str) -> None:
    file = samples.picture(80, 48, kind)
    seen = pictures.look(file.data)
    assert (seen.kind, seen.size, pictures.decodes(file.data)) == (kind, "80x48", None)
    assert file.content_type == f"image/{kind}"


@pytest.mark.parametrize("length", [20_000, 20_001, 4 * 1024 * 1024])
def test_a_padded_picture_has_exactly_its_length_and_the_same_pixels(length: int) -> None:
    file = samples.of_bytes(length)
    assert len(file.data) == length
    assert pictures.pixels(file.data).tobytes() == pictures.pixels(samples.picture().data).tobytes()


def test_a_picture_cannot_be_made_shorter() -> None:
    with pytest.raises(ValueError, match="cannot be made 100 long"):
        samples.of_bytes(100)


@pytest.mark.parametrize("way", samples.BROKEN)
@pytest.mark.parametrize("file", [samples.picture(), samples.mask()])
def test_a_broken_picture_begins_like_one_and_does_not_decode(way: str, file: samples.File) -> None:
    data = samples.broken(way, file).data
    assert pictures.kind_of(data) == "png"
    assert pictures.decodes(data)


def test_pretending_bytes_are_no_picture() -> None:
    assert pictures.kind_of(samples.pretending().data) is None
    assert pictures.kind_of(samples.pretending(b"").data) is None


# ------------------------------------------------------------------------------------------------------ valid requests
def listed_for(provider: str) -> ModelList | None:
    """The list of models that stands in the provider's own document as an example."""
    operation = load(provider).models
    return models.from_value(operation.example) if operation else None


@pytest.mark.parametrize("provider", providers())
@pytest.mark.parametrize("listed", [True, False])
def test_the_valid_request_is_valid_in_every_documented_body(provider: str, listed: bool) -> None:
    found, list_ = load(provider), listed_for(provider) if listed else None
    for seed, row in enumerate(plain(found.edit)):
        for draft in (samples.valid(found, list_, seed), samples.masked(samples.valid(found, list_, seed))):
            request = encode(draft, row, found.edit, "http://h" + found.edit.path, "key")
            assert broken_claims(found, read(found, request, list_)) == []
            assert draft.has("model")


def fields(*claims, **how) -> dict[str, object]:
    models_ = how.pop("models", None)
    return dict(samples.valid(contract(*claims, **how), models_).fields)


def test_the_cheapest_model_and_its_cheapest_smallest_size_are_asked_for() -> None:
    asked = fields(listed=True, models=LISTED)
    assert (asked["model"], asked["size"]) == ("cheap", "1536x1024")


def test_what_claims_allow_together_is_asked_for() -> None:
    asked = fields(
        claim("field_one_of", {"field": "model", "values": ["new", "sure"], "disputed": ["new"]}),
        claim("field_one_of", {"field": "size", "values": ["auto", "2048x2048", "1024x1024", "512x512"]}),
        claim("field_one_of", {"field": "size", "values": ["2048x2048", "1024x1024"]}, {"model": ["su*"]}),
        claim("field_one_of", {"field": "size", "values": ["256x256"]}, {"model": ["other"]}),
        claim("field_one_of", {"field": "quality", "values": ["high", "low"]}),
    )
    assert asked == {"prompt": samples.prompt(), "model": "sure", "size": "1024x1024", "quality": "low"}
    assert list(asked) == ["prompt", "model", "quality", "size"]


def test_what_only_a_schema_says_is_asked_for() -> None:
    size = {"anyOf": [{"type": "string"}, {"enum": ["512x512", "1024x1024", None]}]}
    schema = {**FORM, "properties": {**FORM["properties"], "model": {"default": "d"}, "size": size}}
    edit = Operation("edit", "POST", "/e", {MULTIPART: schema})
    grid = {"multiple": 16, "ratio": 3, "longest": 3840, "least_pixels": 655360, "most_pixels": 8294400}
    assert fields(edit=edit) == {"prompt": samples.prompt(), "model": "d", "size": "512x512"}
    assert fields(claim("size_on_grid", grid), edit=edit)["size"] == "1024x1024"


def test_a_further_required_field_gets_a_value() -> None:
    more = {
        "style": {"enum": ["plain", "fancy"]},
        "steps": {"type": "integer", "minimum": 4},
        "safe": {"type": "boolean"},
    }
    schema = {"required": [*BODY["required"], *more], "properties": {**BODY["properties"], **more}}
    asked = fields(edit=Operation("edit", "POST", "/e", {JSON: schema}))
    assert (asked["style"], asked["steps"], asked["safe"]) == ("plain", 4, False)


def test_nothing_documented_is_nothing_sent_but_a_model() -> None:
    assert fields() == {"prompt": samples.prompt(), "model": choosing.LAST_RESORT}


def test_a_model_is_found_by_its_globs() -> None:
    named = contract(claim("field_one_of", {"field": "model", "values": ["a-1", "b-2"]}))
    assert choosing.model_matching(named, None, ["b-*"]) == "b-2"
    assert choosing.model_matching(named, None, ["c-*", "c-3"]) == "c-3"
    assert choosing.model_matching(named, None, ["c-*"]) is None
    assert choosing.model_matching(contract(listed=True), LISTED, ["c-3"]) is None
