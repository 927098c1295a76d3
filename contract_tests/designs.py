"""Designed edits: valid requests that between them give every answer and stream claim something to judge.

Each design varies one documented feature of the cheapest valid request, so that a refusal points at one feature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contract_tests import choosing, samples
from contract_tests.drafts import Draft
from specs.contract import Contract
from specs.models import ModelList

STRONG = "Fill every transparent area completely with flat, bright magenta and change nothing else."

STRONG_TOO = "Fill every transparent area completely with flat, dark green and leave the rest as it is."
"""Another one: where a mask is dropped, one colour may by chance change the window more than the rest."""

MANY_SCRIPTS = (
    "Paint a large orange circle.\nWrite nothing; keep 100% of the 'rest' — \"as it is\".\n"
    "画一个橙色的大圆，其余保持不变。 צייר עיגול כתום גדול. नारंगी वृत्त \N{LARGE ORANGE CIRCLE}\N{ARTIST PALETTE}"
)
"""A harmless prompt with line breaks, quotation marks, five scripts and emoji."""

MARKUP = 'Paint a large <b>orange</b> circle & keep everything else as it is; {x} < ${y} > C:\\new "1".'
"""A harmless prompt with what means something to templates, shells and pages."""

DIGITS = "2024"
"""A prompt that looks like a number."""

LARGE = 1_200_000
"""Bytes that a usual limit of proxies (1 MB) does not let pass, and every documented one does."""


THOROUGH = frozenset(
    {
        "image-grey",
        "image-large",
        "image-lossless",
        "image-palette",
        "image-progressive",
        "images-modes",
        "mask-images-2",
        "mask-lying",
        "mask-n-2",
        "mask-opaque",
        "mask-transparent",
        "mask-two-holes",
        "n-3",
        "prompt-in-many-scripts",
        "prompt-of-digits",
        "prompt-with-markup",
        "response-format-url-n-2",
    }
)
"""Designs that serve no claim of their own: the full plan asks for them, a quick one does not pay for them."""


ONCE = frozenset({"image-lossless", "image-progressive", "mask-two-holes", "prompt-of-digits", "prompt-with-markup"})
"""Of these, what is in one content type as in the other."""

THOROUGH_EDGES = ("-and-a-mask",)
"""How the names of edges end of which the same holds."""


@dataclass(frozen=True, slots=True)
class Design:
    """A valid draft that shows one feature; `features` beyond fields that its encoding has to have."""

    name: str
    draft: Draft
    features: tuple[str, ...] = ()


def designs(contract: Contract, models: ModelList | None, seed: int) -> Iterator[Design]:
    """Every design the contract documents the fields for."""
    base = samples.valid(contract, models, seed)
    for make in _MAKERS:
        yield from make(contract, models, base)


def documented(contract: Contract, field: str) -> bool:
    """Whether the effective document has this field, in any encoding."""
    return any(field in schema.get("properties", {}) for schema in contract.edit.schemas.values())


def _several(contract: Contract, _models: ModelList | None, base: Draft) -> Iterator[Design]:
    if documented(contract, "n"):
        yield Design("n-2", base.with_field("n", 2))
        yield Design("n-3", base.with_field("n", 3))


def _sizes(contract: Contract, models: ModelList | None, base: Draft) -> Iterator[Design]:
    shapes = {(_shape(size)): size for size in reversed(_exact(contract, models, base))}
    for size in shapes.values():
        if size != base.get("size"):
            yield Design(f"size-{size}", base.with_field("size", size))
    if base.get("size") is not None:
        yield Design("size-omitted", base.without("size"))


def _exact(contract: Contract, models: ModelList | None, base: Draft) -> list[str]:
    """The exact sizes that are offered for the model, the smallest first."""
    model = str(base.get("model"))
    listed = models.get(model) if models else None
    offered = listed.sizes if listed else choosing.values(contract, "size", model)
    return sorted((str(size) for size in offered if "x" in str(size)), key=choosing.pixels)


def _lying(contract: Contract, models: ModelList | None, base: Draft) -> Iterator[Draft]:
    """A mask over a picture that lies, and a result of the same proportions, so that both can be compared."""
    size = next((size for size in _exact(contract, models, base) if _shape(size) > 0), None)
    if size is not None:
        width, height = (samples.SIDE * int(side) // int(size.partition("x")[2]) for side in size.split("x"))
        lying = base.with_images(samples.picture(width, height)).with_field("size", size)
        yield lying.with_mask(samples.mask("window", width, height))


def other_size(contract: Contract, models: ModelList | None, base: Draft) -> object:
    """A size of another shape than the base's, the smallest there is; None where none is offered."""
    sizes = (design.draft.get("size") for design in _sizes(contract, models, base) if design.draft.has("size"))
    return next(sizes, None)


def _shape(size: str) -> int:
    width, _, height = size.partition("x")
    return (int(width) > int(height)) - (int(width) < int(height))


