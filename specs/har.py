"""Transcripts as HAR 1.2, the format that browsers and proxies write: out, for their viewers.

What HAR has no place for stands in fields of our own (`_transcript`, `_exchange`, `_encoding`), so that
`specs.har_reading` gives back the very transcript.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from specs.har_reading import from_har
from specs.messages import Exchange, Headers, Request, Response, first
from specs.transcripts import Transcript

__all__ = ["from_har", "to_har"]


def to_har(transcript: Transcript) -> dict[str, Any]:
    """The transcript as a HAR document, ready for `json.dump`."""
    name, _, version = transcript.header.tool.rpartition(" ")
    log = {
        "version": "1.2",
        "creator": {"name": name or version, "version": version},
        "entries": [_entry(exchange, transcript.base_url) for exchange in transcript.exchanges],
        "_transcript": {
            "header": transcript.header.value(),
            "closing": transcript.closing and transcript.closing.value(),
            "omitted": sorted(transcript.omitted),
            "notes": list(transcript.notes),
        },
    }
    return {"log": log}


def _entry(exchange: Exchange, base_url: str) -> dict[str, Any]:
    response = exchange.response
    waited = response.arrivals[0][0] if response and response.arrivals else exchange.seconds
    return {
        "startedDateTime": _iso(exchange.sent),
        "time": 1000 * exchange.seconds,
        "request": _request(exchange.request, base_url),
        "response": _response(response, exchange),
        "cache": {},
        "timings": {"send": 0, "wait": 1000 * waited, "receive": 1000 * max(0.0, exchange.seconds - waited)},
        "_exchange": {
            "id": exchange.id,
            "question": exchange.question,
            "about": list(exchange.about),
            "attempt": exchange.attempt,
            "purpose": exchange.purpose,
            "sent": exchange.sent,
            "seconds": exchange.seconds,
            "url": exchange.request.url,
            "arrivals": [list(arrival) for arrival in response.arrivals] if response else [],
            "failure": exchange.failure and asdict(exchange.failure),
        },
    }


def _request(request: Request, base_url: str) -> dict[str, Any]:
    query = parse_qsl(request.url.partition("#")[0].partition("?")[2], keep_blank_values=True, errors="replace")
    value: dict[str, Any] = {
        "method": request.method,
        "url": _absolute(request.url, base_url),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(request.headers),
        "queryString": [{"name": name, "value": text} for name, text in query],
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        mime = first(request.headers, "content-type") or ""
        value["postData"] = {"mimeType": mime, **_text(request.body, "_encoding")}
    return value


def _response(response: Response | None, exchange: Exchange) -> dict[str, Any]:
    answer = response or Response(0)
    mime = first(answer.headers, "content-type") or "x-unknown"
    value: dict[str, Any] = {
        "status": answer.status,
        "statusText": _phrase(answer.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(answer.headers),
        "content": {"size": len(answer.body), "mimeType": mime, **_text(answer.body, "encoding")},
        "redirectURL": first(answer.headers, "location") or "",
        "headersSize": -1,
        "bodySize": len(answer.body),
    }
    return value | ({"_error": exchange.failure.detail} if exchange.failure else {})


def _text(body: bytes, encoding: str) -> Mapping[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), encoding: "base64"}


def _headers(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _absolute(url: str, base_url: str) -> str:
    """HAR knows absolute URLs only."""
    if url.lower().startswith(("http://", "https://")):
        return url
    root = urlsplit(base_url)
    return f"{root.scheme or 'http'}://{root.netloc or 'localhost'}/{url.removeprefix('/')}"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
