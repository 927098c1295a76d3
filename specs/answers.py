"""What came back, read as forgivingly as a careful client would: body, pictures, stream events, refusal.

Rules are strict about one thing each. So that one fault breaks one claim, everything else about the same answer is
read leniently here: a `data:` prefix is stripped, a wrapper is looked into, a picture is found wherever it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

from specs import sse
from specs.contract import Claim
from specs.edits import ABSENT, Edit
from specs.features import features
from specs.messages import Exchange, Request, Response, media_type
from specs.payloads import Payload, items, payload

Outcome: TypeAlias = Literal["accepted", "refused", "crashed", "unavailable"]

GATEWAY = frozenset({429, 502, 503, 504, 520, 521, 522, 523, 524, 529})
"""Statuses by which an endpoint, or a host of pictures, says that it will not play just now."""

_MODERATED = frozenset({"moderation_blocked", "content_policy_violation"})
_PURSE_CODES = frozenset({"billing_hard_limit_reached", "insufficient_quota", "credit_balance_exhausted"})
"""Codes of refusals that say nothing about the form of a request: moderation, and an empty purse."""

_PURSE = re.compile(
    r"(?<![a-z])(?:quota|credits?|balance|billing|per day|daily)(?![a-z])|余额|额度|欠费|点数|积分",
    re.IGNORECASE,
)
"""What refusals say, in messages and codes of many relays, when a key's account has run dry."""

EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True, eq=False)
class Asked:
    """One exchange with everything read out of it: the subject of the acceptance, answer, stream and refusal rules.

    `breached` are the claims the request breaks on purpose (or by accident), `fetched` the exchanges that fetched
    `url`s, by URL; `doubtful` are fields whose value nobody promises to take, though no judged claim forbids it.
    """

    exchange: Exchange
    edit: Edit
    breached: tuple[Claim, ...] = ()
    disputed: bool = False
    fetched: Mapping[str, Exchange] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()

    @property
    def request(self) -> Request:
        """The request as sent."""
        return self.exchange.request

    @property
    def response(self) -> Response | None:
        """What came back, or None."""
        return self.exchange.response

    @cached_property
    def features(self) -> frozenset[str]:
        """How the request stands on the wire (specs.features)."""
        return features(self.edit)

    @cached_property
    def outcome(self) -> Outcome:
        """Whether the edit was accepted, refused, crashed on (500), or the endpoint would not play."""
        return self._ending[0]

    @cached_property
    def of_account(self) -> bool:
        """Whether it was refused because the key's account has run dry, by status, code or words."""
        status = self.response.status if self.response else 0
        if not 400 <= status < 500:
            return False
        code = self.error.get("code") if isinstance(self.error, dict) else None
        return status == 402 or str(code) in _PURSE_CODES or bool(_PURSE.search(f"{code} {self.refusal_text}"))

    @property
    def why(self) -> str:
        """Why the outcome is what it is, in one sentence."""
        return self._ending[1]

    @cached_property
    def _ending(self) -> tuple[Outcome, str]:
        response, failure = self.response, self.exchange.failure
        if response is None:
            return "unavailable", failure.detail if failure else "nothing came back"
        if failure and failure.kind in ("timeout", "unreachable") and not response.body:
            return "unavailable", failure.detail
        return _ending(response.status, self)

    @cached_property
    def strict_body(self) -> Any:
        """The body as JSON, or ABSENT when it is none."""
        return _json(self.response.body) if self.response else ABSENT

    @cached_property
    def body(self) -> Any:
        """The body as JSON even behind a byte order mark or other leading text; ABSENT when there is none."""
        if self.strict_body is not ABSENT or self.response is None:
            return self.strict_body
        start = self.response.body.find(b"{")
        return _json(self.response.body[start:]) if 0 <= start < 2000 else ABSENT

    @property
    def is_html(self) -> bool:
        """Whether the body is an HTML page."""
        head = self.response.body[:200].lstrip().lower() if self.response else b""
        return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))

    @property
    def is_stream(self) -> bool:
        """Whether the answer says it is an event stream, or looks like one."""
        if self.response is None:
            return False
        looks = self.response.body.lstrip()[:6] in (b"event:", b"data: ", b"data:{")
        return media_type(self.response.headers) == EVENT_STREAM or looks

    @cached_property
    def frames(self) -> tuple[sse.Frame, ...]:
        """The frames of the stream, in order."""
        return sse.frames(self.response.body) if self.response and self.is_stream else ()

    @cached_property
    def events(self) -> tuple[tuple[sse.Frame, Any], ...]:
        """Every frame with data, beside its JSON (ABSENT when it is none)."""
        return tuple((frame, _json(frame.data.encode())) for frame in self.frames if frame.data is not None)

    @cached_property
    def payloads(self) -> tuple[Payload, ...]:
        """The returned pictures of a JSON answer, wherever they stand."""
        return tuple(payload(index, item, self.fetched) for index, item in enumerate(items(self.body)))

    @cached_property
    def streamed(self) -> tuple[Payload, ...]:
        """The pictures of a stream's events, in order."""
        found = (value for _frame, value in self.events if isinstance(value, dict))
        holding = [value for value in found if "b64_json" in value or "url" in value]
        return tuple(payload(index, item, self.fetched) for index, item in enumerate(holding))

    @property
    def finals(self) -> tuple[Payload, ...]:
        """The pictures that are the result: of a JSON answer all, of a stream those of its completed events."""
        if not self.edit.streams:
            return self.payloads
        return tuple(p for p in self.streamed if "partial_image_index" not in p.item and "partial" not in _type(p.item))

    @property
    def error(self) -> Any:
        """The `error` member of the body, or ABSENT."""
        return self.body.get("error", ABSENT) if isinstance(self.body, dict) else ABSENT

    @property
    def refusal_text(self) -> str:
        """The message of a refusal, however it is wrapped; at most 200 characters."""
        return _message(self.body)[:200] if self.body is not ABSENT else _text(self.response)[:200]


