"""When two requests ask the same, and if not, where they differ: one computation gives both.

Boundaries, the order of parts, file names and header fields do not matter to what is asked. Where recordings differ in
them only, the one that stands on the wire in the same way is preferred (`Wanted.wire`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from specs import reading
from specs.contract import Contract
from specs.edits import Edit, Input
from specs.features import features
from specs.messages import Request
from specs.pictures import kind_of
from specs.rules.request import FAKE

NOTHING = "nothing"
_SHOWN = 60
_OMITTED = re.compile(rb"<omitted (\w+) [^<>]*?([0-9a-f]{64})>")
"""What stands in a recording for a picture that was not kept (specs.evidence): its kind and digest."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for: `said` by name, and `wire`: how it stands on the wire."""

    said: Mapping[str, str]
    wire: frozenset[str]


def wanted(contract: Contract, request: Request, root: str = "") -> Wanted:
    """What a request asks for; `root` is what stands before every path of its server."""
    edit = reading.read(contract, request)
    said = {
        "the method": request.method.upper(),
        "the path": _path(contract, edit, root),
        "the key": _key(request.header("authorization") or ""),
        "the encoding": edit.encoding,
        **dict(_asked(edit)),
    }
    return Wanted(said, frozenset(_wire(edit)))


def differences(recorded: Wanted, asked: Wanted) -> tuple[str, ...]:
    """In what two requests differ, one short sentence each; none where they ask the same."""
    names = dict.fromkeys((*recorded.said, *asked.said))
    both = ((name, asked.said.get(name, NOTHING), recorded.said.get(name, NOTHING)) for name in names)
    return tuple(f"{name} is {_short(now)} instead of {_short(then)}" for name, now, then in both if now != then)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _path(contract: Contract, edit: Edit, root: str) -> str:
    path = edit.request.path.rstrip("/")
    if edit.on_route:
        return contract.edit.path
    if contract.models and path.endswith(contract.models.path):
        return contract.models.path
    return path.removeprefix(root.rstrip("/")) or "/"


def _key(authorization: str) -> str:
    """Which key is no business of a replay: whether there is one, is."""
    scheme, _, key = authorization.strip().partition(" ")
    if not authorization:
        return "none"
    if scheme.lower() != "bearer" or not key.strip():
        return "not a bearer key"
    return "a made-up one" if key.strip().startswith(FAKE) else "given"


def _asked(edit: Edit) -> Iterator[tuple[str, str]]:
    if edit.problem or edit.encoding == "other":
        told = edit.problem or f"a body of the type {edit.media_type or 'none'}"
        yield "the body", f"{told}, sha256 {hashlib.sha256(edit.request.body).hexdigest()}"
    for name in sorted(edit.fields):
        yield f"`{name}`", json.dumps(edit.fields[name], ensure_ascii=False, sort_keys=True, default=str)
    for number, picture in enumerate(edit.images, start=1):
        yield f"picture {number}", _picture(picture)
    if edit.mask:
        yield "the mask", _picture(edit.mask)


def _picture(picture: Input) -> str:
    if picture.data is not None and not (left_out := _OMITTED.fullmatch(picture.data)):
        return f"{kind_of(picture.data) or 'bin'} {hashlib.sha256(picture.data).hexdigest()}"
    if picture.data is None and picture.text is None:
        return f"the link {picture.url}" if picture.url is not None else f"the file {picture.file_id}"
    left_out = _OMITTED.search(picture.data or (picture.text or "").encode("utf-8", "replace"))
    return f"{left_out[1].decode()} {left_out[2].decode()}" if left_out else f"the text {picture.text!r}"


def _wire(edit: Edit) -> Iterator[str]:
    yield from features(edit)
    for picture in (*edit.images, *((edit.mask,) if edit.mask else ())):
        yield f"{picture.at}: {picture.filename}, {picture.content_type}"
