"""A run that is killed, interrupted or cut off goes on, asks nothing twice, and ends as an unbroken one."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Self

import pytest

from contract_tests.__main__ import main
from contract_tests.asking import Limits
from contract_tests.commands.testing import KEY_ENV
from contract_tests.questions import POOLED
from contract_tests.resuming import OtherRun
from contract_tests.running import Order, Outcome
from contract_tests.running import run as run_wholly
from mock_server.serving import Mock, running
from mock_server.settings import Settings
from specs import loading
from specs.messages import Exchange
from specs.transcripts import load
from tests.pool_walks import KEY, Walk, lightly, walk
from tests.small_servers import Said, error, said, serving
from tests.test_budget import ACCEPTED

ROOT = Path(__file__).parent.parent
KILLS = 5
FAULTS = ("refuses-mask", "refuses-chunked", "size-told-wrong", "error-is-text")
"""So that there is something to take apart, and something to find."""


_NURSERY = """
import os, sys
from contract_tests import running
from contract_tests.__main__ import main
from specs import loading
from tests.planned_once import plan_once
from tests.pool_walks import lightly

plan_once()
with lightly():
    running.plan(loading.load("chatanywhere"), None, 3, heavy=False, profile="quick", claims=())
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            os._exit(main(line.split()))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""A process without threads that has read and planned everything: each run is a child of it, begun in no time."""


class _Nursery:
    """Starts runs as processes of their own, and kills them."""

    def __init__(self, url: str) -> None:
        env = {**os.environ, KEY_ENV: KEY, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", _NURSERY]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._url = url

    def _said(self) -> int:
        assert self._process.stdout
        while not (line := self._process.stdout.readline().strip()).lstrip(b"-").isdigit():
            assert self._process.poll() is None
        return int(line)

    def _started(self, *more: str) -> int:
        assert self._process.stdin
        base = ["test", "--provider", "chatanywhere", "--base-url", self._url, "--profile", "quick"]
        self._process.stdin.write(" ".join([*base, "--no-heavy", "--strict", "--seed", "3", *more, "\n"]).encode())
        self._process.stdin.flush()
        return self._said()

    def ran(self, *more: str) -> int:
        """The exit status of a whole run."""
        self._started(*more)
        return self._said()

    def killed(self, out: Path, lines: int, *more: str) -> int:
        """The same of one that is killed as soon as its transcript has so many lines."""
        child = self._started(*more)
        for _ in range(15_000):
            if _lines(out) >= lines:
                break
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
        return self._said()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def _lines(out: Path) -> int:
    file = out / "transcript.jsonl"
    return file.read_bytes().count(b"\n") if file.exists() else 0


def _findings(out: Path) -> list[tuple[str, ...]]:
    value = json.loads((out / "report.json").read_text("utf-8"))
    kept = ("claim", "verdict", "expected", "actual", "reason")
    return [tuple(finding[name] for name in kept) for finding in value["findings"]]


def _asked(out: Path) -> Counter[tuple[str | None, int]]:
    return _counted(load(out / "transcript.jsonl").exchanges)


def _counted(exchanges: Iterable[Exchange]) -> Counter[tuple[str | None, int]]:
    """How often each question was asked: once, but for what broke a claim and is asked again on purpose."""
    return Counter((exchange.question, exchange.attempt) for exchange in exchanges if exchange.purpose == "edit")


def test_a_run_that_is_killed_five_times_asks_nothing_twice_and_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    chance = random.Random(1)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    with (
        running(Settings(providers=("chatanywhere",), caption=False, faults=FAULTS)) as mock,
        _Nursery(mock.url) as nursery,
    ):
        assert nursery.ran("--out", str(whole)) == 1
        sent = _sent(mock)
        at = sorted(chance.sample(range(2, sent), KILLS))
        assert nursery.killed(broken, at[0], "--out", str(broken)) == -signal.SIGKILL
        for lines in at[1:]:
            assert nursery.killed(broken, lines, "--resume", str(broken)) == -signal.SIGKILL
        assert nursery.ran("--resume", str(broken)) == 1
        resumed = _sent(mock) - sent
    assert _findings(broken) == _findings(whole)
    assert _asked(broken) == _asked(whole)
    assert sent <= resumed <= sent + KILLS
    assert json.loads((broken / "report.json").read_text("utf-8"))["complete"]


def _sent(mock: Mock) -> int:
    return len(mock.house.journal.entries)


class _Stopped(BaseException):
    """Stands for whatever ends a process."""


def _stopping(after: int) -> Any:
    count = 0

    def watch(_exchange: Exchange, **_: int) -> None:
        nonlocal count
        count += 1
        if count > after:
            raise _Stopped

    return watch


def _order(url: str, out: Path, **more: Any) -> Order:
    settings = {"seed": 3, "timeout": 30.0, "heavy": False, "profile": "quick", "limits": Limits(first_wait=0.0)}
    return Order(loading.load("chatanywhere"), url, KEY, out, **{**settings, **more})


def run(*order: Any) -> Outcome:
    with lightly():
        return run_wholly(*order)


@cache
def _unbroken() -> Walk:
    with running(Settings(providers=("chatanywhere",), caption=False, faults=FAULTS)) as mock:
        return walk(mock.url, "chatanywhere", seed=3)


@pytest.mark.parametrize(("after", "jobs"), [(0, 1), (1, 3), (40, 3), (62, 1), (75, 3)])
def test_wherever_a_run_ends_it_goes_on_from_there(after: int, jobs: int, tmp_path: Path) -> None:
    limits = Limits(jobs=jobs, first_wait=0.0)
    unbroken = _unbroken()
    with running(Settings(providers=("chatanywhere",), caption=False, faults=FAULTS)) as mock:
        with contextlib.suppress(_Stopped):
            run(_order(mock.url, tmp_path, limits=limits), _stopping(after))
        outcome = run(_order(mock.url, tmp_path, limits=limits, resume=True))
        sent = _sent(mock)
    verdicts = {f.claim.id: f.verdict for f in outcome.report.findings}
    assert verdicts == {f.claim.id: f.verdict for f in unbroken.findings}
    assert _asked(tmp_path) == _counted(unbroken.exchanges)
    assert sent <= len(unbroken.exchanges) + 2 * jobs


def test_a_run_that_has_ended_asks_nothing_more(tmp_path: Path) -> None:
    with running(Settings(providers=("chatanywhere",), caption=False)) as mock:
        run(_order(mock.url, tmp_path))
        first, sent = _findings(tmp_path), _sent(mock)
        run(_order(mock.url, tmp_path, resume=True))
        assert _sent(mock) == sent
    assert _findings(tmp_path) == first


def test_what_was_spent_before_counts(tmp_path: Path) -> None:
    with running(Settings(providers=("chatanywhere",), caption=False)) as mock:
        first = run(_order(mock.url, tmp_path, limits=Limits(budget=3)))
        again = run(_order(mock.url, tmp_path, limits=Limits(budget=3), resume=True))
        more = run(_order(mock.url, tmp_path, limits=Limits(budget=5), resume=True))
        last = run(_order(mock.url, tmp_path, resume=True))
    assert [each.report.billable for each in (first, again, more, last)] == [3, 3, 5, 10]
    assert not more.report.complete
    assert last.report.complete
    assert max(_asked(tmp_path).values()) == 1


def test_a_budget_that_ran_out_leaves_pools_that_are_taken_apart_later(tmp_path: Path) -> None:
    with running(Settings(providers=("chatanywhere",), caption=False, faults=FAULTS)) as mock:
        run(_order(mock.url, tmp_path, limits=Limits(budget=4)))
        last = run(_order(mock.url, tmp_path, resume=True))
    unbroken = _unbroken()
    assert {f.claim.id for f in last.report.findings if f.verdict == "broken"} >= {"accepts-mask", "accepts-chunked"}
    assert last.report.billable == unbroken.billable


def test_a_question_that_was_being_asked_again_goes_on_counting(tmp_path: Path) -> None:
    busy: Counter[bytes] = Counter()

    def answer(_method: str, _path: str, body: bytes, _headers: Any) -> Said:
        busy[body] += 1
        return error(429) if busy[body] < 3 else error(400)

    with serving(answer) as small:
        with pytest.raises(_Stopped):
            run(_order(small.url, tmp_path), _stopping(1))
        run(_order(small.url, tmp_path, resume=True, limits=Limits(first_wait=0.0, requests=4)))
    attempts = [exchange.attempt for exchange in load(tmp_path / "transcript.jsonl").exchanges]
    assert attempts == [1, 2, 3, 1]


def test_what_was_never_answered_is_asked_again(tmp_path: Path) -> None:
    down = True

    def answer(_method: str, _path: str, _body: bytes, _headers: Any) -> Said:
        if down and len(small.asked) > 3:
            raise ConnectionAbortedError
        return error(400, f"No, for the {len(small.asked)}th time")

    with serving(answer) as small:
        limits = Limits(first_wait=0.0, requests=9, patience=1)
        run(_order(small.url, tmp_path, limits=limits))
        down = False
        run(_order(small.url, tmp_path, limits=Limits(first_wait=0.0, requests=20, patience=1), resume=True))
    found = load(tmp_path / "transcript.jsonl").exchanges
    lost = {exchange.question for exchange in found if exchange.response is None}
    assert len(lost) == 4  # three in a row, and then one that had been answered
    assert lost <= {exchange.question for exchange in found if exchange.response is not None}


def test_a_refused_key_stays_refused_and_nothing_more_is_asked(tmp_path: Path) -> None:
    with serving(lambda *_: error(401)) as small:
        first = run(_order(small.url, tmp_path))
        sent = len(small.asked)
        again = run(_order(small.url, tmp_path, resume=True))
        assert len(small.asked) == sent
    assert first.broke_off == again.broke_off == "the key was refused (401)"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seed": 4}, "its seed is 3, not 4"),
        ({"profile": "full"}, "its profile is quick, not full"),
        ({"claims": ("accepts-mask",)}, "its claims is all, not accepts-mask"),
        ({"contract": loading.load("openai")}, "its provider is chatanywhere, not openai"),
        ({"heavy": True}, "its heavy is False, not True"),
    ],
)
def test_another_run_is_not_gone_on_with(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    with serving(lambda *_: said(200, ACCEPTED)) as small:
        run(_order(small.url, tmp_path, limits=Limits(requests=1)))
        changed = _order(small.url, tmp_path, resume=True)
        values = {name: getattr(changed, name) for name in changed.__slots__} | change
        with pytest.raises(OtherRun, match=told):
            run(Order(**values))
        with pytest.raises(OtherRun, match="its base URL is "):
            run(_order("http://127.0.0.1:9", tmp_path, resume=True))
        assert len(small.asked) == 1


def test_a_transcript_without_a_whole_header_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "transcript.jsonl").write_bytes(b'{"format": "image-con')
    with serving(lambda *_: error(400)) as small:
        run(_order(small.url, tmp_path, resume=True, limits=Limits(requests=2)))
        assert len(small.asked) == 2
    assert len(load(tmp_path / "transcript.jsonl").exchanges) == 2


def test_the_command_says_what_it_cannot_go_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(KEY_ENV, KEY)
    ask = ["test", "--provider", "chatanywhere", "--profile", "quick"]
    assert main([*ask, "--base-url", "http://127.0.0.1:9", "--resume", str(tmp_path / "none")]) == 2
    assert "holds no run to go on with" in capsys.readouterr().err
    assert main([*ask, "--mock", "--resume", str(tmp_path)]) == 2
    assert "--resume needs --base-url" in capsys.readouterr().err


def test_pools_are_found_again_by_their_names(tmp_path: Path) -> None:
    with running(Settings(providers=("chatanywhere",), caption=False)) as mock:
        run(_order(mock.url, tmp_path))
    names = [question for question, _ in _asked(tmp_path) if question and question.startswith(POOLED)]
    assert len(names) == len(set(names)) > 5
