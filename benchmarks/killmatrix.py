"""Every seeded fault and every forgotten claim against every claim: caught or not, by which claim, at what price.

    python -m benchmarks.killmatrix [--profile full|quick] [--anew] [PROVIDER ...]

`full` asks the whole one-by-one plan of each provider once without a fault, then for each fault again what it can touch.
`quick` makes one quick run for each, pools taken apart where they are refused. Each result is a line in
`benchmarks/results`, and a run that was cut short goes on; `python -m benchmarks.detection` writes the document.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks import rows
from contract_tests.evidence import Evidence
from contract_tests.judging import findings
from contract_tests.plan import plan
from contract_tests.questions import Question
from mock_server import faults
from mock_server.settings import Settings
from specs import loading, models
from specs.transcripts import billed
from tests.pool_walks import conformant
from tests.pool_walks import walked as quickly
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

    @property
    def key(self) -> tuple[str, ...]:
        """What the case is called among the results."""
        return self.provider, self.kind, self.id


def cases(provider: str) -> Iterator[Case]:
    """Every fault the provider's contract offers, and every judged request claim forgotten."""
    contract = loading.load(provider)
    for fault in faults.offered(contract):
        settings = Settings(providers=(provider,), faults=(fault.id,), caption=False)
        yield Case(provider, "fault", fault.id, fault.breaks, fault.catalogue, settings, touched_by(provider, fault))
    for claim in contract.of_area("request"):
        if claim.judged:
            settings = Settings(providers=(provider,), forget=frozenset({claim.id}), caption=False)
            asked = breaking(provider, claim.id) or heavy(provider, claim.id)
            yield Case(provider, "forget", claim.id, (claim.id,), (), settings, asked)


def heavy(provider: str, claim: str) -> tuple[Question, ...]:
    """The questions that break a claim with bodies of tens of megabytes."""
    contract = loading.load(provider)
    listed = models.from_value(contract.models.example) if contract.models else None
    whole = plan(contract, listed, heavy=True, claims=(claim,))
    return tuple(question for question in whole if claim in question.about and not question.billable)


def one_by_one(case: Case) -> rows.Row:
    """Ask what the case touches, and judge it together with the rest of the faultless walk."""
    again = walked(case.settings, case.touched)
    ids = {question.id for question in case.touched}
    kept = (one for one in faultless(case.provider).asked if one.exchange.question not in ids)
    caught = broken(findings(Evidence(again.contract, (*kept, *again.asked))))
    paid = sum(billed(one.exchange) for one in again.asked)
    return _row(case, caught, len(again.asked), paid)


def pooled(case: Case) -> rows.Row:
    """One quick run; `more` is what it cost beyond that of a conformant endpoint."""
    walk = quickly(case.provider, faults=case.settings.faults, forget=case.settings.forget)
    row = _row(case, walk.broken, len(walk.exchanges), walk.billable)
    return row | {"more": walk.billable - conformant(case.provider).billable}


def _row(case: Case, caught: set[str], requests: int, paid: int) -> rows.Row:
    told = {"provider": case.provider, "kind": case.kind, "id": case.id, "breaks": list(case.breaks)}
    return told | {
        "catalogue": list(case.catalogue),
        "caught": sorted(caught & set(case.breaks)),
        "also": sorted(caught - set(case.breaks)),
        "requests": requests,
        "billed": paid,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the matrix. Exit status: 0 everything is caught, 1 something is not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("provider", nargs="*", default=list(loading.providers()))
    parser.add_argument("--profile", choices=("full", "quick"), default="full")
    parser.add_argument("--anew", action="store_true", help="forget what an earlier run found")
    given = parser.parse_args(argv)
    name, way = f"killmatrix-{given.profile}", pooled if given.profile == "quick" else one_by_one
    if given.anew:
        rows.forget(name)
    done = rows.keys(name)
    todo = [case for provider in given.provider for case in cases(provider) if case.key not in done]
    for number, case in enumerate(todo, 1):
        rows.add(name, way(case))
        print(f"\r{number} of {len(todo)}", end="", file=sys.stderr, flush=True)
    missed = [row for row in rows.read(name) if not (row["caught"] or row["also"])]
    print(f"\nnot caught: {', '.join(row['id'] for row in missed) or 'none'}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
