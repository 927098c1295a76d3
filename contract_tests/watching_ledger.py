"""What is made of watched traffic: a transcript without secrets, findings as they come, reports.

Memory is bounded: the newest exchanges are held and judged together; what was found on older ones is remembered. The
transcript on disk holds them all, so that it can be judged as a whole whenever one likes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from contract_tests import reports
from contract_tests.findings import Finding, Report
from contract_tests.importing import Sifted, judged_offline, purpose_of
from contract_tests.reports.markup import visible
from contract_tests.running import TRANSCRIPT
from contract_tests.watching_exchanges import Passed, exchange
from specs import loading, recordings
from specs.lines import Header
from specs.messages import Exchange
from specs.recording import Recorder
from specs.redaction import Redactor
from specs.transcripts import Transcript, billed, load

HELD = 256 * 1024 * 1024
"""Bytes of bodies that are held and judged together."""
MOST_HELD = 2000
"""Exchanges that are held and judged together."""
_MOST_KEYS = 32


class OtherRecording(ValueError):
    """The folder holds what was recorded of another endpoint; one sentence."""


@dataclass(frozen=True, slots=True)
class Book:
    """What to record, and where: `origin` is where the traffic goes. Reports are written every `every` exchanges."""

    provider: str
    origin: str
    out: Path
    every: int = 25
    keep_pictures: bool = True

    @property
    def file(self) -> Path:
        """The transcript."""
        return self.out / TRANSCRIPT


class Ledger:
    """Records exchanges and judges them; the two may be done by two threads.

    `say` is told in one line of each claim that is newly found broken. A recording of the same endpoint that is there
    is gone on with. Raises OtherRecording, UnreadableTranscript, OSError.
    """

    def __init__(self, book: Book, say: Callable[[str], None], held: int = HELD) -> None:
        self.book, self._say, self._most = book, say, held
        self._contract = loading.load(book.provider)
        self._lock = threading.Lock()
        self._keys: dict[str, None] = {}
        self._recorder, there = _opened(book)
        self._header = there.header
        self._held: deque[Exchange] = deque()
        self._omitted = there.omitted
        self._weight, self._dropped = 0, False
        self._taken = self._requests = self._billable = self._reported = 0
        self._remembered: dict[str, Finding] = {}
        for one in there.exchanges:
            self._hold(one)

    @property
    def unreported(self) -> bool:
        """Whether it is time for a report."""
        return self._taken - self._reported >= self.book.every

    def take(self, passed: Passed) -> None:
        """Record what has passed. OSError when it cannot be written."""
        made = exchange(passed, self.book.origin, f"w-{self._taken + 1:05d}")
        for name, value in passed.fields:
            self._keys |= dict.fromkeys(recordings.credentials(name, value))
        made = replace(made, purpose=purpose_of(self._contract, made) or "fetch")
        while len(self._keys) > _MOST_KEYS:
            del self._keys[next(iter(self._keys))]
        written = self._recorder.write(Redactor(self._keys).exchange(made))
        with self._lock:
            self._hold(written)

    def _hold(self, one: Exchange) -> None:
        self._held.append(one)
        self._taken += 1
        self._requests += purpose_of(self._contract, one) is not None
        self._billable += billed(one)
        self._weight += _weight(one)
        while len(self._held) > 1 and (self._weight > self._most or len(self._held) > MOST_HELD):
            self._weight -= _weight(self._held.popleft())
            self._dropped = True

    def judge(self) -> tuple[Report, Sifted]:
        """Judge all that is held, and say what is new."""
        with self._lock:
            held, requests, billable, dropped = tuple(self._held), self._requests, self._billable, self._dropped
        report, sifted = judged_offline(self._contract, Transcript(self._header, held, None, self._omitted))
        findings = tuple(map(self._with_memory, report.findings)) if dropped else report.findings
        self._tell(findings)
        self._remembered = {finding.claim.id: finding for finding in findings}
        report = replace(report, requests=requests, billable=billable, finished=time.time(), findings=findings)
        return report, sifted

    def _with_memory(self, finding: Finding) -> Finding:
        """What was found on exchanges that are not held any more counts on."""
        before = self._remembered.get(finding.claim.id, finding)
        rank = {"broken": 2, "holds": 1}
        return before if rank.get(before.verdict, 0) > rank.get(finding.verdict, 0) else finding

    def _tell(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            before = self._remembered.get(finding.claim.id)
            was, now = (found is not None and found.verdict == "broken" for found in (before, finding))
            claim = f"{finding.claim.id} ({finding.claim.level}, {finding.claim.origin})"
            if now and not was:
                at = f" [{finding.exchanges[0]}]" if finding.exchanges else ""
                self._say(_line(f"broken: {claim}: {finding.reason}{at}"))
            elif was and not now:
                self._say(_line(f"{finding.verdict}: {claim}, which seemed broken: {finding.reason}"))

    def write(self, report: Report) -> None:
        """Write the reports."""
        self._reported = self._taken
        reports.write_report(report, self._exhibits(), self.book.out)

    def _exhibits(self) -> Transcript:
        """What the page may show: without pictures, the bodies as they were written down."""
        if not self.book.keep_pictures:
            return load(self.book.file)
        with self._lock:
            return Transcript(self._header, tuple(self._held))

    def close(self) -> tuple[Report, Sifted]:
        """Close the transcript, judge a last time, write the reports."""
        self._recorder.close(complete=True)
        report, sifted = self.judge()
        report = replace(report, complete=True)
        self.write(report)
        return report, sifted


def _line(text: str) -> str:
    """On one line, and without characters that a terminal would obey."""
    return " ".join(visible(text).split())


def _weight(one: Exchange) -> int:
    return len(one.request.body) + (len(one.response.body) if one.response else 0)


def _opened(book: Book) -> tuple[Recorder, Transcript]:
    """A new transcript, or one of the same endpoint to go on with."""
    if not book.file.exists() or not book.file.stat().st_size:
        header = Header(book.provider, book.origin, time.time())
        return Recorder(book.file, header, keep_pictures=book.keep_pictures), Transcript(header)
    there = load(book.file)
    ours = any(one.question for one in there.exchanges)
    if ours or (there.provider, there.base_url) != (book.provider, book.origin):
        what = f"{'a test' if ours else 'a recording'} of {there.provider} at {there.base_url}"
        raise OtherRecording(f"{book.out} holds {what}: name another folder with --out")
    return Recorder.resume(book.file, keep_pictures=book.keep_pictures)
