"""What changed between two runs of one endpoint: fixed, newly broken, changed, newly judged, no longer judged.

Observed claims take no part: nothing about them can break.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from contract_tests.reports import answers, words
from contract_tests.reports.history import by_endpoint
from contract_tests.reports.json_form import FindingValue, ReportValue

_JUDGED = ("holds", "broken")


@dataclass(frozen=True, slots=True)
class Change:
    """One claim, before and after; None where a run does not know the claim."""

    claim: str
    before: FindingValue | None
    after: FindingValue | None

    @property
    def sentence(self) -> str:
        """What happened, in one line."""
        old, new = _state(self.before), _state(self.after)
        if old == new == "broken" and self.before and self.after:
            return f"still broken, now {self.after['actual'] or '?'} (was {self.before['actual'] or '?'})"
        values = f": expected {self.after['expected']}, found {self.after['actual']}" if self.after else ""
        return f"{old} \u2192 {new}{values if new == 'broken' else ''}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Every claim whose state differs, by kind. `changed`: broken in both runs, with other values or another level."""

    provider: str
    base_url: str
    newly_broken: tuple[Change, ...] = ()
    fixed: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    newly_judged: tuple[Change, ...] = ()
    no_longer_judged: tuple[Change, ...] = ()

    @property
    def kinds(self) -> tuple[tuple[str, tuple[Change, ...]], ...]:
        """(kind in words, its changes) for every kind that has some, the worst first."""
        named = ((f.name, getattr(self, f.name)) for f in fields(self) if f.name not in ("provider", "base_url"))
        return tuple((name.replace("_", " "), changes) for name, changes in named if changes)

    @property
    def exit_status(self) -> int:
        """1 when something is newly broken, else 0."""
        return 1 if self.newly_broken else 0


def _state(finding: FindingValue | None) -> str:
    return finding["verdict"] if finding else "no such claim"


def compare(old: ReportValue, new: ReportValue) -> Difference:
    """What changed from one run to another of the same provider."""
    sorted_by_kind: dict[str, list[Change]] = {}
    for change in _changes(old, new):
        if kind := _kind(change):
            sorted_by_kind.setdefault(kind, []).append(change)
    kinds = {kind: tuple(changes) for kind, changes in sorted_by_kind.items()}
    return Difference(new["provider"], new["base_url"], **kinds)


def _changes(old: ReportValue, new: ReportValue) -> Iterator[Change]:
    before = {f["claim"]: f for f in old["findings"] if answers.judged(f)}
    after = {f["claim"]: f for f in answers.worst_first(new["findings"]) if answers.judged(f)}
    for claim in (*after, *(c for c in before if c not in after)):
        yield Change(claim, before.get(claim), after.get(claim))


def _kind(change: Change) -> str | None:
    old, new = _state(change.before), _state(change.after)
    if old == new:
        return "changed" if old == "broken" and _values(change.before) != _values(change.after) else None
    if new == "broken":
        return "newly_broken"
    if new == "holds":
        return "fixed" if old == "broken" else "newly_judged"
    return "no_longer_judged" if old in _JUDGED else None


def _values(finding: FindingValue | None) -> tuple[str, ...]:
    return (finding["expected"], finding["actual"], finding["level"]) if finding else ()


def compare_all(old: Sequence[ReportValue], new: Sequence[ReportValue]) -> tuple[Difference, ...]:
    """Run by run: the newest of each endpoint against the newest old one of the same endpoint, else same provider."""
    olds = by_endpoint(old)
    by_provider = {provider: runs[-1] for (provider, _url), runs in olds.items()}
    found = []
    for (provider, url), runs in by_endpoint(new).items():
        known = olds[provider, url][-1] if (provider, url) in olds else by_provider.get(provider)
        found.append(compare(known or _nothing(runs[-1]), runs[-1]))
    return tuple(found)


def _nothing(report: ReportValue) -> ReportValue:
    return {**report, "findings": []}


def described(difference: Difference) -> str:
    """The difference as text, one line for each claim."""
    head = f"{difference.provider}  {difference.base_url}"
    if not difference.kinds:
        return f"{head}\n  nothing changed"
    lines = [head]
    for kind, changes in difference.kinds:
        lines.append(f"  {kind}: {words.plural(len(changes), 'claim')}")
        lines += [f"    {change.claim}  {change.sentence}" for change in changes]
    return "\n".join(lines)


def exit_status(differences: Sequence[Difference]) -> int:
    """1 when something is newly broken anywhere, else 0."""
    return max((difference.exit_status for difference in differences), default=0)
