"""Big bodies kept small: a body as a list of segments that put together give exactly the same bytes.

    {"text": "..."}                                 valid UTF-8
    {"base64": "..."}                               a little that is not
    {"run": [byte, count]}                          one byte, many times
    {"picture": "<sha256>.png", "as": "bytes"}      a file in the pictures' folder, as it is or in one of ENCODINGS
    {"of": [segments], "as": "base64"}              segments, encoded
    {"omitted": "<sha256>", "length": n, "kind": "png", "size": "WxH", "as": "bytes"}

A picture file is found by its own structure (`specs.spans`), so multipart parts, JSON answers, data URLs and streams
need no knowledge of their own. Whatever else is big and no text becomes a file too (`<sha256>.bin`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from specs import spans
from specs.pictures import kind_of, look

Segment: TypeAlias = Mapping[str, Any]
"""One segment, as in the module's docstring."""

RUN = 4096
"""The shortest run of one byte that is stored as its length."""
BIG = 4096
"""The shortest binary (or base64) that is worth a file of its own."""
LARGEST = 1 << 28
"""The largest body that is put together again."""

_BIG_TEXT = 1 << 18
_PADDED = 1 << 16
_LEAST_BASE64 = 64
_BASE64 = re.compile(rb"(?<![A-Za-z0-9+/_-])(?=[A-Za-z0-9+/_-]|\\/)[A-Za-z0-9+/_-]*+(?:\\/[A-Za-z0-9+/_-]*+)*+={0,2}")
_USUAL = bytes.maketrans(b"-_", b"+/")
_IN_BASE64 = tuple(bytes([byte]) in rb"+/-_=\\" or bytes([byte]).isalnum() for byte in range(256))
_FILE = re.compile(r"[0-9a-f]{64}\.(?:png|jpeg|webp|bin)")


class UnreadableEvidence(ValueError):
    """A stored body cannot be put together: one sentence with what was expected and what was found."""


