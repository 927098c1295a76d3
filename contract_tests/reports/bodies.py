"""Bodies made short enough to read: long strings show their beginning and length, long lists their first items."""

from __future__ import annotations

import json
from typing import Any

from contract_tests.reports import thumbnails, words
from contract_tests.reports.markup import Html, tag
from specs.pictures import kind_of

LONGEST_STRING = 160
LONGEST_BODY = 4000
MOST_ITEMS = 20


def body(data: bytes, kind: str | None) -> Html:
    """A body as a block of text, or one line about it where it is no text."""
    stated = f"{words.weight(len(data))}{', ' + kind if kind else ''}"
    if not data:
        return tag("p", "No body.", class_="quiet")
    if kind_of(data):
        return tag("p", f"{thumbnails.describe(data)}, {stated}")
    if b"\0" in data[:LONGEST_BODY]:
        return tag("p", f"Not text: {stated}")
    text = words.cut(shortened_json(data, indent=2), LONGEST_BODY)
    return tag("pre", text, tabindex=0, role="group", aria_label=f"Body, {stated}")


def shortened_json(data: bytes, indent: int | None) -> str:
    """JSON laid out, its long strings and lists cut; anything that is no JSON as the text it is."""
    try:
        return json.dumps(_short(json.loads(data)), ensure_ascii=False, indent=indent)
    except (ValueError, RecursionError):
        return data[: 2 * LONGEST_BODY].decode("utf-8", "replace")


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return shortened(value)
    if isinstance(value, list):
        rest = [f"\u2026 {len(value) - MOST_ITEMS} more"] if len(value) > MOST_ITEMS else []
        return [_short(item) for item in value[:MOST_ITEMS]] + rest
    if isinstance(value, dict):
        return {shortened(key): _short(item) for key, item in value.items()}
    return value


def shortened(text: str) -> str:
    """A long string's beginning and its length; a short one as it is."""
    return text if len(text) <= LONGEST_STRING else f"{text[:48]}\u2026 ({len(text):,} characters)"
