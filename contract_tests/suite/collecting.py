"""The nodes of the suite: a file for each area, a test for each claim."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.suite.running_once import Order, Unasked, Verdict, verdicts
from specs.contract import AREAS, Claim, Contract

HOME = Path(__file__).parent
VERDICT = "image-contract verdict"
"""The property of a test report that says what the verdict was."""

MASK = "mask"
"""The marker of claims about masks, beside those of areas, levels and origins."""

MARKERS = {
    "request": "claims about what a request has to be",
    "acceptance": "claims about what is accepted",
    "answer": "claims about successful answers",
    "stream": "claims about streams",
    "refusal": "claims about refusals",
    MASK: "claims about masks",
    "must": "claims that the provider has to keep",
    "should": "claims that the provider ought to keep",
    "observed": "claims that are reported and never judged",
    "own": "claims of the provider's own document",
    "inherited": "claims that the provider takes over",
}


class Broken(Exception):
    """A claim is broken; `verdict` says how."""

    def __init__(self, claim: Claim, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.claim, self.verdict = claim, verdict


class Asked:
    """The verdicts of this session, there as soon as one of them is asked for."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self._found: dict[str, Verdict] | Unasked | None = None

    def verdict(self, claim: str) -> Verdict:
        """The verdict on a claim. Raises Unasked."""
        if self._found is None:
            try:
                self._found = dict(verdicts(self.order))
            except Unasked as problem:
                self._found = problem
        if isinstance(self._found, Unasked):
            raise self._found
        return self._found[claim]


ASKED = pytest.StashKey[Asked]()
CONTRACT = pytest.StashKey[Contract]()


class ClaimsFile(pytest.File):
    """One area of a contract."""

    def collect(self) -> Iterator[ClaimItem]:
        """A test for each claim of the area, in the contract's order."""
        for claim in self.config.stash[CONTRACT].claims:
            if claim.area == self.path.stem:
                yield ClaimItem.from_parent(self, name=claim.id, claim=claim)


def collects(path: Path) -> bool:
    """Whether a file stands for an area."""
    return path.parent == HOME and path.suffix == ".py" and path.stem in AREAS


class ClaimItem(pytest.Item):
    """One claim as a test; its documentation is the claim's statement and source."""

    def __init__(self, *, claim: Claim, **given: Any) -> None:
        super().__init__(**given)
        self.claim = claim
        self.obj = _documented(claim)
        marks = [claim.area, claim.level, claim.origin]
        for name in [*marks, *([MASK] if MASK in claim.rule or MASK in claim.id else [])]:
            self.add_marker(getattr(pytest.mark, name))

    def setup(self) -> None:
        """Get the verdict: asks the endpoint when nobody has. An error, not a failure, where there can be none."""
        try:
            found = self.config.stash[ASKED].verdict(self.claim.id)
        except Unasked as problem:
            pytest.fail(str(problem), pytrace=False)
        self.user_properties.append((VERDICT, found.verdict))
        if found.verdict == "faulty-suite":
            pytest.fail(found.reason, pytrace=False)

    def runtest(self) -> None:
        """Fail where the claim is broken, skip where nothing was judged."""
        found = self.config.stash[ASKED].verdict(self.claim.id)
        if found.verdict == "broken":
            raise Broken(self.claim, found)
        if found.verdict != "holds":
            raise pytest.skip.Exception(f"{found.verdict}: {found.reason}", _use_item_location=True)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """What is wrong, in the provider's words; a traceback only for mistakes of our own."""
        if isinstance(excinfo.value, Broken):
            return told(excinfo.value.claim, excinfo.value.verdict)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test stands, and its name."""
        return self.path, 0, self.name


def _documented(claim: Claim) -> Any:
    """What `--collect-only -v` reads the documentation from."""
    quote = " ".join(claim.citation.quote.split())
    return type(
        claim.id, (), {"__doc__": f'{claim.statement}\n"{quote}" ({claim.citation.document} {claim.citation.at})'}
    )


def told(claim: Claim, verdict: Verdict) -> str:
    """A broken claim, explained."""
    quote = " ".join(claim.citation.quote.split())
    gloss = f" [{claim.citation.gloss}]" if claim.citation.gloss else ""
    lines = [
        f"{claim.id}: {claim.statement}",
        f"  expected:  {verdict.expected}",
        f"  actual:    {verdict.actual}",
        f"  evidence:  {verdict.reason}",
        f'  says {claim.citation.document}: "{quote}"{gloss}',
        f"             {claim.citation.at}",
    ]
    if verdict.curl:
        lines += ["  to repeat:", *(f"    {line}" for line in verdict.curl.splitlines())]
    return "\n".join(lines)
