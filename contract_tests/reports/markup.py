"""HTML that cannot be broken out of: text becomes markup only through `tag`, which escapes every word it is given.

What an endpoint sent is quoted all over the page, so there is no other way to make markup here. Control characters,
lone surrogates and characters that turn the reading direction around are shown as U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias


class Html(str):
    """Markup that is already escaped; only this module and constants make it out of text."""

    __slots__ = ()


Child: TypeAlias = "Html | str | int | Iterable[Child] | None"
Attribute: TypeAlias = str | int | bool | None

_VOID = frozenset({"br", "hr", "img", "input", "meta"})
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
_TURNS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN = re.compile(f"[{_CONTROLS}{_TURNS}\ud800-\udfff\ufffe\uffff]")
_MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def visible(text: str) -> str:
    """Text without characters that a reader cannot see or that change how the rest is read."""
    return _UNSEEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def escape(text: str) -> Html:
    """Text as markup, safe between tags and inside a quoted attribute."""
    return text if isinstance(text, Html) else Html(visible(text).translate(_MARKS))


def join(children: Child) -> Html:
    """Children one after the other; None is nothing, a string is escaped."""
    return Html("".join(_flat(children)))


def _flat(child: Child) -> Iterable[str]:
    if child is None:
        return
    if isinstance(child, str):
        yield escape(child)
    elif isinstance(child, int):
        yield str(child)
    else:
        for inner in child:
            yield from _flat(inner)


def tag(element: str, /, *children: Child, **attributes: Attribute) -> Html:
    """An element. `class_` is `class`, `aria_label` is `aria-label`; None and False leave an attribute out."""
    stated = "".join(_attribute(key, value) for key, value in attributes.items())
    if element in _VOID:
        return Html(f"<{element}{stated}>")
    return Html(f"<{element}{stated}>{join(children)}</{element}>")


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def prose(text: str) -> Html:
    """Our own sentences: words between backticks are code, nothing else is markup."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    return join(tag("code", piece) if index % 2 else piece for index, piece in enumerate(pieces))


def anchor(*names: str) -> str:
    """A fragment name out of any text: the same text always gives the same name."""
    return "--".join(re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-") or "x" for name in names)


def language(text: str) -> str | None:
    """`zh` for text with Chinese characters, `ja` where kana stand among them, else None (the page's English)."""
    if re.search("[\u3040-\u30ff]", text):
        return "ja"
    return "zh" if re.search("[\u3400-\u9fff]", text) else None
