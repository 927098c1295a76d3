"""Where a secret shows in some bytes, in whatever form: as it is, escaped, in base64, or only a part of it.

A key is cut into pieces of eight characters. Every occurrence of a piece (raw, or with any of its characters escaped)
is a foothold, from which the match grows in both directions as far as the key goes. Escapes are rare, so the slow
search for escaped pieces looks only near an escape.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from specs.spans import runs, split

PIECE = 8
"""Characters of a key that are a part of it, at its beginning or its end, and no accident."""
INSIDE = 12
"""As PIECE, for a part from the middle of the key."""

MOST = 0.75
"""The share of a key, in one piece, that leaves nothing worth the name of a mask."""

_LONGEST_ESCAPE = 24
_MARKS = (b"%", b"\\", b"&")
"""What an escape begins with."""

_STRIDE = 4096

_LARGE, _FILLING = 1 << 20, 1 << 16
"""Bytes from which a body may be large for its filling only, and of a filling."""

_SPARSE = 1000
"""Fewer than one in so many bytes are few."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes `start` to `end` show the secret: the whole of it (or nearly, MOST of it and more), or a part."""

    start: int
    end: int
    whole: bool


@lru_cache(maxsize=1024)
def _escapes(character: str) -> bytes:
    """A pattern for the escaped forms of one character: percent, JSON, HTML, each possibly twice over."""
    code = ord(character)
    percent = "".join(f"%(?:25)*(?i:{byte:02x})" for byte in character.encode())
    forms = [percent, rf"\\+u(?i:{code:04x})", rf"&(?:amp;)*#(?:0*{code}|[xX]0*(?i:{code:x}));"]
    if character in '/"\\':
        forms.append(rf"\\+{re.escape(character)}")
    return "|".join(forms).encode()


@lru_cache(maxsize=1024)
def _any_form(character: str) -> bytes:
    return b"(?:" + _escapes(character) + b"|" + re.escape(character.encode()) + b")"


def _any_escape(characters: str) -> re.Pattern[bytes]:
    """A quick pattern for the beginning of any escape of any of the characters (and of a few others)."""
    percent = "|".join(sorted({f"{character.encode()[0]:02x}" for character in characters}))
    return re.compile(rf"[%\\&](?i:(?:25)*(?:{percent})|\\*u[0-9a-f]{{4}}|(?:amp;)*#x?[0-9a-f]|\\*[/\"\\])".encode())


