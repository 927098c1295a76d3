"""A full run goes beyond its plan: sequences, probes, the smallest request; one run in all, its limits kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import contract_tests.running as runs
from contract_tests import beyond, sequences
from contract_tests.asking import Limits
from contract_tests.resuming import OtherRun, digest
from contract_tests.running import Order, Outcome, run
from specs import loading
from specs.messages import Exchange, Failure
from specs.transcripts import Transcript, load
from tests.honest import HOUSES, MANNERS, running
from tests.honest.answering import Work
from tests.honest.server import Endpoint, Mischief
from tests.pool_walks import lightly
from tests.walking import planned

KEY = "sk-full-run-key-0123456789"
PROVIDER = "chatanywhere"
PROBES = 24


@pytest.fixture(autouse=True)
def _short() -> Iterator[None]:
    """A short plan and two sequences: both are tested elsewhere, whole."""
    plan = planned(PROVIDER)
    short = (*[q for q in plan if not q.billable][:6], *[q for q in plan if q.billable][:4])
    some = {name: sequences.SEQUENCES[name] for name in ("the-same-again", "all-at-once")}
    with lightly(), patch.object(runs, "plan", lambda *_, **__: short), patch.object(sequences, "SEQUENCES", some):
        yield


def facing(mischief: Mischief | None = None) -> Any:
    return running(HOUSES[PROVIDER], MANNERS["plain"], mischief)


def ran(endpoint: Endpoint, out: Path, **more: Any) -> tuple[Outcome, Transcript]:
    settings = {"limits": Limits(first_wait=0.0), "probes": PROBES, "heavy": False, "timeout": 30.0, **more}
    outcome = run(Order(loading.load(PROVIDER), endpoint.url, KEY, out, **settings))
    return outcome, load(out / "transcript.jsonl")


def rooms(transcript: Transcript) -> list[str]:
    """Where each question comes from: the plan, a sequence, a probe."""
    names = [(each.question or "").partition("/")[0] for each in transcript.exchanges if each.purpose == "edit"]
    return [name if name in ("sequence", "fuzz") else "plan" for name in names]


def keys(transcript: Transcript) -> list[tuple[str | None, str]]:
    return sorted((str(each.question), digest(each.request)) for each in transcript.exchanges)


def test_the_plan_comes_first_then_sequences_then_probes(tmp_path: Path) -> None:
    with facing() as endpoint:
        outcome, transcript = ran(endpoint, tmp_path)
    found = rooms(transcript)
    assert found == sorted(found, key=("plan", "sequence", "fuzz").index)
    assert found.count("plan") == 10
    assert found.count("sequence") == 3 + 2 * sequences.AT_ONCE
    assert found.count("fuzz") == PROBES
    assert outcome.report.complete
    assert [f.claim.id for f in outcome.report.findings if f.verdict == "broken" and f.claim.judged] == []


@pytest.mark.parametrize("more", [{"probes": 0}, {"profile": "quick"}, {"claims": ("accepts-mask",)}])
def test_without_probes_or_a_full_plan_nothing_goes_beyond_it(more: dict[str, Any], tmp_path: Path) -> None:
    with facing() as endpoint, patch.object(runs.Apart, "explain"):
        assert set(rooms(ran(endpoint, tmp_path, **more)[1])) == {"plan"}


def test_the_same_seed_asks_the_same(tmp_path: Path) -> None:
    with facing() as endpoint:
        one, other = (keys(ran(endpoint, tmp_path / name, seed=5)[1]) for name in ("one", "other"))
    assert one == other


def test_what_is_gone_on_with_asks_nothing_twice(tmp_path: Path) -> None:
    class Stopped(BaseException):
        pass

    def watch(_exchange: Exchange, *, left: int, **_: int) -> None:
        if left == 10:
            raise Stopped

    with facing() as endpoint:
        whole = keys(ran(endpoint, tmp_path / "whole")[1])
        order = Order(loading.load(PROVIDER), endpoint.url, KEY, tmp_path / "cut", probes=PROBES, heavy=False)
        with pytest.raises(Stopped):
            run(order, watch)
        assert len(load(tmp_path / "cut/transcript.jsonl").exchanges) == len(whole) - 10
        outcome, transcript = ran(endpoint, tmp_path / "cut", resume=True)
        assert keys(transcript) == whole
        assert outcome.report.complete
        with pytest.raises(OtherRun, match="its fuzz is 24, not 0"):
            ran(endpoint, tmp_path / "cut", resume=True, probes=0)


@pytest.mark.parametrize("budget", [4, 5, 11, 15])
def test_a_budget_holds_beyond_the_plan(budget: int, tmp_path: Path) -> None:
    with facing() as endpoint:
        outcome, transcript = ran(endpoint, tmp_path, limits=Limits(budget=budget, first_wait=0.0))
    assert outcome.report.billable == transcript.billable == budget
    assert not outcome.report.complete


def _too_small_for_two(work: Work) -> Work:
    return replace(work, size=(work.size[0] - 16, work.size[1])) if "user" in work.values else work


def test_what_only_a_probe_brings_out_is_made_small_and_shown_first(tmp_path: Path) -> None:
    with facing(_too_small_for_two) as endpoint:
        outcome, transcript = ran(endpoint, tmp_path, probes=60)
    found = next(f for f in outcome.report.findings if f.claim.id == "picture-size")
    assert found.verdict == "broken"
    shown = next(each for each in transcript.exchanges if each.id == found.exchanges[0])
    assert shown.question == "fuzz/smaller/picture-size"
    assert b'name="user"' in shown.request.body
    others = (each for each in transcript.exchanges if each.id in found.exchanges)
    assert all(len(shown.request.body) <= len(each.request.body) for each in others)
    assert KEY not in (tmp_path / "transcript.jsonl").read_text("utf-8")


def test_what_the_plan_has_shown_already_is_not_made_small(tmp_path: Path) -> None:
    with facing(lambda work: replace(work, size=(work.size[0] - 16, work.size[1]))) as endpoint:
        outcome, transcript = ran(endpoint, tmp_path)
    assert "picture-size" in {f.claim.id for f in outcome.report.findings if f.verdict == "broken"}
    assert not any((each.question or "").startswith("fuzz/smaller/") for each in transcript.exchanges)


def test_an_endpoint_that_goes_away_ends_the_run_with_what_there_is(tmp_path: Path) -> None:
    gone = (None, Failure("unreachable", "nobody is there"), 0.0)
    with facing() as endpoint, patch.object(beyond, "sequences") as plays:
        plays.explore.side_effect = lambda asking, *_: setattr(asking.client, "send", lambda *_, **__: gone)
        outcome, _ = ran(endpoint, tmp_path)
    assert outcome.broke_off == "it was there and is no more: nobody is there"
    assert outcome.report.counts["holds"] > 10


def test_without_pictures_the_findings_are_the_same_and_none_is_kept(tmp_path: Path) -> None:
    with facing() as endpoint:
        kept, bare = (ran(endpoint, tmp_path / str(keep), keep_pictures=keep) for keep in (True, False))
        with pytest.raises(OtherRun, match="kept no pictures"):
            ran(endpoint, tmp_path / "False", resume=True)
    assert [(f.claim.id, f.verdict) for f in kept[0].report.findings] == [
        (f.claim.id, f.verdict) for f in bare[0].report.findings
    ]
    assert list((tmp_path / "True/pictures").iterdir())
    assert not (tmp_path / "False/pictures").exists()
    assert bare[1].omitted
