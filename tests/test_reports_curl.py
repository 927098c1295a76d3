"""The command that repeats an exchange sends what was sent, reads the key from the environment, runs nothing else."""

from __future__ import annotations

import gzip
import re
import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reports_exchanges as recorded
import reports_samples as samples
from contract_tests import reports
from contract_tests.reports import curl, exhibits, json_form
from specs.messages import Exchange, Request

RUN = json_form.value(samples.report())
PNG = recorded.picture()
URL = "https://api.chatanywhere.tech/v1/images/edits"


def repeated(request: Request) -> tuple[list[str], dict[str, bytes]]:
    """The words a shell makes of the command (the key is `KEY` in its environment), and the files beside it."""
    exhibited = exhibits.of_run(RUN, recorded.Recording((Exchange("q1", request),)))
    repeat = curl.repeat(exhibited.get("q1"))
    words = shlex.split(repeat.command.replace("$IMAGE_CONTRACT_API_KEY", "KEY").replace(" \\\n  ", " "))
    return words, dict(repeat.files)


def options(words: list[str], name: str) -> list[str]:
    return [after for before, after in pairwise(words) if before == name]


def sent_parts(words: list[str], files: dict[str, bytes]) -> list[tuple[str, bytes, str | None, str | None]]:
    """The parts that curl makes of `--form` and `--form-string`, as its manual says."""
    parts = []
    for option, said in pairwise(words):
        name, _, value = said.partition("=")
        if option == "--form-string":
            parts.append((name, value.encode(), None, None))
        elif option == "--form":
            content, *settings_ = value.split(";")
            stated = dict(setting.split("=", 1) for setting in settings_ if "charset" not in setting)
            charset = next((f";{setting}" for setting in settings_ if "charset" in setting), "")
            kind = stated["type"] + charset if "type" in stated else None
            parts.append((name, files[content[1:]], stated.get("filename") if content[0] == "@" else None, kind))
    return parts


def form(*parts, boundary="frontier", content_type=None) -> Request:
    body, kind = recorded.form(*parts, boundary=boundary)
    return Request("POST", URL, (recorded.KEY_HEADER, ("Content-Type", content_type or kind)), body)


FORMS = {
    "plain": [("model", b"gpt-image-1", None, None), ("image", PNG, "photo.png", "image/png")],
    "several": [("image[]", PNG, "a.png", "image/png"), ("image[]", PNG, "b.png", "image/png")],
    "files-first": [("image", PNG, "a.png", "image/png"), ("prompt", "加一顶红帽子".encode(), None, None)],
    "typed-text": [("prompt", b"a hat", None, "text/plain;charset=utf-8"), ("image", PNG, "a.png", "image/png")],
    "long-text": [("prompt", b"x" * 32001, None, None)],
    "line-breaks": [("prompt", b"one\ntwo", None, None)],
    "at-sign": [("prompt", b"@/etc/passwd", None, None), ("user", b"<x", None, None), ("n", b"1;type=a/b", None, None)],
    "not-utf8": [("prompt", b"\xff\xfe", None, None)],
    "empty": [("prompt", b"", None, None)],
    "jpeg-called-png": [("image", b"\xff\xd8\xff\xe0", "a.png", "image/png")],
    "no-file-name": [("image", PNG, None, "image/png")],
    "shell": [("prompt", b"'; rm -rf / #$(id)`id`\\", None, None)],
}


@pytest.mark.parametrize("parts", FORMS.values(), ids=FORMS)
def test_a_form_is_sent_part_by_part(parts):
    words, files = repeated(form(*parts))
    assert sent_parts(words, files) == parts
    assert not options(words, "--data-binary")
    assert "content-type" not in "".join(options(words, "--header")).lower()


MORE = b'--x\r\nContent-Disposition: form-data; name="n"\r\nX-More: 1\r\n\r\n1\r\n--x--\r\n'
RAW = {
    "untyped-part": form(("image", PNG, "a.png", None)),
    "quoted-name": form(('im"age', PNG, "a.png", "image/png")),
    "utf8-file-name": form(("image", PNG, "图.png", "image/png")),
    "equals-sign": form(("a=b", b"1", None, None)),
    "semicolon": form(("image", PNG, "a;b.png", "image/png")),
    "quoted-boundary": form(*FORMS["plain"], content_type='multipart/form-data; boundary="frontier"'),
    "long-boundary": form(*FORMS["plain"], boundary="b" * 70),
    "more-in-a-part": Request("POST", URL, (("Content-Type", "multipart/form-data; boundary=x"),), MORE),
    "malformed": Request("POST", URL, (("Content-Type", "multipart/form-data; boundary=x"),), b"--x\r\nnonsense"),
    "json": Request("POST", URL, (("Content-Type", "application/json"),), b'{"model": "gpt-image-1"}'),
    "json-cut": Request("POST", URL, (("Content-Type", "application/json"),), b'{"model'),
}


@pytest.mark.parametrize("request_", RAW.values(), ids=RAW)
def test_what_curl_would_send_otherwise_is_sent_byte_for_byte(request_):
    words, files = repeated(request_)
    (file,) = options(words, "--data-binary")
    assert files[file.removeprefix("@")] == request_.body
    assert f"Content-Type: {request_.header('content-type')}" in options(words, "--header")
    assert not options(words, "--form")


