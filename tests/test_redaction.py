"""Secrets: in no form, in no place, in nothing that is written."""

from __future__ import annotations

import base64
import gzip
import json
import struct
import urllib.parse
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_samples import KEY, PICTURES, exchange, form, recorded
from specs.lines import Header
from specs.messages import Failure, Request, Response
from specs.recording import Recorder
from specs.redaction import MASKED, PART, REDACTED, Redactor
from specs.transcripts import load


def percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


# (what stands there, what is left of it)
FORMS: dict[str, tuple[str, str]] = {
    "bare": (KEY, REDACTED),
    "bearer": (f"Bearer {KEY}", f"Bearer {REDACTED}"),
    "twice": (KEY + KEY, REDACTED + REDACTED),
    "percent-encoded": (urllib.parse.quote(KEY, safe=""), REDACTED),
    "percent-encoded twice": (urllib.parse.quote(urllib.parse.quote(KEY, safe=""), safe=""), REDACTED),
    "percent-encoded throughout": (percent(KEY), REDACTED),
    "JSON in JSON": (json.dumps(json.dumps({"k": KEY})), '"{\\"k\\": \\"<redacted-key>\\"}"'),
    "slashes escaped": (KEY.replace("/", r"\/"), REDACTED),
    "code points escaped": ("".join(f"\\u{ord(c):04X}" for c in KEY), REDACTED),
    "HTML": ("".join(f"&#{ord(c)};" for c in KEY), REDACTED),
    "masked in the middle": (f"provided: {KEY[:8]}****{KEY[-4:]}.", f"provided: {PART}****{KEY[-4:]}."),
    "a long beginning": (f"provided: {KEY[:20]}...", f"provided: {PART}..."),
    "all but its end": (f"provided: {KEY[:-6]}...", f"provided: {REDACTED}..."),
    "a long end": (f"...{KEY[-9:]}!", f"...{PART}!"),
    "a long middle": (f"<{KEY[5:25]}>", f"<{PART}>"),
    "an escaped part": (percent(KEY[:12]) + "***", f"{PART}***"),
    "a beginning too short to tell": (f"{KEY[:7]}***{KEY[-7:]}", f"{KEY[:7]}***{KEY[-7:]}"),
}


@pytest.mark.parametrize("case", FORMS)
def test_a_secret_is_replaced_in_whatever_form(case: str) -> None:
    text, left = FORMS[case]
    assert Redactor([KEY]).text(f"a {text} b") == f"a {left} b"
    assert Redactor([f"Bearer {KEY}\n"]).text(text) == left


@given(st.text("ab=%\\/+-_", min_size=8, max_size=40), st.binary(max_size=30), st.binary(max_size=30))
def test_no_secret_is_left_bare_or_in_base64(secret: str, before: bytes, after: bytes) -> None:
    raw = secret.encode()
    redactor = Redactor([secret])
    assert raw not in redactor.data(before + raw + after)
    encoded = redactor.data(base64.b64encode(before + raw + after))
    assert REDACTED.encode() in encoded


@given(st.binary(max_size=300))
def test_what_holds_no_secret_is_untouched(data: bytes) -> None:
    assert Redactor([KEY, "tiny"]).data(data) == data or b"tiny" in data


def test_a_short_secret_is_replaced_as_a_word_only() -> None:
    assert (
        Redactor(["test"]).text("test latest Bearer test, testing") == f"{REDACTED} latest Bearer {REDACTED}, testing"
    )
    assert Redactor(["", "  "]).text("any text") == "any text"


