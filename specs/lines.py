"""The lines of a transcript: values to JSON and back, with a clear word where the JSON is not what it has to be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeAlias, get_args

from specs.evidence import Segment, UnreadableEvidence
from specs.messages import Exchange, Failure, FailureKind, Headers, Purpose, Request, Response

FORMAT = "image-contract-transcript/1"
TOOL = "image-edit-contract 0.1.0"

Taking: TypeAlias = Callable[[bytes], Sequence[Segment]]
Joining: TypeAlias = Callable[[Sequence[Segment]], bytes]

_Kind: TypeAlias = type[Any] | tuple[type[Any], ...]
_NUMBER = (float, int)
_ARTICLES = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}
_ARTICLES |= {"dict": "an object", "list": "a list"}


class Unexpected(ValueError):
    """A line is JSON, but not the line it has to be: "expected …, got …"."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a run was: its first line. `started` is unix seconds; `plan` whatever the planner wants to find again."""

    provider: str
    base_url: str
    started: float
    seed: int = 0
    tool: str = TOOL
    plan: Mapping[str, Any] | None = None

    def value(self) -> dict[str, Any]:
        """The first line."""
        value = {"format": FORMAT, **asdict(self)}
        return value if self.plan is not None else {key: item for key, item in value.items() if key != "plan"}


@dataclass(frozen=True, slots=True)
class Closing:
    """How a run ended: its last line."""

    complete: bool
    finished: float
    requests: int
    billable: int

    def value(self) -> dict[str, Any]:
        """The last line."""
        return {"end": True, **asdict(self)}


def dumped(value: Mapping[str, Any]) -> bytes:
    """One line, with its line feed."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:  # a header field with bytes that are no text
        return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def parsed(line: bytes) -> Mapping[str, Any]:
    """The JSON object of one line; raises Unexpected."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Unexpected(f"expected a JSON object, got {_short(line.decode(errors='replace'))}")
    return value


def header(value: Mapping[str, Any]) -> Header:
    """The header in a first line; raises Unexpected."""
    if value.get("format") != FORMAT:
        raise Unexpected(f"expected a header with format {FORMAT!r}, got {_short(value.get('format'))}")
    return Header(
        provider=_need(value, "provider", str),
        base_url=_need(value, "base_url", str),
        started=_number(value, "started"),
        seed=_need(value, "seed", int),
        tool=_need(value, "tool", str),
        plan=_optional(value, "plan", dict),
    )


def closing(value: Mapping[str, Any]) -> Closing:
    """What a closing line says; raises Unexpected."""
    return Closing(
        complete=_need(value, "complete", bool),
        finished=_number(value, "finished"),
        requests=_need(value, "requests", int),
        billable=_need(value, "billable", int),
    )


def exchange_value(exchange: Exchange, segments: Taking) -> dict[str, Any]:
    """The line of an exchange; `segments` takes a body apart."""
    return {
        "id": exchange.id,
        "question": exchange.question,
        "about": exchange.about,
        "attempt": exchange.attempt,
        "purpose": exchange.purpose,
        "sent": exchange.sent,
        "seconds": exchange.seconds,
        "request": _message_value(exchange.request, segments),
        "response": exchange.response and _message_value(exchange.response, segments),
        "failure": exchange.failure and asdict(exchange.failure),
    }


def _message_value(message: Request | Response, segments: Taking) -> dict[str, Any]:
    value = {field.name: getattr(message, field.name) for field in fields(message)}
    return value | {"body": segments(message.body)}


def exchange(value: Mapping[str, Any], body: Joining) -> Exchange:
    """The exchange in a line; `body` puts a body together; raises Unexpected."""
    response, failure = _optional(value, "response", dict), _optional(value, "failure", dict)
    return Exchange(
        id=_need(value, "id", str),
        request=_request(_need(value, "request", dict), body),
        response=None if response is None else _response(response, body),
        failure=None if failure is None else _failure(failure),
        sent=_number(value, "sent"),
        seconds=_number(value, "seconds"),
        purpose=_one_of(value, "purpose", get_args(Purpose)),
        question=_optional(value, "question", str),
        about=tuple(_list(value, "about", lambda item: isinstance(item, str))),
        attempt=_need(value, "attempt", int),
    )


def _request(value: Mapping[str, Any], body: Joining) -> Request:
    return Request(_need(value, "method", str), _need(value, "url", str), _headers(value), _body(value, body))


def _response(value: Mapping[str, Any], body: Joining) -> Response:
    arrivals = _list(value, "arrivals", lambda item: _is_pair(item, _NUMBER, int))
    pairs = tuple((float(seconds), arrived) for seconds, arrived in arrivals)
    return Response(_need(value, "status", int), _headers(value), _body(value, body), pairs)


def _failure(value: Mapping[str, Any]) -> Failure:
    return Failure(_one_of(value, "kind", get_args(FailureKind)), _need(value, "detail", str))


def _headers(value: Mapping[str, Any]) -> Headers:
    return tuple((name, text) for name, text in _list(value, "headers", lambda item: _is_pair(item, str, str)))


def _body(value: Mapping[str, Any], body: Joining) -> bytes:
    try:
        return body(_list(value, "body", lambda item: isinstance(item, dict)))
    except UnreadableEvidence as problem:
        raise Unexpected(str(problem)) from problem


def _is_pair(item: object, one: _Kind, other: _Kind) -> bool:
    return isinstance(item, list) and len(item) == 2 and isinstance(item[0], one) and isinstance(item[1], other)


def _list(value: Mapping[str, Any], key: str, fits: Callable[[Any], bool]) -> list[Any]:
    items: list[Any] = _need(value, key, list)
    wrong = [item for item in items if not fits(item)]
    if wrong:
        raise Unexpected(f"expected other items in {key!r}, got {_short(wrong[0])}")
    return items


def _need(value: Mapping[str, Any], key: str, kind: _Kind) -> Any:
    if key not in value:
        raise Unexpected(f"expected {key!r}, got a line without it")
    found = value[key]
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
        wanted = "float" if isinstance(kind, tuple) else kind.__name__
        raise Unexpected(f"expected {_ARTICLES[wanted]} as {key!r}, got {_short(found)}")
    return found


def _number(value: Mapping[str, Any], key: str) -> float:
    return float(_need(value, key, _NUMBER))


def _optional(value: Mapping[str, Any], key: str, kind: _Kind) -> Any:
    return None if value.get(key) is None else _need(value, key, kind)


def _one_of(value: Mapping[str, Any], key: str, allowed: Sequence[Any]) -> Any:
    if value.get(key) not in allowed:
        raise Unexpected(f"expected {key!r} to be one of {', '.join(allowed)}, got {_short(value.get(key))}")
    return value[key]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