class Secret:
    """One secret (at least PIECE characters), ready to be looked for."""

    def __init__(self, secret: str) -> None:
        """Prepare the patterns; no pattern holds more than PIECE characters."""
        self._length = len(secret)
        starts = sorted({*range(0, len(secret) - PIECE + 1, PIECE), len(secret) - PIECE})
        self._pieces = [(at, secret[at : at + PIECE].encode()) for at in starts]
        self._escaped_pieces = [
            (at, re.compile(b"".join(_any_form(c) for c in secret[at : at + PIECE]))) for at in starts
        ]
        self._escape = _any_escape("".join(sorted(set(secret))))
        self._forward = [re.compile(_any_form(c)) for c in secret]
        self._backward = [re.compile(_any_form(c) + rb"\Z") for c in secret]
        self._encoded = tuple(_base64_forms(secret.encode()))

    def spans(self, data: bytes) -> Iterator[Span]:
        """Every place where the secret, or a telling part of it, shows; they may overlap."""
        for form in self._encoded:
            yield from (Span(at, at + len(form), whole=True) for at in _finds(data, form))
        for first, start, end in self._footholds(data):
            yield from self._grown(data, first, start, end)

    def _footholds(self, data: bytes) -> Iterator[tuple[int, int, int]]:
        """(index of the piece's first character, start, end) of every piece found."""
        for first, piece in self._pieces:
            yield from ((first, at, at + PIECE) for at in _finds(data, piece))
        for start, end in self._near_escapes(data):
            for first, pattern in self._escaped_pieces:
                yield from ((first, *found.span()) for found in pattern.finditer(data, start, end))

    def _near_escapes(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Stretches of `data` of about _STRIDE at most, overlapping, that hold every piece with an escape in it."""
        reach = (PIECE + 1) * _LONGEST_ESCAPE
        start = end = -1
        for found in self._escapes_in(data):
            if start >= 0 and found.start() - reach <= end and end - start < _STRIDE:
                end = found.end() + reach
                continue
            if start >= 0:
                yield start, end
            start, end = max(0, found.start() - reach), found.end() + reach
        if start >= 0:
            yield start, end

    def _escapes_in(self, data: bytes) -> Iterator[re.Match[bytes]]:
        """Every escape. Where one could begin is found fastest by a pattern if there are many such places."""
        if sum(map(data.count, _MARKS)) * _SPARSE > len(data):
            yield from self._escape.finditer(data)
            return
        starts = sorted(at for mark in _MARKS for at in _finds(data, mark))
        yield from filter(None, (self._escape.match(data, at) for at in starts))

    def _grown(self, data: bytes, first: int, start: int, end: int) -> Iterator[Span]:
        last = first + PIECE
        while last < self._length and (found := self._forward[last].match(data, end)):
            end, last = found.end(), last + 1
        while first and (found := self._backward[first - 1].search(data, max(0, start - _LONGEST_ESCAPE), start)):
            start, first = found.start(), first - 1
        at_an_end = first == 0 or last == self._length
        if at_an_end or last - first >= INSIDE:
            yield Span(start, end, whole=last - first >= max(MOST * self._length, min(INSIDE, self._length)))


class ShortSecret:
    """A secret too short to be told from ordinary text: looked for as a word of its own only."""

    def __init__(self, secret: str) -> None:
        """Take the secret."""
        self._secret = secret.encode()

    def spans(self, data: bytes) -> Iterator[Span]:
        """Every place where the secret stands as a word."""
        for start in _finds(data, self._secret):
            end = start + len(self._secret)
            if not data[max(0, start - 1) : start].isalnum() and not data[end : end + 1].isalnum():
                yield Span(start, end, whole=True)


@lru_cache(maxsize=64)
def looking_for(secret: str) -> Secret | ShortSecret:
    """The search for one secret."""
    return Secret(secret) if len(secret) >= PIECE else ShortSecret(secret)


def spans(secret: str, data: bytes) -> Iterator[Span]:
    """Every place where a secret, or a telling part of it, shows; they may overlap. Fillings are passed over."""
    sought = looking_for(secret)
    if len(data) < _LARGE or "\0" in secret:
        yield from sought.spans(data)
        return
    for part in split(data, _fillings(data)):
        if not part.found:
            found = sought.spans(data[part.start : part.end])
            yield from (Span(part.start + span.start, part.start + span.end, span.whole) for span in found)


def _fillings(data: bytes) -> Iterator[tuple[int, int]]:
    """Long runs of zeros, which stand in no form of a secret."""
    return (run for run in runs(data, _FILLING) if not data[run[0]])


def merged(spans: Iterator[Span]) -> list[Span]:
    """The spans in order, overlapping ones as one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            last = joined.pop()
            span = Span(last.start, max(last.end, span.end), last.whole or span.whole)  # noqa: PLW2901 - it grows
        joined.append(span)
    return joined


def _finds(data: bytes, wanted: bytes) -> Iterator[int]:
    at = data.find(wanted)
    while at >= 0:
        yield at
        at = data.find(wanted, at + 1)


def _base64_forms(secret: bytes) -> set[bytes]:
    """The characters that base64 of anything around the secret always has for it, at each of three alignments."""
    forms: set[bytes] = set()
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + secret)
        core = encoded[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6]
        urlsafe = core.translate(bytes.maketrans(b"+/", b"-_"))
        forms |= {core, urlsafe, core.replace(b"/", rb"\/")}
        forms |= {core.replace(b"+", plus).replace(b"/", slash) for plus, slash in ((b"%2B", b"%2F"), (b"%2b", b"%2f"))}
    return forms