def _formats(contract: Contract, _models: ModelList | None, base: Draft) -> Iterator[Design]:
    for kind in choosing.values(contract, "output_format"):
        if kind in ("png", "jpeg", "webp"):
            yield Design(f"format-{kind}", base.with_field("output_format", kind))
    if documented(contract, "output_compression") and documented(contract, "output_format"):
        jpeg = base.with_field("output_format", "jpeg").with_field("output_compression", 50)
        yield Design("compression-50", jpeg)
    if "transparent" in choosing.values(contract, "background"):
        clear = base.with_field("background", "transparent")
        yield Design("transparent", clear.with_field("output_format", "png") if _formatted(contract) else clear)
    if "opaque" in choosing.values(contract, "background"):
        yield Design("opaque", base.with_field("background", "opaque"))


def _formatted(contract: Contract) -> bool:
    return documented(contract, "output_format")


def _payloads(contract: Contract, _models: ModelList | None, base: Draft) -> Iterator[Design]:
    if documented(contract, "response_format"):
        for way in choosing.values(contract, "response_format"):
            yield Design(f"response-format-{way}", base.with_field("response_format", way))
        if documented(contract, "n"):
            yield Design("response-format-url-n-2", base.with_field("response_format", "url").with_field("n", 2))


def _masks(contract: Contract, models: ModelList | None, base: Draft) -> Iterator[Design]:
    if documented(contract, "mask"):
        strong = base.with_field("prompt", STRONG)
        yield Design("mask-window", samples.masked(strong))
        too = base.with_field("prompt", STRONG_TOO)
        yield Design("mask-window-white", samples.masked(too, white=True))
        yield Design("mask-opaque", samples.masked(strong, "opaque"))
        yield Design("mask-transparent", samples.masked(strong, "transparent"))
        yield Design("mask-two-holes", samples.masked(strong, "holes"))
        yield Design("mask-images-2", samples.masked(strong.with_images(*samples.pictures(2))))
        yield from (Design("mask-lying", draft) for draft in _lying(contract, models, too))
        if documented(contract, "n"):
            yield Design("mask-n-2", samples.masked(strong.with_field("n", 2)))


def _inputs(_contract: Contract, _models: ModelList | None, base: Draft) -> Iterator[Design]:
    yield Design("images-2", base.with_images(*samples.pictures(2)))
    yield Design("images-modes", base.with_images(*samples.in_other_modes()))
    for kind in ("jpeg", "webp"):
        yield Design(f"image-{kind}", base.with_images(samples.picture(kind=kind)))
    for name, mode in (("grey", "L"), ("palette", "P")):
        yield Design(f"image-{name}", base.with_images(samples.in_mode(mode)))
    for way in ("progressive", "lossless"):
        yield Design(f"image-{way}", base.with_images(samples.unusual(way)))
    yield Design("image-large", base.with_images(samples.of_bytes(LARGE)))


def _streams(contract: Contract, _models: ModelList | None, base: Draft) -> Iterator[Design]:
    if not documented(contract, "stream"):
        return
    yield Design("stream-off", base.with_field("stream", False))
    streamed = base.with_field("stream", True)
    yield Design("stream", streamed)
    if documented(contract, "partial_images"):
        for count in (0, 2, 3):
            yield Design(f"stream-partials-{count}", streamed.with_field("partial_images", count))
    if documented(contract, "mask"):
        yield Design("stream-mask", samples.masked(streamed.with_field("prompt", STRONG)))
    if "webp" in choosing.values(contract, "output_format"):
        yield Design("stream-webp", streamed.with_field("output_format", "webp"))


def _prompts(_contract: Contract, _models: ModelList | None, base: Draft) -> Iterator[Design]:
    yield Design("prompt-in-many-scripts", base.with_field("prompt", MANY_SCRIPTS))
    yield Design("prompt-with-markup", base.with_field("prompt", MARKUP))
    yield Design("prompt-of-digits", base.with_field("prompt", DIGITS))


def _model_left_out(contract: Contract, _models: ModelList | None, base: Draft) -> Iterator[Design]:
    required = (c for c in contract.of_area("request") if c.rule == "field_required")
    if not any(claim.numbers["field"] == "model" for claim in required):
        yield Design("model-left-out", base.without("model"))


def _options(contract: Contract, models: ModelList | None, base: Draft) -> Iterator[Design]:
    model = choosing.model(contract, models)
    for field in ("quality", "input_fidelity", "moderation", "user"):
        if documented(contract, field):
            values = choosing.values(contract, field, model) or (choosing.value(contract, field),)
            yield Design(f"{field.replace('_', '-')}-{values[0]}", base.with_field(field, values[0]))


_MAKERS: tuple[Callable[[Contract, ModelList | None, Draft], Iterator[Design]], ...] = (
    _several,
    _masks,
    _payloads,
    _formats,
    _sizes,
    _inputs,
    _streams,
    _prompts,
    _model_left_out,
    _options,
)


def telling(contract: Contract, models: ModelList | None, base: Draft) -> Draft | None:
    """A valid draft whose answer shows whether its fields were read: none has the value it would have anyway.

    None where the contract documents no such field.
    """
    formats = (kind for kind in choosing.values(contract, "output_format") if kind in ("jpeg", "webp"))
    count = 2 if documented(contract, "n") else None
    wanted = {"size": other_size(contract, models, base), "n": count, "output_format": next(formats, None)}
    found = base
    for name, value in wanted.items():
        found = found if value is None else found.with_field(name, value)
    return found if found != base else None
