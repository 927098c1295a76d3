"""Reports on disk: every form of one run into a folder, or one page over many runs.

A page over many runs shows the newest run of each endpoint in full and the older ones as history: three hundred runs
are one small page. A transcript is read only for the runs that are shown in full.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path

from contract_tests.findings import Report
from contract_tests.reports import (
    answers,
    badge,
    curl,
    diffing,
    exhibits,
    history,
    json_form,
    junit,
    markdown,
    runs_view,
    sarif,
)
from contract_tests.reports import page as pages
from contract_tests.reports.exhibits import Recorded
from contract_tests.reports.json_form import ReportValue
from contract_tests.reports.markup import Html, anchor
from contract_tests.reports.run import Run
from specs import transcripts
from specs.answers import Asked

PAGE = "index.html"
TRANSCRIPT = "transcript.jsonl"
EXCHANGES = "exchanges"
FORMS: Mapping[str, tuple[str, Callable[[ReportValue], str]]] = {
    "json": ("report.json", json_form.text),
    "md": ("report.md", lambda report: markdown.text([report])),
    "junit": ("junit.xml", lambda report: junit.text([report])),
    "badge": ("badge.json", badge.text),
    "sarif": ("report.sarif", lambda report: sarif.text([report])),
}
"""The forms that are one file made from `report.json` alone: name -> (file, how it is made)."""

EVERY_FORM = (*FORMS, "html")


def _no_transcript() -> Recorded | None:
    return None


@dataclass(frozen=True)
class ReportInput:
    """One run to put into a page over many: its report, how to read its transcript, its own folder if it has one."""

    report: ReportValue
    recorded: Callable[[], Recorded | None] = _no_transcript
    folder: Path | None = None


def opened(folder: Path) -> ReportInput:
    """A run that was written before: the folder's `report.json` now, its transcript when it is asked for.

    Raises UnreadableReport; reading the transcript raises UnreadableTranscript.
    """
    file = folder / TRANSCRIPT
    return ReportInput(
        json_form.read(folder / FORMS["json"][0]),
        lambda: transcripts.load(file) if file.is_file() else None,
        folder,
    )


def write_report(
    report: Report, transcript: Recorded | None, out: Path, forms: Sequence[str] = EVERY_FORM
) -> dict[str, Path]:
    """Write one run's report in the given forms into the folder `out`; returns the file of each form.

    Raises OSError when the folder cannot be written, KeyError for a form that there is not.
    """
    value = json_form.value(report)
    out.mkdir(parents=True, exist_ok=True)
    written = {}
    for form in forms:
        if form == "html":
            written[form] = _write_page(value, transcript, out)
        else:
            name, text = FORMS[form]
            written[form] = _write(out / name, text(value))
    return written


def _write_page(report: ReportValue, transcript: Recorded | None, out: Path) -> Path:
    run = Run(anchor(report["provider"]), report, exhibits.of_run(report, transcript))
    _clear(out)
    _write_exchanges(run, out)
    return _write(out / PAGE, pages.page([run], time.time()))


def write_site(reports: Sequence[ReportInput], out: Path) -> Path:
    """Write one page over many runs into the folder `out`, with the files of the exchanges it shows."""
    out.mkdir(parents=True, exist_ok=True)
    grouped = history.grouped(reports, lambda given: given.report)
    endpoints = dict(sorted(grouped.items(), key=lambda item: (answers.title(item[1][-1].report).lower(), item[0])))
    names = [provider for provider, _url in endpoints]
    runs = [
        _newest(anchor(provider, *([url] if names.count(provider) > 1 else [])), given, out)
        for (provider, url), given in endpoints.items()
    ]
    changed = [
        (run, diffing.compare(given[-2].report, given[-1].report))
        for run, given in zip(runs, endpoints.values(), strict=True)
        if len(given) > 1
    ]
    _clear(out)
    for run in runs:
        _write_exchanges(run, out)
    return _write(out / PAGE, pages.page(runs, time.time(), changed, _all_runs(endpoints, out)))


def _newest(key: str, given: Sequence[ReportInput], out: Path) -> Run:
    newest = given[-1]
    return Run(
        key,
        newest.report,
        exhibits.of_run(newest.report, newest.recorded()),
        f"{EXCHANGES}/{key}",
        history.stories([each.report for each in given]),
        _link(newest, out),
        given[-2].report["started"] if len(given) > 1 else None,
    )


def _link(given: ReportInput, out: Path) -> str | None:
    """The address of a run's own page, seen from `out`; None when it has none (or it is this page)."""
    if given.folder is None or not (given.folder / PAGE).is_file() or given.folder.resolve() == out.resolve():
        return None
    return Path(relpath(given.folder / PAGE, out)).as_posix()


def _all_runs(endpoints: Mapping[history.Endpoint, Sequence[ReportInput]], out: Path) -> Html | None:
    if all(len(given) == 1 for given in endpoints.values()):
        return None
    return runs_view.table(
        [
            (f"{answers.title(given[-1].report)}, {url}", [(each.report, _link(each, out)) for each in given])
            for (_provider, url), given in endpoints.items()
        ]
    )


def _clear(out: Path) -> None:
    """Take away the exchanges of an earlier report in the same folder, and nothing else."""
    for script in tuple((out / EXCHANGES).glob(f"**/{curl.SCRIPT}")):
        shutil.rmtree(script.parent)


def _write_exchanges(run: Run, out: Path) -> None:
    """The files beside the page: what the commands read, and what came back."""
    for asked in _asked(run, exhibits.cited(run.report["findings"])):
        repeated = curl.repeat(asked, run.folder)
        for name, data in curl.kept(asked, repeated, run.folder).items():
            file = out / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


def _asked(run: Run, ids: Iterable[str]) -> Iterable[Asked]:
    return (asked for id in ids if id not in run.exhibits.omitted and (asked := run.exhibits.get(id)))


def _write(file: Path, text: str) -> Path:
    file.write_bytes(text.encode("utf-8", "replace"))
    return file
