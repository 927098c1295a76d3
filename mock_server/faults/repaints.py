"""Faults in what is painted: fields and masks that are read wrongly, or not at all, before the picture is made."""

from __future__ import annotations

from dataclasses import replace

from PIL import ImageOps

from mock_server.faults.register import fault
from mock_server.painter import picture_from_url
from specs import pictures
from specs.edits import Edit, Input


def without(edit: Edit, *names: str) -> Edit:
    """The edit as if these fields had not been sent."""
    return replace(edit, fields={name: value for name, value in edit.fields.items() if name not in names})


@fault(
    "mask-keeps-opaque",
    "mask-heeded",
    on="edit",
    source=("https://github.com/vercel/ai/issues/14360", "https://github.com/BerriAI/litellm/pull/13673"),
    catalogue=("MK-02", "MK-06"),
)
def mask_dropped(edit: Edit) -> Edit:
    """The mask is accepted and ignored: the whole picture is edited."""
    return replace(edit, mask=None)


@fault(
    "mask-keeps-opaque",
    "mask-repaints-transparent",
    "mask-heeded",
    on="edit",
    source="https://github.com/lbjlaq/Antigravity-Manager/issues/2226",
    catalogue="MK-07",
)
def mask_inverted(edit: Edit) -> Edit:
    """The mask is read the wrong way round: opaque is repainted, transparent is kept."""
    if edit.mask is None or edit.mask.data is None or pictures.decodes(edit.mask.data):
        return edit
    seen = pictures.pixels(edit.mask.data)
    seen.putalpha(ImageOps.invert(seen.getchannel("A")))
    return replace(edit, mask=replace(edit.mask, data=pictures.written_png(seen)))


@fault(
    "picture-size",
    on="edit",
    source=("https://github.com/vllm-project/vllm-omni/issues/7283", "https://github.com/BerriAI/litellm/issues/30753"),
    catalogue="PA-04",
)
def size_ignored(edit: Edit) -> Edit:
    """`size` is ignored: the result has the source's own dimensions."""
    seen = pictures.look(edit.images[0].data) if edit.images and edit.images[0].data else None
    return replace(edit, fields={**edit.fields, "size": seen.size}) if seen else edit


@fault(
    "data-count",
    on="edit",
    source="https://github.com/vllm-project/vllm-omni/issues/2082",
    catalogue=("PA-03", "PA-26"),
)
def n_ignored(edit: Edit) -> Edit:
    """One picture comes, whatever `n` asks for."""
    return without(edit, "n")


@fault(
    "picture-format",
    on="edit",
    source="https://github.com/open-webui/open-webui/issues/29948",
    catalogue=("PL-06",),
)
def output_format_ignored(edit: Edit) -> Edit:
    """`output_format` is ignored: every picture is a PNG."""
    return without(edit, "output_format")


@fault(
    "picture-transparent",
    "echo-background-true",
    on="edit",
    source="https://github.com/QuantumNous/new-api/issues/4273",
)
def background_ignored(edit: Edit) -> Edit:
    """`background` is stripped: the picture is opaque though transparency was asked for."""
    return without(edit, "background")


@fault("payload-as-asked", on="edit", source="https://github.com/vllm-project/vllm-omni/issues/2081", catalogue="PA-02")
def response_format_ignored(edit: Edit) -> Edit:
    """`response_format` is ignored: b64_json comes, though a url was asked for."""
    return without(edit, "response_format")


@fault("stream-partials-at-most", on="edit")
def too_many_partials(edit: Edit) -> Edit:
    """A stream sends three partial pictures, whatever `partial_images` asks for."""
    return replace(edit, fields={**edit.fields, "partial_images": 3}) if edit.streams else edit


@fault("mask-repaints-transparent", on="edit")
def nothing_repainted(edit: Edit) -> Edit:
    """With a mask nothing is repainted at all: the source comes back as it was."""
    if edit.mask is None or edit.mask.data is None or pictures.decodes(edit.mask.data):
        return edit
    seen = pictures.pixels(edit.mask.data)
    seen.putalpha(255)
    return replace(edit, mask=Input("mask", data=pictures.written_png(seen), is_part=True))


@fault(
    "mask-keeps-opaque",
    "mask-repaints-transparent",
    "mask-heeded",
    on="edit",
    source="https://github.com/Wei-Shaw/sub2api/pull/2463",
    catalogue="MK-10",
)
def mask_read_by_colour(edit: Edit) -> Edit:
    """The mask is read by its colour instead of its alpha: white is kept, black is repainted."""
    if edit.mask is None or edit.mask.data is None or pictures.decodes(edit.mask.data):
        return edit
    seen = pictures.pixels(edit.mask.data)
    seen.putalpha(seen.convert("RGB").convert("L"))
    return replace(edit, mask=replace(edit.mask, data=pictures.written_png(seen)))


@fault(
    "echo-quality-true",
    "echo-background-true",
    "picture-transparent",
    on="edit",
    source="https://github.com/QuantumNous/new-api/issues/4273",
    catalogue="PA-05",
)
def newer_fields_stripped(edit: Edit) -> Edit:
    """`quality` and `background` are not passed on."""
    return without(edit, "quality", "background")


@fault("picture-size", on="edit", source="https://github.com/ddalcu/mlx-serve/pull/290", catalogue="PA-21")
def size_bent_to_the_source(edit: Edit) -> Edit:
    """An exact size is bent to the shape of the source picture: the same area, other sides."""
    seen = pictures.look(edit.images[0].data) if edit.images and edit.images[0].data else None
    if seen is None or edit.size is None:
        return edit
    area = edit.size[0] * edit.size[1]
    width = round((area * seen.width / seen.height) ** 0.5)
    return replace(edit, fields={**edit.fields, "size": f"{width}x{round(area / width)}"})


@fault(
    "picture-size",
    "picture-format",
    "picture-transparent",
    "data-count",
    "payload-as-asked",
    "mask-keeps-opaque",
    "mask-heeded",
    "echo-quality-true",
    "echo-background-true",
    on="edit",
    source="https://github.com/Bike4Mind/bike4mind/pull/2419",
    catalogue="PA-28",
)
def only_three_fields_forwarded(edit: Edit) -> Edit:
    """Only model, picture and prompt are passed on; the result is always 1024x1536."""
    kept = {
        name: value for name, value in edit.fields.items() if name in ("model", "prompt", "stream", "partial_images")
    }
    return replace(edit, fields={**kept, "size": "1024x1536"}, mask=None)


@fault("picture-format-default", on="edit")
def jpeg_unless_asked(edit: Edit) -> Edit:
    """Where no `output_format` is asked for, a JPEG comes instead of the documented PNG."""
    return edit if edit.get("output_format") else replace(edit, fields={**edit.fields, "output_format": "jpeg"})


@fault(
    "source-recognised",
    "mask-keeps-opaque",
    "mask-heeded",
    on="edit",
    source=("https://github.com/lelandg/ImageAI/issues/43", "https://github.com/KeithCu/writeragent/pull/761"),
    catalogue=("OT-01", "RP-22"),
)
def picture_ignored(edit: Edit) -> Edit:
    """The picture that was sent is ignored: another one comes, made from the text alone."""
    other = Input("image", data=picture_from_url("another picture"), is_part=True)
    return replace(edit, images=(other,), mask=None)
