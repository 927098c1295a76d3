"""Quick walks inside this process: a real mock on a real port, asked in pools, taken apart, judged."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract_tests.asking import Limits
from contract_tests.findings import Finding
from contract_tests.running import TRANSCRIPT, Order, run
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading
from specs.messages import Exchange
from specs.transcripts import billed, load

KEY = "sk-pool-walk-key"


@dataclass(frozen=True)
class Walk:
    """What came of one quick run."""

    findings: tuple[Finding, ...]
    exchanges: tuple[Exchange, ...]
    broke_off: str | None

    @property
    def billable(self) -> int:
        """How many edits were accepted."""
        return sum(map(billed, self.exchanges))

    @property
    def broken(self) -> set[str]:
        """The judged claims that are broken."""
        return {f.claim.id for f in self.findings if f.verdict in ("broken", "faulty-suite") and f.claim.judged}

    def of(self, verdict: str) -> set[str]:
        """The judged claims with a verdict."""
        return {f.claim.id for f in self.findings if f.verdict == verdict and f.claim.judged}


def walk(base_url: str, provider: str, limits: Limits | None = None, profile: str = "quick", **more: object) -> Walk:
    """Run against an endpoint that listens; nobody waits, heavy bodies are left out unless asked for."""
    order = {"heavy": False, "timeout": 30.0, "profile": profile, **more}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(str(order.pop("out", folder)))
        limits = limits or Limits(first_wait=0.0)
        outcome = run(Order(loading.load(provider), base_url, KEY, out, limits=limits, **order))  # type: ignore[arg-type]
        return Walk(outcome.report.findings, load(out / TRANSCRIPT).exchanges, outcome.broke_off)


def walked(provider: str, limits: Limits | None = None, **settings: object) -> Walk:
    """A quick run against a mock of one provider."""
    with running(Settings(providers=(provider,), caption=False, **settings)) as mock:  # type: ignore[arg-type]
        return walk(mock.url, provider, limits)


@cache
def conformant(provider: str) -> Walk:
    """A quick run against the faultless mock."""
    return walked(provider)
