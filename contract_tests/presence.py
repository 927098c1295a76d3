"""Presence: whether there is an image endpoint behind the URL at all, and whether the key is right.

Told by the first valid edits, before much is asked: a wrong address or key is the user's matter and no finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from contract_tests.questions import Question
from specs.answers import heard
from specs.messages import Exchange, Response, media_type
from specs.payloads import decoded, texts
from specs.pictures import kind_of

LOOKED_AT = 2
"""Answers that have to be strange before the endpoint is taken for none."""

LOST = 3
"""Questions in a row that nothing answers before something is asked again that was answered: is anybody there?"""

_NOBODY = ("unreachable", "tls", "garbage", "timeout")
"""Why nothing came back, where nobody is there that could be asked anything."""

_LEAST = 64
"""Characters of a text that is worth decoding."""


_MARKS = (b'"b64_json"', b'"image_edit.', b'"revised_prompt"')
"""Names that only an image endpoint writes."""


class Unjudgeable(RuntimeError):
    """The endpoint cannot be judged at all: unreachable, not an image endpoint, or the key is refused. One sentence."""


class Door:
    """What the first answers tell. `expected` is how many valid edits there will be."""

    def __init__(self) -> None:
        self.expected = LOOKED_AT
        self._strange: list[str] = []
        self._first: list[bool] = []
        self._said: list[bytes] = []
        self._refused: list[bytes] = []
        self._here: set[bytes] = set()
        self._nowhere: set[bytes] = set()
        self._settled = self._answered = self._reached = self._speaks = False
        self._lost = 0

    @property
    def suspicious(self) -> bool:
        """Whether the first answers to what should be refused look like no image endpoint, or like a refused key.

        So they do as well when different mistakes are answered alike, and when a valid edit was answered as a path is
        that is none.
        """
        alike = all(self._first) or len(set(self._said)) == 1
        odd = not self._answered and len(self._first) == LOOKED_AT and alike
        return not self._settled and (odd or self._astray > 0)

    @property
    def _astray(self) -> int:
        """How many valid edits were answered as a path is that is none; 0 if anything else ever came from this path."""
        return len(self._refused) if self._here <= self._nowhere - {b""} else 0

    def opened(self, exchanges: Iterable[Exchange]) -> None:
        """Look at what came before the questions. Raises Unjudgeable where nothing can be reached."""
        for exchange in exchanges:
            if exchange.response is None:
                self._unanswered(exchange)
            else:
                self._reached = True

    @property
    def silent(self) -> bool:
        """Whether so many questions in a row were not answered that nobody may be there any more."""
        return self._lost >= LOST

    def heard(self, exchange: Exchange) -> None:
        """Look at an answer to what is in no plan. Raises Unjudgeable where nobody ever was."""
        if exchange.response is None:
            self._unanswered(exchange)
        else:
            self._lost = 0

    def seen(self, question: Question, exchange: Exchange) -> None:
        """Look at an answer. Raises Unjudgeable."""
        response = exchange.response
        if response is None:
            self._here.add(b"")
            self._unanswered(exchange)
            return
        self._reached, self._lost = True, 0
        self._speaks = self._speaks or _speaks(exchange)
        if question.billable and not self._settled:
            self._valid(exchange, response)
        elif question.path is not None:
            self._nowhere.add(_plain_refusal(exchange))
        elif question.key == "right" and question.method is None:
            odd = response.status in (401, 403) or bool(_oddity(exchange, response, speaks=self._speaks))
            self._first = [*self._first, odd][:LOOKED_AT]
            self._said = [*self._said, response.body][:LOOKED_AT]
            self._here.add(_plain_refusal(exchange))
        self._look_for_the_way(exchange)

    def closed(self) -> None:
        """Nothing more is asked. Raises Unjudgeable where only mistakes were, and all got what any other path gets."""
        if not (self._settled or self._refused or self._strange) and self._here and self._here <= self._nowhere - {b""}:
            raise Unjudgeable("there is no image endpoint: what it was asked was answered as any other path is")

    def _look_for_the_way(self, exchange: Exchange) -> None:
        """Does the path lead anywhere? Not where valid edits get the very answer that a path gets that is none."""
        if not self._settled and self._astray >= min(LOOKED_AT, self.expected):
            status = exchange.response.status if exchange.response else ""
            raise Unjudgeable(f"there is no image endpoint: valid edits were answered as any other path is ({status})")

    def _unanswered(self, exchange: Exchange) -> None:
        failure = exchange.failure
        if failure is None:
            return
        self._lost += 1
        if not self._reached and (failure.kind in _NOBODY or self._lost >= LOST):
            raise Unjudgeable(failure.detail)

    def _valid(self, exchange: Exchange, response: Response) -> None:
        oddity = _oddity(exchange, response, speaks=self._speaks)
        if not oddity and response.status in (401, 403) and not self._answered:
            raise Unjudgeable(f"the key was refused ({response.status})")  # its message may repeat parts of the key
        if not oddity:
            self._answered = self._answered or response.status < 500
            self._settled = 200 <= response.status < 300
            self._refused.append(_plain_refusal(exchange))
            self._here.add(_plain_refusal(exchange))
            return
        self._strange.append(oddity)
        if len(self._strange) >= min(LOOKED_AT, self.expected):
            told = " and ".join(dict.fromkeys(self._strange))
            raise Unjudgeable(f"there is no image endpoint: valid edits were answered with {told}")


def _plain_refusal(exchange: Exchange) -> bytes:
    """A 4xx and its body, without the path; empty for anything else, and for what is about key, purse or hour."""
    asked = heard(exchange)
    if asked.outcome != "refused" or asked.response is None or asked.response.status in (401, 403):
        return b""
    path = urlsplit(exchange.request.url).path.encode()
    body = asked.response.body.replace(path, b"").replace(path.replace(b"/", rb"\/"), b"")
    return b"%d %s" % (asked.response.status, body)


def _speaks(exchange: Exchange) -> bool:
    """Whether an answer has the error envelope of OpenAI's API."""
    error = heard(exchange).error
    return isinstance(error, dict) and "message" in error


