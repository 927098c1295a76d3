"""Replay: a mock that answers as a recorded endpoint did, and says so plainly where nothing was recorded.

The same request asked again gets the next recorded answer, and the last one from then on. Streams come with the
recorded pauses. Links to pictures that were fetched in the recording lead to the replay, so that they work offline.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mock_server.replaying_likeness import Wanted, differences, wanted
from mock_server.replies import Event, Reply, Sealed, refusal
from mock_server.settings import Settings, WrongSettings
from mock_server.state import Turns
from specs import loading, recordings
from specs.contract import Contract
from specs.edits import Edit
from specs.messages import Exchange, Headers, Response, media_type
from specs.transcripts import Transcript, UnreadableTranscript

FETCHED = "/_mock/fetched"
_NOT_REPLAYED = frozenset(
    (
        *("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
        *("content-encoding", "content-length", "date", "server", "alt-svc", "strict-transport-security"),
    )
)
"""Header fields that belong to the recorded connection, or to a body as it was packed on it."""


_OWN = {"faults": "fault", "caption": "no-caption"} | dict.fromkeys(
    ("forget", "seed", "checks", "dialect", "fetch_urls", "stream_interval")
)
"""Settings about answers that the mock finds itself, and the options that set them where those are called otherwise."""

_UNSAID = Settings()


def opened(settings: Settings, turns: Turns) -> Replay:
    """The replay that was asked for. Raises WrongSettings, loading.UnknownProvider, loading.BrokenContract."""
    if changed := [name for name in _OWN if getattr(settings, name) != getattr(_UNSAID, name)]:
        told = ", ".join(f"--{_OWN[name] or name.replace('_', '-')}" for name in changed)
        raise WrongSettings(f"a replay answers as was recorded: {told} cannot go with it, --scenario can")
    try:
        transcript = recordings.read(Path(settings.replay or ""))
    except UnreadableTranscript as problem:
        raise WrongSettings(str(problem)) from None
    contract = loading.load(_whose(transcript, settings))
    return Replay(transcript, contract, settings.replay_pace, turns)


def _whose(transcript: Transcript, settings: Settings) -> str:
    """The provider of a recording: it says so itself, or (a capture of another tool) the user does."""
    named = settings.providers
    if not transcript.provider:
        if len(named) != 1:
            known = ", ".join(loading.providers())
            raise WrongSettings(f"{settings.replay} does not say whose it is: name one provider of {known}")
        return named[0]
    if named not in ((), (transcript.provider,)):
        raise WrongSettings(f"{settings.replay} is a recording of {transcript.provider}, not of {', '.join(named)}")
    return transcript.provider


@dataclass(frozen=True, slots=True)
class _Recording:
    exchange: Exchange
    wanted: Wanted


class Replay:
    """Answers requests out of a transcript; may be asked by several threads.

    `contract` says how to read requests. `pace` scales the recorded pauses of streams, 0 for none.
    """

    def __init__(
        self, transcript: Transcript, contract: Contract, pace: float = 1.0, turns: Turns | None = None
    ) -> None:
        self.contract = contract
        self._root = urlsplit(transcript.base_url).path
        self._omitted, self._pace, self._turns = transcript.omitted, pace, turns or Turns()
        self._recordings = [_Recording(one, wanted(contract, one.request, self._root)) for one in transcript.exchanges]
        fetched = (one for one in transcript.exchanges if one.purpose == "fetch" and one.response)
        self._links = {one.request.url: one for one in fetched}
        self._homes = {_home(url): one for url, one in self._links.items()}

    def __len__(self) -> int:
        return len(self._recordings)

    def reply(self, edit: Edit, origin: str = "") -> Reply:
        """The reply to a request; `origin` is where links are to lead (none: they are left as recorded)."""
        asked = wanted(self.contract, edit.request, self._root)
        told = [(differences(one.wanted, asked), one) for one in self._recordings]
        same = [one for difference, one in told if not difference]
        if not same:
            return _refusal(_nearest([(difference, one.exchange) for difference, one in told]), "not_recorded")
        return self._replayed(self._next([one for one in same if one.wanted.wire == asked.wire] or same), origin)

    def fetched(self, path: str) -> Reply | None:
        """What was fetched in the recording from the link that now leads to this path; None when nothing was."""
        found = self._homes.get(path)
        return self._replayed(found, "") if found else None

    def _next(self, alike: list[_Recording]) -> Exchange:
        """The recordings of one request in order, the last one again and again."""
        turn = self._turns.take(" ".join(one.exchange.id for one in alike))
        return alike[min(turn, len(alike) - 1)].exchange

    def _replayed(self, exchange: Exchange, origin: str) -> Reply:
        response, failure = exchange.response, exchange.failure
        if response is None:
            why = failure.detail if failure else "no answer was recorded"
            return _refusal(f"in the recording ({exchange.id}) nothing came back: {why}", "nothing_came_back", 502)
        if exchange.id in self._omitted and b"<omitted " in response.body:
            told = f"the answer ({exchange.id}) was recorded without its pictures, so it cannot be given"
            return _refusal(told, "pictures_not_kept")
        reply = Reply(
            status=response.status,
            headers=_headers(response, exchange.id),
            why=None if 200 <= response.status < 300 else "recorded",
            bare=True,
        )
        if failure is not None and failure.kind == "cut":
            reply = replace(reply, cut=len(response.body), promised=_stated(response))
        return self._with_body(reply, response, origin)

    def _with_body(self, reply: Reply, response: Response, origin: str) -> Reply:
        if media_type(response.headers) == "text/event-stream":
            return replace(reply, events=self._pieces(response))
        body = self._linked(response.body, origin)
        document = _document(body)
        if document is None:
            return replace(reply, raw=body)
        return replace(reply, document=document, sealed=Sealed(document, (body,)))

    def _pieces(self, response: Response) -> tuple[Event, ...]:
        pieces, before, at = [], 0.0, 0
        for seconds, end in response.arrivals:
            pause = max(0.0, seconds - before) * self._pace
            pieces.append(Event(raw=response.body[at:end], pause=pause))
            before, at = seconds, end
        return (*pieces, *([Event(raw=response.body[at:])] if at < len(response.body) else []))

    def _linked(self, body: bytes, origin: str) -> bytes:
        """The body, with every link that was fetched in the recording leading here."""
        for url in self._links if origin else ():
            here = f"{origin}{_home(url)}"
            for slash in ("/", r"\/"):  # as some JSON writers put it
                body = body.replace(url.replace("/", slash).encode(), here.replace("/", slash).encode())
        return body


def _home(url: str) -> str:
    """The path at which a recorded link is served."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", urlsplit(url).path.rpartition("/")[2])[-80:]
    return f"{FETCHED}/{hashlib.sha256(url.encode()).hexdigest()[:16]}/{name or 'picture'}"


def _document(body: bytes) -> Any:
    """The JSON document in a body, None when there is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _headers(response: Response, id: str) -> Headers:
    """As recorded, but for what belonged to the connection; `X-Replayed` names the exchange."""
    kept = [(name, value) for name, value in response.headers if name.lower() not in _NOT_REPLAYED]
    return (*kept, ("X-Replayed", id))


def _stated(response: Response) -> int:
    stated = response.header("content-length") or ""
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 16 else 0


def _nearest(told: list[tuple[tuple[str, ...], Exchange]]) -> str:
    if not told:
        return "nothing was recorded at all"
    difference, exchange = min(told, key=lambda one: len(one[0]))
    many = f"none of the {len(told)} recorded requests asks this"
    return f"{many}; nearest is {exchange.id}: {'; '.join(difference[:6])}"


def _refusal(message: str, code: str, status: int = 404) -> Reply:
    return refusal(status, f"{message[0].upper()}{message[1:]}.", code=code, why=code.replace("_", "-"))
