"""What is made of watched traffic: the same verdicts as offline, each new one said once, nothing secret, bounded."""

from __future__ import annotations

import json
import os
import signal
import threading
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from contract_tests import watching_ledger
from contract_tests.importing import contract_of, judged_offline
from contract_tests.reports.terminal import Screen
from contract_tests.watching_clerk import Clerk, ClerkFailed, Task, _Desk
from contract_tests.watching_exchanges import Passed
from contract_tests.watching_ledger import Book, Ledger, OtherRecording
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading
from specs.messages import Failure
from specs.transcripts import Transcript, load
from tests.walking import KEY, asked, planned
from watch_samples import passing

PROVIDER = "chatanywhere"
ORIGIN = "http://127.0.0.1:1"


@cache
def traffic(fault: str | None = None) -> tuple[Passed, ...]:
    """What passed while some questions were asked through a pass-through: refusals, edits, a stream."""
    questions = planned(PROVIDER)
    free = [question for question in questions if not question.billable and question.path is None][:8]
    paid = [question for question in questions if question.billable and question.draft.get("stream") is not True][:5]
    streams = [question for question in questions if question.billable and question.draft.get("stream") is True][:1]
    settings = Settings(providers=(PROVIDER,), faults=(fault,) if fault else (), caption=False)
    with running(settings) as mock, passing(mock.url) as through:
        asked(loading.load(PROVIDER), f"http://127.0.0.1:{through.port}", (*free, *paid, *streams))
        return tuple(through.wait(len(free) + len(paid) + len(streams)))


def book(out: Path, **more: Any) -> Book:
    return Book(PROVIDER, ORIGIN, out, **more)


def kept(ledger: Ledger, passed: tuple[Passed, ...]) -> None:
    for one in passed:
        ledger.take(one)


def offline(transcript: Transcript) -> dict[str, tuple[str, str]]:
    report, _ = judged_offline(contract_of(transcript), transcript)
    return {finding.claim.id: (finding.verdict, finding.reason) for finding in report.findings}


def test_watched_traffic_is_judged_as_its_transcript_is(tmp_path: Path) -> None:
    said: list[str] = []
    ledger = Ledger(book(tmp_path), said.append)
    kept(ledger, traffic())
    report, sifted = ledger.close()
    assert said == []
    assert {f.claim.id: (f.verdict, f.reason) for f in report.findings} == offline(load(tmp_path / "transcript.jsonl"))
    assert report.counts["broken"] == 0
    assert report.counts["holds"] > 40
    assert (report.complete, report.requests, report.billable) == (True, 14, 6)
    assert sifted.notes == ()
    assert {"report.json", "index.html", "transcript.jsonl"} <= {path.name for path in tmp_path.iterdir()}


def test_a_broken_claim_is_said_once_and_in_one_line(tmp_path: Path) -> None:
    said: list[str] = []
    ledger = Ledger(book(tmp_path), said.append)
    for one in traffic("usage-missing"):
        ledger.take(one)
        ledger.judge()
    ledger.close()
    assert len(said) == 1
    assert said[0].startswith("broken: usage-present (must, own): `usage` is missing ")
    assert said[0].endswith("[w-00009]")


def test_verdicts_outlive_the_exchanges_they_rest_on(tmp_path: Path) -> None:
    ledger = Ledger(book(tmp_path), lambda line: None, held=1)
    for one in traffic("usage-missing"):
        ledger.take(one)
        ledger.judge()
    report, _ = ledger.close()
    verdicts = {finding.claim.id: finding.verdict for finding in report.findings}
    assert verdicts["usage-present"] == "broken"
    assert verdicts["picture-whole"] == "holds"
    assert (report.requests, report.billable) == (14, 6)


def test_reports_are_due_every_so_many_exchanges(tmp_path: Path) -> None:
    ledger = Ledger(book(tmp_path, every=3), lambda line: None)
    due = []
    for one in traffic()[:7]:
        ledger.take(one)
        due.append(ledger.unreported)
        if ledger.unreported:
            ledger.write(ledger.judge()[0])
            assert not json.loads((tmp_path / "report.json").read_text("utf-8"))["complete"]
    assert due == [False, False, True, False, False, True, False]
    ledger.close()


def test_no_key_of_the_traffic_is_written_even_when_another_exchange_echoes_it(tmp_path: Path) -> None:
    ledger = Ledger(book(tmp_path), lambda line: None)
    answer = f'{{"error": "seen before: {KEY}"}}'.encode()
    fields = (("Content-Type", "application/json"),)
    kept(ledger, (*traffic(), Passed("POST", "/v1/images/edits", fields, b"{}", 1.0, 0.1, 400, (), answer)))
    ledger.close()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()
    last = load(tmp_path / "transcript.jsonl").exchanges[-1]
    assert last.response
    assert last.response.body == b'{"error": "seen before: <redacted-key>"}'


def test_a_recording_is_gone_on_with(tmp_path: Path) -> None:
    passed = traffic()
    for some in (passed[:6], passed[6:]):
        ledger = Ledger(book(tmp_path), lambda line: None)
        kept(ledger, some)
        report, _ = ledger.close()
    there = load(tmp_path / "transcript.jsonl")
    assert [one.id for one in there.exchanges] == [f"w-{number:05d}" for number in range(1, 15)]
    assert there.complete
    assert report.requests == 14


