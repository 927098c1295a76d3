"""Is an order one that the documents allow? Written from the documents' words, in an order of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.honest.forms import Order
from tests.honest.houses import LISTS, Choice, Flag, House, Whole
from tests.honest.manners import Manners
from tests.honest.refusals import Refused
from tests.honest.sights import check_mask, check_pictures

_SIZE = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})")
_MORE_MODELS = ("gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2", "gpt-image-2-ca", "dall-e-3")


def check(order: Order, house: House, manners: Manners) -> dict[str, Any]:
    """The order's values, read as what they are. Raises Refused."""
    if manners.strict_form and not order.typed and (order.repeated or "" in order.values.values()):
        raise Refused("value", next((name for name, value in order.values.items() if value == ""), "prompt"))
    values = _values(order, house, manners)
    listed = _model(values, house, manners)
    _prompt(values)
    _size(values, house, listed)
    _together(values, house, manners)
    check_pictures(order, house, listed, manners)
    check_mask(order, manners)
    return values


def _values(order: Order, house: House, manners: Manners) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, raw in order.values.items():
        if name in ("prompt", "model", "size"):
            if not isinstance(raw, str) and raw is not None:
                raise Refused("type", name)
            read[name] = raw
        elif name in house.options:
            if (value := _option(name, raw, house.options[name], typed=order.typed)) is not None:
                read[name] = value
        elif _unknown(name, house, manners):
            raise Refused("unknown", name)
    return read


def _unknown(name: str, house: House, manners: Manners) -> bool:
    if house.json == "image":  # its document allows further fields
        return False
    return manners.unknown == "refuse" or (name == "response_format" and manners.response_format == "refuse")


def _option(name: str, raw: Any, asked: Any, *, typed: bool) -> Any:
    if isinstance(asked, Whole):
        number = _whole(name, raw, typed=typed)
        if number is not None and not asked.least <= number <= (asked.most or number):
            raise Refused("range", name)
        return number
    if isinstance(asked, Flag):
        return _flag(name, raw, typed=typed)
    if not isinstance(raw, str):
        raise Refused("type", name)
    if isinstance(asked, Choice) and raw not in asked.words:
        raise Refused("value", name)
    return raw


def _whole(name: str, raw: Any, *, typed: bool) -> int | None:
    if not typed and raw == "":
        return None
    if not typed and re.fullmatch(r"[+-]?\d{1,40}", raw):
        return int(raw)
    if typed and isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise Refused("type", name)


def _flag(name: str, raw: Any, *, typed: bool) -> bool:
    if typed and isinstance(raw, bool):
        return raw
    if not typed and raw.lower() in ("true", "false", ""):
        return bool(raw.lower() == "true")
    raise Refused("type", name)


def _model(values: Mapping[str, Any], house: House, manners: Manners) -> Mapping[str, Any]:
    name = values.get("model")
    if "model" in values and name is None:
        raise Refused("type", "model")
    if not name:
        if house.model_needed:
            raise Refused("missing", "model")
        return {}
    if house.models_path:
        found = next((item for item in LISTS[manners.models] if item["name"] == name), None)
        if found is None:
            raise Refused("model", "model")
        return found
    if name not in house.models and not (manners.more_models and name in _MORE_MODELS):
        raise Refused("model", "model")
    return {}


def _prompt(values: Mapping[str, Any]) -> None:
    prompt = values.get("prompt")
    if prompt is None:
        raise Refused("type" if "prompt" in values else "missing", "prompt")
    if not prompt:
        raise Refused("too-short", "prompt")
    if len(prompt) > 32000:
        raise Refused("too-long", "prompt")


def _size(values: Mapping[str, Any], house: House, listed: Mapping[str, Any]) -> None:
    size = values.get("size")
    if not size:
        return
    if house.models_path:
        if listed.get("sizes") and size not in listed["sizes"]:
            raise Refused("value", "size")
        return
    fits = _on_grid(size) if values.get("model") in house.grid else size in house.sizes
    if not fits:
        raise Refused("value", "size")


def _on_grid(size: str) -> bool:
    found = _SIZE.fullmatch(size)
    if found is None:
        return size == "auto"
    width, height = int(found[1]), int(found[2])
    divisible = width % 16 == 0 and height % 16 == 0
    return divisible and max(width, height) <= 3 * min(width, height) and 655_360 <= width * height <= 8_294_400


def _together(values: Mapping[str, Any], house: House, manners: Manners) -> None:
    if values.get("model") in house.grid and "input_fidelity" in values:
        raise Refused("not-with", "input_fidelity")
    if values.get("stream") and values.get("n", 1) > 1 and manners.unknown == "refuse":
        raise Refused("not-with", "input")
    if (
        values.get("background") == "transparent"
        and values.get("output_format") == "jpeg"
        and not manners.png_compression
    ):
        raise Refused("value", "background")
    png = values.get("output_format", "png") == "png"
    if png and values.get("output_compression", 100) < 100 and not manners.png_compression:
        raise Refused("not-with", "output_compression")
    if values.get("partial_images") and not values.get("stream") and manners.partials_need_stream:
        raise Refused("not-with", "partial_images")
