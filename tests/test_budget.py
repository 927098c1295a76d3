"""Limits are never exceeded, not by one: counted where the money is, at the endpoint."""

from __future__ import annotations

import base64
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from contract_tests import samples
from contract_tests.__main__ import main
from contract_tests.apart import Apart
from contract_tests.asking import Asking, Limits, Unjudgeable
from contract_tests.client import Client
from contract_tests.commands.testing import KEY_ENV
from contract_tests.limits import Cost, Purse
from contract_tests.pooling import Bench
from contract_tests.questions import Question
from contract_tests.running import reported
from specs import loading, models
from specs.lines import Header
from specs.models import ModelList
from specs.recording import Recorder
from specs.transcripts import load
from tests.planned_once import planned as plan
from tests.pool_walks import walk, walked
from tests.small_servers import Said, error, said, serving

KEY = "sk-budget-key-0123456789"
PICTURE = base64.b64encode(samples.picture().data).decode()
ACCEPTED = {"created": 1, "data": [{"b64_json": PICTURE}]}


@dataclass
class Moody:
    """An endpoint that accepts, refuses, is busy or cuts the connection as chance has it; it counts what it bills."""

    seed: int
    accepts: float = 0.5
    busy: float = 0.0
    cuts: float = 0.0
    billed: int = 0
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, _method: str, path: str, _body: bytes, _headers: Any) -> Said:
        with self.lock:
            self.asked += 1
            chance = random.Random(f"{self.seed} {self.asked}").random()
            if path.endswith("/models/image/edit"):
                return said(200, loading.load("aitoearn").models.example)  # type: ignore[union-attr]
            if chance < self.accepts:
                self.billed += 1
                return said(200, ACCEPTED)
            if chance < self.accepts + self.busy:
                return error(429)
            if chance < self.accepts + self.busy + self.cuts:
                self.billed += 1
                raise ConnectionAbortedError
            return error(400, f"No, for the {self.asked}th time")


@cache
def _planned(provider: str) -> tuple[Question, ...]:
    contract = loading.load(provider)
    return plan(contract, _listed(provider), heavy=False, profile="quick")


def _listed(provider: str) -> ModelList | None:
    contract = loading.load(provider)
    return models.from_value(contract.models.example) if contract.models else None


@contextmanager
def _asking(
    url: str, limits: Limits, provider: str = "chatanywhere", waits: list[float] | None = None
) -> Iterator[Asking]:
    contract = loading.load(provider)
    kept: list[float] = [] if waits is None else waits
    with tempfile.TemporaryDirectory() as folder, Client(url, KEY, timeout=20) as client:
        recorder = Recorder(Path(folder) / "transcript.jsonl", Header(provider, url, time.time()), (KEY,))
        try:
            yield Asking(contract, client, KEY, recorder, limits, wait=kept.append)
        finally:
            recorder.close()


def _quick(asking: Asking, provider: str = "chatanywhere") -> None:
    asking.read_models()
    asking.ask(_planned(provider))
    Apart(asking, Bench(asking.contract, _listed(provider))).explain(_planned(provider))


CASES = [
    (seed, budget, jobs, mood)
    for seed, (budget, jobs, mood) in enumerate(
        [
            (0, 1, {"accepts": 0.5}),
            (1, 1, {"accepts": 0.1}),
            (3, 1, {"accepts": 1.0}),
            (7, 1, {"accepts": 0.3, "busy": 0.4}),
            (5, 1, {"accepts": 0.2, "cuts": 0.2}),
            (1, 4, {"accepts": 0.3}),
            (4, 4, {"accepts": 0.3, "busy": 0.3}),
            (6, 8, {"accepts": 0.9}),
            (5, 4, {"accepts": 0.2, "cuts": 0.2, "busy": 0.2}),
            (12, 3, {"accepts": 0.05, "busy": 0.1}),
        ]
    )
]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(("seed", "budget", "jobs", "mood"), CASES)
def test_a_budget_is_never_exceeded(seed: int, budget: int, jobs: int, mood: dict[str, float]) -> None:
    moody = Moody(seed, **mood)
    with serving(moody) as small, _asking(small.url, Limits(budget=budget, jobs=jobs, first_wait=0.0)) as asking:
        _quick(asking)
    assert moody.billed <= budget
    assert asking.billable <= moody.billed
    if mood["accepts"] == 1.0:
        assert moody.billed == budget
    if moody.billed == budget:
        assert asking.unasked
        assert asking.purse.closed == f"{budget} billable edit{'s' if budget != 1 else ''}"


