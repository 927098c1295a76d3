"""Violations of the mask: another format, broken, without alpha, of another size, too large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests import samples
from contract_tests.violations.pictures import HEAVY, in_any_unit
from contract_tests.violations.register import Attempt, Bad, Good, Start, violation

_SIDE = samples.SIDE


@violation("mask_is_png")
def mask_is_png(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """A mask in another format that knows alpha, as JPEG, as JPEG under the name of a PNG, and no picture."""
    jpeg = samples.mask_without_alpha(kind="jpeg")
    for name, file in (
        ("webp", samples.mask_as_webp()),
        ("jpeg", jpeg),
        ("jpeg-as-png", samples.pretending(jpeg.data, "mask.png")),
        ("text-as-png", samples.pretending(filename="mask.png")),
        ("gif", samples.mask_as_gif()),
    ):
        yield Bad(f"mask-{name}", start.draft.with_mask(file))
    yield Good("mask-png", samples.masked(start.draft), start.first)


@violation("mask_decodes")
def mask_decodes(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Masks that begin well and do not go on so."""
    for way in samples.CUT:
        yield Bad(f"mask-{way}", start.draft.with_mask(samples.broken(way, samples.mask())))


@violation("mask_has_alpha")
def mask_has_alpha(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Masks of the right shape in black and white: in colour, in grey, with a palette; and one with alpha."""
    for mode in ("RGB", "L", "P"):
        yield Bad(f"mask-{mode.lower()}", start.draft.with_mask(samples.mask_without_alpha(mode)))
    yield Good("mask-rgba", samples.masked(start.draft), start.first)


@violation("mask_matches_image")
def mask_matches_image(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """One pixel off on either side, half, double, transposed; as large as the second picture, or as the first."""
    for name, width, height in (
        ("wider", _SIDE + 1, _SIDE),
        ("narrower", _SIDE - 1, _SIDE),
        ("taller", _SIDE, _SIDE + 1),
        ("shorter", _SIDE, _SIDE - 1),
        ("half", _SIDE // 2, _SIDE // 2),
        ("double", 2 * _SIDE, 2 * _SIDE),
    ):
        yield Bad(f"mask-{name}", start.draft.with_mask(samples.mask(width=width, height=height)))
    wide, tall = (2 * _SIDE, _SIDE), (_SIDE, 2 * _SIDE)
    lying = start.draft.with_images(samples.picture(*wide))
    yield Bad("mask-transposed", lying.with_mask(samples.mask("window", *tall)))
    yield Good("mask-wide", lying.with_mask(samples.mask("window", *wide)), start.first)
    both = start.draft.with_images(samples.picture(*wide), samples.picture(*tall))
    yield Bad("mask-of-second", both.with_mask(samples.mask("window", *tall)))
    yield Good("mask-of-first", both.with_mask(samples.mask("window", *wide)), start.first)


@violation("mask_bytes_at_most")
def mask_bytes_at_most(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """One byte too many, and just fewer than the limit, whichever way its megabytes are counted."""
    most = numbers["maximum"]
    heavy = most > HEAVY
    if not heavy or start.heavy:
        for made, name, size in (
            (Bad, "mask-bytes-too-many", most + 1),
            (Good, "mask-bytes-enough", in_any_unit(most)),
        ):
            file = samples.of_bytes(size, samples.mask())
            yield made(name, start.draft.with_mask(file), start.first, heavy=heavy)
