"""A question: one request that is meant to be sent, the claims it is about, and what it should cost.

Questions are values made before anything is sent. Their order in the plan is: what is free before what is billed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from contract_tests.drafts import Draft
from contract_tests.encodings import Encoding
from contract_tests.writing import encode
from specs.contract import Contract
from specs.messages import Exchange, Headers, Request
from specs.rules.request import FAKE

if TYPE_CHECKING:
    from contract_tests.traits import Trait

Key: TypeAlias = Literal["right", "absent", "wrong", "bare"]
"""The right key, none, a made-up one, or the right one without its scheme `Bearer`."""

POOLED = "pooled/"
"""How the ids of questions begin that combine what is asked for: a refusal of theirs does not say of what."""

COMBINED = "combined-"
"""How the ids of questions begin that show choices beside each other which others show alone."""

SMALLER = "fuzz/smaller/"
"""How the names of what is asked begin that makes a failure small; the id of the claim follows."""

WRONG_KEY = f"{FAKE}-image-contract"


@dataclass(frozen=True, slots=True)
class Question:
    """One planned request.

    `id` is a slug, unique in its plan; `about` are ids of claims; `billable` says that a conforming endpoint would
    bill it, `price` what by the provider's own list of prices (credits, None where unknown). `raw_body`, `method` and
    `path` replace what the draft would give. `heavy` bodies have more than 5 MB. `traits` are what a
    pooled edit combines.
    """

    id: str
    about: tuple[str, ...]
    draft: Draft
    encoding: Encoding
    billable: bool
    key: Key = "right"
    method: str | None = None
    path: str | None = None
    raw_body: bytes | None = None
    headers: Headers = ()
    heavy: bool = False
    price: float | None = None
    traits: tuple[Trait, ...] = ()

    def request(self, contract: Contract, url: str, key: str | None) -> Request:
        """The request, byte for byte; `url` is where the documented edit path leads."""
        stated = {"right": key, "bare": None, "absent": None, "wrong": WRONG_KEY}[self.key]
        bare = (("Authorization", key),) if self.key == "bare" and key else ()
        made = encode(self.draft, self.encoding, contract.edit, url, stated, extra_headers=(*bare, *self.headers))
        if self.raw_body is not None:
            made = _with_body(made, self.raw_body)
        target = url.removesuffix(contract.edit.path) + self.path if self.path is not None else made.url
        return Request(self.method or made.method, target, made.headers, made.body)


def is_smaller(exchange: Exchange) -> bool:
    """Whether something was asked to make a failure small."""
    return (exchange.question or "").startswith(SMALLER)


def is_edge(question: Question) -> bool:
    """Whether a question stands at the edge of a request claim, or beyond it; its id then begins with the claim's."""
    return "/" in question.id and not question.id.startswith(POOLED)


def _with_body(request: Request, body: bytes) -> Request:
    headers = tuple((n, str(len(body)) if n.lower() == "content-length" else v) for n, v in request.headers)
    return Request(request.method, request.url, headers, body)
