"""One request through the mock, without HTTP: which provider, who asks, what is wrong with it, and the reply.

match path -> read -> request claims in the order in which the provider notices defects -> the first breach gives the
contract's refusal, else the right answer -> the scenario whose cue it is -> the faults that are set -> the provider's
dialect -> the journal. What was judged once is remembered by its digest. Where a recording is replayed, its answer
stands in place of all judging, and of faults and dialects.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from mock_server import cueing, dialects, faults, replaying
from mock_server.admission import Admission
from mock_server.cues import Cue
from mock_server.faults import Fault
from mock_server.journal import Entry
from mock_server.replaying import Replay
from mock_server.replies import Reply, refusal
from mock_server.scenarios import SCENARIOS, Scene
from mock_server.settings import Settings, WrongSettings
from mock_server.silence import Ending
from mock_server.state import State
from mock_server.verdicts import Verdicts
from specs import reading
from specs.contract import Contract
from specs.edits import Edit
from specs.messages import Request

BODIES = 160 * 1024 * 1024
"""Bytes of large bodies that are held at once; further senders wait."""


@dataclass(frozen=True, slots=True)
class Handled:
    """A reply, and the number of its entry in the journal."""

    reply: Reply
    number: int


class House:
    """The mock's state: contracts, settings, the journal, the cues, the pictures promised as links."""

    def __init__(self, settings: Settings, state: State | None = None) -> None:
        self.settings = settings
        self.state = state or State()
        self.replay = replaying.opened(settings, self.state.turns) if settings.replay else None
        recorded = self.replay and {self.replay.contract.provider: self.replay.contract}
        self.contracts = recorded or settings.contracts()
        self.journal, self.gallery, self.cues = self.state.journal, self.state.gallery, self.state.cues
        self.faults = faults.chosen(settings.faults, tuple(self.contracts))
        self.ending = Ending()
        self.bodies = Admission(BODIES)
        self._verdicts = Verdicts(settings, self.gallery)
        self._offered = {name: _by_id(faults.offered(c), self.replay) for name, c in self.contracts.items()}
        self.fault_ids = frozenset(id for offered in self._offered.values() for id in offered)
        self.rehearsed = tuple(cueing.parse(words, self.fault_ids) for words in settings.scenarios)
        self._alone = state is None
        if self._alone:
            self.reset()

    def reset(self, test_id: str | None = None) -> None:
        """As after the start: no journal, the cues of the start, no fault set since; or nothing of one test."""
        self.journal.clear(test_id)
        self.cues.clear(test_id)
        if test_id is None:
            self.state.turns.clear()
            self.cues.set_faults(())
            for cue in self.rehearsed:
                self.cues.add(cue)

    def offered(self, provider: str) -> Mapping[str, Fault]:
        """The faults of a provider, by id."""
        return self._offered[provider]

    def route(self, request: Request) -> tuple[Contract, Request] | None:
        """The provider a request is for, and the request without the provider's prefix; None when there is none."""
        first, _, rest = request.path.lstrip("/").partition("/")
        if first in self.contracts:
            return self.contracts[first], _at(request, f"http://mock/{rest}")
        if len(self.contracts) == 1:
            return next(iter(self.contracts.values())), request
        return None

    def answer(self, request: Request) -> Reply:
        """The reply to any request."""
        return self.handle(request).reply

    def handle(self, request: Request) -> Handled:
        """The reply to any request, which now stands in the journal."""
        started = time.time()
        routed = self.route(request)
        if routed is None:
            names = ", ".join(f"/{name}" for name in self.contracts)
            reply = refusal(404, f"No provider is served at {request.path}; there are {names}.", code="not_found")
            return self._noted("", Edit(request, "none", None, on_route=False), reply, started)
        contract, inner = routed
        if self.replay:
            return self._replayed(self.replay, inner, request, started)
        if contract.models and inner.path == contract.models.path:
            reply = _listed(contract, inner)
            return self._noted(contract.provider, Edit(request, "none", None, on_route=False), reply, started)
        return self._edit(contract, inner, request, started)

    def refuse(self, request: Request, status: int, message: str) -> Handled:
        """A refusal before anything was read: the body is too large, or broke off."""
        contract = (self.route(request) or (None, None))[0]
        provider = contract.provider if contract else ""
        reply = dialects.spoken(refusal(status, message), provider, self.settings.speaks(provider))
        return self._noted(provider, Edit(request, "none", None, on_route=True), reply, time.time())

    def _noted(self, provider: str, edit: Edit, reply: Reply, started: float, **news: Any) -> Handled:
        kept = replace(reply, sealed=None) if reply.sealed else reply
        told = {"refused_by": reply.why, "seconds": time.time() - started, **news}
        entry = Entry(provider, edit, kept, at=started, test_id=edit.request.header("x-test-id"), **told)
        return Handled(reply, self.journal.add(entry))

    def _edit(self, contract: Contract, inner: Request, whole: Request, started: float) -> Handled:
        provider = contract.provider
        verdict = self._verdicts.on(contract, inner, whole)
        edit, own = _as_sent(verdict.edit, whole)
        try:
            cue = self._cue(provider, edit)
        except WrongSettings as problem:
            return self._noted(provider, edit, refusal(400, f"{problem}.", code="unknown_scenario"), started)
        broken = self._broken(provider, cue)
        right = partial(self._verdicts.right, contract, verdict, edit, broken)
        known = SCENARIOS.get(cue.scenario) if cue else None
        reply = known.act(Scene(contract, edit, right), **cue.options) if known and cue else right()
        reply = faults.miswrite(broken, edit, reply, contract) if broken else reply
        reply = dialects.spoken(reply, provider, self.settings.speaks(provider))
        return self._noted(
            provider,
            edit,
            reply,
            started,
            refused_by=reply.why if known or reply.accepted else verdict.refused_by,
            kin=verdict.kin if self._alone else 0,
            own=own,
            scenario=cue.scenario if cue else None,
            faults=tuple(fault.id for fault in broken),
        )

    def _replayed(self, replay: Replay, inner: Request, whole: Request, started: float) -> Handled:
        provider = replay.contract.provider
        edit = reading.read(replay.contract, inner)
        right = partial(replay.reply, edit, _origin(whole))
        edit = replace(edit, request=whole)
        try:
            cue = self._cue(provider, edit)
        except WrongSettings as problem:
            return self._noted(provider, edit, refusal(400, f"{problem}.", code="unknown_scenario"), started)
        known = SCENARIOS[cue.scenario] if cue else None
        reply = known.act(Scene(replay.contract, edit, right), **cue.options) if known and cue else right()
        return self._noted(provider, edit, reply, started, scenario=cue.scenario if cue else None)

    def _cue(self, provider: str, edit: Edit) -> Cue | None:
        """The cue that a request carries, else the first in the queue that fits. Raises WrongSettings."""
        asked = cueing.asked_for(edit.request, self.fault_ids)
        test_id = edit.request.header("x-test-id")
        if asked is not None:
            words, cue = asked
            return cue if self.cues.turn(f"{provider}/{test_id}/{words}", cue) else None
        return self.cues.take(provider, test_id) if edit.on_route else None

    def _broken(self, provider: str, cue: Cue | None) -> tuple[Fault, ...]:
        """The faults of the start, those set since, and the one whose cue it is."""
        since = self.cues.faults()
        if cue is None and not since:
            return self.faults[provider]
        ids = (*since, *((cue.scenario,) if cue else ()))
        offered = self._offered[provider]
        return tuple(dict.fromkeys((*self.faults[provider], *(offered[id] for id in ids if id in offered))))


def _by_id(offered: Sequence[Fault], replay: Replay | None) -> dict[str, Fault]:
    """Faults by id; a replay has none, for it answers nothing itself."""
    return {} if replay else {fault.id: fault for fault in offered}


def _origin(request: Request) -> str:
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}"


def _at(request: Request, url: str) -> Request:
    return Request(request.method, url, request.headers, request.body)


def _as_sent(edit: Edit, request: Request) -> tuple[Edit, int]:
    """A remembered edit as it was sent this time, and how many bytes of that are new."""
    known = edit.request.body
    if known == request.body:
        request = Request(request.method, request.url, request.headers, known)
    return replace(edit, request=request), 0 if request.body is known else len(request.body)


def _listed(contract: Contract, request: Request) -> Reply:
    if request.method not in ("GET", "HEAD"):
        reply = refusal(405, f"The list of models is read with GET, not {request.method}.")
        return reply.with_headers(("Allow", "GET, HEAD"))
    return Reply(document=contract.models.example if contract.models else None)
