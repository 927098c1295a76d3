"""What an accepted order is answered with: pictures in one JSON object, or a stream of events."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from PIL import Image, ImageOps

from tests.honest import artist
from tests.honest.forms import Order, Upload
from tests.honest.houses import LISTS, RATIOS, House
from tests.honest.manners import Manners
from tests.honest.sights import opened

_AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Work:
    """An order that will be done, with everything that was left open decided."""

    values: Mapping[str, Any]
    source: Image.Image
    mask: Image.Image | None
    size: tuple[int, int]
    kind: str
    manners: Manners
    seed: int
    retouch: Callable[[Work, int, bytes], bytes] | None = None

    def picture(self, index: int, scale: int = 1) -> bytes:
        """The picture of this number, as a file; unfinished ones are `scale` times smaller."""
        wanted = artist.Commission(
            artist.Sheet.of(self.source),
            artist.Sheet.of(self.mask) if self.mask else None,
            self.values["prompt"],
            (self.size[0] // scale, self.size[1] // scale),
            index,
            self.seed,
            self.cleared,
            self.manners.drift,
            self.manners.noise,
            self.manners.frame,
            self.manners.cleared_is_blank,
        )
        alpha, odd = self.clear or self.manners.files == "alpha", self.manners.files == "odd"
        file = artist.made(wanted, self.kind, self.values.get("output_compression", 90), alpha=alpha, odd=odd)
        return self.retouch(self, index, file) if self.retouch else file

    @property
    def clear(self) -> bool:
        """Whether a transparent background is wanted, and can be had."""
        return self.values.get("background") == "transparent" and self.kind != "jpeg"

    @property
    def cleared(self) -> bool:
        """Whether anything becomes transparent: a careful painter clears only what the prompt calls a background."""
        return self.clear and (not self.manners.keeps_background or "background" in self.values["prompt"].lower())

    @property
    def count(self) -> int:
        """How many pictures are asked for."""
        return int(self.values.get("n", 1))

    @property
    def told(self) -> dict[str, Any]:
        """What the answer says about its pictures."""
        asked, size = self.values.get("quality"), f"{self.size[0]}x{self.size[1]}"
        return {
            "size": self.values.get("size", _AUTO) if self.manners.size_as_asked else size,
            "output_format": self.kind,
            "quality": asked if asked and asked != _AUTO else "high",
            "background": "transparent" if self.clear else "opaque",
        }


def work(order: Order, values: Mapping[str, Any], house: House, manners: Manners, seed: int) -> Work:
    """Decide what was left open."""
    house_kind = manners.kind if house.models_path else "png"
    kept = Manners(noise=manners.noise, frame=manners.frame) if house.keeps and order.mask else manners
    return Work(
        values,
        _upright(order.images[0].data or b"", checksums=manners.checksums),
        _upright(order.mask.data, checksums=manners.checksums) if order.mask and order.mask.data else None,
        _size(values, house, manners),
        values.get("output_format") or ("png" if values.get("background") == "transparent" else house_kind),
        kept,
        seed,
    )


def _upright(data: bytes, *, checksums: bool) -> Image.Image:
    picture = opened(Upload("", data), Manners(checksums=checksums))
    return ImageOps.exif_transpose(picture).convert("RGBA")


def _size(values: Mapping[str, Any], house: House, manners: Manners) -> tuple[int, int]:
    asked = values.get("size") or house.default_size
    if asked in RATIOS:
        return RATIOS[asked]
    if not asked or asked == _AUTO:
        listed = (
            next((m for m in LISTS[manners.models] if m["name"] == values.get("model")), {})
            if house.models_path
            else {}
        )
        asked = next(iter(listed.get("sizes") or ()), manners.auto_size)
        if asked in RATIOS:
            return RATIOS[asked]
    width, _, height = asked.partition("x")
    return int(width), int(height)


def usage(work: Work, count: int, *, more: bool) -> dict[str, Any]:
    """Tokens, counted in a way of its own."""
    text = max(1, len(work.values["prompt"].encode()) // 4)
    seen, made = 323, 1056 * count
    told: dict[str, Any] = {
        "total_tokens": text + seen + made,
        "output_tokens": made,
        "input_tokens": text + seen,
        "input_tokens_details": {"image_tokens": seen, "text_tokens": text},
    }
    if more:
        told["output_tokens_details"] = {"image_tokens": made, "text_tokens": 0}
        told["cost_in_credits"] = 1.5
    return told


def document(work: Work, house: House, link: Callable[[bytes, str], str]) -> dict[str, Any]:
    """The JSON answer; `link` gives a picture an address."""
    manners = work.manners
    made = [work.picture(index) for index in range(work.count)]
    wanted = work.values.get("response_format", "url" if manners.links_first else "b64_json")
    if wanted == "url" and house.names_payload:
        data: list[dict[str, Any]] = [{"url": link(picture, work.kind)} for picture in made]
    else:
        data = [{"b64_json": base64.b64encode(picture).decode()} for picture in made]
    if manners.both:
        for item, picture in zip(data, made, strict=True):
            item |= {"url": link(picture, work.kind), "b64_json": base64.b64encode(picture).decode()}
    answer: dict[str, Any] = {"created": int(time.time()) - manners.old, "data": data}
    if manners.told:
        answer |= work.told
    if manners.usage or house.usage_needed:
        answer["usage"] = usage(work, work.count, more=manners.more)
    if manners.nulls:
        answer = {"usage": None, "background": None, "error": None, "model": None, **answer}
        answer["data"] = [{"b64_json": None, "url": None, "revised_prompt": None, **item} for item in data]
    if manners.more:
        answer |= {"id": "img_0001", "model": work.values.get("model", "default"), "request_id": "r-1", "error": None}
        for item in data:
            item["revised_prompt"] = work.values["prompt"][:50]
    return dict(reversed(answer.items())) if manners.reversed else answer


Event: TypeAlias = tuple[str, dict[str, Any]]
"""The name and the data of one event."""


def events(work: Work) -> list[Event]:
    """The events of the stream."""
    manners, asked = work.manners, int(work.values.get("partial_images", 0))
    common = {} if manners.short_events else {"created_at": int(time.time()), **work.told}
    found: list[Event] = []
    for step in range(min(asked, manners.partials)):
        name = "image_edit.partial_image"
        value = {"type": name, "b64_json": base64.b64encode(work.picture(0, 4)).decode(), **common}
        found.append((name, {**value, "partial_image_index": step}))
    name = "image_edit.completed"
    last = {"type": name, "b64_json": base64.b64encode(work.picture(0)).decode(), **common}
    return [*found, (name, {**last, "usage": usage(work, 1, more=False)})]


def frames(told: list[Event], manners: Manners) -> Iterator[bytes]:
    """The events as they are sent."""
    if manners.comments:
        yield b": hello\n\nretry: 3000\n\n"
    for number, (name, value) in enumerate(told):
        if manners.comments and number:
            yield b": still here\n\n"
        yield _frame(name, value, manners)
    if manners.done:
        yield b"data: [DONE]\n\n"
    if manners.comments:
        yield b": good bye\n"


def _frame(name: str, value: dict[str, Any], manners: Manners) -> bytes:
    if manners.more:
        value = {**value, "sequence_number": 7}
    if manners.reversed:
        value = dict(reversed(value.items()))
    text = json.dumps(value)
    if manners.split_data:
        text = json.dumps(value, indent=1).replace("\n", f"{manners.line_end}data: ")
    if manners.comments:
        return f"id: 5\r\nevent:{name}\r\ndata:{text}\r\n\r\n".encode()
    return f"event: {name}\ndata: {text}\n\n".replace("\n", manners.line_end).encode()
