"""Bodies that are broken byte by byte, each in one way and under a name.

They are made from a request whose picture is none, so that accepting one is wrong however forgiving a reader is: what
is looked for is a server that falls over, hangs, talks of its inside, or answers as if all were well.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from contract_tests import multiparts
from specs.messages import Headers, Part
from specs.reading import JSON, MULTIPART

BOUNDARY = "image-contract-7d2a1c"


@dataclass(frozen=True, slots=True)
class Malformed:
    """A broken body: its name, its bytes, the header fields that go with it."""

    name: str
    body: bytes
    headers: Headers

    @property
    def lawful(self) -> bool:
        """Whether the standard allows it: rare, but no reason to give up on the body."""
        return self.name in LAWFUL


Form = Callable[[bytes, bytes], bytes]
"""From a well-formed body and its delimiter (`--boundary`) to a broken one."""


def _line(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape") + b"\r\n"


def _part(*lines: str, data: bytes = b"x") -> Form:
    """One more part, with this head."""
    head = b"".join(map(_line, lines))
    added = b"\r\n" + head + b"\r\n" + data + b"\r\n"
    return lambda body, line: body.removesuffix(line + b"--\r\n") + line + added + line + b"--\r\n"


_NAMED = 'Content-Disposition: form-data; name="note"'

FORMS: Mapping[str, Form] = {
    "empty": lambda _body, _line: b"",
    "one-byte": lambda _body, _line: b"\x00",
    "only-the-end": lambda _body, line: line + b"--\r\n",
    "only-a-boundary": lambda _body, line: line + b"\r\n",
    "no-end": lambda body, line: body.removesuffix(line + b"--\r\n"),
    "cut-in-the-end": lambda body, _line: body[:-3],
    "cut-in-a-boundary": lambda body, line: body[: body.rindex(line) + 5],
    "cut-in-a-head": lambda body, _line: body[: body.rindex(b"\r\n\r\n") - 9],
    "cut-in-a-picture": lambda body, _line: body[: len(body) // 2],
    "ends-twice": lambda body, line: body + line + b"--\r\n",
    "end-in-the-middle": lambda body, line: body.replace(line + b"\r\n", line + b"--\r\n", 2),
    "line-feeds-only": lambda body, _line: body.replace(b"\r\n", b"\n"),
    "carriage-returns-only": lambda body, _line: body.replace(b"\r\n", b"\r"),
    "no-empty-line": lambda body, _line: body.replace(b"\r\n\r\n", b"\r\n", 1),
    "boundary-cut-short": lambda body, line: body.replace(line, line[:-2]),
    "boundary-with-a-tail": lambda body, line: body.replace(line + b"\r\n", line + b"tail\r\n"),
    "boundary-in-other-case": lambda body, line: body.replace(line, line.upper()),
    "one-dash": lambda body, line: body.replace(line, line[1:]),
    "padded-boundaries": lambda body, line: body.replace(line + b"\r\n", line + b" \t \r\n"),
    "preamble": lambda body, _line: b"This is a preamble.\r\n" + body,
    "long-preamble": lambda body, _line: b"x" * 100_000 + b"\r\n" + body,
    "epilogue": lambda body, _line: body + b"This is an epilogue.",
    "zeros-inside": lambda body, _line: body.replace(b"\r\n\r\n", b"\r\n\r\n\0\0\0", 1),
    "no-disposition": _part("Content-Type: text/plain"),
    "no-head": _part(),
    "no-name": _part('Content-Disposition: form-data; filename="a.png"'),
    "empty-name": _part('Content-Disposition: form-data; name=""'),
    "unquoted-name": _part("Content-Disposition: form-data; name=note"),
    "unclosed-name": _part('Content-Disposition: form-data; name="note'),
    "two-names": _part('Content-Disposition: form-data; name="note"; name="n"'),
    "name-in-rfc-5987": _part("Content-Disposition: form-data; name*=UTF-8''n%C3%B6te"),
    "attachment": _part('Content-Disposition: attachment; name="note"'),
    "two-dispositions": _part(_NAMED, 'Content-Disposition: form-data; name="n"'),
    "folded-head": _part("Content-Disposition: form-data;", ' name="note"'),
    "head-without-colon": _part(_NAMED, "this is no header field"),
    "head-with-a-zero": _part(_NAMED + "\0"),
    "head-not-utf8": _part(_NAMED[:-1] + '\udcff\udcfe"'),
    "long-head": _part(_NAMED, "X-Long: " + "x" * 100_000),
    "many-heads": _part(_NAMED, *(f"X-{number}: {number}" for number in range(2000))),
    "long-name": _part(f'Content-Disposition: form-data; name="{"n" * 70_000}"'),
    "path-as-name": _part('Content-Disposition: form-data; name="image"; filename="../../../../etc/passwd"'),
    "zero-in-file-name": _part('Content-Disposition: form-data; name="image"; filename="a.png\0.sh"'),
    "prototype": _part('Content-Disposition: form-data; name="__proto__[polluted]"'),
    "deep-name": _part(f'Content-Disposition: form-data; name="a{"[b]" * 5000}"'),
    "huge-index": _part('Content-Disposition: form-data; name="image[999999999]"; filename="a.png"'),
    "base64-part": _part(_NAMED, "Content-Transfer-Encoding: base64", data=b"eA=="),
    "unknown-transfer-encoding": _part(_NAMED, "Content-Transfer-Encoding: x-nothing"),
    "unknown-charset": _part(_NAMED, "Content-Type: text/plain; charset=x-nothing"),
    "utf16-part": _part(_NAMED, "Content-Type: text/plain; charset=utf-16", data="x".encode("utf-16")),
    "lying-part-length": _part(_NAMED, "Content-Length: 999999"),
    "nested-form": _part(
        _NAMED, "Content-Type: multipart/mixed; boundary=inner", data=b"--inner\r\n\r\nx\r\n--inner--"
    ),
    "too-many-parts": lambda body, line: (line + b"\r\n" + _NAMED.encode() + b"\r\n\r\nx\r\n") * 1500 + body,
}
"""Broken forms by name."""

TYPES: Mapping[str, str] = {
    "no-boundary": MULTIPART,
    "empty-boundary": f"{MULTIPART}; boundary=",
    "empty-quoted-boundary": f'{MULTIPART}; boundary=""',
    "unclosed-boundary": f'{MULTIPART}; boundary="{BOUNDARY}',
    "other-boundary": f"{MULTIPART}; boundary=another",
    "two-boundaries": f"{MULTIPART}; boundary=another; boundary={BOUNDARY}",
    "endless-boundary": f"{MULTIPART}; boundary={'b' * 5000}",
    "boundary-of-signs": f"{MULTIPART}; boundary=(){{}}[]\\*+?^$|",
    "multipart-mixed": f"multipart/mixed; boundary={BOUNDARY}",
    "multipart-alone": f"multipart; boundary={BOUNDARY}",
    "parameters-only": f"; boundary={BOUNDARY}",
}
"""Content types that do not fit a well-formed form."""


LAWFUL = frozenset(f"form-{name}" for name in ("preamble", "long-preamble", "epilogue", "unquoted-name"))
"""RFC 2046, 5.1.1, and RFC 2045, 5.1."""


def _deep(levels: int) -> bytes:
    return b'{"model":' * levels + b"1" + b"}" * levels


DOCUMENTS: Mapping[str, Callable[[bytes], bytes]] = {
    "empty": lambda _text: b"",
    "white-space": lambda _text: b" \r\n\t ",
    "cut": lambda text: text[:-1],
    "halved": lambda text: text[: len(text) // 2],
    "zero-first": lambda text: b"\0" + text,
    "byte-order-mark": lambda text: b"\xef\xbb\xbf" + text,
    "utf-16": lambda text: text.decode("utf-8").encode("utf-16"),
    "utf-32": lambda text: text.decode("utf-8").encode("utf-32"),
    "latin-1": lambda text: text.replace(b"{", b'{"user":"\xe9",', 1),
    "two-documents": lambda text: text + text,
    "trailing-comma": lambda text: text[:-1] + b",}",
    "comment": lambda text: b"/* hello */" + text,
    "bare-names": lambda text: text.replace(b'"model"', b"model", 1),
    "single-quotes": lambda text: text.replace(b'"', b"'"),
    "not-a-number": lambda text: text[:-1] + b',"n":NaN}',
    "infinity": lambda text: text[:-1] + b',"n":-Infinity}',
    "hexadecimal": lambda text: text[:-1] + b',"n":0x10}',
    "huge-exponent": lambda text: text[:-1] + b',"n":1e400}',
    "ten-thousand-digits": lambda text: text[:-1] + b',"n":' + b"9" * 10_000 + b"}",
    "lone-surrogate": lambda text: text[:-1] + b',"user":"\\ud800"}',
    "bad-escape": lambda text: text[:-1] + b',"user":"\\x41"}',
    "control-character": lambda text: text[:-1] + b',"user":"\x01"}',
    "zero-escape": lambda text: text[:-1] + b',"user":"\\u0000"}',
    "same-name-twice": lambda text: text[:-1] + b',"model":null,"model":{}}',
    "prototype": lambda text: text[:-1] + b',"__proto__":{"polluted":true}}',
    "deep": lambda _text: _deep(200),
    "very-deep": lambda _text: b"[" * 100_000,
    "array": lambda text: b"[" + text + b"]",
    "text": lambda text: json.dumps(text.decode("utf-8")).encode(),
    "number": lambda _text: b"1",
    "null": lambda _text: b"null",
    "false": lambda _text: b"false",
    "script": lambda text: b"callback(" + text + b")",
    "yaml": lambda _text: b"model: x\nn: 1\n",
    "zipped": lambda text: gzip.compress(text, mtime=0),
}
"""Broken JSON documents by name."""


def forms(parts: tuple[Part, ...]) -> Iterator[Malformed]:
    """Every broken form that can be made from these parts."""
    body, line = multiparts.body(parts, BOUNDARY), f"--{BOUNDARY}".encode()
    right = f"{MULTIPART}; boundary={BOUNDARY}"
    for name, breaking in FORMS.items():
        yield Malformed(f"form-{name}", breaking(body, line), (("Content-Type", right),))
    for name, stated in TYPES.items():
        yield Malformed(f"form-{name}", body, (("Content-Type", stated),))


def documents(text: bytes) -> Iterator[Malformed]:
    """Every broken JSON document that can be made from this one."""
    for name, breaking in DOCUMENTS.items():
        yield Malformed(f"json-{name}", breaking(text), (("Content-Type", JSON),))
    yield Malformed("json-as-text", text, (("Content-Type", "text/json"),))