def test_curl_adds_no_content_type_where_none_was_sent():
    words, files = repeated(Request("POST", URL, (), b"abc"))
    assert options(words, "--header") == ["Content-Type:"]
    assert list(files.values()) == [b"abc"]


def test_method_and_address_are_repeated_and_what_curl_writes_itself_is_left_to_it():
    request = Request(
        "DELETE", f"{URL}?a=b&c", (("Host", "x"), ("Content-Length", "0"), ("Accept", "text/event-stream"))
    )
    words, files = repeated(request)
    assert words == [
        "curl",
        "--include",
        "--request",
        "DELETE",
        f"{URL}?a=b&c",
        "--header",
        "Accept: text/event-stream",
    ]
    assert files == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Bearer <redacted-key>", "Bearer KEY"),
        ("Bearer <redacted>", "Bearer KEY"),
        ("Bearer sk-invalid-key", "Bearer sk-invalid-key"),
        ("Basic '<redacted-key>'", "Basic 'KEY'"),
    ],
)
def test_the_key_comes_from_the_environment(value, expected):
    words, _files = repeated(Request("POST", URL, (("Authorization", value),)))
    assert options(words, "--header") == [f"Authorization: {expected}"]


def test_a_big_picture_that_is_mostly_padding_is_kept_packed_and_unpacked_by_the_command():
    padded = PNG + b"\0" * 26_000_000
    words, files = repeated(form(("image", padded, "a.png", "image/png")))
    ((name, data),) = files.items()
    assert words[:5] == ["gunzip", "--force", "--keep", name, "curl"]
    assert len(data) < 200_000
    assert gzip.decompress(data) == padded
    assert sent_parts(words, {name.removesuffix(".gz"): padded}) == [("image", padded, "a.png", "image/png")]


def test_a_stream_is_not_buffered():
    assert "--no-buffer" in repeated(recorded.edit_request(("stream", b"true", None, None)))[0]
    assert "--no-buffer" not in repeated(recorded.edit_request())[0]


@settings(max_examples=80, deadline=None)
@given(st.text(st.characters(exclude_characters="\x00\r\n", exclude_categories=("Cs",)), max_size=30))
def test_no_text_can_leave_its_place_in_the_command(text):
    words, files = repeated(Request("POST", f"{URL}?{text}", (("X", text),)))
    assert words == ["curl", "--include", "--request", "POST", f"{URL}?{text}", "--header", f"X: {text}"]
    words, files = repeated(form(("prompt", text.encode(), None, None)))
    if options(words, "--form-string"):
        assert sent_parts(words, files) == [("prompt", text.encode(), None, None)]


@pytest.mark.parametrize("id", ["../../etc", "/etc/passwd", "..", ".", "", "a/b", "CON\x00", "a b", "\ud800"])
def test_the_files_of_an_exchange_stay_in_their_folder(id, tmp_path):
    telling = replace(samples.report(), findings=(replace(samples.report().findings[0], exchanges=(id,)),))
    told = recorded.Recording((replace(recorded.exchanges()[0], id=id),))
    reports.write_report(telling, told, tmp_path / "out", ("html",))
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(written) == 4
    assert all(file.parent.parent.name == "exchanges" or file.name == "index.html" for file in written)
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", file.parent.name) for file in written)


def test_every_file_that_a_command_reads_is_written(tmp_path):
    reports.write_report(samples.report(), recorded.recording(), tmp_path)
    scripts = list(tmp_path.glob("exchanges/*/curl.sh"))
    assert len(scripts) >= 8
    for script in scripts:
        words = shlex.split(script.read_text("utf-8"), comments=True)
        named = re.findall(r"exchanges/[A-Za-z0-9_./-]+", " ".join(words))
        assert named
        assert all((tmp_path / name).is_file() for name in named)


def test_a_new_report_takes_away_the_exchanges_of_the_one_before_and_nothing_else(tmp_path):
    reports.write_report(samples.report(), recorded.recording(), tmp_path)
    (tmp_path / "exchanges" / "mine").mkdir()
    (tmp_path / "exchanges" / "mine" / "notes.txt").write_text("keep")
    reports.write_report(samples.report(), recorded.Recording(recorded.exchanges()[:2]), tmp_path)
    assert sorted(folder.name for folder in (tmp_path / "exchanges").iterdir()) == ["mine", "q01"]


def test_an_exchange_without_its_pictures_has_no_command(tmp_path):
    told = recorded.Recording(recorded.exchanges(), frozenset({"q03"}))
    text = reports.write_report(samples.report(), told, tmp_path)["html"].read_text("utf-8")
    assert text.count("The pictures of this exchange were not kept") == 1
    assert not (tmp_path / "exchanges" / "q03").exists()
    assert (tmp_path / "exchanges" / "q04").exists()


def test_a_page_that_an_endpoint_sent_is_not_written_as_a_page(tmp_path):
    reports.write_report(samples.report(), recorded.recording(), tmp_path)
    assert [file for file in tmp_path.rglob("*.html") if file != tmp_path / "index.html"] == []
    assert b"<script>" in Path(tmp_path / "exchanges/q08/response.txt").read_bytes()
