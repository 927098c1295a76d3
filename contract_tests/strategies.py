"""Edits that a contract accepts, as Hypothesis strategies: what schemas and chance do not express is made to fit.

Model and size belong together, a mask fits its picture, a picture has the shape of the size asked for, and a field that
means something only beside another stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from typing import Any, TypeAlias

from hypothesis import strategies as st

from contract_tests.drafts import Draft
from contract_tests.encodings import Encoding
from contract_tests.strategies_choices import Choices, accompanied
from contract_tests.strategies_pictures import masks, pictures
from contract_tests.strategies_words import names, prompts
from specs.edits import exact_size

OURS = frozenset({"prompt", "model", "size", "n", "user"})
"""Fields that are chosen here and not by the schema."""

Scalars: TypeAlias = st.SearchStrategy[tuple[str, Mapping[str, Any]]]
"""Draws a media type and the fields of a body that no picture belongs to."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A draft and the way it is written down."""

    draft: Draft
    encoding: Encoding


@st.composite
def acceptable(draw: Any, choices: Choices, scalars: Scalars) -> Meant:
    """An edit that the contract accepts, in a way of writing it down that is promised to be taken."""
    media_type, drawn = draw(scalars)
    model = draw(st.sampled_from(choices.model_names()))
    sizes = choices.sizes(model)
    size = draw(st.sampled_from((*sizes, None)))
    masked = size is not None and choices.documents("mask") and draw(st.integers(0, 3)) == 0
    shape = source_shape(size, draw(st.integers(0, 2)))
    fields = {"prompt": draw(prompts(strong=masked)), "model": model, "size": size, **draw(_more(choices))}
    fields |= {name: value for name, value in drawn.items() if name not in OURS}
    if masked:
        fields["n"] = None  # a mask may leave nothing to repaint, and several such pictures nothing to differ in
        if fields.get("background") == "transparent":  # what is cleared is neither kept nor repainted
            fields["background"] = None
    draft = Draft(
        tuple((name, value) for name, value in fields.items() if value is not None and accompanied(name, fields)),
        draw(pictures(*shape, choices.most_images(model), opaque=masked)),
        draw(masks(*shape)) if masked else None,
    )
    encoding = draw(st.sampled_from(choices.ways(media_type)))
    return Meant(choices.tempered(draft, encoding), encoding)


@st.composite
def _more(draw: Any, choices: Choices) -> dict[str, Any]:
    """How many pictures, and for whom; mostly not said."""
    several = choices.documents("n") and draw(st.integers(0, 2)) == 0
    told = choices.documents("user") and draw(st.integers(0, 5)) == 0
    return {
        "n": draw(st.sampled_from((1, 1, 2))) if several else None,
        "user": draw(names()) if told else None,
    }


def source_shape(size: str | None, scale: int) -> tuple[int, int]:
    """A source picture of the shape of the size asked for, some 200 to 500 pixels long; a square for none."""
    width, height = exact_size(size) or (1, 1)
    shared = gcd(width, height)
    across, down = width // shared, height // shared
    times = max(1, (256 + 96 * scale) // max(across, down))
    return max(across * times, 64), max(down * times, 64)
