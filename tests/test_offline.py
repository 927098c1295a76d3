"""Recordings judged offline: a transcript and a HAR give what the live run gave, and no verdict beyond that."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.importing import contract_of, judged_offline, sift
from contract_tests.judging import judge
from offline_samples import BASE, BROKEN, PROVIDER, captured, exchanges, recorded, verdicts, written
from specs import loading, recordings
from specs.har import to_har
from specs.redaction import MASKED
from specs.transcripts import UnreadableTranscript
from watch_samples import ran_here as ran

CONTRACT = loading.load(PROVIDER)


def test_a_transcript_gives_the_findings_of_the_live_run(tmp_path: Path) -> None:
    transcript = recordings.read(recorded(tmp_path))
    report, sifted = judged_offline(contract_of(transcript), transcript)
    assert report.findings == judge(CONTRACT, exchanges())
    assert (report.requests, sifted.notes) == (len(exchanges()), ())
    assert {finding.claim.id for finding in report.findings if finding.verdict == "broken"} == {BROKEN}


def test_a_transcript_exported_as_har_gives_the_same_findings(tmp_path: Path) -> None:
    file, har = recorded(tmp_path), tmp_path / "run.har"
    made = ran("export", str(file), "--har", str(har))
    assert (made.returncode, made.stdout) == (0, f"{har}: {len(exchanges())} entries\n")
    there = recordings.read(har)
    assert there == recordings.read(file)
    assert judged_offline(CONTRACT, there)[0].findings == judge(CONTRACT, exchanges())
    assert ran("judge", str(har)).returncode == ran("judge", str(file)).returncode == 1


def test_a_capture_of_another_tool_gives_the_same_verdicts_where_it_shows_what_was_meant(tmp_path: Path) -> None:
    there = recordings.read(written(captured(), tmp_path))
    live = {finding.claim.id: finding.verdict for finding in judge(CONTRACT, exchanges())}
    found = verdicts(there, PROVIDER)
    lost = {claim for claim in live if live[claim] != found[claim]}
    assert "route-known" in lost
    assert {(live[claim], found[claim]) for claim in lost} == {("holds", "not-run")}
    assert {CONTRACT.claim(claim).area for claim in lost} == {"request"}
    assert sift(CONTRACT, there).aside == {"none of aitoearn's operations": 2}


def test_acceptance_is_found_by_features_where_no_question_says_what_it_is_about(tmp_path: Path) -> None:
    there = recordings.read(written(captured(), tmp_path))
    assert {one.about for one in there.exchanges} == {()}
    found, live = verdicts(there, PROVIDER), judge(CONTRACT, exchanges())
    accepted = {f.claim.id: f.verdict for f in live if f.claim.area == "acceptance" and f.claim.judged}
    assert list(accepted.values()).count("holds") > 5
    assert {claim: found[claim] for claim in accepted} == accepted


def _without_keys(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        fields = entry["request"]["headers"]
        entry["request"]["headers"] = [field for field in fields if field["name"].lower() != "authorization"]


def _beside_other_traffic(entries: list[dict[str, Any]]) -> None:
    page = {"request": {"method": "GET", "url": "https://app.example.com/"}, "response": {"status": 200}}
    preflight = {"request": {"method": "OPTIONS", "url": entries[-1]["request"]["url"]}, "response": {"status": 204}}
    other = json.loads(json.dumps(entries[-1]).replace(BASE, "https://other.example.com"))
    other["response"]["status"] = 500
    entries[:0] = [page, preflight, other]


def _refused_for_the_key(entries: list[dict[str, Any]]) -> None:
    entries[-1]["response"] |= {"status": 401, "content": {"text": "{}", "size": 2}}


def _broken_off(entries: list[dict[str, Any]]) -> None:
    entries[-1]["response"] = {"status": 0, "_error": "net::ERR_ABORTED", "content": {"size": 0}}


def _files_left_out(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        if "multipart" in entry["request"].get("postData", {}).get("mimeType", ""):
            entry["request"]["postData"] = {"mimeType": entry["request"]["postData"]["mimeType"], "text": "--b--"}


# (what is different in a capture, what it says about it)
CAPTURES: dict[str, tuple[Callable[[list[dict[str, Any]]], None], tuple[str, ...]]] = {
    "its tool leaves keys out": (
        _without_keys,
        (
            "2 exchanges are not judged: none of aitoearn's operations",
            "{} exchanges are not judged: answered 401 or 403 to a key that may well be wrong",
            "no request shows a key; each is taken to have had one",
        ),
    ),
    "there is other traffic in it": (
        _beside_other_traffic,
        (
            "4 exchanges are not judged: none of aitoearn's operations",
            "1 exchange is not judged: sent to another server than most",
        ),
    ),
    "a key was refused": (
        _refused_for_the_key,
        (
            "2 exchanges are not judged: none of aitoearn's operations",
            "1 exchange is not judged: answered 401 or 403 to a key that may well be wrong",
        ),
    ),
    "a request was broken off": (_broken_off, ("2 exchanges are not judged: none of aitoearn's operations",)),
    "files were not saved": (
        _files_left_out,
        (
            "2 exchanges are not judged: none of aitoearn's operations",
            "{} exchanges are not judged: not recorded whole",
        ),
    ),
}


@pytest.mark.parametrize("case", CAPTURES)
def test_what_a_capture_cannot_show_is_not_held_against_the_endpoint(case: str, tmp_path: Path) -> None:
    change, notes = CAPTURES[case]
    document = captured()
    change(document["log"]["entries"])
    there = recordings.read(written(document, tmp_path))
    found = verdicts(there, PROVIDER)
    assert {claim for claim, verdict in found.items() if verdict == "broken"} == {BROKEN}
    sifted = sift(CONTRACT, there)
    assert [note.partition(" ")[2] for note in sifted.notes] == [note.partition(" ")[2] for note in notes]
    assert sifted.base_url == BASE


def test_what_was_not_kept_whole_is_not_judged_and_the_report_says_so(tmp_path: Path) -> None:
    transcript = recordings.read(recorded(tmp_path, keep_pictures=False))
    assert transcript.omitted
    report, sifted = judged_offline(CONTRACT, transcript)
    count = len(transcript.omitted)
    assert sifted.notes == (f"{count} exchanges are not judged: not recorded whole",)
    by_claim = {finding.claim.id: finding for finding in report.findings}
    assert by_claim["picture-whole"].verdict == "not-run"
    assert by_claim["picture-whole"].reason.endswith(f"; {count} exchanges are not judged: not recorded whole")
    assert by_claim["key-present"].verdict != "broken"
    assert report.counts["broken"] == 0
    assert report.requests == len(exchanges())


def test_the_key_of_a_capture_is_known_in_all_of_it(tmp_path: Path) -> None:
    document = captured()
    entry = document["log"]["entries"][-1]
    key = "sk-somebodys-own-key-1234"
    entry["request"]["headers"] = [{"name": "authorization", "value": f"Bearer {key}"}]
    document["log"]["entries"][-2]["response"]["content"] = {"text": f"not {key}"}
    there = recordings.read(written(document, tmp_path))
    assert key not in repr(there)
    before, last = there.exchanges[-2:]
    assert last.request.header("authorization") == "Bearer <redacted-key>"
    assert before.response
    assert before.response.body == b"not <redacted-key>"
    assert MASKED not in repr(last)


def test_a_capture_is_kept_as_a_transcript_beside_its_report(tmp_path: Path) -> None:
    har = written(captured(), tmp_path)
    out = tmp_path / "out"
    found = ran("judge", str(har), "--provider", PROVIDER, "--out", str(out))
    assert found.returncode == 1
    assert BROKEN in found.stdout
    assert found.stderr == "image-contract: 2 exchanges are not judged: none of aitoearn's operations\n"
    again = recordings.read(out / "transcript.jsonl")
    assert (again.provider, again.complete) == (PROVIDER, True)
    assert verdicts(again) == verdicts(recordings.read(har), PROVIDER)
    assert {"index.html", "report.json", "pictures"} <= {path.name for path in out.iterdir()}


def test_a_transcript_is_kept_with_its_pictures_beside_its_report(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    file = recorded(tmp_path / "run")
    out = tmp_path / "out"
    for _ in range(2):
        assert ran("judge", str(file), "--out", str(out)).returncode == 1
        assert recordings.read(out / "transcript.jsonl") == recordings.read(file)
    before = file.read_bytes()
    assert ran("judge", str(file), "--out", str(file.parent)).returncode == 1
    assert file.read_bytes() == before


def test_a_newer_contract_judges_an_old_transcript(tmp_path: Path) -> None:
    transcript = recordings.read(recorded(tmp_path))
    report, _ = judged_offline(loading.load("openai"), transcript)
    assert report.provider == "openai"


HEADER = '{"format":"image-contract-transcript/1","provider":"","base_url":"","started":0,"seed":0,"tool":"x 1"}\n'
# (what stands in the file, None for no file; what is said)
UNREADABLE: dict[str, tuple[bytes | None, str]] = {
    "not there": (None, "cannot be read: No such file or directory"),
    "empty": (b"", "line 1: expected a header, got an empty file"),
    "text": (b"hello\nworld\n", "is neither a transcript nor a HAR document: it is not JSON"),
    "bytes": (b"\x89PNG\r\n\x1a\n\xff\xff", "is neither a transcript nor a HAR document: it is not JSON"),
    "cut short": (b'{"log": {"entries": [', "is neither a transcript nor a HAR document: it is not JSON"),
    "nested too deeply": (b"[" * 100_000, "is neither a transcript nor a HAR document: it is not JSON"),
    "another document": (b"[1, 2]", "the document is no HAR: expected a list at log.entries, got none"),
    "another format": (b'{"format": "x/1"}\n', "line 1: expected a header with format"),
    "a damaged line": (HEADER.encode() + b"{}\n", "line 2: expected 'id', got a line without it"),
    "nobody's": (HEADER.encode(), "the recording does not say whose it is: add --provider, one of openai, "),
    "a HAR of nobody": (b'{"log": {"entries": []}}', "the recording does not say whose it is: add --provider"),
}


EXPORTED = [case for case in UNREADABLE if "nobody" not in case]  # a recording can be exported whosever it is
ASKED = [*(("judge", case) for case in UNREADABLE), *(("export", case) for case in EXPORTED)]


@pytest.mark.parametrize(("verb", "case"), ASKED)
def test_what_cannot_be_read_is_one_sentence(verb: str, case: str, tmp_path: Path) -> None:
    content, sentence = UNREADABLE[case]
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    found = ran(verb, str(file), *(("--har", str(tmp_path / "out.har")) if verb == "export" else ()))
    assert (found.returncode, found.stdout) == (2, "")
    assert sentence in found.stderr
    assert str(file) in found.stderr
    assert len(found.stderr.splitlines()) == 1
    assert not (tmp_path / "out.har").exists()


def test_a_folder_or_a_provider_that_there_is_not_is_one_sentence(tmp_path: Path) -> None:
    file = written({"log": {"entries": []}}, tmp_path)
    for options, sentence in (
        (("judge", str(tmp_path)), f"{tmp_path} cannot be read: Is a directory"),
        (("judge", str(file), "--provider", "nobody"), "there is no provider 'nobody'"),
        (("export", str(file), "--har", "/dev/null/x"), "/dev/null/x cannot be written: Not a directory"),
        (("judge", str(file), "--provider", PROVIDER, "--out", "/dev/null/x"), "/dev/null/x cannot be written to"),
    ):
        found = ran(*options)
        assert (found.returncode, found.stdout) == (2, "")
        assert sentence in found.stderr


def test_an_empty_capture_is_nothing_to_judge(tmp_path: Path) -> None:
    found = ran("judge", str(written({"log": {"entries": []}}, tmp_path)), "--provider", PROVIDER)
    assert found.returncode == 3
    assert "nothing could be judged" in found.stderr


def test_with_a_byte_order_mark_a_capture_is_read_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "capture.har"
    with pytest.raises(UnreadableTranscript):
        recordings.read(file)
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(to_har(recordings.read(recorded(tmp_path)))).encode())
    assert recordings.read(file).requests == len(exchanges())