def _slashed(data: bytes) -> bytes:
    return base64.b64encode(data).replace(b"/", rb"\/")


ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "bytes": bytes,
    "base64": base64.b64encode,
    "base64-unpadded": lambda data: base64.b64encode(data).rstrip(b"="),
    "base64-slashed": _slashed,
    "base64-slashed-unpadded": lambda data: _slashed(data).rstrip(b"="),
    "base64url": base64.urlsafe_b64encode,
    "base64url-unpadded": lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
}
"""How the bytes of a file stand in a body. `slashed`: with every `/` as `\\/`, as some JSON writers do."""


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes bodies apart. `keep` stores a file under a name; None where pictures must not be kept."""

    keep: Callable[[str, bytes], None] | None

    def segments(self, body: bytes) -> list[Segment]:
        """The segments of a body; of an empty one none."""
        return list(self._raw(body))

    def _raw(self, data: bytes) -> Iterator[Segment]:
        for span in spans.split(data, spans.pictures(data)):
            piece = data[span.start : span.end]
            if span.found and not _padded(piece):
                yield self._file(piece, "bytes")
            else:
                yield from self._without_pictures(piece)

    def _without_pictures(self, data: bytes) -> Iterator[Segment]:
        for span in spans.split(data, _filling(data)):
            piece = data[span.start : span.end]
            yield from ({"run": [piece[0], len(piece)]},) if span.found else self._without_filling(piece)

    def _without_filling(self, data: bytes) -> Iterator[Segment]:
        for span in spans.split(data, _encoded(data)):
            piece = data[span.start : span.end]
            yield from self._base64(piece) if span.found else self._plain(piece)

    def _base64(self, text: bytes) -> Iterator[Segment]:
        """Base64 text: a picture, something big, or after all only text."""
        encoding, data = _decoded(text) or ("", b"")
        if not encoding or not (_is_picture(data) or (len(text) >= BIG and not _mostly_runs(text))):
            yield from self._plain(text)
        elif _padded(data):
            yield {"of": list(self._plain(data)), "as": encoding}
        else:
            yield self._file(data, encoding)

    def _plain(self, data: bytes) -> Iterator[Segment]:
        for span in spans.split(data, spans.runs(data, RUN)):
            piece = data[span.start : span.end]
            if span.found:
                yield {"run": [piece[0], len(piece)]}
            else:
                yield from (self._piece(text_or_not) for text_or_not in spans.texts(piece))

    def _piece(self, piece: bytes | str) -> Segment:
        if isinstance(piece, str):
            return {"text": piece} if len(piece) < _BIG_TEXT else self._file(piece.encode(), "bytes")
        if len(piece) >= BIG or (self.keep is None and _is_picture(piece)):
            return self._file(piece, "bytes")
        return {"base64": base64.b64encode(piece).decode()}

    def _file(self, data: bytes, encoding: str) -> Segment:
        digest = hashlib.sha256(data).hexdigest()
        whole = next(spans.pictures(data), None) == (0, len(data))
        if self.keep is None:
            seen = look(data)
            kind, size = kind_of(data) or "bin", seen.size if seen else None
            return {"omitted": digest, "length": len(data), "kind": kind, "size": size, "as": encoding}
        name = f"{digest}.{kind_of(data) if whole else 'bin'}"
        self.keep(name, data)
        return {"picture": name, "as": encoding}


def restore(segments: Sequence[Segment], fetch: Callable[[str], bytes]) -> bytes:
    """The body that was taken apart; `fetch` gives the bytes of a stored file.

    What was omitted is a short text in its place (see `omits`). Raises UnreadableEvidence.
    """
    body = bytearray()
    for segment in segments:
        body += _restored(segment, fetch, LARGEST - len(body))
        if len(body) > LARGEST:
            raise UnreadableEvidence(f"expected a body of at most {LARGEST} bytes, got more")
    return bytes(body)


def omits(segments: Sequence[Segment]) -> bool:
    """Whether a part of the body was not kept."""
    return any("omitted" in segment or omits(segment.get("of", ())) for segment in segments)


def _restored(segment: Segment, fetch: Callable[[str], bytes], room: int) -> bytes:
    match segment:
        case {"text": str(text)}:
            return text.encode("utf-8", "surrogatepass")
        case {"base64": str(text)}:
            return _strictly(text)
        case {"run": [int(byte), int(count)]} if 0 <= byte < 256 and 0 <= count <= room:
            return bytes([byte]) * count
        case {"picture": str(name), "as": str(encoding)} if _FILE.fullmatch(name) and encoding in ENCODINGS:
            return ENCODINGS[encoding](_checked(name, fetch(name)))
        case {"of": list(inner), "as": str(encoding)} if encoding in ENCODINGS and not any("of" in s for s in inner):
            return ENCODINGS[encoding](restore(inner, fetch))
        case {"omitted": str(digest), "kind": str(kind), "size": size}:
            return f"<omitted {kind} {size or ''} {digest}>".encode()
    raise UnreadableEvidence(f"expected a segment of a body, got {str(segment)[:80]!r}")


def _strictly(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise UnreadableEvidence(f"expected base64, got {text[:40]!r}") from problem


def _checked(name: str, data: bytes) -> bytes:
    digest = hashlib.sha256(data).hexdigest()
    if not name.startswith(digest):
        raise UnreadableEvidence(f"expected pictures/{name} to hold what its name says, got other bytes ({digest})")
    return data


def _padded(data: bytes) -> bool:
    """Whether most of the bytes are long runs: a small picture blown up to test a limit."""
    return len(data) >= _PADDED and _mostly_runs(data)


def _mostly_runs(data: bytes) -> bool:
    return 2 * sum(end - start for start, end in spans.runs(data, RUN)) > len(data)


def _is_picture(data: bytes) -> bool:
    """Whether it begins as a picture; two-byte signatures are too short to tell."""
    return kind_of(data) in ("png", "jpeg", "webp", "gif")


def _filling(data: bytes) -> Iterator[tuple[int, int]]:
    """Long runs of a byte that base64 never has: megabytes that need not be searched for any."""
    if len(data) >= _PADDED:
        yield from (run for run in spans.runs(data, RUN) if not _IN_BASE64[data[run[0]]])


def _encoded(data: bytes) -> Iterator[tuple[int, int]]:
    found = (match.span() for match in _BASE64.finditer(data))
    return ((start, end) for start, end in found if end - start >= _LEAST_BASE64)


def _decoded(text: bytes) -> tuple[str, bytes] | None:
    """(encoding, bytes) when encoding the bytes again gives exactly the text."""
    plain = text.rstrip(b"=")
    if b"\\" in plain:
        plain = plain.replace(rb"\/", b"/")
    if b"-" in plain or b"_" in plain:
        plain = plain.translate(_USUAL)
    try:
        data = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return None
    return next(((name, data) for name in ENCODINGS if name != "bytes" and ENCODINGS[name](data) == text), None)
