"""Encodings: exact bytes, and nothing of the draft is lost on the way, however it is written down."""

from __future__ import annotations

from io import BytesIO

import pytest
from multipart import MultipartParser, parse_options_header

from contract_tests.drafts import Draft, File, Link
from contract_tests.encodings import ENCODINGS, encode, fitting, offered, plain
from contract_tests.multiparts import boundary_for
from draft_samples import EDIT, FORM, KEY, URL, contract, draft
from specs.contract import Operation
from specs.features import features
from specs.messages import Part, Request
from specs.reading import JSON, MULTIPART, read

ONE = File(b"\x89PNG\r\n--one", "one.png")
TWO = File(b"two\r\n", "two.webp", "image/webp")
MASK = File(b"mask", "mask.png")


def written(name: str, what: Draft | None = None, edit: Operation = EDIT, key: str | None = KEY) -> Request:
    return encode(what or draft(ONE), ENCODINGS[name], edit, URL, key)


def parsed(request: Request) -> list[tuple[str, str | None, str | None, bytes]]:
    """Name, file name, type and data of each part, by the `multipart` library."""
    boundary = parse_options_header(request.header("content-type"))[1]["boundary"]
    found = MultipartParser(BytesIO(request.body), boundary)
    return [(part.name, part.filename, dict(part.headerlist).get("Content-Type"), part.raw) for part in found]


def test_a_plain_form_is_these_bytes() -> None:
    request = written("multipart", draft(ONE, TWO).with_mask(MASK))
    boundary = request.header("content-type").removeprefix("multipart/form-data; boundary=").encode()
    field = b'--B\r\nContent-Disposition: form-data; name="'
    assert len(boundary) == 32
    assert request.body.replace(boundary, b"B") == (
        field + b'prompt"\r\n\r\na prompt\r\n'
        + field + b'n"\r\n\r\n2\r\n'
        + field + b'stream"\r\n\r\nfalse\r\n'
        + field + b'image[]"; filename="one.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--one\r\n'
        + field + b'image[]"; filename="two.webp"\r\nContent-Type: image/webp\r\n\r\ntwo\r\n\r\n'
        + field + b'mask"; filename="mask.png"\r\nContent-Type: image/png\r\n\r\nmask\r\n'
        + b"--B--\r\n"
    )  # fmt: skip


def test_a_plain_json_body_is_these_bytes() -> None:
    request = written("json", draft(ONE, prompt="猫\n").with_mask(Link("http://h/m.png")))
    assert request.body.decode() == (
        '{"prompt":"猫\\n","n":2,"stream":false,'
        '"images":[{"image_url":"data:image/png;base64,iVBORw0KLS1vbmU="}],'
        '"mask":{"image_url":"http://h/m.png"}}'
    )
    assert request.headers == (
        ("Accept", "application/json"),
        ("User-Agent", "image-contract/1"),
        ("Authorization", f"Bearer {KEY}"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(request.body))),
    )


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding_shows_its_features_and_no_other_does(name: str) -> None:
    row = ENCODINGS[name]
    shown = features(read(contract(), written(name)))
    special = {feature for each in ENCODINGS.values() for feature in each.features}
    implied = {"images"} if row.spare else set()
    assert shown & special == set(row.features)
    assert ("images" in shown) == bool(implied)


@pytest.mark.parametrize("name", [name for name, row in ENCODINGS.items() if row.media_type == MULTIPART])
@pytest.mark.parametrize("images", [(ONE,), (ONE, TWO)])
def test_no_form_loses_anything(name: str, images: tuple[File, ...]) -> None:
    parts = parsed(written(name, draft(*images).with_mask(MASK)))
    texts = [(part, data) for part, _, _, data in parts if part in ("prompt", "n", "stream")]
    pictures = [data for part, _, _, data in parts if part in ("image", "image[]")]
    assert dict(texts) == {"prompt": b"a prompt", "n": b"2", "stream": b"false"}
    assert tuple(dict.fromkeys(pictures)) == tuple(file.data for file in images)
    assert [data for part, _, _, data in parts if part == "mask"] == [b"mask"]


@pytest.mark.parametrize("name", [name for name, row in ENCODINGS.items() if row.media_type == JSON])
def test_no_json_body_loses_anything(name: str) -> None:
    asked = read(contract(), written(name, draft(ONE, TWO).with_mask(MASK)))
    assert asked.problem is None
    assert {key: asked.fields[key] for key in ("prompt", "n", "stream")} == {
        "prompt": "a prompt",
        "n": 2,
        "stream": False,
    }
    assert [picture.data for picture in asked.images] == [ONE.data, TWO.data]
    assert asked.mask is not None
    assert asked.mask.data == b"mask"


# (encoding, what the picture's part says of itself)
PARTS = [
    ("multipart", ("image", "one.png", "image/png")),
    ("multipart-array-single", ("image[]", "one.png", "image/png")),
    ("no-filename", ("image", None, "image/png")),
    ("utf8-filename", ("image", "猫.png", "image/png")),
    ("octet-stream-part", ("image", "one.png", "application/octet-stream")),
    ("untyped-part", ("image", "one.png", None)),
]


@pytest.mark.parametrize(("name", "said"), PARTS)
def test_a_file_part_says_of_itself_what_its_encoding_says(name: str, said: tuple[str, str | None, str | None]) -> None:
    assert parsed(written(name))[-1][:3] == said


