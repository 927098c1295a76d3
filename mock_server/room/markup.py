"""Text into HTML: everything that came from outside passes `escaped`, nothing is ever put into a script or a style."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any

LONGEST = 2000
"""Characters of one value that are shown."""

UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, lone surrogates, and marks that turn the reading direction of all that follows."""


def escaped(value: Any, most: int = LONGEST) -> str:
    """A value as text between tags or in a quoted attribute; long ones are cut, unshowable characters are named."""
    text = value if isinstance(value, str) else str(value)
    cut = f"{text[:most]}… ({len(text)} characters)" if len(text) > most else text
    return html.escape(UNSHOWABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", cut))


def table(rows: Iterable[tuple[str, str]], kind: str = "pairs") -> str:
    """Two columns; the first is text, the second HTML that is escaped already. Nothing when there are no rows."""
    body = "".join(f'<tr><th scope="row">{escaped(name, 200)}</th><td>{value}</td></tr>' for name, value in rows)
    return f'<table class="{kind}">{body}</table>' if body else ""


def listed(items: Sequence[str], nothing: str) -> str:
    """Items (HTML) as a list, or a sentence when there are none."""
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if items else f'<p class="none">{nothing}</p>'