def heard(exchange: Exchange) -> Asked:
    """What came back alone: nothing is read out of the request."""
    return Asked(exchange, Edit(exchange.request, "none", None, on_route=True))


def _type(item: Mapping[str, Any]) -> str:
    return str(item.get("type", ""))


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return ABSENT


def _text(response: Response | None) -> str:
    return " ".join(response.body[:400].decode("utf-8", "replace").split()) if response else ""


def _message(body: Any) -> str:
    if isinstance(body, dict):
        for key in ("error", "message", "detail", "msg"):
            if body.get(key):
                return _message(body[key])
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)


def _ending(status: int, asked: Asked) -> tuple[Outcome, str]:
    if 400 <= status < 500 and asked.of_account:
        return "unavailable", f"the account has run dry: {status} {asked.refusal_text[:80]}".strip()
    if status in GATEWAY:
        return "unavailable", f"the endpoint answered {status}"
    if status >= 500:
        return "crashed", f"the endpoint answered {status}"
    if status >= 400:
        return _refusal(status, asked)
    if not 200 <= status < 300:
        return "unavailable", f"the endpoint answered {status}"
    return _success(asked)


def _refusal(status: int, asked: Asked) -> tuple[Outcome, str]:
    code = asked.error.get("code") if isinstance(asked.error, dict) else None
    if str(code) in _MODERATED:
        return "unavailable", f"the endpoint would not play: {status} {code or ''}".strip()
    return "refused", f"the endpoint answered {status}"


def _success(asked: Asked) -> tuple[Outcome, str]:
    if asked.is_html:
        return "unavailable", "the endpoint answered with an HTML page"
    if asked.is_stream:
        done = any(isinstance(value, dict) and not value.get("error") for _frame, value in asked.events)
        broken = any(isinstance(value, dict) and value.get("error") for _frame, value in asked.events)
        return ("refused", "the stream holds an error only") if broken and not done else ("accepted", "a stream came")
    body = asked.body
    if isinstance(body, dict) and not asked.payloads and _speaks_of_error(body):
        return "refused", "the body speaks of an error"
    return "accepted", "the endpoint answered with success"


def _speaks_of_error(body: Mapping[str, Any]) -> bool:
    code = body.get("code")
    failed = code is not None and code not in (0, "0", 200, "200") and "created" not in body
    return bool(body.get("error")) or failed or "detail" in body or body.get("data") == []