def _oddity(exchange: Exchange, response: Response, *, speaks: bool) -> str:
    """What no image endpoint answers to a request for an edit, in words; empty when it is nothing of that kind."""
    status = response.status
    if status >= 500 and status != 501:
        return ""
    if heard(exchange).is_html and not speaks:
        return f"an HTML page ({status})"
    if 300 <= status < 400 and not speaks:
        return f"a redirection ({status}) to {(response.header('location') or 'nowhere')[:80]}"
    if status in (404, 405, 501) and not speaks:
        return f"{status} ({_kind(response)})"
    if 200 <= status < 300 and not _pictured(exchange, response):
        return f"{status} without any picture ({_kind(response)})"
    return ""


def _kind(response: Response) -> str:
    return media_type(response.headers) or "no content type"


def _pictured(exchange: Exchange, response: Response) -> bool:
    """Whether there is a picture anywhere in an answer that is not one of ours, or at least the place for one."""
    asked, sent = heard(exchange), exchange.request
    if asked.outcome != "accepted" or kind_of(response.body):
        return response.body not in sent.body
    if any(mark in response.body and mark not in sent.body for mark in _MARKS):  # even in JSON that does not parse
        return True
    if any(isinstance(p.b64, str) or p.url not in (None, sent.url) for p in (*asked.payloads, *asked.streamed)):
        return True
    if isinstance(asked.body, dict) and isinstance(asked.body.get("data"), list):
        return True
    if any(str(value.get("type", "")).startswith("image_") for _, value in asked.events if isinstance(value, dict)):
        return True
    return any(_is_new_picture(text, sent.body) for text in texts(asked.body))


def _is_new_picture(text: str, sent: bytes) -> bool:
    data = decoded(text) if len(text) >= _LEAST else None
    return data is not None and kind_of(data) is not None and data not in sent and text.encode() not in sent
