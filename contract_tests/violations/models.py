"""Violations of what a model offers: its name, its sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from contract_tests import choosing
from contract_tests.drafts import Draft
from contract_tests.violations.register import Attempt, Bad, Good, Start, violation
from specs.edits import exact_size
from specs.models import Model

_MODELS_TRIED = ("no-such-model", "gpt-image-0")
_SIZES_TRIED = ("1025x1024", "1024x1025", "16x16", "0x0", "1024*1024", "huge")


@violation("model_listed")
def model_listed(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Names that the list does not have, a listed one with something added; each listed one, in a size of its own."""
    names = start.models.names if start.models else ()
    for name in (*_MODELS_TRIED, *(f"{name}-x" for name in names[:1])):
        if name not in names:
            yield Bad(f"model-{name}", start.draft.with_field("model", name))
    for name in names[:1]:
        if name.upper() not in names:
            yield Bad("model-in-capitals", start.draft.with_field("model", name.upper()), start.first)
    for name in names:
        if name != start.draft.get("model"):
            yield Good(f"model-{name}", in_own_size(start, name), start.first)


def in_own_size(start: Start, model: str) -> Draft:
    """The draft for another model: what is sized for the first may not be offered for this one."""
    size = choosing.size(start.contract, start.models, model)
    made = start.draft.with_field("model", model)
    return made.with_field("size", size) if size is not None and made.has("size") else made


@violation("size_listed")
def size_listed(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Sizes that the list does not have for the model: near misses, transposed ones; and each that it has.

    Of other models one size that only another has, and one that only they have.
    """
    model = start.models.get(start.draft.get("model")) if start.models else None
    sizes = model.sizes if model else ()
    turned = ["x".join(reversed(size.split("x"))) for size in sizes]
    for size in dict.fromkeys((*_SIZES_TRIED, *turned)):
        if size not in sizes:
            yield Bad(f"size-{size.replace('*', '-by-')}", start.draft.with_field("size", size))
    for size in [size for size in sizes if exact_size(size)][:1]:
        yield from miswritten(start, size)
    for size in sizes:
        if size != start.draft.get("size"):
            yield Good(f"size-{size}", start.draft.with_field("size", size), start.first)
    others = (other for other in (start.models.models if start.models else ()) if other is not model)
    yield from (attempt for other in others if model and other.sizes for attempt in _between(start, model, other))


def _between(start: Start, model: Model, other: Model) -> Iterator[Attempt]:
    draft = start.draft.with_field("model", other.name)
    for size in [size for size in model.sizes if size not in other.sizes][:1]:
        yield Bad(f"size-{size}-of-{model.name}-for-{other.name}", draft.with_field("size", size), start.first)
    for size in [size for size in other.sizes if size not in model.sizes][:1]:
        yield Good(f"size-{size}-for-{other.name}", draft.with_field("size", size), start.first)


def miswritten(start: Start, size: str) -> Iterator[Attempt]:
    """A size that is offered, written as nobody offers it."""
    width, height = size.split("x")
    for name, written in (
        ("large-x", f"{width}X{height}"),
        ("blanks", f"{width} x {height}"),
        ("times-sign", f"{width}×{height}"),
        ("nought", f"0{size}"),
        ("px", f"{size}px"),
    ):
        yield Bad(f"size-{name}", start.draft.with_field("size", written), start.first)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The numbers of `size_on_grid`."""

    multiple: int
    ratio: int
    longest: int
    least_pixels: int
    most_pixels: int

    def slim(self, width: int, height: int) -> bool:
        """Whether a size is longer than the ratio allows."""
        return max(width, height) > self.ratio * min(width, height)

    def exact(self) -> Iterator[tuple[int, int]]:
        """Sizes that are exactly as slim as the ratio allows, the smallest first."""
        heights = range(self.multiple, self.longest // self.ratio + 1, self.multiple)
        return ((self.ratio * height, height) for height in heights)

    def sizes(self) -> list[tuple[int, int]]:
        """Sizes on the grid, within the limits of sides and pixels but not of shape, the smallest first."""
        sides = range(self.multiple, self.longest + 1, self.multiple)
        coarse = sides[:: max(1, len(sides) // 60)]
        found = [(w, h) for w, h in product(coarse, coarse) if self.least_pixels <= w * h <= self.most_pixels]
        return sorted(found, key=lambda size: size[0] * size[1])


@violation("size_on_grid")
def size_on_grid(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Sides beside the grid, a shape too long, text that is no size; and the smallest, the longest, the tallest that
    are right.

    The limits of sides and pixels are not tried: sources disagree on them, and a size beyond them is dear.
    """
    grid = _Grid(**numbers)
    allowed = [size for size in grid.sizes() if not grid.slim(*size)]
    if not allowed:
        return
    width, height = allowed[0]
    tried = [("off-grid-width", width + 1, height), ("off-grid-height", width, height + grid.multiple // 2)]
    tried += [("too-slim", *size) for size in grid.sizes() if grid.slim(*size)][:1]
    for name, wide, high in tried:
        yield Bad(f"size-{name}", start.draft.with_field("size", f"{wide}x{high}"))
    for text in ("0x0", "1024", "huge"):
        yield Bad(f"size-{text}", start.draft.with_field("size", text))
    yield from miswritten(start, f"{width}x{height}")
    exact = (size for size in grid.exact() if grid.least_pixels <= size[0] * size[1] <= grid.most_pixels)
    slimmest = next(exact, None) or max(allowed, key=lambda size: size[0] / size[1])
    for name, (wide, high) in (("least", allowed[0]), ("slimmest", slimmest), ("slimmest-standing", slimmest[::-1])):
        yield Good(f"size-{name}", start.draft.with_field("size", f"{wide}x{high}"), start.first)
