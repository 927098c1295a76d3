"""Nothing a client sends makes the mock fail: pictures that are none, bombs, and bytes nobody thought of."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from werkzeug.test import Client

from mock_server.app import create_app
from mock_server.serving import Mock, running
from mock_server.settings import Settings
from tests.mock_samples import EDIT, FORM, edit, form, part, png, post, process, raw

PATHS = {
    "openai": EDIT,
    "aitoearn": "/aitoearn/api/ai/images/edits",
    "chatanywhere": "/chatanywhere/v1/images/edits",
}


@pytest.fixture(scope="module", params=["all", "schema", "none"])
def mock(request: pytest.FixtureRequest) -> Iterator[Mock]:
    with running(Settings(checks=request.param)) as found:
        yield found


def _chunk(name: bytes, body: bytes, crc: int | None = None) -> bytes:
    check = zlib.crc32(body, zlib.crc32(name)) if crc is None else crc
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)


def _png(width: int, height: int, data: bytes = b"", depth: int = 8, colour: int = 2, crc: int | None = None) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header, crc) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _saved(picture: Image.Image, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def _bomb(size: int) -> bytes:
    squeeze = zlib.compressobj(9)
    zeros = bytes(1_000_000)
    pieces = [squeeze.compress(zeros) for _ in range(size // 1_000_000)]
    return b"".join(pieces) + squeeze.flush()


FRAMES = [Image.new("RGB", (32, 32), (n * 60, 0, 0)) for n in range(4)]
DEEP = Image.new("I;16", (40, 40), 30_000)

PICTURES: dict[str, bytes | Callable[[], bytes]] = {
    "empty": b"",
    "text": b"not a picture",
    "header only": png()[:33],
    "cut": png((300, 300))[:-40],
    "wrong CRC": _png(8, 8, zlib.compress(bytes(8 * 25)), crc=1),
    "wrong zlib": _png(8, 8, b"\x78\x9c\xff\xff\xff"),
    "pixel bomb": _png(50_000, 50_000, zlib.compress(bytes(1000))),
    "zlib bomb": lambda: _png(1000, 1000, _bomb(300_000_000)),
    "text bomb": lambda: png()[:33] + _chunk(b"zTXt", b"a\0\0" + _bomb(200_000_000)) + png()[33:],
    "nothing": _png(0, 0),
    "one pixel": png((1, 1)),
    "long": png((100_000, 1)),
    "high": png((1, 100_000)),
    "CMYK": _saved(Image.new("CMYK", (40, 40), (1, 2, 3, 4)), "JPEG"),
    "16 bit": _saved(DEEP, "PNG"),
    "palette": _saved(Image.new("P", (40, 40)), "PNG", transparency=0),
    "one bit": _saved(Image.new("1", (40, 40)), "PNG"),
    "animated PNG": _saved(FRAMES[0], "PNG", save_all=True, append_images=FRAMES[1:]),
    "animated WebP": _saved(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:]),
    "GIF": _saved(FRAMES[0], "GIF", save_all=True, append_images=FRAMES[1:]),
    "BMP": _saved(FRAMES[0], "BMP"),
    "TIFF": _saved(FRAMES[0], "TIFF"),
    "RIFF": b"RIFF\xff\xff\xff\xffWEBPVP8X" + b"\xff" * 40,
    "JPEG cut": _saved(Image.new("RGB", (200, 200)), "JPEG")[:300],
    "EXIF broken": _saved(Image.new("RGB", (40, 40)), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"),
    "ICC broken": _saved(Image.new("RGB", (40, 40)), "PNG", icc_profile=b"\xff" * 200),
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
}


@cache
def _picture(kind: str) -> bytes:
    found = PICTURES[kind]
    return found if isinstance(found, bytes) else found()


@pytest.mark.parametrize("kind", PICTURES)
def test_every_picture_is_edited_or_refused(mock: Mock, kind: str) -> None:
    picture = _picture(kind)
    texts = (part("prompt", "a house"), part("model", "gpt-image-1.5"))
    body = form(*texts, part("image", picture, "a.png", "image/png"))
    answer = post(mock.url, body)
    assert answer.status in (200, 400)
    if mock.house.settings.checks == "none":
        assert answer.status == 200
    masked = form(*texts, part("image", png(), "a.png", "image/png"), part("mask", picture, "m.png", "image/png"))
    assert post(mock.url, masked).status in (200, 400)


def test_bombs_are_refused_where_pictures_are_judged() -> None:
    with running(Settings()) as mock:
        for kind in ("pixel bomb", "cut", "text", "nothing", "GIF"):
            answer = post(mock.url, edit(image=_picture(kind)))
            assert (answer.status, answer.error["code"]) == (400, "invalid_image_file"), kind


def _app(checks: str) -> Client:
    return Client(create_app(Settings(checks=checks, caption=False)))  # type: ignore[arg-type]


APPS = {checks: _app(checks) for checks in ("all", "none")}
CALM = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


def _told(path: str, body: bytes, type: str, checks: str) -> None:
    """The answer is no failure, and JSON where it is one."""
    client = APPS[checks]
    headers = {"Content-Type": type, "Authorization": "Bearer sk-a"}
    answer = client.post(path, data=body, headers=headers)
    assert answer.status_code < 500, answer.data[:300]
    if answer.mimetype == "application/json":
        json.loads(answer.data)


@CALM
@given(st.binary(max_size=600), st.sampled_from(sorted(PATHS)), st.sampled_from(sorted(APPS)))
def test_any_bytes_as_a_form_are_answered(body: bytes, provider: str, checks: str) -> None:
    _told(PATHS[provider], body, FORM, checks)


@CALM
@given(st.data(), st.sampled_from(sorted(PATHS)), st.sampled_from(sorted(APPS)))
def test_a_form_with_bytes_changed_is_answered(data: st.DataObject, provider: str, checks: str) -> None:
    body = bytearray(edit(image=png((8, 8)), size="16x16"))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
        body = body or bytearray(b"-")
    _told(PATHS[provider], bytes(body), FORM, checks)


FIELDS = (
    "image",
    "images",
    "mask",
    "n",
    "size",
    "prompt",
    "model",
    "stream",
    "quality",
    "user",
    "background",
    "x",
    "output_compression",
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(st.characters(), max_size=12),
        st.sampled_from(
            ["1024x1024", "16x16", "auto", "gpt-image-1.5", "gpt-image-2", "data:image/png;base64,AA==", "0x0"]
        ),
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["image_url", "file_id", "a"]), inner, max_size=2)
    ),
    max_leaves=6,
)


@CALM
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES), st.sampled_from(sorted(PATHS)), st.sampled_from(sorted(APPS)))
def test_any_json_object_is_answered(value: dict[str, Any], provider: str, checks: str) -> None:
    value = {"n": 1} | value
    if isinstance(value["n"], int) and value["n"] > 2:
        value["n"] %= 3
    _told(PATHS[provider], json.dumps(value).encode(), "application/json", checks)


@CALM
@given(
    st.lists(
        st.tuples(st.sampled_from((*FIELDS, "image[]", "image[0]", "x[y]", "[", "]")), st.binary(max_size=30)),
        max_size=6,
    ),
    st.sampled_from(sorted(PATHS)),
    st.sampled_from(sorted(APPS)),
)
def test_any_fields_of_a_form_are_answered(fields: list[tuple[str, bytes]], provider: str, checks: str) -> None:
    body = form(*(part(name, data) for name, data in fields), part("n", "1"), part("size", "16x16"))
    _told(PATHS[provider], body, FORM, checks)


@settings(CALM, max_examples=60)
@given(st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n"), max_size=60))
def test_any_scenario_words_are_answered(words: str) -> None:
    client = APPS["all"]
    answer = client.get("/openai/x", headers={"X-Mock-Scenario": words, "Prefer": f"code={words}"})
    assert answer.status_code in (400, 404)


@pytest.fixture(scope="module")
def plain() -> Iterator[Mock]:
    with running(Settings(caption=False)) as found:
        yield found


HEAD = (
    f"POST {EDIT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nContent-Type: {FORM}\r\n".encode()
    + b"Connection: close\r\n"
)
SENT = HEAD + b"Content-Length: %d\r\n\r\n" % len(edit()) + edit()


@settings(CALM, max_examples=80)
@given(st.data())
def test_any_bytes_on_the_wire_leave_the_mock_alive(plain: Mock, data: st.DataObject) -> None:
    sent = bytearray(SENT)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(HEAD) + 40))
        sent[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=5))
    answer = raw(plain.url, bytes(sent), 5, half_close=True)
    assert not answer.startswith(b"HTTP/1.1 500"), answer[:300]
    assert plain.house.journal.counted().get("failures of the mock", 0) == 0
    assert post(plain.url).status == 200


def _peak(pid: int) -> int:
    """Kilobytes that a process has held at most."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0])


