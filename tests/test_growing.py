"""Evidence that grows: judged while a run goes on or all at once, the findings are the same."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from unittest.mock import patch

import pytest

from contract_tests import growing, judging
from contract_tests.findings import Finding
from contract_tests.growing import Growing
from contract_tests.judging import judge
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading
from specs.answers import Asked
from specs.contract import Contract
from specs.messages import Exchange
from tests.walking import asked, planned

PROVIDER = "aitoearn"
CONTRACT = loading.load(PROVIDER)


@pytest.fixture(scope="module")
def exchanges() -> tuple[Exchange, ...]:
    """A few edits of a faulty endpoint; two are answered with links, which are fetched."""
    some = [question for question in planned(PROVIDER) if question.billable and "n-2" in question.id]
    links = [question for question in planned(PROVIDER) if question.id == "response-format-url"]
    with running(Settings(providers=(PROVIDER,), caption=False, faults=("created-missing",))) as mock:
        found = asked(CONTRACT, mock.url, (*some[:3], *links))
    assert [each.purpose for each in found].count("fetch") == 1
    return found


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(finding.claim.id, finding.verdict, finding.reason) for finding in findings]


def test_findings_are_the_same_however_often_one_looked_before(exchanges: tuple[Exchange, ...]) -> None:
    grown = Growing(CONTRACT)
    for count in range(len(exchanges)):
        grown.findings(exchanges[:count])
    assert told(grown.findings(exchanges)) == told(judge(CONTRACT, exchanges))


def test_only_answers_with_links_are_read_again_when_one_was_fetched(exchanges: tuple[Exchange, ...]) -> None:
    grown, edits = Growing(CONTRACT), [each for each in exchanges if each.purpose == "edit"]
    before = grown.evidence([each for each in exchanges if each.purpose != "fetch"])
    after = grown.evidence(exchanges)
    again = [new.exchange for old, new in zip(before.asked, after.asked, strict=True) if old is not new]
    assert [each.question for each in again] == ["response-format-url"]
    assert len(edits) == len(after.asked) == 4


def test_answers_are_looked_at_while_a_run_goes_on(exchanges: tuple[Exchange, ...]) -> None:
    coming: list[Exchange] = []
    seen: list[str | None] = []
    enough = Event()

    def look(contract: Contract, one: Asked) -> None:
        judging.look_at(contract, one)
        seen.append(one.exchange.question)
        if len(seen) == 3:
            enough.set()

    grown = Growing(CONTRACT)
    with patch.object(growing, "look_at", look), grown.looking(coming):
        coming.extend(exchanges)
        assert enough.wait(30)
    assert "response-format-url" not in seen
    assert told(grown.findings(coming)) == told(judge(CONTRACT, exchanges))


def test_what_fails_while_looking_is_told_where_it_is_judged(exchanges: tuple[Exchange, ...]) -> None:
    failed = Event()

    def fail(_contract: Contract, _asked: Asked) -> Iterator[None]:
        failed.set()
        raise ZeroDivisionError

    grown = Growing(CONTRACT)
    with patch.object(growing, "look_at", fail), grown.looking(exchanges):
        assert failed.wait(30)
    assert told(grown.findings(exchanges)) == told(judge(CONTRACT, exchanges))
