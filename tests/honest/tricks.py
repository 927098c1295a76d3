"""Where an endpoint could be dishonest: every step of an order, as a hook that by default does nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from tests.honest.answering import Event, Work
from tests.honest.forms import Order
from tests.honest.refusals import Refused


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer about to be sent: what it answers (`order` None: nothing could be read), `refused` why not."""

    status: int
    headers: dict[str, str]
    body: bytes
    order: Order | None = None
    refused: Refused | None = None

    def with_body(self, body: bytes | str) -> Reply:
        """The same with another body."""
        return replace(self, body=body.encode() if isinstance(body, str) else body)

    def with_header(self, name: str, value: str) -> Reply:
        """The same with another header field."""
        kept = {key: held for key, held in self.headers.items() if key.lower() != name.lower()}
        return replace(self, headers={**kept, name: value})


def _kept(value: Any, *_: Any) -> Any:
    return value


def _file(_work: Work, _index: int, file: bytes) -> bytes:
    return file


def _said(_work: Work, said: Any) -> Any:
    return said


Reading: TypeAlias = Callable[[Order], Order]
Working: TypeAlias = Callable[[Work], Work]
Retouching: TypeAlias = Callable[[Work, int, bytes], bytes]
Telling: TypeAlias = Callable[[Work, dict[str, Any]], dict[str, Any]]
Streaming: TypeAlias = Callable[[Work, list[Event]], list[Event]]
Refusing: TypeAlias = Callable[[Refused, Order | None], Refused]
Replying: TypeAlias = Callable[[Reply], Reply]


@dataclass(frozen=True, slots=True)
class Tricks:
    """One endpoint's tricks, in the order of an order: reading it, refusing it, doing it, telling of it, sending."""

    order: Reading = _kept
    refused: Refusing = _kept
    work: Working = _kept
    retouch: Retouching = _file
    document: Telling = _said
    events: Streaming = _said
    reply: Replying = _kept


HONEST = Tricks()