@pytest.mark.parametrize(("requests", "jobs"), [(0, 1), (1, 1), (17, 1), (17, 4), (60, 8)])
def test_a_limit_of_requests_is_never_exceeded(requests: int, jobs: int) -> None:
    moody = Moody(1, accepts=0.2, busy=0.3)
    limits = Limits(requests=requests, jobs=jobs, first_wait=0.0)
    with serving(moody) as small, _asking(small.url, limits) as asking:
        _quick(asking)
    assert moody.asked == requests == len(asking.exchanges)
    assert asking.purse.closed == f"{requests} request{'s' if requests != 1 else ''}"


@pytest.mark.parametrize("credits", [0.0, 3.0, 4.0, 9.5])
def test_a_limit_of_credits_is_never_exceeded(credits: float) -> None:
    listed = _listed("aitoearn")
    assert listed is not None
    dearest = max(price for model in listed.models for price in model.prices.values())
    moody = Moody(2, accepts=0.4)
    with serving(moody) as small, _asking(small.url, Limits(credits=credits), "aitoearn") as asking:
        _quick(asking, "aitoearn")
    assert moody.billed <= credits
    assert moody.billed > 0 or credits < dearest
    assert asking.purse.closed == f"{credits:g} credits"


def test_without_prices_no_limit_of_credits_is_promised() -> None:
    with serving(lambda *_: said(200, {"data": [{"name": "m", "sizes": ["1024x1024"]}]})) as small:
        with (
            _asking(small.url, Limits(credits=5.0), "aitoearn") as asking,
            pytest.raises(Unjudgeable, match="no prices"),
        ):
            asking.read_models()
        assert len(small.asked) == 1


def test_what_costs_nobody_knows_how_much_waits_for_the_dearest() -> None:
    purse = Purse(Limits(credits=5.0))
    assert purse.take(Cost(1, 4.0))
    assert not purse.take(Cost(1, 4.0), wait=False)
    purse.settle(Cost(1, 4.0), billed=False)
    assert purse.take(Cost(1, 4.0))


def test_a_time_limit_ends_the_asking_and_the_request_that_is_under_way() -> None:
    now = [100.0]
    purse = Purse(Limits(seconds=10.0), clock=lambda: now[0])
    assert purse.send() == 10.0
    now[0] += 7.0
    assert purse.send() == 3.0
    now[0] += 3.0
    assert purse.send() is None
    assert purse.closed == "10 s"


def test_no_time_at_all_asks_nothing() -> None:
    moody = Moody(1)
    with serving(moody) as small, _asking(small.url, Limits(seconds=0.0)) as asking:
        _quick(asking)
    assert moody.asked == 0
    assert len(asking.unasked) == len(_planned("chatanywhere"))