def test_a_recording_of_another_endpoint_is_left_alone(tmp_path: Path) -> None:
    Ledger(book(tmp_path), lambda line: None).close()
    before = (tmp_path / "transcript.jsonl").read_bytes()
    with pytest.raises(
        OtherRecording, match=r"holds a recording of chatanywhere at http://127\.0\.0\.1:1: name another"
    ):
        Ledger(Book("openai", ORIGIN, tmp_path), lambda line: None)
    assert (tmp_path / "transcript.jsonl").read_bytes() == before


def test_no_picture_is_kept_where_none_may_be(tmp_path: Path) -> None:
    said: list[str] = []
    ledger = Ledger(book(tmp_path, keep_pictures=False), said.append)
    kept(ledger, traffic())
    report, _ = ledger.close()
    assert report.counts["holds"] > 40
    for path in tmp_path.rglob("*"):
        data = b"" if path.is_dir() else path.read_bytes()
        assert b"\x89PNG" not in data
        assert b"iVBORw0KGgo" not in data


def test_what_the_client_is_to_blame_for_is_not_the_endpoints(tmp_path: Path) -> None:
    ledger = Ledger(book(tmp_path), lambda line: None)
    whole = traffic()
    stream = whole[-1]
    left = Failure("cut", "the client closed the connection before the answer was whole")
    cut = Passed(
        *(getattr(stream, name) for name in ("method", "target", "fields", "body", "began", "seconds", "status"))
    )
    kept(ledger, (*whole, _with(cut, answer_fields=stream.answer_fields, answer=stream.answer[:200], failure=left)))
    kept(
        ledger,
        (_with(whole[9], status=401, answer=b"{}"), _with(whole[9], answer_fields=(("Content-Encoding", "br"),))),
    )
    report, sifted = ledger.close()
    assert report.counts["broken"] == 0
    assert sifted.notes == (
        "1 exchange is not judged: broken off by the client",
        "1 exchange is not judged: answered 401 or 403 to a key that may well be wrong",
        "1 exchange is not judged: answered in a compression that cannot be read here",
    )


def _with(passed: Passed, **news: Any) -> Passed:
    names = ("method", "target", "fields", "body", "began", "seconds", "status", "answer_fields", "answer", "arrivals")
    return Passed(**{name: getattr(passed, name) for name in names} | news)


class Pipe:
    """A pipe that is fed by hand."""

    def __init__(self, *passed: Passed) -> None:
        self._passed = list(passed)

    def recv(self) -> Passed | None:
        return self._passed.pop(0) if self._passed else None


def test_when_judging_fails_recording_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError(KEY)

    monkeypatch.setattr(watching_ledger, "judged_offline", failing)
    told: list[tuple[str, Any]] = []
    task = Task(book(tmp_path), Screen())
    passed = traffic()
    _Desk(Ledger(task.book, lambda line: None), task, lambda *what: told.append(what)).work(Pipe(*passed))  # type: ignore[arg-type]
    assert [what for what in told if what[0] != "freed"] == [("say", "what passed could not be judged: RuntimeError")]
    assert sum(count for kind, count in told if kind == "freed") == sum(one.weight for one in passed)
    assert len(load(tmp_path / "transcript.jsonl").exchanges) == len(passed)


class Listening:
    """What a clerk has said and freed."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.freed = 0
        self.heard = threading.Event()

    def say(self, line: str) -> None:
        self.said.append(line)
        self.heard.set()

    def free(self, count: int) -> None:
        self.freed += count


def test_a_clerk_records_judges_and_says_so_from_a_process_of_its_own(tmp_path: Path) -> None:
    ears = Listening()
    clerk = Clerk(Task(book(tmp_path), Screen(), strict=True), ears.say, ears.free)
    passed = traffic("usage-missing")
    for one in passed:
        clerk.keep(one)
    assert ears.heard.wait(30)
    found = clerk.end()
    assert found
    assert found[1] == 1
    assert "usage-present" in found[0]
    assert ears.said[0].startswith("broken: usage-present")
    assert ears.freed == sum(one.weight for one in passed)


def test_when_the_clerk_is_killed_nobody_waits_for_it(tmp_path: Path) -> None:
    ears = Listening()
    clerk = Clerk(Task(book(tmp_path), Screen()), ears.say, ears.free)
    assert clerk.process.pid
    os.kill(clerk.process.pid, signal.SIGKILL)
    assert ears.heard.wait(30)
    passed = traffic()
    for one in passed:
        clerk.keep(one)
    assert ears.freed == sum(one.weight for one in passed)
    assert clerk.end() is None
    assert ears.said == ["the process that records has ended: what passes from now on is not recorded"]


def test_a_clerk_that_cannot_begin_says_why(tmp_path: Path) -> None:
    (tmp_path / "transcript.jsonl").write_text("what is this\n")
    with pytest.raises(ClerkFailed, match="expected a JSON object, got 'what is this"):
        Clerk(Task(book(tmp_path), Screen()), print, print)
