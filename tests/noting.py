"""What stands for a transcript in walks: exchanges are made as they would be written down, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterable

from specs.messages import Exchange
from specs.recording import Recorder
from specs.redaction import Redactor


class Noting(Recorder):
    """A recorder without a file; what is on disk is the subject of other tests."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._redactor = Redactor(secrets)

    def write(self, exchange: Exchange) -> Exchange:
        """The exchange without secrets."""
        return self._redactor.exchange(exchange)

    def close(self, *, complete: bool = True) -> None:
        """Nothing is open."""
