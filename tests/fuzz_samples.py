"""What the tests of fuzzing and of sequences share: an endpoint, honest or not, and what a run of it shows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from contract_tests.asking import Asking, Limits
from contract_tests.client import Client
from contract_tests.evidence import gathered, is_valid
from contract_tests.judging import judge
from specs import loading
from specs.lines import Header
from specs.messages import Exchange
from specs.recording import Recorder
from tests.honest import HOUSES, MANNERS, Manners, running
from tests.honest.server import Mischief
from tests.noting import Noting

KEY = "sk-fuzz-test-key-1"


@contextmanager
def facing(
    provider: str,
    manners: Manners = MANNERS["plain"],
    mischief: Mischief | None = None,
    limits: Limits | None = None,
    transcript: Path | None = None,
) -> Iterator[Asking]:
    """A run that faces an endpoint of the provider; nothing has been asked yet, and nobody waits."""
    with (
        running(HOUSES[provider], manners, mischief) as endpoint,
        asking_of(provider, endpoint.url, limits, transcript) as asking,
    ):
        yield asking


@contextmanager
def asking_of(
    provider: str, url: str, limits: Limits | None = None, transcript: Path | None = None
) -> Iterator[Asking]:
    """As `facing`, whatever stands at a URL."""
    header = Header(provider, url, time.time())
    recorder = Recorder(transcript, header, (KEY,)) if transcript else Noting((KEY,))
    with Client(url, KEY, 30) as client, closing(recorder):
        contract = loading.load(provider)
        yield Asking(contract, client, KEY, recorder, limits or Limits(), wait=lambda _seconds: None)


def accused(provider: str, exchanges: Sequence[Exchange]) -> dict[str, str]:
    """The judged claims that are broken, with the reason."""
    found = judge(loading.load(provider), exchanges)
    return {f.claim.id: f.reason for f in found if f.verdict in ("broken", "faulty-suite") and f.claim.judged}


def share_accepted(provider: str, exchanges: Sequence[Exchange]) -> float:
    """Which part of the edits was valid by the rules and accepted."""
    asked = gathered(loading.load(provider), exchanges).asked
    return sum(is_valid(one) and one.outcome == "accepted" for one in asked) / len(asked)
