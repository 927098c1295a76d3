"""Violations of the input pictures: none, too many, too large, of another kind, broken, not pictures at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests import samples
from contract_tests.drafts import File
from contract_tests.json_bodies import options, picture_field, types
from contract_tests.violations.models import in_own_size
from contract_tests.violations.register import Attempt, Bad, Good, Start, violation
from specs.reading import JSON

_KINDS = ("png", "jpeg", "webp", "gif", "bmp", "tiff")
_RARER = ("ico", "ppm")
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><circle cx="99" cy="80" r="50"/></svg>'
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HEAVY = 5_000_000
"""Bytes from which a body is heavy."""

MEBI = 1024 * 1024


@violation("image_required")
def image_required(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """No picture at all, nor beside a mask; an empty list and a null where JSON can say so."""
    bare = start.draft.with_images()
    yield Bad("no-image", bare)
    if start.has_mask:
        yield Bad("no-image-but-a-mask", samples.masked(bare), start.first)
    if start.json:
        name = picture_field(start.operation, JSON, "image")
        schema = start.operation.schemas.get(JSON, {}).get("properties", {}).get(name, {})
        yield Bad("image-json-null", bare.with_field(name, None), start.json)
        if any("array" in types(shape) for shape in options(schema)):
            yield Bad("image-json-empty-array", bare.with_field(name, []), start.json)


@violation("images_at_most")
def images_at_most(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """One picture too many, and just not."""
    yield from _count(start, numbers["maximum"])


@violation("images_within_model_limit")
def images_within_model_limit(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """One picture more than the model takes by the provider's list, and just not; the same for every other model."""
    model = start.models.get(start.draft.get("model")) if start.models else None
    if model is not None and model.most_images is not None:
        yield from _count(start, model.most_images)
    for other in start.models.models if start.models else ():
        if other is not model and other.most_images is not None:
            draft, most = in_own_size(start, other.name), other.most_images
            many = draft.with_images(*samples.pictures(most + 1))
            yield Bad(f"images-{most + 1}-for-{other.name}", many, start.first)
            if most > 1:
                enough = draft.with_images(*samples.pictures(most))
                yield Good(f"images-{most}-for-{other.name}", enough, start.first)


def _count(start: Start, most: int) -> Iterator[Attempt]:
    yield Bad(f"images-{most + 1}", start.draft.with_images(*samples.pictures(most + 1)))
    if most > 1:
        full = start.draft.with_images(*samples.pictures(most))
        yield Good(f"images-{most}", full, start.first)
        if start.has_mask:
            yield Good(f"images-{most}-and-a-mask", samples.masked(full), start.first)


@violation("image_is_picture_field")
def image_is_picture_field(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Text in place of a picture, of the mask, of the second picture; a number in JSON."""
    yield Bad("image-text", start.draft.with_images("a picture of a cat"))
    if start.has_mask:
        yield Bad("mask-text", start.draft.with_mask("the upper right corner"))
    yield Bad("image-second-text", start.draft.with_images(*start.draft.images[:1], "a picture of a cat"))
    if start.json:
        name = picture_field(start.operation, JSON, "image")
        yield Bad("image-json-number", start.draft.with_images().with_field(name, 137), start.json)


@violation("image_bytes_at_most")
def image_bytes_at_most(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """One byte too many, and just fewer than the limit, whichever way its megabytes are counted."""
    most = numbers["maximum"]
    heavy = most > HEAVY
    if not heavy or start.heavy:
        for made, name, size in (
            (Bad, "image-bytes-too-many", most + 1),
            (Good, "image-bytes-enough", in_any_unit(most)),
        ):
            yield made(name, start.draft.with_images(samples.of_bytes(size)), start.first, heavy=heavy)


def in_any_unit(most: int) -> int:
    """A length below a limit that is `most` with 1024 to the kilobyte, and also below it with 1000."""
    return most // MEBI * 1_000_000 - 1 if most % MEBI == 0 else most


@violation("image_kind")
def image_kind(start: Start, numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Other kinds, truthfully labelled and labelled as PNG; what is no picture; and each kind that is offered."""
    for kind in _KINDS:
        file = samples.picture(kind=kind)
        if kind not in numbers["kinds"]:
            yield Bad(f"image-{kind}", start.draft.with_images(file))
            yield Bad(f"image-{kind}-as-png", start.draft.with_images(samples.pretending(file.data)))
        elif kind != "png":
            yield Good(f"image-{kind}", start.draft.with_images(file), start.first)
    for kind in _RARER:
        yield Bad(f"image-{kind}", start.draft.with_images(samples.picture(kind=kind)), start.first)
    yield Bad("image-text-as-png", start.draft.with_images(samples.pretending()))
    yield Bad("image-empty", start.draft.with_images(samples.pretending(b"")))
    yield Bad("image-pdf", start.draft.with_images(File(_PDF, "picture.pdf", "application/pdf")), start.first)
    yield Bad("image-svg", start.draft.with_images(File(_SVG, "picture.svg", "image/svg+xml")))
    if "gif" not in numbers["kinds"]:
        yield Bad("image-second-gif", start.draft.with_images(samples.picture(), samples.picture(kind="gif")))
    yield Bad("image-second-text-as-png", start.draft.with_images(samples.picture(), samples.pretending()))


@violation("image_decodes")
def image_decodes(start: Start, _numbers: Mapping[str, Any]) -> Iterator[Attempt]:
    """Pictures that begin well and do not go on so; a second one."""
    for way in samples.CUT:
        yield Bad(f"image-{way}", start.draft.with_images(samples.broken(way)))
    yield Bad("image-second-truncated", start.draft.with_images(samples.picture(), samples.broken("truncated")))
    for kind in ("jpeg", "webp"):
        whole = samples.picture(kind=kind)
        halved = File(whole.data[: len(whole.data) // 2], whole.filename, whole.content_type)
        yield Bad(f"image-{kind}-truncated", start.draft.with_images(halved))
