"""From a request that breaks a claim to the smallest one that still does, by Hypothesis.

A request is taken as the list of its parts (or JSON members). Each may be left out, made plain, or stay; what is asked
is still of the claim's kind (a valid edit, or a breach of this claim alone), which the rules tell without asking.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal, TypeAlias

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from contract_tests import json_bodies, multiparts, samples
from contract_tests.evidence import Evidence, is_valid, model_list, read_out
from contract_tests.judging import findings
from contract_tests.malformed import BOUNDARY
from contract_tests.probing import Probing
from contract_tests.questions import SMALLER
from specs.answers import Asked
from specs.contract import Claim
from specs.messages import Exchange, Headers, Part, Request, first
from specs.reading import JSON, MULTIPART, roles

MOST = 40
"""Requests that making one failure small may cost."""

Fate: TypeAlias = Literal["left out", "plain", "as it was"]
FATES: tuple[Fate, ...] = ("left out", "plain", "as it was")

_PLAIN_PROMPT = "Paint a red circle."


def smallest(run: Probing, claim: Claim, broken: Exchange, seed: int = 0, most: int = MOST) -> Exchange:
    """The exchange with the smallest request found that breaks the claim like `broken` does.

    Asks at most `most` requests, within the run's limits; `broken` itself when nothing smaller does it.
    """
    hunt = _Hunt(run, claim, broken, most)
    taken = hunt.taken_apart
    if taken is None or not hunt.fails(broken.request):
        return broken
    count, together = taken
    strategy = st.tuples(*(st.sampled_from(FATES) for _ in range(count)))
    how = settings(
        max_examples=400,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        fates = find(strategy, lambda fates: hunt.fails(together(fates)), settings=how, random=Random(seed))
    except NoSuchExample:
        return broken
    return hunt.seen[_bytes(together(fates))]


@dataclass
class _Hunt:
    """One claim, one failure: asks each smaller request once, and only such as still are of its kind."""

    run: Probing
    claim: Claim
    broken: Exchange
    most: int
    seen: dict[bytes, Exchange] = field(default_factory=dict)
    _known: dict[bytes, bool] = field(default_factory=dict)

    def fails(self, request: Request) -> bool:
        """Whether this request breaks the claim, too."""
        key = _bytes(request)
        if key not in self._known:
            self._known[key] = self._fails(request)
        return self._known[key]

    def _fails(self, request: Request) -> bool:
        if _bytes(request) == _bytes(self.broken.request):
            self.seen[_bytes(request)] = self.broken
            return self._breaks(self.broken)
        if not self._is_of_its_kind(request) or not self._may_ask:
            return False
        self.most -= 1
        found = self.run.ask(self._with_key(request), SMALLER + self.claim.id, about=self.broken.about)
        if found is None:
            return False
        self.seen[_bytes(request)] = found
        return self._breaks(found)

    @property
    def _may_ask(self) -> bool:
        return self.most > 0 and not self.run.spent

    def _with_key(self, request: Request) -> Request:
        """The recorded request has no key any more."""
        stated = first(request.headers, "authorization") is not None
        kept = tuple(item for item in request.headers if item[0].lower() != "authorization")
        return replace(request, headers=(*kept, ("Authorization", f"Bearer {self.run.key}"))) if stated else request

    def _read(self, exchange: Exchange) -> Asked:
        fetched = {e.request.url: e for e in self.run.exchanges if e.purpose == "fetch"}
        return read_out(self.run.contract, exchange, model_list(self.run.exchanges), fetched)

    def _is_of_its_kind(self, request: Request) -> bool:
        """Whether the rules would judge it by this claim: no need to ask if not."""
        asked = self._read(Exchange("0", request))
        if self.claim.area == "request" and not is_valid(self._read(self.broken)):
            return [claim.id for claim in asked.breached] == [self.claim.id]
        return bool(asked.breached) if self.claim.area == "refusal" else is_valid(asked)

    def _breaks(self, exchange: Exchange) -> bool:
        read = [self._read(exchange)]
        good = (e for e in self.run.exchanges if e.purpose == "edit" and e.response and e.response.status == 200)
        ground = next((asked for e in good if is_valid(asked := self._read(e)) and e is not exchange), None)
        evidence = Evidence(self.run.contract, (*([ground] if ground else []), *read))
        verdicts = (f for f in findings(evidence) if f.claim.id == self.claim.id)
        return any(f.verdict == "broken" and exchange.id in f.exchanges for f in verdicts)

    @property
    def taken_apart(self) -> tuple[int, Callable[[tuple[Fate, ...]], Request]] | None:
        """How many parts the request has, and how they are put together again; None for a body that has none."""
        asked = self._read(self.broken)
        if asked.edit.parts:
            parts = asked.edit.parts
            plain = tuple(self._plain_part(part) for part in parts)
            return len(parts), lambda fates: _form(self.broken.request, _chosen(parts, plain, fates))
        members = _members(self.broken.request)
        if members is not None:
            simple = tuple(self._plain_member(member) for member in members)
            return len(members), lambda fates: _json(self.broken.request, _chosen(members, simple, fates))
        return None

    def _role(self, name: str, media_type: str) -> str | None:
        return roles(self.run.contract.edit.schemas.get(media_type, {})).get(name.partition("[")[0])

    def _plain_part(self, part: Part) -> Part:
        role = self._role(part.name, MULTIPART)
        if role is None:
            return replace(part, data=_PLAIN_PROMPT.encode(), content_type=None) if part.name == "prompt" else part
        file = samples.mask() if role == "mask" else samples.picture()
        return Part(part.name, file.data, file.filename, file.content_type)

    def _plain_member(self, member: tuple[str, Any]) -> tuple[str, Any]:
        name, _ = member
        role = self._role(name, JSON)
        if role is None:
            return (name, _PLAIN_PROMPT) if name == "prompt" else member
        described = self.run.contract.edit.schemas[JSON].get("properties", {}).get(name, {})
        file = samples.mask() if role == "mask" else samples.picture()
        return name, json_bodies.value(described, (file,))


def _bytes(request: Request) -> bytes:
    stated = "\n".join(f"{n}:{v}" for n, v in request.headers if n.lower() not in ("authorization", "content-length"))
    return f"{request.method} {stated}\n".encode("utf-8", "replace") + request.body


def _chosen(items: tuple[Any, ...], plain: tuple[Any, ...], fates: tuple[Fate, ...]) -> tuple[Any, ...]:
    known = zip(items, plain, fates, strict=True)
    return tuple(simple if fate == "plain" else item for item, simple, fate in known if fate != "left out")


def _members(request: Request) -> tuple[tuple[str, Any], ...] | None:
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return tuple(document.items()) if isinstance(document, dict) else None


def _form(request: Request, parts: tuple[Part, ...]) -> Request:
    return _written(request, f"{MULTIPART}; boundary={BOUNDARY}", multiparts.body(parts, BOUNDARY))


def _json(request: Request, members: tuple[tuple[str, Any], ...]) -> Request:
    body = json.dumps(dict(members), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return _written(request, first(request.headers, "content-type") or JSON, body)


def _written(request: Request, content_type: str, body: bytes) -> Request:
    ours = {"content-type", "content-length", "transfer-encoding"}
    kept: Headers = tuple(item for item in request.headers if item[0].lower() not in ours)
    return replace(
        request, headers=(*kept, ("Content-Type", content_type), ("Content-Length", str(len(body)))), body=body
    )
