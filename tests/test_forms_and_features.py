"""What form text means under a schema, and how a request stands on the wire, as a set of short names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_subjects import edit
from specs import forms
from specs.features import features

quick = settings(derandomize=True, deadline=None, max_examples=150)
INTEGER, TEXT, BOOLEAN, NUMBER = ({"type": kind} for kind in ("integer", "string", "boolean", "number"))
EITHER = {"anyOf": [{"type": "integer"}, {"type": "string"}]}


@quick
@given(st.integers(-(10**29), 10**29))
def test_text_of_an_integer_is_the_integer_where_one_is_asked_for(number: int) -> None:
    for schema in (INTEGER, EITHER, {"type": ["integer", "null"]}, {"oneOf": [INTEGER]}):
        found = forms.typed(str(number), schema)
        assert (found, type(found)) == (number, int)
    assert forms.typed(str(number), TEXT) == forms.typed(str(number), {}) == str(number)


@quick
@given(st.text(max_size=12))
def test_text_stays_text_where_text_is_asked_for(text: str) -> None:
    for schema in (TEXT, {}, {"anyOf": [TEXT]}):
        assert forms.typed(text, schema) == text


@quick
@given(st.text(max_size=6))
def test_text_that_is_no_integer_stays_text(text: str) -> None:
    found = forms.typed(text, INTEGER)
    digits = text.lstrip("+-") if text[:1] in "+-" and text[1:2] not in "+-" else text
    whole = digits != "" and all(character in "0123456789" for character in digits)
    assert found == (int(text) if whole else text)


@pytest.mark.parametrize(
    "text", ["", " ", "2 ", " 2", "2\n", "2.0", "1e3", "0x2", "1_000", "\u0662", "\uff12", "--2", "+", "two"]
)
def test_what_only_looks_like_an_integer_stays_text(text: str) -> None:
    assert forms.typed(text, INTEGER) == text


def test_an_integer_too_long_to_be_meant_stays_text() -> None:
    assert forms.typed("9" * 5000, INTEGER) == "9" * 5000


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("True", True), ("FALSE", False)])
def test_true_and_false_are_booleans_where_one_is_asked_for(text: str, value: object) -> None:
    assert forms.typed(text, BOOLEAN) is value
    assert forms.typed(text, TEXT) == text


@pytest.mark.parametrize("text", ["1", "0", "yes", "on", "", " true", "null"])
def test_other_words_for_true_and_false_stay_text(text: str) -> None:
    assert forms.typed(text, BOOLEAN) == text


@pytest.mark.parametrize(
    ("text", "value"), [("1.5", 1.5), ("-2", -2.0), ("1e3", 1000.0), ("nan", "nan"), ("inf", "inf")]
)
def test_a_number_is_a_finite_one(text: str, value: object) -> None:
    assert forms.typed(text, NUMBER) == value


@pytest.mark.parametrize(
    ("name", "root", "keys"),
    [
        ("n", "n", ()), ("image[]", "image", ("",)), ("image[0]", "image", ("0",)), ("svg[model]", "svg", ("model",)),
        ("a[b][c]", "a", ("b", "c")), ("[x]", "[x]", ()), ("image[", "image", ()),
    ],
)  # fmt: skip
def test_a_bracketed_name_has_a_root_and_keys(name: str, root: str, keys: tuple[str, ...]) -> None:
    assert forms.split_name(name) == (root, keys)


# Features, by hand.

PROMPT = {"name": "prompt", "text": "a cat"}
IMAGE = {"name": "image", "file": {"png": "8x8"}}
ITEM = {"name": "image[]", "file": {"png": "8x8"}}
MASK = {"name": "mask", "file": {"png": "8x8", "clear": "all"}}
PLAIN = {"multipart", "image", "file", "field:prompt"}


def of(**request: Any) -> frozenset[str]:
    return features(edit({"request": request}))


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([PROMPT, IMAGE], PLAIN),
        ([PROMPT], {"multipart", "field:prompt"}),
        ([IMAGE, PROMPT], PLAIN | {"files-first"}),
        ([PROMPT, IMAGE, {"name": "n", "text": "2"}], PLAIN | {"files-first", "field:n"}),
        ([PROMPT, ITEM], {"multipart", "image[]", "file", "field:prompt"}),
        ([PROMPT, ITEM, ITEM], {"multipart", "image[]", "images", "file", "field:prompt"}),
        ([PROMPT, IMAGE, IMAGE], {"multipart", "repeated-image", "images", "file", "field:prompt"}),
        ([PROMPT, IMAGE, ITEM], {"multipart", "image", "image[]", "images", "file", "field:prompt"}),
        ([PROMPT, IMAGE, MASK], PLAIN | {"mask", "blank-mask"}),
        ([PROMPT, IMAGE, {**MASK, "file": {"png": "8x8", "clear": [0, 0, 4, 4]}}], PLAIN | {"mask"}),
        ([PROMPT, {**IMAGE, "filename": None}], PLAIN | {"no-filename"}),
        ([PROMPT, {**IMAGE, "filename": "猫.png"}], PLAIN | {"utf8-filename"}),
        ([PROMPT, {**IMAGE, "filename": "a%22b.png"}], PLAIN | {"quoted-filename"}),
        ([PROMPT, {**IMAGE, "filename": 'a\\"b.png'}], PLAIN | {"quoted-filename"}),
        ([PROMPT, {**IMAGE, "type": "application/octet-stream"}], PLAIN | {"octet-stream-part"}),
        ([PROMPT, {**IMAGE, "type": None}], PLAIN | {"untyped-part"}),
        ([{**PROMPT, "type": "text/plain"}, IMAGE], PLAIN | {"text-part-types"}),
        ([{**PROMPT, "type": "text/plain; charset=utf-8"}, IMAGE], PLAIN | {"text-part-types", "text-part-charset"}),
        ([PROMPT, PROMPT, IMAGE], PLAIN | {"duplicate-field"}),
        ([PROMPT, IMAGE, {"name": "steps", "text": "20"}], PLAIN | {"files-first", "extra-field", "field:steps"}),
        ([{"name": "size", "text": ""}, PROMPT, IMAGE], PLAIN | {"empty-field", "field:size"}),
        ([{"name": "stream", "text": "true"}, PROMPT, IMAGE], PLAIN | {"stream", "field:stream"}),
        ([{"name": "stream", "text": "false"}, PROMPT, IMAGE], PLAIN | {"field:stream"}),
        ([PROMPT, {"name": "image", "text": "https://a.b/1.png"}], {"multipart", "image", "url", "field:prompt"}),
    ],
)  # fmt: skip
def test_a_form_has_the_features_it_shows(parts: list[Mapping[str, Any]], found: set[str]) -> None:
    assert of(form=parts) == found


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"prompt": "a cat"}, {"json", "field:prompt"}),
        ({"image": "https://a.b/1.png"}, {"json", "url"}),
        ({"image": {"base64": {"png": "8x8"}, "prefix": "data:image/png;base64,"}}, {"json", "data-url"}),
        ({"image": ["https://a.b/1.png", "https://a.b/2.png"]}, {"json", "url", "images"}),
        ({"image": [{"file_id": "file-1"}]}, {"json", "file-id"}),
        ({"image": "https://a.b/1.png", "mask": "https://a.b/2.png"}, {"json", "url", "mask"}),
        ({"stream": True}, {"json", "stream", "field:stream"}),
        ({"stream": "true"}, {"json", "field:stream"}),
        ({"user": ""}, {"json", "field:user", "extra-field", "empty-field"}),
    ],
)
def test_a_json_body_has_the_features_it_shows(document: Any, found: set[str]) -> None:
    assert of(json=document) == found


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"Transfer-Encoding": "chunked"}, {"chunked"}),
        ({"Transfer-Encoding": "gzip, Chunked"}, {"chunked"}),
        ({"Expect": "100-continue"}, {"expect-continue"}),
        ({"Accept": "text/event-stream"}, {"accept-event-stream"}),
        ({"Accept": "application/json, */*;q=0.1"}, {"accept-any"}),
        ({"Accept": "application/json"}, set()),
        ({"Accept-Encoding": "br, gzip"}, {"gzip-accepted"}),
        ({"Accept-Encoding": "identity"}, set()),
    ],
)
def test_header_fields_are_features(headers: Mapping[str, str], found: set[str]) -> None:
    assert of(json={}, headers={"Content-Type": "application/json", **headers}) == {"json"} | found


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("multipart/form-data; boundary=cut", set()),
        ('multipart/form-data; boundary="cut"', {"quoted-boundary"}),
        (f"multipart/form-data; boundary={'b' * 70}", {"long-boundary"}),
        (f"multipart/form-data; boundary={'b' * 69}", set()),
    ],
)
def test_a_boundary_may_be_quoted_or_long(stated: str, found: set[str]) -> None:
    assert of(form=[], headers={"Content-Type": stated}) - {"multipart"} == found


@quick
@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.integers(), max_size=5))
def test_every_field_is_a_feature(fields: dict[str, int]) -> None:
    others = {name: value for name, value in fields.items() if name not in ("image", "mask")}
    found = of(json=others)
    assert {name for name in found if name.startswith("field:")} == {f"field:{name}" for name in others}
    assert ("extra-field" in found) == bool(others.keys() - {"prompt", "model", "n", "size", "stream"})
