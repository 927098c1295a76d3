"""What broke a claim is asked again: a verdict that the next run would not give is none, and hides nothing either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests.asking import Asking, Limits
from contract_tests.findings import Finding
from contract_tests.growing import Growing
from contract_tests.judging import judge
from contract_tests.repeating import ask_again
from contract_tests.tallying import tally
from specs import loading
from specs.messages import Exchange, Request
from specs.transcripts import load
from tests.fuzz_samples import facing
from tests.honest.answering import Work
from tests.walking import planned

PROVIDER = "chatanywhere"
CLAIM = "picture-size"


def spoiling(when: Callable[[int], bool]) -> Callable[[Work], Work]:
    """Makes the pictures too small, of the edits (counted from 0) that `when` says."""
    count = iter(range(10_000))

    def mischief(work: Work) -> Work:
        return replace(work, size=(work.size[0] - 16, work.size[1])) if when(next(count)) else work

    return mischief


def asked(
    folder: Path, when: Callable[[int], bool], limits: Limits | None = None, edits: int = 5
) -> tuple[Asking, tuple[Finding, ...]]:
    """A few valid edits asked of an endpoint that spoils some, what is in doubt asked again: the run, its findings."""
    questions = [question for question in planned(PROVIDER) if question.billable][:edits]
    with facing(PROVIDER, mischief=spoiling(when), limits=limits, transcript=folder / "run.jsonl") as asking:
        asking.ask(questions)
        growing = Growing(asking.contract)
        ask_again(asking, growing)
        return asking, growing.findings(asking.exchanges)


def of(findings: tuple[Finding, ...], claim: str = CLAIM) -> Finding:
    return next(finding for finding in findings if finding.claim.id == claim)


@pytest.mark.parametrize(
    ("when", "verdict", "told", "again"),
    [
        (lambda _: False, "holds", "kept in 5 exchanges", 0),
        (lambda number: number == 1, "inconclusive", "broken 1 of the 3 times that the same was asked: picture 0", 2),
        (lambda number: number in (1, 3), "inconclusive", "broken 2 of the 6 times", 4),
        (lambda number: number in (1, 5), "broken", "(2 of 6 exchanges)", 1),
        (lambda number: number in (1, 6), "broken", "; broken 2 of the 3 times that the same was asked", 2),
        (lambda _: True, "broken", "(5 of 5 exchanges)", 0),
        (lambda number: number < 4, "broken", "(4 of 5 exchanges)", 0),
        (lambda number: number % 2 == 0, "broken", "; broken 2 of the 3 times", 2),
    ],
)
def test_a_verdict_is_what_asking_again_shows(
    when: Callable[[int], bool], verdict: str, told: str, again: int, tmp_path: Path
) -> None:
    asking, findings = asked(tmp_path, when)
    found = of(findings)
    assert (found.verdict, told in found.reason) == (verdict, True), found.reason
    assert len(asking.exchanges) == 5 + again
    assert judge(asking.contract, load(tmp_path / "run.jsonl").exchanges) == findings


def test_of_a_flaky_endpoint_nothing_else_is_broken(tmp_path: Path) -> None:
    _, findings = asked(tmp_path, lambda number: number == 1)
    assert [f.claim.id for f in findings if f.verdict in ("broken", "inconclusive") and f.claim.judged] == [CLAIM]


def test_asking_again_keeps_the_budget_and_leaves_the_run_whole(tmp_path: Path) -> None:
    asking, findings = asked(tmp_path, lambda number: number == 1, Limits(budget=5))
    assert asking.billable == 5
    assert of(findings).verdict == "broken"
    assert not asking.cut_short


def test_a_valid_edit_that_is_refused_once_is_no_finding() -> None:
    def mischief(work: Work) -> Work:
        refused.append(work.size)
        return replace(work, seed=1 // (len(refused) != 3))

    refused: list[object] = []
    with facing(PROVIDER, mischief=mischief, limits=Limits(patience=1)) as asking:
        asking.ask([question for question in planned(PROVIDER) if question.billable][:5])
        growing = Growing(asking.contract)
        ask_again(asking, growing)
    found = growing.findings(asking.exchanges)
    assert [f.claim.id for f in found if f.verdict == "broken" and f.claim.judged] == []
    assert "broken 1 of the 3 times" in of(found, "valid-edit-accepted").reason


def _exchange(number: int, question: str | None, body: bytes = b"a") -> Exchange:
    return Exchange(f"{number}", Request("POST", "/", (), body), question=question)


@pytest.mark.parametrize(
    ("broken", "kept", "counted"),
    [
        ([(1, "a")], [], None),
        ([(1, "a")], [(2, "b")], None),
        ([(1, None)], [(2, None)], None),
        ([(1, "a")], [(2, "a")], (1, 2, False, 0)),
        ([(1, "a"), (3, "b")], [(2, "a")], (1, 2, False, 1)),
        ([(1, "a"), (2, "a")], [], (2, 2, True, 0)),
        ([(1, "a"), (2, "a")], [(3, "a")], (2, 3, True, 0)),
    ],
)
def test_a_tally_counts_what_was_asked_more_than_once(
    broken: list[tuple[int, str | None]],
    kept: list[tuple[int, str | None]],
    counted: tuple[int, int, bool, int] | None,
) -> None:
    found = tally([_exchange(*each) for each in broken], [_exchange(*each) for each in kept])
    assert (found and (found.broken, found.times, found.again, found.others)) == counted


def test_other_requests_under_the_same_name_are_not_the_same() -> None:
    assert tally([_exchange(1, "a", b"x")], [_exchange(2, "a", b"y")]) is None


def test_evidence_that_grows_is_that_of_the_whole() -> None:
    contract = loading.load("aitoearn")
    growing = Growing(contract)
    with facing("aitoearn") as asking:
        asking.read_models()
        for question in [q for q in planned("aitoearn") if q.billable and q.id.startswith("response-format")][:3]:
            asking.put(question)
            assert growing.findings(asking.exchanges) == judge(contract, asking.exchanges)
    assert {each.purpose for each in asking.exchanges} == {"models", "edit", "fetch"}