def test_a_purse_holds_for_many_threads() -> None:
    purse = Purse(Limits(budget=50))
    granted: list[bool] = []

    def spend(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(40):
            if purse.take(Cost(1), wait=False):
                billed = chance.random() < 0.5
                purse.settle(Cost(1), billed=billed)
                granted.append(billed)

    threads = [threading.Thread(target=spend, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted) == 50


def test_what_is_under_way_is_waited_for_before_room_is_denied() -> None:
    purse = Purse(Limits(budget=1))
    assert purse.take(Cost(1))
    later = threading.Timer(0.05, lambda: purse.settle(Cost(1), billed=False))
    later.start()
    assert purse.take(Cost(1))
    later.join()


def test_after_a_surprise_valid_edits_come_first() -> None:
    def answer(_method: str, _path: str, _body: bytes, _headers: Any) -> Said:
        return said(200, ACCEPTED) if len(small.asked) >= 5 else error(400, f"No to {len(small.asked)}")

    with serving(answer) as small, _asking(small.url, Limits()) as asking:
        asking.ask(_planned("chatanywhere"))
    order = [exchange.question for exchange in asking.exchanges]
    valid = [question.id for question in _planned("chatanywhere") if question.billable]
    assert order[:5] == [question.id for question in _planned("chatanywhere")[:5]]
    assert order[5 : 5 + len(valid)] == valid


def test_without_surprise_what_is_free_comes_first() -> None:
    found = walked("chatanywhere")
    order = [exchange.question for exchange in found.exchanges if exchange.attempt == 1]
    assert order == [question.id for question in _planned("chatanywhere")]


def test_what_is_not_asked_says_so_and_what_it_would_have_cost() -> None:
    found = walked("aitoearn", Limits(budget=2, first_wait=0.0))
    assert found.billable == 2
    missing = {f.claim.id: f.reason for f in found.findings if f.verdict == "not-run" and f.claim.judged}
    told = missing["accepts-response-format"]
    assert told.startswith("budget: 2 billable edits spent, ")
    assert {"accepts-chunked", "accepts-data-url", "pictures-differ"} <= {
        claim for claim, why in missing.items() if "budget: " in why
    }
    assert "not asked, which would have cost " in told
    assert "credits by the provider's own list" in told
    assert found.broken == set()


def test_a_pool_that_cannot_be_taken_apart_blames_nobody() -> None:
    full = len([question for question in _planned("chatanywhere") if question.billable])
    found = walked("chatanywhere", Limits(budget=full - 1, first_wait=0.0), faults=("refuses-chunked",))
    assert found.billable == full - 1
    assert found.broken <= {"accepts-chunked"}
    assert any(f.reason.startswith("budget: ") for f in found.findings if f.verdict == "not-run")


@pytest.mark.parametrize("jobs", [2, 5])
def test_side_by_side_the_findings_are_the_same(jobs: int) -> None:
    alone = walked("chatanywhere", faults=("refuses-files-first", "size-ignored"))
    several = walked("chatanywhere", Limits(jobs=jobs, first_wait=0.0), faults=("refuses-files-first", "size-ignored"))
    verdicts = [[(f.claim.id, f.verdict) for f in found.findings] for found in (alone, several)]
    assert verdicts[0] == verdicts[1]
    assert {e.question for e in alone.exchanges} == {e.question for e in several.exchanges}
    assert len({e.id for e in several.exchanges}) == len(several.exchanges)


def test_a_full_run_is_limited_too() -> None:
    moody = Moody(3, accepts=0.3)
    with serving(moody) as small:
        found = walk(small.url, "chatanywhere", Limits(budget=4, first_wait=0.0), profile="full")
    assert moody.billed == 4
    assert found.broke_off is None


def test_the_report_of_an_old_transcript_needs_no_limits(tmp_path: Path) -> None:
    walked_to = tmp_path / "run"
    moody = Moody(1, accepts=0.0)
    with serving(moody) as small:
        walk(small.url, "chatanywhere", Limits(requests=3), out=str(walked_to))
    report = reported(loading.load("chatanywhere"), load(walked_to / "transcript.jsonl"))
    assert report.requests == 3
    assert not report.complete


class _Terminal:
    def isatty(self) -> bool:
        return True


AWAY = "http://192.0.2.1:9"


def test_nothing_is_spent_elsewhere_without_agreement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(KEY_ENV, KEY)
    ask = ["test", "--provider", "chatanywhere", "--base-url", AWAY, "--out", str(tmp_path)]
    assert main(ask) == 2
    told = capsys.readouterr().err
    assert "10 billable edits" in told
    assert "set a limit with --budget N, or agree with --yes" in told
    monkeypatch.setattr(sys, "stdin", _Terminal())
    questions: list[str] = []
    monkeypatch.setattr("builtins.input", lambda text: questions.append(text) or "n")
    assert main(ask) == 2
    assert capsys.readouterr().err == "image-contract: nothing was asked\n"
    assert "10 billable edits" in questions[0]
    assert "more edits where it accepts what it should refuse" in questions[0]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--budget", "-1"), "no whole number"),
        (("--budget-credits", "nan"), "no amount"),
        (("--rate", "5"), "no rate like 5/m"),
        (("--rate", "0/m"), "no rate like 5/m"),
        (("--jobs", "0"), "at least 1"),
        (("--max-time", "soon"), "no amount"),
    ],
)
def test_a_limit_that_is_none_is_refused(
    options: tuple[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["test", "--provider", "openai", "--mock", *options])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_credits_are_refused_where_no_prices_are_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--provider", "openai", "--mock", "--budget-credits", "5"]) == 2
    assert "publishes no list of prices" in capsys.readouterr().err
