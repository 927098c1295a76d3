"""HAR 1.2 documents as transcripts, whoever wrote them.

Browsers and proxies differ in what they leave out and in how they write bytes as text, so nothing is required but
`log.entries`. A body that the document does not hold to the byte makes its exchange one of the transcript's `omitted`.
Credentials are taken out on reading.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from specs import lines
from specs.har_bodies import answered, number, posted, sequence, text
from specs.lines import Closing, Header, Unexpected
from specs.messages import Exchange, Failure, Headers, Request, Response, first
from specs.redaction import Redactor
from specs.transcripts import Transcript, UnreadableTranscript, billed


def from_har(document: Any, secrets: Iterable[str] = ()) -> Transcript:
    """The transcript in a HAR document (parsed JSON); every entry is an exchange, in order.

    Of a document that we did not write, `provider` is empty, `base_url` the origin of the first request, ids are
    `har-1`, `har-2`, …; a GET has the purpose `fetch`. Raises UnreadableTranscript when there is no `log.entries`.
    """
    log = _object(_object(document).get("log"))
    if not isinstance(log.get("entries"), list):
        raise UnreadableTranscript("the document is no HAR: expected a list at log.entries, got none")
    redactor = Redactor(secrets)
    exchanges, omitted = [], set()
    for position, entry in enumerate(map(_object, log["entries"]), start=1):
        exchange, whole = _exchange(entry, position)
        exchanges.append(redactor.exchange(exchange))
        omitted |= set() if whole else {exchange.id}
    return _transcript(log, tuple(exchanges), omitted)


def _transcript(log: Mapping[str, Any], exchanges: tuple[Exchange, ...], omitted: set[str]) -> Transcript:
    ours = _object(log.get("_transcript"))
    if not ours:
        return Transcript(_foreign_header(log, exchanges), exchanges, _foreign_closing(exchanges), frozenset(omitted))
    with _damage("log._transcript"):
        header = lines.header(_object(ours.get("header")))
        closing = lines.closing(_object(ours["closing"])) if ours.get("closing") else None
    omitted |= set(map(text, sequence(ours.get("omitted"))))
    return Transcript(header, exchanges, closing, frozenset(omitted), tuple(map(text, sequence(ours.get("notes")))))


def _foreign_header(log: Mapping[str, Any], exchanges: tuple[Exchange, ...]) -> Header:
    creator = _object(log.get("creator"))
    tool = f"{text(creator.get('name'))} {text(creator.get('version'))}".strip()
    root = _split(exchanges[0].request.url) if exchanges else None
    base_url = f"{root.scheme}://{root.netloc}" if root and root.scheme else ""
    return Header("", base_url, min((exchange.sent for exchange in exchanges), default=0.0), tool=tool)


def _foreign_closing(exchanges: tuple[Exchange, ...]) -> Closing:
    finished = max((exchange.sent + exchange.seconds for exchange in exchanges), default=0.0)
    return Closing(complete=True, finished=finished, requests=len(exchanges), billable=sum(map(billed, exchanges)))


def _exchange(entry: Mapping[str, Any], position: int) -> tuple[Exchange, bool]:
    """(exchange, whether its bodies are whole)."""
    ours = _object(entry.get("_exchange"))
    request, all_sent = _request(_object(entry.get("request")))
    response, all_got = _response(_object(entry.get("response")), ours=bool(ours))
    exchange = Exchange(
        id=f"har-{position}",
        request=request,
        response=response,
        failure=None if response else Failure("unreachable", _why(entry)),
        sent=_instant(entry.get("startedDateTime")),
        seconds=max(0.0, number(entry.get("time")) / 1000),
        purpose="fetch" if request.method.upper() == "GET" else "edit",
    )
    with _damage(f"entry {position}"):
        return (_as_ours(exchange, ours) if ours else exchange), all_sent and all_got


def _as_ours(exchange: Exchange, ours: Mapping[str, Any]) -> Exchange:
    """With what HAR has no place for; `_exchange` has the words of a transcript's line."""
    value = json.loads(lines.dumped(lines.exchange_value(exchange, _as_base64)))
    value |= {name: item for name, item in ours.items() if name in value}
    value["request"]["url"] = ours.get("url")
    if value["response"]:
        value["response"]["arrivals"] = ours.get("arrivals")
    return lines.exchange(value, lambda segments: base64.b64decode(segments[0]["base64"]))


def _as_base64(body: bytes) -> list[dict[str, str]]:
    return [{"base64": base64.b64encode(body).decode()}]


def _request(value: Mapping[str, Any]) -> tuple[Request, bool]:
    headers = _headers(value)
    post = _object(value.get("postData"))
    if post.get("mimeType") and first(headers, "content-type") is None:
        headers = (*headers, ("content-type", text(post["mimeType"])))
    sizes = (number(value.get("bodySize")), number(first(headers, "content-length")))
    body = posted(post, max(sizes))
    return Request(text(value.get("method")) or "GET", text(value.get("url")), headers, body.data), body.whole


def _response(value: Mapping[str, Any], *, ours: bool) -> tuple[Response | None, bool]:
    """None for an answer that never came: browsers write status 0."""
    status = int(number(value.get("status")))
    if status <= 0:
        return None, True
    headers = _headers(value)
    if not ours:  # `content` is what came out of the decompression
        headers = tuple(field for field in headers if field[0].lower() != "content-encoding")
    body = answered(_object(value.get("content")))
    return Response(status, headers, body.data), body.whole


def _headers(message: Mapping[str, Any]) -> Headers:
    """Without the pseudo header fields of HTTP/2 (`:path`)."""
    found = map(_object, sequence(message.get("headers")))
    fields = ((text(field.get("name")), text(field.get("value"))) for field in found)
    return tuple((name, value) for name, value in fields if name and not name.startswith(":"))


def _why(entry: Mapping[str, Any]) -> str:
    """Why no answer came, where the document says it."""
    response = _object(entry.get("response"))
    said = text(response.get("_error")) or text(entry.get("_error")) or text(response.get("statusText"))
    return said or "no answer was recorded"


def _instant(value: object) -> float:
    try:
        return datetime.fromisoformat(text(value)).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _split(url: str) -> Any:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


@contextlib.contextmanager
def _damage(place: str) -> Iterator[None]:
    try:
        yield
    except Unexpected as problem:
        raise UnreadableTranscript(f"the HAR is one of ours, but damaged: {place}: {problem}") from problem
