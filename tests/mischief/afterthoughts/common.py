"""What the afterthoughts share: changes to orders, replies, pictures and frames."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PIL import Image

from tests.honest.answering import Event, Work
from tests.honest.forms import Order, Upload
from tests.honest.tricks import Reply
from tests.mischief.documents import is_success
from tests.mischief.painting import opened, saved
from tests.mischief.streams import is_stream

Told = dict[str, Any]


Events = list[Event]


ALL = ("openai", "chatanywhere", "aitoearn")


PNG, END = b"\x89PNG", b"IEND"


def is_many(order: Order) -> bool:
    return str(order.values.get("n", 1)) != "1"


def is_streaming(order: Order | None) -> bool:
    return order is not None and str(order.values.get("stream", "")).lower() == "true"


def order_without(order: Order, *names: str) -> Order:
    return replace(order, values={name: value for name, value in order.values.items() if name not in names})


def texts_changed(change: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda text: change(text) if isinstance(text, str) else None


def document_changed(reply: Reply, change: Callable[[Told], Told]) -> Reply:
    return reply.with_body(json.dumps(change(json.loads(reply.body)))) if is_success(reply) else reply


def is_linked_reply(reply: Reply) -> bool:
    return reply.order is None and reply.headers.get("Content-Type", "").startswith("image/")


def refusal_of(reply: Reply, body: Any, status: int | None = None, kind: str = "application/json") -> Reply:
    text = body if isinstance(body, str) else json.dumps(body)
    return Reply(status or reply.status, {"Content-Type": kind}, text.encode(), reply.order, reply.refused)


def as_square(work: Work) -> Work:
    side = 1024 if max(work.size) >= 1024 else 512
    return replace(work, size=(side, side))


def sides_of(order: Order) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", str(order.values.get("size", "")))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def square_where(order: Order, *, fits: bool) -> Order:
    return replace(order, values={**order.values, "size": "1024x1024"}) if fits else order


def with_prompt(order: Order, *signs: str) -> bool:
    return any(sign in str(order.values.get("prompt", "")) for sign in signs)


def pictures_changed(order: Order, change: Callable[[bytes], bytes], first: int = 0) -> Order:
    images = [
        replace(one, data=change(one.data)) if one.data and number >= first else one
        for number, one in enumerate(order.images)
    ]
    return replace(order, images=images)


def as_grey() -> bytes:
    return saved(Image.new("RGB", (256, 256), "grey"))


def mask_changed(order: Order, change: Callable[[Image.Image, tuple[int, int]], Image.Image]) -> Order:
    mask = order.mask
    if mask is None or not mask.data or not mask.data.startswith(PNG) or not order.images or not order.images[0].data:
        return order
    try:
        made = change(opened(mask.data), opened(order.images[0].data).size)
    except OSError:
        return order
    return replace(order, mask=Upload(mask.field, saved(made), mask.media_type))


def alpha_changed(work: Work, make: Callable[[Image.Image], Image.Image]) -> Work:
    if work.mask is None:
        return work
    mask = work.mask.convert("RGBA")
    mask.putalpha(make(mask.getchannel("A")))
    return replace(work, mask=mask)


def drawn_anew(work: Work, file: bytes, make: Callable[[Image.Image], Image.Image]) -> bytes:
    return saved(make(opened(file)), work.kind)


def flattened(file: bytes, kind: str) -> bytes:
    picture = opened(file).convert("RGBA")
    return saved(Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB"), kind)


def never_edited(work: Work) -> Work:
    return replace(work, mask=Image.new("RGBA", work.source.size, (0, 0, 0, 255)))


def source_changed(order: Order, start: bytes, make: Callable[[Image.Image], Image.Image]) -> Order:
    def made(data: bytes) -> bytes:
        if not data.startswith(start):
            return data
        try:
            return saved(make(opened(data)))
        except OSError:
            return data

    return pictures_changed(order, made)


def frames_changed(reply: Reply, change: Callable[[bytes], bytes]) -> Reply:
    """A stream with each of its frames changed."""
    if not is_stream(reply):
        return reply
    frames = [frame for frame in reply.body.split(b"\n\n") if frame]
    return reply.with_body(b"".join(change(frame) + b"\n\n" for frame in frames))


def data_changed(reply: Reply, change: Callable[[str], str]) -> Reply:
    def made(frame: bytes) -> bytes:
        head, _, text = frame.partition(b"\ndata: ")
        return head + b"\ndata: " + change(text.decode()).encode()

    return frames_changed(reply, made)


PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>"
