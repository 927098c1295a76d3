"""Bodies as segments: exact to the byte, and small."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_samples import PICTURES, exchange, form, padded, recorded
from specs import evidence, spans

ENCODED = {name: [encode(PICTURES[kind]) for kind in PICTURES] for name, encode in evidence.ENCODINGS.items()}
PIECES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(str.encode),
    st.sampled_from([piece for pieces in ENCODED.values() for piece in pieces]),
    st.sampled_from([piece[:-3] for pieces in ENCODED.values() for piece in pieces]),
    st.sampled_from(
        [
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff",
            b"RIFF\x10\0\0\0WEBP",
            b"\r\n--b",
            b"\xff\xd9",
            b"data:image/png;base64,",
        ]
    ),
    st.builds(lambda byte, count: bytes([byte]) * count, st.sampled_from([0, 65, 255, 10]), st.integers(1, 9000)),
    st.sampled_from([padded(PICTURES["PNG"], 80_000), base64.b64encode(padded(PICTURES["PNG"], 80_001))]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=6).map(b"".join))
def test_any_body_comes_back_to_the_byte(body: bytes) -> None:
    stored: dict[str, bytes] = {}
    segments = evidence.Taker(stored.__setitem__).segments(body)
    assert evidence.restore(json.loads(json.dumps(segments)), stored.__getitem__) == body
    assert not evidence.omits(segments)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 5000), st.integers(4096, 9000), st.integers(0, 5000), st.sampled_from([b"\0", b"A", b"\n", b"\xff"])
)
def test_every_long_run_is_found_whole(before: int, length: int, after: int, byte: bytes) -> None:
    noise = bytes(range(1, 10)) * 600
    body = noise[:before] + byte * length + noise[:after]
    longest = max(spans.runs(body, 4096), key=lambda run: run[1] - run[0])
    assert body[longest[0] : longest[1]].strip(byte) == b""
    assert longest[1] - longest[0] >= length


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize(
    "around",
    [
        bytes,
        form,
        lambda data: form(data, data),
        lambda data: json.dumps({"data": [{"b64_json": base64.b64encode(data).decode()}]}).encode(),
        lambda data: json.dumps({"image": f"data:image/png;base64,{base64.b64encode(data).decode()}"}).encode(),
        lambda data: json.dumps({"b64_json": base64.b64encode(data).decode()}).replace("/", r"\/").encode(),
        lambda data: b'{"b64_json":"' + base64.urlsafe_b64encode(data).rstrip(b"=") + b'"}',
        lambda data: b'event: completed\ndata: {"b64_json":"' + base64.b64encode(data) + b'"}\n\n',
    ],
    ids=["bare", "form", "twice", "json", "data-url", "slashed", "urlsafe", "stream"],
)
def test_a_picture_is_stored_once_wherever_it_stands(
    kind: str, around: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    body = around(PICTURES[kind])
    there = recorded(tmp_path / "t.jsonl", exchange(1, body), exchange(2, body))
    assert [each.response and each.response.body for each in there.exchanges] == [body, body]
    (stored,) = (tmp_path / "pictures").iterdir()
    assert (stored.read_bytes(), stored.suffix) == (PICTURES[kind], f".{kind.lower()}")
    assert (tmp_path / "t.jsonl").stat().st_size < 3000


@pytest.mark.parametrize("encode", [bytes, base64.b64encode, form], ids=["bytes", "base64", "form"])
@pytest.mark.parametrize("pad", [padded, lambda png, size: png + bytes(size - len(png))], ids=["inside", "after"])
def test_a_file_blown_up_with_zeros_is_small(
    encode: Callable[[bytes], bytes], pad: Callable[[bytes, int], bytes], tmp_path: Path
) -> None:
    body = encode(pad(PICTURES["PNG"], 25 * 1024 * 1024 + 1))
    there = recorded(tmp_path / "t.jsonl", exchange(1, body))
    assert there.exchanges[0].response
    assert there.exchanges[0].response.body == body
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 20_000


@pytest.mark.parametrize("prompt", ["a" * 32_000, "a" * 32_001, "A" * 32_000, "x y" * 9000, "你好" * 16_000])
def test_a_long_prompt_is_evidence_and_no_file(prompt: str, tmp_path: Path) -> None:
    body = json.dumps({"prompt": prompt}).encode()
    there = recorded(tmp_path / "t.jsonl", exchange(1, body), keep_pictures=False)
    assert there.exchanges[0].response
    assert there.exchanges[0].response.body == body


def test_broken_pictures_are_files_that_are_no_pictures(tmp_path: Path) -> None:
    short = PICTURES["PNG"][:-20]
    body = json.dumps({"b64_json": base64.b64encode(short).decode()}).encode()
    there = recorded(tmp_path / "t.jsonl", exchange(1, body), exchange(2, short))
    assert [each.response and each.response.body for each in there.exchanges] == [body, short]
    assert [path.suffix for path in (tmp_path / "pictures").iterdir()] == [".bin"]


@pytest.mark.parametrize("data", [*PICTURES.values(), PICTURES["PNG"][:-20], PICTURES["PNG"][:60]])
@pytest.mark.parametrize("around", [bytes, form, lambda data: b'{"b64_json":"' + base64.b64encode(data) + b'"}'])
def test_pictures_that_must_not_be_kept_are_not(data: bytes, around: Callable[[bytes], bytes], tmp_path: Path) -> None:
    body = around(data)
    there = recorded(tmp_path / "t.jsonl", exchange(1, body), exchange(2), keep_pictures=False)
    written = (tmp_path / "t.jsonl").read_bytes()
    assert not (tmp_path / "pictures").exists()
    assert len(written) < 2500
    assert base64.b64encode(data)[:60] not in written
    assert there.omitted == {"x1"}
    omitted = next(
        segment for segment in json.loads(written.splitlines()[1])["response"]["body"] if "omitted" in segment
    )
    assert omitted["size"] == "40x40"
    assert omitted["length"] == len(data)
    assert omitted["kind"] in ("png", "jpeg", "webp")


def test_a_hostile_body_is_taken_apart_in_reasonable_time() -> None:
    for body in (
        b"\xff\r\n--" * 500_000,
        b"\xff\xd8\xff\xda\0\2" * 300_000,
        b"\x89PNG\r\n\x1a\n\0\0\0\0abcd" * 100_000,
    ):
        stored: dict[str, bytes] = {}
        segments = evidence.Taker(stored.__setitem__).segments(body)
        assert evidence.restore(segments, stored.__getitem__) == body
        assert len(segments) < 1000
