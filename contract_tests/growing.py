"""Evidence that grows with a run: of an exchange that was read out and judged before, nothing is done again.

While a run waits for its endpoint the answers that are there are looked at already: most of that is decoding pictures,
which another core can do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event, RLock, Thread

from contract_tests.evidence import Evidence, model_list, read_out
from contract_tests.findings import Finding
from contract_tests.judging import findings, look_at
from specs import pictures
from specs.answers import Asked
from specs.contract import Contract
from specs.messages import Exchange
from specs.models import ModelList

PAUSE = 0.05
"""Seconds between two looks at what has come."""

HELD = 64_000_000
"""Bytes of decoded pictures that are kept: ten results of one edit, which rules look at one after the other."""


class Growing:
    """What the exchanges of one run show, as often as one likes. Their ids are unique. Safe to use from two threads."""

    def __init__(self, contract: Contract) -> None:
        pictures.hold(HELD)
        self._contract = contract
        self._asked: dict[str, Asked] = {}
        self._fetched: dict[str, Exchange] = {}
        self._listed: ModelList | None = None
        self._looked: set[str] = set()
        self._lock = RLock()

    def evidence(self, exchanges: Sequence[Exchange]) -> Evidence:
        """As `evidence.gathered`."""
        with self._lock:
            self._forget_what_changed(exchanges)
            edits = [each for each in exchanges if each.purpose == "edit"]
            for each in edits:
                if each.id not in self._asked:
                    self._asked[each.id] = read_out(self._contract, each, self._listed, self._fetched)
            return Evidence(self._contract, tuple(self._asked[each.id] for each in edits))

    def _forget_what_changed(self, exchanges: Sequence[Exchange]) -> None:
        """Another list of models changes what was read out of everything, a fetched link what was of its answer."""
        listed = model_list(exchanges)
        fetched = {each.request.url: each for each in exchanges if each.purpose == "fetch"}
        if listed != self._listed:
            self._asked, self._listed, self._fetched = {}, listed, fetched
        elif any(self._fetched.get(url) is not each for url, each in fetched.items()):
            self._asked = {id: asked for id, asked in self._asked.items() if not _has_link(asked)}
            self._fetched = fetched

    def findings(self, exchanges: Sequence[Exchange]) -> tuple[Finding, ...]:
        """As `judging.judge`."""
        with self._lock:
            return findings(self.evidence(exchanges))

    @contextmanager
    def looking(self, exchanges: Sequence[Exchange]) -> Iterator[None]:
        """Look at the answers among these exchanges as they become more, until the block is left."""
        over = Event()
        thread = Thread(target=self._look, args=(exchanges, over), name="looking at answers", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _look(self, exchanges: Sequence[Exchange], over: Event) -> None:
        count = 0
        while not over.wait(PAUSE):
            if len(exchanges) > count:
                count = len(exchanges)
                with suppress(Exception):  # what fails here fails again, and is told, where everything is judged
                    self._look_at_new(tuple(exchanges[:count]), over)

    def _look_at_new(self, exchanges: Sequence[Exchange], over: Event) -> None:
        for asked in self.evidence(exchanges).asked:
            if over.is_set():
                return
            if asked.exchange.id not in self._looked:
                self._looked.add(asked.exchange.id)
                if not _has_link(asked):  # that picture is still to be fetched
                    with self._lock:
                        look_at(self._contract, asked)


def _has_link(asked: Asked) -> bool:
    payloads = (*asked.payloads, *asked.streamed)
    return any(isinstance(each.url, str) and not each.url.startswith("data:") for each in payloads)
