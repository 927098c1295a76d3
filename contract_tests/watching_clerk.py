"""The clerk: a process of its own that records and judges what passed, so that neither can delay the traffic.

What passed goes to it over a pipe; what it has to say comes back. When it ends before its time, the traffic goes on
and is not recorded any more.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from contract_tests.reports import json_form, terminal
from contract_tests.reports.terminal import Screen
from contract_tests.running import exit_status
from contract_tests.watching_exchanges import Passed
from contract_tests.watching_ledger import Book, Ledger, OtherRecording
from specs.transcripts import UnreadableTranscript


class ClerkFailed(RuntimeError):
    """The clerk could not begin; one sentence."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the clerk is to do: keep a book, and say at the end how it went."""

    book: Book
    screen: Screen
    strict: bool = False


class Clerk:
    """The clerk, seen from the process that passes the traffic on.

    `say` is told in one line what is found; `freed` how many bytes of bodies are not in memory any more. Both are
    called by a thread of ours. Raises ClerkFailed.
    """

    def __init__(self, task: Task, say: Callable[[str], None], freed: Callable[[int], None]) -> None:
        self._say, self._freed = say, freed
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self.process = context.Process(target=attend, args=(other, task), daemon=True)
        self.process.start()
        other.close()
        self._gone = threading.Event()
        self._verdict: tuple[str, int] | None = None
        self._passed: queue.SimpleQueue[Passed | None] = queue.SimpleQueue()
        self._begin()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._send, self._listen)]
        for thread in self._threads:
            thread.start()

    def _begin(self) -> None:
        try:
            kind, told = self._pipe.recv()
        except EOFError:
            kind, told = "mistake", "the process that records did not start"
        if kind != "ready":
            raise ClerkFailed(told)

    def keep(self, passed: Passed) -> None:
        """Hand an exchange over; returns at once."""
        if self._gone.is_set():
            self._freed(passed.weight)
        else:
            self._passed.put(passed)

    def end(self) -> tuple[str, int] | None:
        """Let the clerk finish its work: (the summary, the exit status), or None when it ended before its time."""
        self._passed.put(None)
        for thread in self._threads:
            thread.join()
        self.process.join()
        return self._verdict

    def _send(self) -> None:
        while True:
            passed = self._passed.get()
            with contextlib.suppress(OSError):
                self._pipe.send(passed)
            if passed is None:
                return
            if self._gone.is_set():
                self._freed(passed.weight)

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                kind, told = self._pipe.recv()
                if kind == "ended":
                    self._verdict = told
                else:
                    (self._freed if kind == "freed" else self._say)(told)
        self._gone.set()
        if self._verdict is None:
            self._say("the process that records has ended: what passes from now on is not recorded")


def attend(pipe: Connection, task: Task) -> None:
    """The clerk's own process: from the first exchange to the end of the pipe."""
    for name in (signal.SIGINT, signal.SIGTERM):  # when to end is decided by who passes the traffic on
        signal.signal(name, signal.SIG_IGN)
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)
    lock = threading.Lock()

    def tell(kind: str, told: Any) -> None:
        with lock, contextlib.suppress(OSError):
            pipe.send((kind, told))

    try:
        ledger = Ledger(task.book, lambda line: tell("say", line))
    except (OtherRecording, UnreadableTranscript, OSError) as problem:
        tell("mistake", str(problem))
        return
    tell("ready", "")
    _Desk(ledger, task, tell).work(pipe)


class _Desk:
    """Takes exchanges as they come; judges beside, whenever something new is there."""

    def __init__(self, ledger: Ledger, task: Task, tell: Callable[[str, Any], None]) -> None:
        self._ledger, self._task, self._tell = ledger, task, tell
        self._new, self._over = threading.Event(), threading.Event()
        self._mistakes: set[str] = set()

    def work(self, pipe: Connection) -> None:
        judging = threading.Thread(target=self._judge)
        judging.start()
        with contextlib.suppress(EOFError, OSError):
            while (passed := pipe.recv()) is not None:
                self._careful("recorded", lambda passed=passed: self._ledger.take(passed))  # type: ignore[misc]
                self._tell("freed", passed.weight)
                self._new.set()
        self._over.set()
        self._new.set()
        judging.join()
        self._careful("judged", self._end)

    def _judge(self) -> None:
        """Judge what is new; then rest as long as that took."""
        while self._new.wait() and not self._over.is_set():
            self._new.clear()
            began = time.monotonic()
            self._careful("judged", self._judge_once)
            self._over.wait(time.monotonic() - began)

    def _judge_once(self) -> None:
        report, _ = self._ledger.judge()
        if self._ledger.unreported:
            self._ledger.write(report)

    def _end(self) -> None:
        report, sifted = self._ledger.close()
        page = str(self._task.book.out / "index.html")
        notes = "".join(f"{note}\n" for note in sifted.notes)
        summary = terminal.summary([json_form.value(report)], page, self._task.screen)
        self._tell("ended", (notes + summary, exit_status(report.findings, strict=self._task.strict)))

    def _careful(self, what: str, work: Callable[[], None]) -> None:
        """Our own failures are said once and cost nothing but what failed."""
        try:
            work()
        except Exception as problem:  # noqa: BLE001 - whatever fails here, the traffic and the recording go on
            why = getattr(problem, "strerror", None) or type(problem).__name__
            if (told := f"what passed could not be {what}: {why}") not in self._mistakes:
                self._mistakes.add(told)
                self._tell("say", told)