def _at_once(many: int, ask: Callable[[int], int]) -> list[int]:
    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(ask, range(many)))


def test_pictures_of_many_pixels_at_once_are_decoded_in_turns() -> None:
    flat = png((4000, 4000))
    with process("--server", "granian", "--no-caption") as (url, started):
        assert _at_once(5, lambda n: post(url, edit(image=flat, prompt=f"house {n}")).status) == [200] * 5
        assert _peak(started.pid) < 400_000, "one of 16 million pixels needs 150 MB while it is decoded, five 700"


def test_an_endless_chunked_body_is_held_once_and_refused() -> None:
    with process("--server", "granian", "--max-body", "100000000") as (url, started):
        piece = b"F4240\r\n" + bytes(1_000_000) + b"\r\n"
        answer = raw(url, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + piece * 101 + b"0\r\n\r\n", 30)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert _peak(started.pid) < 250_000


def test_large_uploads_at_once_are_taken_in_turns() -> None:
    with process("--server", "granian", "--no-caption") as (url, started):
        body = edit(image=bytes(25_000_000))
        assert _at_once(16, lambda _n: post(url, body).status) == [400] * 16
        assert _peak(started.pid) < 900_000, "16 uploads of 25 MB are 400 MB, and each is read, cut up and judged"