def test_a_secret_is_nowhere_in_what_is_written(tmp_path: Path) -> None:
    encoded = base64.b64encode(f"user:{KEY}".encode()).decode()
    body = json.dumps({"error": {"message": f"wrong key {KEY}", "again": percent(KEY), "basic": encoded}}).encode()
    meta = (
        PICTURES["PNG"][:-12]
        + struct.pack(">I", len(KEY))
        + b"tEXt"
        + KEY.encode()
        + b"\0\0\0\0"
        + PICTURES["PNG"][-12:]
    )
    request = Request(
        "POST", f"http://user:{KEY}@h/p?key={percent(KEY)}", (("Authorization", f"Bearer {KEY}"),), form(meta)
    )
    response = Response(401, (("X-Echo", KEY), ("Set-Cookie", "sid=12345")), body, ((1.0, len(body)),))
    failure = Failure("cut", f"while sending {KEY}")
    secretive = exchange(request=request, response=response, failure=failure)
    header = Header("openai", f"http://me:{KEY}@h/", 1.0, plan={KEY: [f"x{KEY}"]})
    with Recorder(tmp_path / "t.jsonl", header, secrets=(KEY,)) as recorder:
        written = recorder.write(secretive)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert KEY.encode() not in data
            assert KEY[8:20].encode() not in data
            assert encoded[12:24].encode() not in data
            assert percent(KEY).encode() not in data
    there = load(tmp_path / "t.jsonl")
    assert there.exchanges == (written,)
    assert written.request.headers == (("Authorization", f"Bearer {REDACTED}"),)
    assert written.request.url == f"http://{MASKED}@h/p?key={REDACTED}"
    assert written.response
    assert written.response.headers == (("X-Echo", REDACTED), ("Set-Cookie", MASKED))
    assert written.response.arrivals == ((1.0, len(written.response.body)),)
    assert written.failure == Failure("cut", f"while sending {REDACTED}")
    assert (there.base_url, there.plan) == (f"http://{MASKED}@h/", {REDACTED: [f"x{REDACTED}"]})


@pytest.mark.parametrize(
    "compress", [lambda data: gzip.compress(data, mtime=0), zlib.compress], ids=["gzip", "deflate"]
)
def test_a_secret_in_a_compressed_body_is_replaced(compress: Callable[[bytes], bytes]) -> None:
    headers = (("Content-Encoding", "gzip"),)
    clean = Redactor([KEY]).exchange(exchange(response=Response(400, headers, compress(f"wrong: {KEY}".encode()))))
    assert clean.response
    assert zlib.decompressobj(47).decompress(clean.response.body) == f"wrong: {REDACTED}".encode()
    untouched = exchange(response=Response(400, headers, compress(b"fine")))
    assert Redactor([KEY]).exchange(untouched) == untouched


# (header field, what stands there, what is kept of it)
CREDENTIALS = [
    ("Authorization", f"Bearer {KEY}", f"Bearer {REDACTED}"),
    ("authorization", "Bearer sk-invalid-0123456789", "Bearer sk-invalid-0123456789"),
    ("Authorization", "sk-invalid", "sk-invalid"),
    ("Authorization", "Bearer eyJhbGciOi", f"Bearer {MASKED}"),
    ("Authorization", "Basic dXNlcjpwYXNz", f"Basic {MASKED}"),
    ("Authorization", "somethingelse", MASKED),
    ("Authorization", f"Bearer {KEY}x", f"Bearer {REDACTED}x"),
    ("Authorization", f"Bearer {KEY}.anothersecret", f"Bearer {MASKED}"),
    ("Authorization", "", ""),
    ("Authorization", "Bearer ", "Bearer "),
    ("Authorization", "Bearer", "Bearer"),
    ("Proxy-Authorization", "Basic dXNlcjpwYXNz", f"Basic {MASKED}"),
    ("X-Api-Key", KEY, REDACTED),
    ("X-API-KEY", "another", MASKED),
    ("Cookie", "a=b; c=d", MASKED),
    ("Set-Cookie", "sid=1; Path=/", MASKED),
    ("Accept", "application/json", "application/json"),
    ("Authorization", f"Bearer {REDACTED}", f"Bearer {REDACTED}"),
    ("Authorization", f"Bearer {MASKED}", f"Bearer {MASKED}"),
]


@pytest.mark.parametrize(("name", "value", "kept"), CREDENTIALS)
def test_of_credentials_only_the_harmless_is_kept(name: str, value: str, kept: str) -> None:
    assert Redactor([KEY]).headers(((name, value),)) == ((name, kept),)


def test_an_unknown_credential_is_a_secret_for_the_rest_of_its_exchange() -> None:
    request = Request("POST", "/", (("Authorization", "Bearer somebodyelseskey1"),))
    clean = Redactor().exchange(
        exchange(request=request, response=Response(401, (), b"no such key: somebodyelseskey1"))
    )
    assert clean.request.headers == (("Authorization", f"Bearer {MASKED}"),)
    assert clean.response
    assert clean.response.body == f"no such key: {REDACTED}".encode()


def test_a_fake_key_is_kept_with_its_echo(tmp_path: Path) -> None:
    request = Request("POST", "/", (("Authorization", "Bearer sk-invalid-0123456789"),))
    fake = exchange(request=request, response=Response(401, (), b"wrong key: sk-invalid-0123456789"))
    assert recorded(tmp_path / "t.jsonl", fake, secrets=(KEY,)).exchanges == (fake,)
