"""The right answer to an accepted edit, as the contract has it: pictures, echoes, usage, or a stream of events."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterator
from typing import Any

from mock_server import painter
from mock_server.gallery import Gallery
from mock_server.replies import Event, Reply
from mock_server.settings import Settings
from specs import pictures
from specs.contract import Contract
from specs.edits import Edit, Input, exact_size

PARTIAL, COMPLETED = "image_edit.partial_image", "image_edit.completed"
_SHOWN = 16
"""Input pictures that are composed visibly; more would only be dots."""


def order(contract: Contract, edit: Edit, settings: Settings) -> painter.Order:
    """What to paint for an edit."""
    return painter.Order(
        images=tuple(_bytes(picture) for picture in edit.images[:_SHOWN]) or (painter.picture_from_url("nothing"),),
        mask=_bytes(edit.mask) if edit.mask and edit.mask.text != "" else None,
        prompt=_text(edit.get("prompt", "")),
        size=edit.size or _default_size(contract),
        format=_choice(edit.get("output_format"), ("png", "jpeg", "webp"), "png"),
        compression=_number(edit.get("output_compression"), 100),
        background=_choice(edit.get("background"), ("transparent", "opaque", "auto"), "auto"),
        seed=_seed(edit, settings.seed),
        caption=settings.caption,
    )


def _bytes(picture: Input) -> bytes:
    if picture.data is not None and pictures.decodes(picture.data) is None:
        return picture.data
    return painter.picture_from_url(picture.url or picture.file_id or picture.text or picture.at)


def _default_size(contract: Contract) -> tuple[int, int] | None:
    """The size a provider documents for requests that name none, from its own picture_size claim."""
    defaults = (claim.numbers.get("default") for claim in contract.claims if claim.rule == "picture_size")
    return next((size for text in defaults if (size := exact_size(text))), None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _choice(value: Any, offered: tuple[str, ...], otherwise: str) -> Any:
    return value if value in offered else otherwise


def _number(value: Any, otherwise: int) -> int:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100
    return value if fits else otherwise


def _seed(edit: Edit, seed: int) -> int:
    digest = hashlib.sha256(repr((seed, edit.get("prompt", ""), edit.get("user", ""))).encode("utf-8", "replace"))
    return int.from_bytes(digest.digest()[:6], "big")


def answer(contract: Contract, edit: Edit, settings: Settings, gallery: Gallery) -> Reply:
    """The reply to an accepted edit."""
    wanted = order(contract, edit, settings)
    if edit.streams and "text/event-stream" in _offered(contract):
        return _stream(contract, edit, wanted, settings)
    painted = [painter.paint(wanted, index) for index in range(min(edit.count, 10))]
    as_url = edit.get("response_format") == "url" and _gives_urls(contract)
    data = [{"url": gallery.link(picture, edit.request)} if as_url else _in_text(picture) for picture in painted]
    document = {
        "created": int(time.time()),
        **echoes(contract, edit, wanted),
        "data": data,
        "usage": usage(edit, wanted, len(data)),
    }
    return Reply(document=document)


def _offered(contract: Contract) -> Any:
    operation = contract.document["paths"][contract.edit.path][contract.edit.method.lower()]
    return operation["responses"]["200"].get("content", {})


def _gives_urls(contract: Contract) -> bool:
    return any("url" in claim.numbers["fields"] for claim in contract.claims if claim.rule == "payload_is") or any(
        claim.rule == "payload_as_asked" and claim.judged for claim in contract.claims
    )


def _in_text(picture: bytes) -> dict[str, str]:
    return {"b64_json": base64.b64encode(picture).decode()}


def echoes(contract: Contract, edit: Edit, wanted: painter.Order) -> dict[str, str]:
    """What the answer tells about its pictures: never `auto`, nor a quality that nobody offers."""
    width, height = painter.order_size(wanted)
    quality = edit.get("quality")
    offered = {"low", "medium", "high", *_values(contract, "quality")} - {"auto"}
    return {
        "background": "transparent" if wanted.background == "transparent" and wanted.format != "jpeg" else "opaque",
        "output_format": wanted.format,
        "quality": quality if isinstance(quality, str) and quality in offered else "medium",
        "size": f"{width}x{height}",
    }


def _values(contract: Contract, field: str) -> Iterator[str]:
    """The values that the provider's forms offer for a field."""
    for schema in contract.edit.schemas.values():
        stated = schema.get("properties", {}).get(field, {}).get("enum", ())
        yield from (value for value in stated if isinstance(value, str))


def usage(edit: Edit, wanted: painter.Order, count: int) -> dict[str, Any]:
    """Token counts that add up; the amounts are plausible, not a provider's price."""
    width, height = painter.order_size(wanted)
    text = len(wanted.prompt.split()) + len(wanted.prompt) // 16 + 1
    image = sum(_image_tokens(picture) for picture in edit.images) or 1
    output = count * max(1, width * height // 4096)
    return {
        "input_tokens": text + image,
        "input_tokens_details": {"text_tokens": text, "image_tokens": image},
        "output_tokens": output,
        "total_tokens": text + image + output,
    }


def _image_tokens(picture: Input) -> int:
    seen = pictures.look(picture.data) if picture.data else None
    return max(1, seen.width * seen.height // 4096) if seen else 256


def _stream(contract: Contract, edit: Edit, wanted: painter.Order, settings: Settings) -> Reply:
    asked = edit.get("partial_images")
    steps = asked if isinstance(asked, int) and not isinstance(asked, bool) and 0 <= asked <= 3 else 0
    common = {"created_at": int(time.time()), **echoes(contract, edit, wanted)}
    events = [_partial(common, wanted, step, steps) for step in range(steps)]
    last = {"type": COMPLETED, "b64_json": base64.b64encode(painter.paint(wanted, 0)).decode(), **common}
    events.append(Event(COMPLETED, {**last, "usage": usage(edit, wanted, 1)}))
    return Reply(events=tuple(events), pause=settings.stream_interval)


def _partial(common: dict[str, Any], wanted: painter.Order, step: int, steps: int) -> Event:
    picture = base64.b64encode(painter.partial(wanted, step, steps)).decode()
    return Event(PARTIAL, {"type": PARTIAL, "b64_json": picture, **common, "partial_image_index": step})
