"""The two answers of a run, and what is worst in it.

*Does it keep its own contract?* (claims of its own) and *does it keep OpenAI's?* (claims it inherits) are different
questions and are never added up. Observed claims take no part in either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contract_tests.findings import VERDICTS
from contract_tests.reports import words
from contract_tests.reports.json_form import FindingValue, ReportValue
from specs.contract import AREAS, LEVELS

KEPT = "kept"
"""What the judging says of the actual value where the evidence agrees."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the two questions, answered by counting.

    `broken` counts broken claims by level; `verdicts` every judged claim by verdict; `open_musts` the `must` claims
    about which nothing is known.
    """

    origin: str
    verdicts: Mapping[str, int]
    broken: Mapping[str, int]
    open_musts: int

    def question(self, provider: str) -> str:
        """The question in words: for `openai` itself its own contract is OpenAI's."""
        return words.ORIGIN_QUESTIONS["inherited" if provider == "openai" else self.origin]

    @property
    def judged(self) -> int:
        """Claims with a verdict that says something about the endpoint."""
        return self.verdicts["holds"] + self.verdicts["broken"]

    @property
    def unjudged(self) -> int:
        """Claims about which this run says nothing."""
        return sum(self.verdicts.values()) - self.judged

    @property
    def word(self) -> str:
        """`yes`, `no`, `not every should`, `so far` (or `so far, not every should`), `not known`.

        Nothing judged is never a yes.
        """
        if not self.judged:
            return "not known"
        if self.broken.get("must"):
            return "no"
        words = ("so far" if self.open_musts else "", "not every should" if self.broken.get("should") else "")
        return ", ".join(filter(None, words)) or "yes"

    @property
    def tone(self) -> str:
        """The verdict whose colour the answer has."""
        if not self.judged:
            return "not-run"
        return "broken" if self.broken.get("must") else "inconclusive" if self.word != "yes" else "holds"

    @property
    def sentence(self) -> str:
        """The counts in words."""
        if not self.judged:
            return f"none of {words.plural(self.unjudged, 'claim')} was judged"
        rest = f"; {self.unjudged} not judged" if self.unjudged else ""
        if not self.verdicts["broken"]:
            return f"all {words.plural(self.judged, 'judged claim')} hold{rest}"
        levels = ", ".join(f"{count} {level}" for level in LEVELS if (count := self.broken.get(level)))
        return f"{self.verdicts['broken']} of {words.plural(self.judged, 'judged claim')} broken ({levels}){rest}"


def judged(finding: FindingValue) -> bool:
    """Whether the claim takes part in the answers: an observed one does not."""
    return finding["level"] != "observed"


def seen(finding: FindingValue) -> str:
    """What became of an observed claim: `as described`, `otherwise` (never `broken`), or `not seen`.

    It has no verdict of its own; where something was seen, both values are there.
    """
    if finding["verdict"] in ("holds", "broken"):
        return "as described" if finding["verdict"] == "holds" else "otherwise"
    if not finding["actual"]:
        return "not seen"
    return "as described" if finding["actual"] == KEPT else "otherwise"


def cut_by(report: ReportValue) -> str:
    """What most claims of a run that was cut short say of it (a budget, a refused connection); empty when none does."""
    if report["complete"]:
        return ""
    unjudged = (f for f in report["findings"] if judged(f) and f["verdict"] in ("inconclusive", "not-run"))
    reasons = Counter(
        f["reason"].partition(", ")[0]
        for f in unjudged
        if f["verdict"] == "inconclusive" or f["reason"].startswith("budget:")
    )
    return max(reasons, key=lambda reason: reasons[reason], default="")


def judges(report: ReportValue) -> bool:
    """Whether a run says anything about its endpoint."""
    return any(judged(finding) and finding["verdict"] in ("holds", "broken") for finding in report["findings"])


def answers(report: ReportValue) -> tuple[Answer, ...]:
    """Its own contract first, then OpenAI's where claims are inherited."""
    origins = [o for o in words.ORIGIN_QUESTIONS if o == "own" or any(f["origin"] == o for f in report["findings"])]
    return tuple(_answer(o, [f for f in report["findings"] if f["origin"] == o and judged(f)]) for o in origins)


def _answer(origin: str, findings: list[FindingValue]) -> Answer:
    verdicts = Counter(f["verdict"] for f in findings)
    broken = Counter(f["level"] for f in findings if f["verdict"] == "broken")
    unknown = sum(1 for f in findings if f["level"] == "must" and f["verdict"] not in ("holds", "broken"))
    return Answer(origin, {verdict: verdicts.get(verdict, 0) for verdict in VERDICTS}, broken, unknown)


def worst_first(findings: Iterable[FindingValue]) -> list[FindingValue]:
    """Findings by verdict, then level, then area, the worst first."""
    return sorted(findings, key=_badness)


def _badness(finding: FindingValue) -> tuple[bool, int, int, int]:
    area = finding["area"]
    return (
        not judged(finding),
        [str(v) for v in VERDICTS].index(finding["verdict"]),
        [str(v) for v in LEVELS].index(finding["level"]),
        [str(v) for v in AREAS].index(area) if area in AREAS else len(AREAS),
    )


def broken(report: ReportValue) -> list[FindingValue]:
    """The broken claims of a run, worst first."""
    return worst_first(f for f in report["findings"] if f["verdict"] == "broken" and judged(f))


def title(report: ReportValue) -> str:
    """The provider's name as people write it."""
    return report.get("title") or report["provider"]
