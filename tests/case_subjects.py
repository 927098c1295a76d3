"""The subjects of cases out of data: what a request asks for, and what came back."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from case_pictures import made
from specs import reading
from specs.answers import Asked
from specs.contract import Citation, Claim, Contract, Operation, Refusal
from specs.edits import Edit, Input
from specs.messages import Exchange, Failure, Request, Response
from specs.models import Model, ModelList
from specs.rules import RULES

SUBJECT = {"edit", "request", "answer", "failure", "breached", "disputed", "doubtful", "fetched", "sent"}
EDIT = {"encoding", "media_type", "on_route", "fields", "images", "mask", "models", "problem", "method", "url"}
REQUEST = {"method", "url", "headers", "body", "json", "form", "models"}
ANSWER = {"status", "type", "headers", "json", "text", "hex", "picture", "events", "unfinished"}
TYPES = {"json": "application/json", "events": "text/event-stream", "text": "text/plain", "picture": "image/png"}


def edit(words: Mapping[str, Any]) -> Edit:
    """The Edit of a case."""
    if "request" in words:
        return _read(words["request"])
    stated = words.get("edit", {})
    encoding = stated.get("encoding", "json")
    default = {"json": "application/json", "multipart": "multipart/form-data"}.get(encoding)
    return Edit(
        request=Request(stated.get("method", "POST"), stated.get("url", "/v1/images/edits")),
        encoding=encoding,
        media_type=stated.get("media_type", default),
        on_route=stated.get("on_route", True),
        fields={name: filled(value) for name, value in stated.get("fields", {}).items()},
        images=tuple(_input(f"image[{n}]", picture) for n, picture in enumerate(stated.get("images", ()))),
        mask=_input("mask", stated["mask"]) if stated.get("mask") is not None else None,
        problem=stated.get("problem"),
        models=_models(stated.get("models")),
    )


def _input(at: str, words: Mapping[str, Any]) -> Input:
    for form in ("link", "file_id", "text"):
        if form in words:
            return Input(at, **{{"link": "url"}.get(form, form): filled(words[form])})
    return Input(at, data=made(words), is_part=True)


def _models(words: list[Mapping[str, Any]] | None) -> ModelList | None:
    if words is None:
        return None
    return ModelList(tuple(Model(m["name"], tuple(m.get("sizes", ())), m.get("most_images")) for m in words))


_FIELDS = {"prompt": "string", "model": "string", "n": "integer", "size": "string", "stream": "boolean"}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        **{name: {"type": kind} for name, kind in _FIELDS.items()},
        "image": {"x-picture": "image"},
        "mask": {"x-picture": "mask"},
    },
}
CONTRACT = Contract(
    provider="cases",
    title="Cases",
    published={},
    document={},
    edit=Operation("edit", "POST", "/v1/images/edits", {reading.JSON: _SCHEMA, reading.MULTIPART: _SCHEMA}),
    models=None,
    claims=(),
    contradictions=(),
    set_aside=(),
    servers=(),
)


def _read(words: Mapping[str, Any]) -> Edit:
    headers = dict(words.get("headers", {}))
    if "form" in words:
        body = form(words["form"])
        headers.setdefault("Content-Type", "multipart/form-data; boundary=cut")
    elif "json" in words:
        body = json.dumps(filled(words["json"])).encode()
        headers.setdefault("Content-Type", "application/json")
    else:
        body = str(words.get("body", "")).encode()
    request = Request(words.get("method", "POST"), words.get("url", "/v1/images/edits"), tuple(headers.items()), body)
    return reading.read(CONTRACT, request, _models(words.get("models")))


def form(parts: list[Mapping[str, Any]]) -> bytes:
    """A multipart body with the boundary `cut`: parts of `name` and `text`, or `file` with `filename` and `type`.

    A file is called picture.png and of the type image/png, unless it says otherwise; null leaves either out.
    """
    return b"".join(map(_part, parts)) + b"--cut--\r\n"


def _part(part: Mapping[str, Any]) -> bytes:
    head = f'--cut\r\nContent-Disposition: form-data; name="{part["name"]}"'
    plain = {"filename": "picture.png", "type": "image/png"} if "file" in part else {}
    stated = {key: value for key, value in {**plain, **part}.items() if value is not None}
    if "filename" in stated:
        head += f'; filename="{stated["filename"]}"'
    if "type" in stated:
        head += f"\r\nContent-Type: {stated['type']}"
    data = made(part["file"]) if "file" in part else str(filled(part.get("text", ""))).encode()
    return head.encode() + b"\r\n\r\n" + data + b"\r\n"


def filled(value: Any) -> Any:
    """A value with `{repeat: text, times: n}` and `{base64: picture}` put in.

    Base64 may have a `prefix`, `lines` (of so many characters), be `urlsafe`, or end in another `tail`.
    """
    if isinstance(value, list):
        return [filled(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if value.keys() == {"repeat", "times"}:
        return value["repeat"] * value["times"]
    if "base64" in value:
        return _base64(value)
    return {key: filled(item) for key, item in value.items()}


def _base64(words: Mapping[str, Any]) -> str:
    encode = base64.urlsafe_b64encode if words.get("urlsafe") else base64.b64encode
    text = encode(made(words["base64"])).decode()
    if "lines" in words:
        text = "\n".join(text[at : at + words["lines"]] for at in range(0, len(text), words["lines"]))
    if "tail" in words:
        text = text.rstrip("=") + words["tail"]
    return words.get("prefix", "") + text


def asked(words: Mapping[str, Any]) -> Asked:
    """The Asked of a case."""
    wanted = edit(words)
    exchange = _exchange(words, wanted.request, words.get("sent", 0.0))
    fetched = {url: _exchange(found, Request("GET", url)) for url, found in words.get("fetched", {}).items()}
    breached = tuple(_claim(claim) for claim in words.get("breached", ()))
    return Asked(
        exchange, wanted, breached, words.get("disputed", False), fetched, frozenset(words.get("doubtful", ()))
    )


def _exchange(words: Mapping[str, Any], request: Request, sent: float = 0.0) -> Exchange:
    failure = Failure(**words["failure"]) if "failure" in words else None
    response = answer(words["answer"]) if words.get("answer") is not None else None
    return Exchange("0001", request, response, failure, sent=sent)


def answer(words: Mapping[str, Any]) -> Response:
    """The Response of a case."""
    what = next((key for key in ("json", "text", "hex", "picture", "events") if key in words), None)
    stated = words.get("type", TYPES.get(what or ""))
    headers = {**({"Content-Type": stated} if stated else {}), **words.get("headers", {})}
    bodies = {"json": lambda told: json.dumps(filled(told)).encode(), "text": lambda told: str(told).encode()}
    bodies |= {"hex": bytes.fromhex, "picture": made, "events": lambda told: b"".join(map(frame, told))}
    body = bodies[what](words[what]) if what else b""
    return Response(words.get("status", 200), tuple(headers.items()), body[:-1] if words.get("unfinished") else body)


def frame(words: Mapping[str, Any]) -> bytes:
    """One frame of a stream: `{event, data}`, `{comment}` or `{raw}`."""
    if "raw" in words:
        return str(words["raw"]).encode()
    if "comment" in words:
        return f": {words['comment']}\n\n".encode()
    name = f"event: {words['event']}\n" if "event" in words else ""
    return f"{name}data: {json.dumps(filled(words['data']))}\n\n".encode()


def _claim(words: Mapping[str, Any]) -> Claim:
    """A claim that the request breaks: `id`, `rule`, `level` and how it is refused."""
    rule = RULES[words.get("rule", "field_required")]
    how = Refusal(**{key: tuple(v) if isinstance(v, list) else v for key, v in words.get("refusal", {}).items()})
    nowhere = Citation("cases", "", "no words")
    level = words.get("level", "must")
    return Claim(words["id"], rule.name, "request", level, "own", rule.statement, {}, {}, nowhere, refusal=how)
