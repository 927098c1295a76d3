"""Every seeded fault and every forgotten claim against every claim: caught or not, by which claim, at what price.

`python -m benchmarks.killmatrix [--out docs/detection.md] [provider ...]` asks the whole one-by-one plan of each
provider once without a fault, then for each fault again what it can touch, and writes the table from the run itself.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from contract_tests.evidence import Evidence
from contract_tests.judging import findings
from contract_tests.questions import Question
from mock_server import faults
from mock_server.settings import Settings
from specs import loading
from tests.walking import breaking, broken, faultless, touched_by, walked


@dataclass(frozen=True, slots=True)
class Case:
    """One mock that differs from the faultless one: how, which claims it breaks, and what could notice."""

    provider: str
    kind: str
    id: str
    breaks: tuple[str, ...]
    catalogue: tuple[str, ...]
    settings: Settings
    touched: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case: the judged claims found broken, requests and billed edits of what was asked again."""

    case: Case
    caught: frozenset[str]
    requests: int
    billed: int

    @property
    def disturbed(self) -> frozenset[str]:
        """Claims found broken that the fault does not name."""
        return self.caught - set(self.case.breaks)


def cases(provider: str) -> Iterator[Case]:
    """Every fault the provider's contract offers, and every judged request claim forgotten."""
    contract = loading.load(provider)
    for fault in faults.offered(contract):
        settings = Settings(providers=(provider,), faults=(fault.id,), caption=False)
        yield Case(provider, "fault", fault.id, fault.breaks, fault.catalogue, settings, touched_by(provider, fault))
    for claim in contract.of_area("request"):
        if claim.judged:
            settings = Settings(providers=(provider,), forget=frozenset({claim.id}), caption=False)
            yield Case(provider, "forget", claim.id, (claim.id,), (), settings, breaking(provider, claim.id))


def result(case: Case) -> Result:
    """Ask what the case touches, and judge it together with the rest of the faultless walk."""
    again = walked(case.settings, case.touched)
    ids = {question.id for question in case.touched}
    kept = (one for one in faultless(case.provider).asked if one.exchange.question not in ids)
    caught = broken(findings(Evidence(again.contract, (*kept, *again.asked))))
    billed = sum(one.response is not None and 200 <= one.response.status < 300 for one in again.asked)
    return Result(case, frozenset(caught), len(again.asked), billed)


def table(results: Sequence[Result]) -> str:
    """The document, worst first."""
    caught = [one for one in results if one.caught & set(one.case.breaks)]
    disturbed = sum(len(one.disturbed) for one in results)
    lines = [
        "# Detection",
        "",
        "Written by `make killmatrix` from the run itself: each line is one mock with one thing wrong.",
        "",
        f"- {len(results)} cases: {len(caught)} caught, {len(results) - len(caught)} not",
        f"- claims disturbed that the fault does not name: {disturbed}, {disturbed / max(1, len(results)):.2f} a case",
        "",
        "| provider | case | public reports | caught by | also | requests | billed |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in sorted(results, key=lambda r: (bool(r.caught & set(r.case.breaks)), r.case.provider)):
        named = ", ".join(f"`{claim}`" for claim in sorted(one.caught & set(one.case.breaks))) or "**not caught**"
        also = ", ".join(f"`{claim}`" for claim in sorted(one.disturbed))
        case = f"{one.case.kind} `{one.case.id}`"
        reports = ", ".join(one.case.catalogue)
        lines.append(f"| {one.case.provider} | {case} | {reports} | {named} | {also} | {one.requests} | {one.billed} |")
    return "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the matrix. Exit status: 0 everything is caught, 1 something is not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("provider", nargs="*", default=list(loading.providers()))
    parser.add_argument("--out", type=Path, default=Path("docs/detection.md"))
    given = parser.parse_args(argv)
    todo = [case for provider in given.provider for case in cases(provider)]
    results = []
    for number, case in enumerate(todo, 1):
        results.append(result(case))
        print(f"\r{number} of {len(todo)}", end="", file=sys.stderr, flush=True)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(table(results), "utf-8")
    missed = [one for one in results if not one.caught]
    print(f"\n{len(results) - len(missed)} of {len(results)} caught: {given.out}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
