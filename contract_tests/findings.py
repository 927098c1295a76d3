"""A finding: one claim, one verdict, the evidence. A report: all findings of one run beside what the run was.

`Report.value()` is the form of `report.json`; every other view (page, Markdown, terminal) is made from the same value.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from specs.contract import Claim, Contradiction

FORMAT = "image-contract-report/1"

MOST_SHOWN = 20
"""Exchanges named beside a finding, the most telling first; its reason says how many there were."""

Verdict: TypeAlias = Literal["holds", "broken", "inconclusive", "not-run", "faulty-suite"]
VERDICTS: tuple[Verdict, ...] = ("broken", "faulty-suite", "inconclusive", "not-run", "holds")
"""The five verdicts, worst first."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing about an endpoint that likely explains several broken claims: a sentence, and their ids."""

    id: str
    sentence: str
    claims: tuple[str, ...]

    def value(self) -> dict[str, Any]:
        """The cause as it stands in `report.json`."""
        return {"id": self.id, "sentence": self.sentence, "claims": list(self.claims)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim judged. `exchanges` are ids in the transcript, the most telling first; `cause` is that of a `Cause`."""

    claim: Claim
    verdict: Verdict
    expected: str = ""
    actual: str = ""
    reason: str = ""
    exchanges: tuple[str, ...] = ()
    cause: str | None = None

    def value(self) -> dict[str, Any]:
        """The finding as it stands in `report.json`."""
        cited = self.claim.citation
        through = self.claim.through
        return {
            "claim": self.claim.id,
            "rule": self.claim.rule,
            "area": self.claim.area,
            "level": self.claim.level,
            "origin": self.claim.origin,
            "verdict": self.verdict,
            "statement": self.claim.statement,
            "expected": self.expected,
            "actual": self.actual,
            "reason": self.reason,
            "exchanges": list(self.exchanges[:MOST_SHOWN]),
            "citation": _citation(cited) | ({"through": _citation(through)} if through else {}),
            "note": self.claim.note,
            "cause": self.cause,
        }


def _citation(cited: Any) -> dict[str, Any]:
    return {"document": cited.document, "at": cited.at, "quote": cited.quote, "gloss": cited.gloss}


@dataclass(frozen=True, slots=True)
class Report:
    """One run. Times are unix seconds; `billable` counts edit requests answered 2xx."""

    provider: str
    title: str
    base_url: str
    started: float
    finished: float
    complete: bool
    seed: int
    requests: int
    billable: int
    findings: tuple[Finding, ...]
    contradictions: tuple[Contradiction, ...] = field(default=())
    causes: tuple[Cause, ...] = field(default=())

    @property
    def counts(self) -> dict[str, int]:
        """How many findings have each verdict."""
        tally = Counter(f.verdict for f in self.findings)
        return {verdict: tally.get(verdict, 0) for verdict in VERDICTS}

    def value(self) -> dict[str, Any]:
        """The report as it stands in `report.json`."""
        return {
            "format": FORMAT,
            "provider": self.provider,
            "title": self.title,
            "base_url": self.base_url,
            "started": self.started,
            "finished": self.finished,
            "complete": self.complete,
            "seed": self.seed,
            "requests": self.requests,
            "billable": self.billable,
            "counts": self.counts,
            "findings": [f.value() for f in self.findings],
            "causes": [cause.value() for cause in self.causes],
            "contradictions": [
                {
                    "id": c.id,
                    "problem": c.problem,
                    "places": [_citation(p) for p in c.places],
                    "resolution": c.resolution,
                    "why": c.why,
                }
                for c in self.contradictions
            ],
        }