@pytest.mark.parametrize(
    ("name", "bytes_", "times"),
    [
        ("quoted-filename", b'filename="a %22b%22.png"', 1),
        ("backslashed-filename", b'filename="a \\"b\\".png"', 1),
        ("utf8-filename", 'filename="猫.png"'.encode(), 1),
        ("text-part-types", b"Content-Type: text/plain\r\n", 3),
        ("text-part-charset", b"Content-Type: text/plain; charset=utf-8\r\n", 3),
        ("duplicate-field", b'name="prompt"', 2),
        ("repeated-image", b'name="image"', 2),
        ("extra-field", b'name="x_client_note"\r\n\r\ncontract\r\n', 1),
        ("empty-field", b'name="user"\r\n\r\n\r\n', 1),
        ("files-first", b"--\r\n", 0),
    ],
)
def test_an_encoding_writes_what_it_is_named_after(name: str, bytes_: bytes, times: int) -> None:
    request = written(name)
    boundary = parse_options_header(request.header("content-type"))[1]["boundary"]
    assert request.body.removesuffix(f"--{boundary}--\r\n".encode()).count(bytes_) == times


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("chunked", "Transfer-Encoding", "chunked"),
        ("chunked", "Content-Length", None),
        ("expect-continue", "Expect", "100-continue"),
        ("json-accept-any", "Accept", "*/*"),
        ("json-accept-event-stream", "Accept", "text/event-stream"),
        ("gzip-accepted", "Accept-Encoding", "gzip, deflate"),
        ("openai-python", "User-Agent", "OpenAI/Python 3.52.0"),
    ],
)
def test_an_encoding_states_its_header_fields(name: str, field: str, value: str | None) -> None:
    assert written(name).header(field) == value


def test_boundaries_are_as_their_encodings_say() -> None:
    stated = {name: written(name).header("content-type") for name in ("quoted-boundary", "long-boundary", "curl")}
    assert stated["quoted-boundary"].endswith('"')
    assert len(stated["long-boundary"].partition("=")[2]) == 70
    assert len(stated["curl"].partition("=" + "-" * 24)[2]) == 22


def test_curl_writes_its_header_fields_in_its_order() -> None:
    names = [name for name, _ in written("curl").headers]
    assert names == ["User-Agent", "Accept", "Authorization", "Content-Length", "Content-Type"]


def test_files_first_puts_the_files_before_the_text() -> None:
    names = [name for name, *_ in parsed(written("files-first", draft(ONE).with_mask(MASK)))]
    assert names == ["image", "mask", "prompt", "n", "stream"]


def test_a_request_without_a_key_has_no_authorization_and_further_fields_replace_or_remove() -> None:
    row = ENCODINGS["json"]
    request = encode(draft(), row, EDIT, URL, None, extra_headers=(("ACCEPT", "a/b"), ("Content-Type", ""), ("X", "y")))
    assert dict(request.headers).keys() == {"ACCEPT", "User-Agent", "Content-Length", "X"}
    assert request.header("accept") == "a/b"


def test_the_same_draft_is_always_the_same_bytes_and_another_has_another_boundary() -> None:
    assert written("multipart") == written("multipart")
    assert written("multipart").headers != written("multipart", draft(prompt="other")).headers


def test_a_boundary_stands_in_no_part() -> None:
    assert boundary_for([Part("image", b"0123456789abcde")], length=1) == "f"


def test_values_become_form_text_as_the_sdks_write_it() -> None:
    values = {"n": None, "stream": True, "arr": [1, "two"], "obj": {"a": True, "b": {"c": 1.5}}}
    parts = parsed(written("multipart", draft(ONE, **values)))
    assert [(name, data) for name, filename, _, data in parts if filename is None][1:] == [
        ("stream", b"true"),
        ("arr[]", b"1"),
        ("arr[]", b"two"),
        ("obj[a]", b"true"),
        ("obj[b][c]", b"1.5"),
    ]


def test_links_and_plain_text_are_text_parts() -> None:
    parts = parsed(written("multipart", draft().with_images(Link("http://h/a.png"), "a cat").with_mask("no mask")))
    assert [part for part in parts if part[0] in ("image[]", "mask")] == [
        ("image[]", None, None, b"http://h/a.png"),
        ("image[]", None, None, b"a cat"),
        ("mask", None, None, b"no mask"),
    ]


def test_encodings_are_offered_by_what_is_documented() -> None:
    form_only = Operation("edit", "POST", "/e", {MULTIPART: FORM})
    assert [row.name for row in plain(EDIT)] == ["multipart", "json"]
    assert {row.media_type for row in offered(form_only)} == {MULTIPART}
    assert set(offered(EDIT)) == set(ENCODINGS.values())


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ((), "multipart"),
        (("json", "mask"), "json"),
        (("multipart", "image[]"), "multipart-array-single"),
        (("chunked", "json"), "json-chunked"),
        (("text-part-charset",), "text-part-charset"),
        (("accept-event-stream", "stream"), "accept-event-stream"),
        (("chunked", "no-filename"), None),
    ],
)
def test_the_plainest_encoding_with_a_feature_is_found(wanted: tuple[str, ...], name: str | None) -> None:
    row = fitting(EDIT, wanted)
    assert (row.name if row else None) == name
