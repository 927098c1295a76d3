"""What the three providers' documents ask of a request, read by hand and written down as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer from `least` to `most`; without `most` there is no limit that is told."""

    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these texts."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Words:
    """Any text."""


OPTIONS: Mapping[str, Any] = {
    "n": Whole(1, 10),
    "quality": Choice(("low", "medium", "high", "auto")),
    "background": Choice(("transparent", "opaque", "auto")),
    "output_format": Choice(("png", "jpeg", "webp")),
    "output_compression": Whole(0, 100),
    "moderation": Choice(("low", "auto")),
    "input_fidelity": Choice(("low", "high")),
    "stream": Flag(),
    "partial_images": Whole(0, 3),
    "user": Words(),
}

THREE = ("1024x1024", "1536x1024", "1024x1536")


@dataclass(frozen=True, slots=True)
class House:
    """One provider: where it listens and what its documents say.

    `json` is the property that carries pictures in a JSON body, None where only forms are documented. `sizes` are the
    sizes of models without a list of their own; `grid` are models that take any size on a grid.
    """

    name: str
    path: str
    json: str | None
    models: tuple[str, ...]
    model_needed: bool = True
    models_path: str | None = None
    sizes: tuple[str, ...] = THREE
    default_size: str | None = None
    grid: tuple[str, ...] = ()
    most_images: int = 16
    most_bytes: int = 50 * 1024 * 1024
    options: Mapping[str, Any] = field(default_factory=lambda: OPTIONS)
    keeps: bool = False
    usage_needed: bool = False
    names_payload: bool = False


HOUSES = {
    house.name: house
    for house in (
        House(
            "openai",
            "/v1/images/edits",
            "images",
            ("gpt-image-2", "gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest", "gpt-image-2-2026-04-21"),
            sizes=(*THREE, "auto"),
            grid=("gpt-image-2", "gpt-image-2-2026-04-21", "chatgpt-image-latest"),
        ),
        House(
            "chatanywhere",
            "/v1/images/edits",
            None,
            ("gpt-image-1",),
            model_needed=False,
            default_size="1024x1024",
            most_bytes=25 * 1024 * 1024,
            usage_needed=True,
        ),
        House(
            "aitoearn",
            "/api/ai/images/edits",
            "image",
            (),
            models_path="/api/ai/models/image/edit",
            options={**OPTIONS, "response_format": Choice(("url", "b64_json"))},
            keeps=True,
            names_payload=True,
        ),
    )
}

SQUARES = ["1024x1024", "1536x1024", "1024x1536"]
LISTS: Mapping[str, list[dict[str, Any]]] = {
    "plain": [{"name": "gpt-image-2", "sizes": SQUARES, "maxInputImages": 14, "pricing": []}],
    "small": [
        {"name": "atelier-s", "sizes": ["512x512", "640x512"], "maxInputImages": 3, "pricing": [], "tags": ["新"]},
        {
            "name": "atelier-xs",
            "sizes": ["384x384", "512x384"],
            "maxInputImages": 2,
            "pricing": [{"size": "384x384", "price": 0.25}, {"size": "512x384", "price": 0.5, "currency": "credits"}],
        },
    ],
    "single": [{"name": "one-picture", "sizes": ["512x512"], "maxInputImages": 1, "pricing": []}],
    "ratios": [{"name": "ratio-model", "sizes": ["1:1", "4:3", "2K"], "maxInputImages": 4, "pricing": []}],
    "wide": [{"name": "wide-model", "sizes": ["768x432", "960x400"], "maxInputImages": 4, "pricing": []}],
    "bare": [{"name": "bare-model"}, {"name": "other-model", "sizes": None}],
}
"""Lists of models that an endpoint in AiToEarn's style may tell."""

RATIOS = {"1:1": (512, 512), "4:3": (640, 480), "2K": (768, 768)}
"""What a model makes of a size that is not written in pixels."""
