"""The register of scenarios: what goes wrong in the life of an honest endpoint, each one small decorated function.

A scenario is given the scene (the request, and what would have been answered) and returns the reply. Its keyword
arguments are its options, its docstring says what a client sees. Every contract fault is a scenario too, by its id.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from mock_server.replies import Event, Reply, refusal
from specs.contract import Contract
from specs.edits import Edit

Act: TypeAlias = Callable[..., Reply]


@dataclass(frozen=True, slots=True)
class Scene:
    """A request, its provider, and the reply it would have got without the scenario."""

    contract: Contract
    edit: Edit
    right: Callable[[], Reply]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A registered scenario: its names (the first is its id), and its options with their defaults."""

    names: tuple[str, ...]
    act: Act
    statement: str
    options: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The name it is listed by."""
        return self.names[0]


SCENARIOS: dict[str, Scenario] = {}
"""Every scenario under each of its names."""


def scenario(*others: str) -> Callable[[Act], Act]:
    """Register a scenario: its id is the function's name with hyphens; `others` are further names, such as a status."""

    def keep(act: Act) -> Act:
        names = (act.__name__.replace("_", "-"), *others)
        if taken := SCENARIOS.keys() & set(names):
            raise ValueError(f"there are two scenarios called {', '.join(taken)}")
        if not act.__doc__:
            raise ValueError(f"the scenario {names[0]} has no docstring")
        found = Scenario(names, act, " ".join(act.__doc__.split()), dict(act.__kwdefaults__ or {}))
        SCENARIOS.update(dict.fromkeys(names, found))
        return act

    return keep


_PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


def _page(status: int, title: str) -> Reply:
    told = f"{status} {title}"
    return Reply(status=status, why="scenario").with_body(_PAGE.format(told).encode(), "text/html")


def _told(status: int, message: str, type: str, **named: str | None) -> Reply:
    return refusal(status, message, type, why="scenario", **named)


@scenario("pass")
def answer(scene: Scene) -> Reply:
    """Nothing goes wrong: a step of a script that is answered as usual."""
    return scene.right()


@scenario("429")
def rate_limit(_scene: Scene, *, retry_after: float = 1.0, limit: int = 5) -> Reply:
    """429 with `Retry-After` and rate-limit headers: too many requests."""
    message = f"Too many requests: {limit} a minute are allowed, all are used. Try again in {retry_after:g} s."
    return _told(429, message, "requests", code="rate_limit_exceeded").with_headers(
        ("Retry-After", str(max(0, math.ceil(retry_after)))),
        ("retry-after-ms", str(max(0, round(retry_after * 1000)))),
        ("x-ratelimit-limit-requests", str(limit)),
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-requests", f"{retry_after:g}s"),
    )


@scenario("insufficient-quota")
def quota(_scene: Scene) -> Reply:
    """429 that no waiting mends: the quota is used up."""
    message = "The quota of this account is used up: look at its plan and its billing. Trying again does not help."
    return _told(429, message, "insufficient_quota", code="insufficient_quota")


@scenario("401")
def auth(_scene: Scene) -> Reply:
    """401: the key is not known."""
    return _told(401, "The API key is not one that was given out.", "invalid_request_error", code="invalid_api_key")


@scenario("403")
def forbidden(scene: Scene) -> Reply:
    """403: the organisation may not use this model."""
    model = scene.edit.get("model", "this model")
    return _told(403, f"The organisation must be verified before it may use {model}.", "invalid_request_error")


@scenario()
def moderation(_scene: Scene, *, category: str = "violence") -> Reply:
    """400: the safety system blocks the request."""
    message = f"The safety system rejected the request: safety_violations=[{category}]."
    reply = _told(400, message, "image_generation_user_error", code="moderation_blocked")
    details = {"moderation_stage": "input", "categories": [category]}
    return reply.with_document(error={**reply.document["error"], "moderation_details": details})


@scenario("500")
def server_error(_scene: Scene) -> Reply:
    """500 in the error envelope."""
    return _told(
        500, "The server failed while it worked on the request. Try again.", "server_error", code="server_error"
    )


@scenario("502")
def bad_gateway(_scene: Scene) -> Reply:
    """502 as a gateway's HTML page."""
    return _page(502, "Bad Gateway")


@scenario("503")
def unavailable(_scene: Scene, *, retry_after: float = 0.0) -> Reply:
    """503 in the error envelope: overloaded; with `Retry-After` when asked for."""
    reply = _told(
        503, "The server is overloaded. Try again later.", "service_unavailable_error", code="server_is_overloaded"
    )
    return reply.with_headers(("Retry-After", str(math.ceil(retry_after)))) if retry_after else reply


@scenario("504")
def gateway_timeout(_scene: Scene) -> Reply:
    """504 as a gateway's HTML page."""
    return _page(504, "Gateway Time-out")


@scenario()
def status(_scene: Scene, *, code: int = 418) -> Reply:
    """Any status, in the error envelope."""
    type = "server_error" if code >= 500 else "invalid_request_error"
    return _told(min(max(code, 400), 599), f"The scenario asks for status {code}.", type)


@scenario()
def timeout(_scene: Scene, *, seconds: float = 600.0) -> Reply:
    """Nothing is answered; after `seconds` the connection is dropped."""
    return Reply(raw=b"", why="scenario", delay=seconds, cut=0)


@scenario()
def slow_first_byte(scene: Scene, *, seconds: float = 2.0) -> Reply:
    """The right answer, whose first byte comes after `seconds`."""
    return replace(scene.right(), delay=seconds)


@scenario()
def slow_drip(scene: Scene, *, seconds: float = 5.0, pieces: int = 50) -> Reply:
    """The right answer in `pieces` drips over `seconds`."""
    reply = scene.right()
    if reply.events is not None:
        return replace(reply, pause=seconds / max(1, len(reply.events) - 1))
    size = sum(map(len, reply.pieces()))
    return replace(reply, drip=max(1, -(-size // max(1, pieces))), pause=seconds / max(1, pieces))


@scenario()
def cut(scene: Scene, *, at: float = 0.5) -> Reply:
    """The connection breaks in the body, after the share `at` of it."""
    reply = scene.right()
    return replace(reply, cut=int(len(reply.body()) * min(max(at, 0.0), 1.0)))


@scenario()
def half_json(scene: Scene) -> Reply:
    """Half of the answer, sent as if it were whole."""
    reply = scene.right()
    body = reply.body()
    return reply.with_body(body[: len(body) // 2], reply.content_type)


@scenario()
def mid_stream_error(scene: Scene, *, after: int = 1) -> Reply:
    """A stream that fails after so many events; a request without stream is answered 500."""
    error = {"message": "The server failed in the middle of the stream.", "type": "server_error", "param": None}
    reply = scene.right()
    if reply.events is None:
        return _told(500, error["message"] or "", "server_error", code="server_error")
    data = {"type": "error", "error": {**error, "code": "server_error"}}
    return replace(reply, events=(*reply.events[: max(0, min(after, len(reply.events) - 1))], Event("error", data)))
