"""Transcripts: whole, or told not to be; damage is one clear sentence."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evidence_samples import HEADER, PICTURES, exchange, recorded
from specs.lines import FORMAT
from specs.messages import Failure, Response
from specs.recording import Recorder
from specs.transcripts import UnreadableTranscript, load


def test_what_is_recorded_is_read_back(tmp_path: Path) -> None:
    failed = exchange(2, response=None, failure=Failure("timeout", "nothing within 180 s"), question=None, about=())
    cut = exchange(3, failure=Failure("cut", "the connection was closed"), purpose="fetch")
    there = recorded(tmp_path / "new" / "t.jsonl", exchange(), failed, cut)
    assert there.exchanges == (exchange(), failed, cut)
    assert there.header == HEADER
    assert (there.provider, there.base_url, there.started, there.seed, there.plan) == (
        ("openai", "http://127.0.0.1:4010", 1_700_000_000.5, 7, {"n": [1]})
    )
    assert there.complete
    assert (there.requests, there.billable, there.notes, there.omitted) == (3, 1, (), frozenset())


def test_the_lines_are_what_the_format_says(tmp_path: Path) -> None:
    recorded(tmp_path / "t.jsonl", exchange())
    header, line, closing = map(json.loads, (tmp_path / "t.jsonl").read_bytes().splitlines())
    assert (header["format"], header["provider"], header["seed"], header["plan"]) == (FORMAT, "openai", 7, {"n": [1]})
    assert (line["id"], line["request"]["body"]) == ("x1", [{"text": '{"n":1}'}])
    assert (closing["end"], closing["complete"], closing["requests"], closing["billable"]) == (True, True, 1, 1)


def test_a_header_field_that_is_no_text_is_read_back(tmp_path: Path) -> None:
    odd = exchange(response=Response(200, (("x", "\udcff"),)))
    assert recorded(tmp_path / "t.jsonl", odd).exchanges == (odd,)


def test_an_exception_in_the_block_makes_a_transcript_that_is_not_complete(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"

    def interrupted() -> None:
        with Recorder(path, HEADER) as recorder:
            recorder.write(exchange())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (load(path).complete, load(path).requests) == (False, 1)


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    with Recorder(tmp_path / "t.jsonl", HEADER) as recorder:
        threads = [
            threading.Thread(target=lambda n=n: recorder.write(exchange(n, PICTURES["PNG"] + b"\0" * n)))  # type: ignore[misc]
            for n in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    there = load(tmp_path / "t.jsonl")
    assert {each.id for each in there.exchanges} == {f"x{n}" for n in range(16)}
    assert [path.name.partition(".")[2] for path in (tmp_path / "pictures").iterdir()] == ["png"]


def test_a_line_that_cannot_be_written_leaves_the_transcript_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with Recorder(tmp_path / "t.jsonl", HEADER) as recorder:
        recorder.write(exchange(1))
        with monkeypatch.context() as disk:
            disk.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                recorder.write(exchange(2))
        recorder.write(exchange(3))
    assert [each.id for each in load(tmp_path / "t.jsonl").exchanges] == ["x1", "x3"]


def test_a_transcript_cut_at_any_byte_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    recorded(tmp_path / "whole.jsonl", exchange(1), exchange(2))
    whole = (tmp_path / "whole.jsonl").read_bytes()
    ends = [at for at, byte in enumerate(whole) if byte == ord("\n")]
    path = tmp_path / "t.jsonl"
    for end in range(ends[-1]):
        path.write_bytes(whole[:end])
        if end < ends[0]:
            with pytest.raises(UnreadableTranscript, match="line 1"):
                load(path)
            continue
        there = load(path)
        assert not there.complete
        assert there.exchanges == (exchange(1), exchange(2))[: sum(at <= end for at in ends[1:])]
        assert bool(there.notes) == (end not in ends and end - 1 not in ends)


def test_a_run_that_was_cut_short_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    recorded(path, exchange(1), exchange(2), complete=False)
    whole = path.read_bytes()
    lengths = [whole.index(b"\n") + 1, whole.rindex(b'{"end"') - 1, whole.rindex(b'{"end"') + 5, len(whole)]
    for end in [*lengths, *range(lengths[0] + 1, len(whole), 97)]:
        path.write_bytes(whole[:end])
        recorder, there = Recorder.resume(path)
        with recorder:
            recorder.write(exchange(3))
        after = load(path)
        assert after.exchanges == (*there.exchanges, exchange(3))
        assert (after.complete, after.header, after.notes) == (True, HEADER, ())
        assert json.loads(path.read_bytes().splitlines()[-1])["requests"] == len(after.exchanges)


def test_a_missing_file_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTranscript, match=r"no\.jsonl cannot be read: No such file"):
        load(tmp_path / "no.jsonl")


def edited(change: Callable[[dict[str, Any]], object]) -> Callable[[list[bytes]], list[bytes]]:
    def of(found: list[bytes]) -> list[bytes]:
        value = json.loads(found[1])
        change(value)
        return [found[0], json.dumps(value).encode() + b"\n", *found[2:]]

    return of


# (what happens to the lines, what the sentence says)
DAMAGE: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "empty": (lambda found: [], "line 1: expected a header, got an empty file"),
    "no header": (lambda found: found[1:], f"line 1: expected a header with format '{FORMAT}', got None"),
    "half a header": (lambda found: [found[0][:20]], "line 1: expected a JSON object"),
    "another version": (
        lambda found: [found[0].replace(b"/1", b"/9", 1), *found[1:]],
        "got 'image-contract-transcript/9'",
    ),
    "no seed": (
        lambda found: [found[0].replace(b'"seed"', b'"sead"'), *found[1:]],
        "line 1: expected 'seed', got a line w",
    ),
    "a picture as transcript": (lambda found: [PICTURES["PNG"]], "line 1: expected a JSON object, got '"),
    "garbage in the middle": (lambda found: [found[0], b"{]\n", *found[2:]], "line 2: expected a JSON object, got '{]"),
    "a line is missing": (lambda found: [found[0], *found[2:]], "line 3: expected 2 exchanges before it, got 1"),
    "a list for a line": (lambda found: [found[0], b"[]\n"], "line 2: expected a JSON object, got '[]"),
    "lines after the end": (lambda found: [*found, found[1]], "line 5: expected nothing after the closing line"),
    "no URL": (edited(lambda value: value["request"].pop("url")), "line 2: expected 'url', got a line without it"),
    "a status in words": (
        edited(lambda value: value["response"].update(status="OK")),
        "a whole number as 'status', got 'OK'",
    ),
    "a true attempt": (edited(lambda value: value.update(attempt=True)), "a whole number as 'attempt', got True"),
    "another purpose": (
        edited(lambda value: value.update(purpose="fun")),
        "'purpose' to be one of edit, models, fetch, got",
    ),
    "half a header field": (
        edited(lambda value: value["request"].update(headers=[["a"]])),
        "items in 'headers', got ['a']",
    ),
    "an unknown segment": (
        edited(lambda value: value["request"].update(body=[{"x": 1}])),
        "a segment of a body, got \"{'x'",
    ),
    "a path as picture": (
        edited(lambda value: value["request"].update(body=[{"picture": "../../etc/passwd", "as": "bytes"}])),
        "line 2: expected a segment of a body",
    ),
    "a lost picture": (
        edited(lambda value: value["request"].update(body=[{"picture": "0" * 64 + ".png", "as": "bytes"}])),
        "line 2: expected the file pictures/000",
    ),
    "a bomb": (
        edited(lambda value: value["request"].update(body=[{"run": [0, 1 << 40]}])),
        "line 2: expected a segment",
    ),
    "wrong base64": (edited(lambda value: value["request"].update(body=[{"base64": "?"}])), "expected base64, got '?'"),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damage_is_one_clear_sentence(case: str, tmp_path: Path) -> None:
    damage, sentence = DAMAGE[case]
    path = tmp_path / "t.jsonl"
    recorded(path, exchange(1), exchange(2))
    path.write_bytes(b"".join(damage(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(UnreadableTranscript) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}, line ")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_picture_that_was_changed_is_noticed(tmp_path: Path) -> None:
    recorded(tmp_path / "t.jsonl", exchange(body=PICTURES["PNG"]))
    (stored,) = (tmp_path / "pictures").iterdir()
    stored.write_bytes(PICTURES["JPEG"])
    with pytest.raises(UnreadableTranscript, match=r"line 2: expected pictures/.* got other bytes"):
        load(tmp_path / "t.jsonl")
