"""Replay: a mock that answers as a recorded endpoint did, and says so plainly where nothing was recorded.

The same request asked again gets the next recorded answer, and the last one from then on. Streams come with the
recorded pauses. Links to pictures that were fetched in the recording lead to the replay, so that they work offline.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from mock_server.replaying_likeness import Wanted, differences, wanted
from specs import loading
from specs.contract import Contract
from specs.messages import Exchange, Headers, Request, Response, media_type
from specs.transcripts import Transcript

HEALTH = "/_mock/health"
FETCHED = "/_mock/fetched"
_NOT_REPLAYED = frozenset(
    (
        *("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
        *("content-encoding", "content-length", "date", "server", "alt-svc", "strict-transport-security"),
    )
)
"""Header fields that belong to the recorded connection, or to a body as it was packed on it."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """An answer: its pieces, each after a pause in seconds; `cut`: the connection is broken after the last."""

    status: int
    headers: Headers = ()
    pieces: tuple[tuple[float, bytes], ...] = ()
    cut: bool = False

    @property
    def body(self) -> bytes:
        """All pieces."""
        return b"".join(piece for _pause, piece in self.pieces)


@dataclass(frozen=True, slots=True)
class _Recording:
    exchange: Exchange
    wanted: Wanted


class Replay:
    """Answers requests out of a transcript; may be asked by several threads.

    `contract` says how to read requests: None for that of the provider which the transcript names. `pace` scales the
    recorded pauses of streams, 0 for none. Raises loading.UnknownProvider.
    """

    def __init__(self, transcript: Transcript, contract: Contract | None = None, pace: float = 1.0) -> None:
        self._contract = contract or loading.load(transcript.provider)
        self._root = urlsplit(transcript.base_url).path
        self._omitted, self._pace = transcript.omitted, pace
        self._recordings = [_Recording(one, self._wanted(one.request)) for one in transcript.exchanges]
        fetched = (one for one in transcript.exchanges if one.purpose == "fetch" and one.response)
        self._links = {one.request.url: one for one in fetched}
        self._homes = {_home(url): one for url, one in self._links.items()}
        self._turns: Counter[tuple[str, ...]] = Counter()
        self._lock = threading.Lock()

    def _wanted(self, request: Request) -> Wanted:
        return wanted(self._contract, request, self._root)

    def answer(self, request: Request, origin: str = "") -> Replayed:
        """The answer to a request; `origin` is where links are to lead (none: they are left as recorded)."""
        if request.path == HEALTH:
            return _document(200, {"status": "ok", "replays": len(self._recordings)})
        if request.path.startswith(FETCHED):
            found = self._homes.get(request.path)
            return self._replayed(found, "") if found else _refusal("no such picture was recorded", "not_recorded")
        asked = self._wanted(request)
        told = [(differences(one.wanted, asked), one) for one in self._recordings]
        same = [one for difference, one in told if not difference]
        if not same:
            return _refusal(_nearest([(difference, one.exchange) for difference, one in told]), "not_recorded")
        return self._replayed(self._next([one for one in same if one.wanted.wire == asked.wire] or same), origin)

    def _next(self, alike: list[_Recording]) -> Exchange:
        """The recordings of one request in order, the last one again and again."""
        turn = tuple(one.exchange.id for one in alike)
        with self._lock:
            at = min(self._turns[turn], len(alike) - 1)
            self._turns[turn] += 1
        return alike[at].exchange

    def _replayed(self, exchange: Exchange, origin: str) -> Replayed:
        response, failure = exchange.response, exchange.failure
        if response is None:
            why = failure.detail if failure else "no answer was recorded"
            return _refusal(f"in the recording ({exchange.id}) nothing came back: {why}", "nothing_came_back", 502)
        if exchange.id in self._omitted and b"<omitted " in response.body:
            told = f"the answer ({exchange.id}) was recorded without its pictures, so it cannot be given"
            return _refusal(told, "pictures_not_kept")
        pieces = self._pieces(response, origin)
        cut = failure is not None and failure.kind == "cut"
        return Replayed(response.status, _headers(response, exchange.id, pieces, cut=cut), pieces, cut)

    def _pieces(self, response: Response, origin: str) -> tuple[tuple[float, bytes], ...]:
        if not _is_stream(response) or not response.arrivals:
            return ((0.0, self._linked(response.body, origin)),) if response.body else ()
        pieces, before, at = [], 0.0, 0
        for seconds, end in response.arrivals:
            pieces.append((max(0.0, seconds - before) * self._pace, response.body[at:end]))
            before, at = seconds, end
        return (*pieces, *([(0.0, response.body[at:])] if at < len(response.body) else []))

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
    return f"{FETCHED}/{hashlib.sha256(url.encode()).hexdigest()[:16]}/{name}"


def _is_stream(response: Response) -> bool:
    return media_type(response.headers) == "text/event-stream"


def _headers(response: Response, id: str, pieces: tuple[tuple[float, bytes], ...], *, cut: bool) -> Headers:
    """As recorded, but for what belonged to the connection; `X-Replayed` names the exchange."""
    kept = [(name, value) for name, value in response.headers if name.lower() not in _NOT_REPLAYED]
    length = sum(len(piece) for _pause, piece in pieces)
    stated = response.header("content-length") or ""
    if cut and stated.isascii() and stated.isdigit() and int(stated) > length:
        kept.append(("Content-Length", stated))
    elif not cut and not _is_stream(response) and response.status not in (204, 304):
        kept.append(("Content-Length", str(length)))
    return (*kept, ("X-Replayed", id))


def _nearest(told: list[tuple[tuple[str, ...], Exchange]]) -> str:
    if not told:
        return "nothing was recorded at all"
    difference, exchange = min(told, key=lambda one: len(one[0]))
    many = f"none of the {len(told)} recorded requests asks this"
    return f"{many}; nearest is {exchange.id}: {'; '.join(difference[:6])}"


def _refusal(message: str, code: str, status: int = 404) -> Replayed:
    error = {"message": message[0].upper() + message[1:], "type": "invalid_request_error", "param": None, "code": code}
    return _document(status, {"error": error})


def _document(status: int, document: Mapping[str, object]) -> Replayed:
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    return Replayed(status, (("Content-Type", "application/json"), ("Content-Length", str(len(body)))), ((0.0, body),))
