"""Rules on inputs that nobody thought of, beside a second way to find the answer."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casework import cases
from specs.answers import Asked
from specs.edits import Edit
from specs.messages import Exchange, Request, Response
from specs.rules import RULES, Breach, Silent
from specs.rules.payload import strict_base64

quick = settings(derandomize=True, deadline=None, max_examples=120)
values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just([1]) | st.just({})


def said(rule: str, edit: Edit, **numbers: Any) -> tuple[Breach | Silent, ...]:
    return RULES[rule].say(edit, numbers)


def edit(**fields: Any) -> Edit:
    return Edit(Request("POST", "/v1/images/edits"), "json", "application/json", on_route=True, fields=fields)


def answered(document: Any) -> Asked:
    body = json.dumps(document).encode()
    response = Response(200, (("Content-Type", "application/json"),), body)
    return Asked(Exchange("1", edit().request, response), edit())


def code_points(text: str) -> int:
    return len(text.encode("utf-32-le", "surrogatepass")) // 4


@quick
@given(st.text(max_size=40), st.integers(0, 40))
def test_text_is_measured_in_code_points(text: str, limit: int) -> None:
    count = code_points(text)
    assert bool(said("text_at_most", edit(prompt=text), field="prompt", maximum=limit)) == (count > limit)
    assert bool(said("text_at_least", edit(prompt=text), field="prompt", minimum=limit)) == (count < limit)


@quick
@given(st.characters(exclude_categories=["Cs"]), st.integers(1, 400))
def test_a_limit_is_allowed_and_one_more_is_not_whatever_the_character(character: str, limit: int) -> None:
    numbers = {"field": "prompt", "maximum": limit}
    assert not said("text_at_most", edit(prompt=character * limit), **numbers)
    (breach,) = said("text_at_most", edit(prompt=character * (limit + 1)), **numbers)
    assert isinstance(breach, Breach)
    assert breach.sentence == f"the prompt has {limit + 1} characters, 1 too many"


@quick
@given(st.integers(), st.integers(0, 50), st.integers(0, 50))
def test_a_range_includes_its_ends(number: int, below: int, above: int) -> None:
    least, most = number - below, number + above
    assert not said("integer_between", edit(n=number), field="n", minimum=least, maximum=most)
    assert said("integer_between", edit(n=most + 1), field="n", minimum=least, maximum=most)
    assert said("integer_between", edit(n=least - 1), field="n", minimum=least, maximum=most)
    assert not said("integer_at_least", edit(n=number), field="n", minimum=least)
    assert said("integer_at_least", edit(n=least - 1), field="n", minimum=least)


@quick
@given(values)
def test_what_is_no_integer_is_left_to_the_type(value: Any) -> None:
    whole = (
        not isinstance(value, bool) and isinstance(value, int | float) and value == value // 1 and abs(value) != 1e999
    )
    assert bool(said("field_type", edit(n=value), field="n", type="integer")) != whole
    if not whole:
        assert not said("integer_between", edit(n=value), field="n", minimum=2, maximum=1)
        assert not said("integer_at_least", edit(n=value), field="n", minimum=10**9)


@quick
@given(values)
def test_a_value_has_at_most_one_json_type(value: Any) -> None:
    kinds = ("string", "boolean", "object", "array", "number")
    fitting = [kind for kind in kinds if not said("field_type", edit(n=value), field="n", type=kind)]
    assert len(fitting) == (value is not None)
    assert not said("field_type", edit(n=value), field="n", type=(fitting or ["string"])[0], nullable=True)


GRID = {"multiple": 16, "ratio": 3, "longest": 3840, "least_pixels": 655360, "most_pixels": 8294400}


@quick
@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 15), st.integers(0, 15))
def test_the_grid_is_a_grid(across: int, down: int, right: int, low: int) -> None:
    width, height = 16 * across + right, 16 * down + low
    found = said("size_on_grid", edit(size=f"{width}x{height}"), **GRID)
    forbidden = bool(right or low) or not Fraction(1, 3) <= Fraction(width, height) <= 3
    outside = max(width, height) > 3840 or not 655360 <= width * height <= 8294400
    assert [breach.disputed for breach in found if isinstance(breach, Breach)] == (
        [False] if forbidden else [True] if outside else []
    )


@quick
@given(st.text(alphabet="0123456789x X×*-+.", max_size=12))
def test_a_size_is_two_numbers_and_a_cross(text: str) -> None:
    assume(text != "auto")
    found = said("size_on_grid", edit(size=text), **GRID)
    if not re.fullmatch(r"[1-9][0-9]*x[1-9][0-9]*", text):
        assert [breach.expected for breach in found if isinstance(breach, Breach)] == ["WIDTHxHEIGHT"]


BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


@quick
@given(st.binary(min_size=1, max_size=60))
def test_base64_of_anything_is_base64(data: bytes) -> None:
    assert strict_base64(base64.b64encode(data).decode()) is None


@settings(quick, max_examples=400)
@given(st.text(alphabet="AZaz09+/=-_ \n", min_size=1, max_size=9))
def test_base64_is_what_the_grammar_says(text: str) -> None:
    assert (strict_base64(text) is None) == bool(BASE64.fullmatch(text))


@quick
@given(st.binary(min_size=1, max_size=60), st.integers(0, 90), st.sampled_from(" \n\t-_=,:é０"))
def test_one_strange_character_is_noticed(data: bytes, at: int, strange: str) -> None:
    text = base64.b64encode(data).decode()
    spoiled = text[:at] + strange + text[at:]
    assert strict_base64(spoiled) is not None


counts = st.integers(0, 10**12)


def usage(text: int, image: int, output: int) -> dict[str, Any]:
    details = {"text_tokens": text, "image_tokens": image}
    told = {"input_tokens": text + image, "output_tokens": output, "total_tokens": text + image + output}
    return {**told, "input_tokens_details": details}


@quick
@given(counts, counts, counts)
def test_a_usage_that_adds_up_is_kept(text: int, image: int, output: int) -> None:
    asked = answered({"usage": usage(text, image, output)})
    assert RULES["usage_shape"].say(asked, {}) == RULES["usage_adds_up"].say(asked, {}) == ()


@quick
@given(
    counts, counts, counts, st.sampled_from(["input_tokens", "output_tokens", "total_tokens"]), st.integers(1, 10**6)
)
def test_a_usage_that_is_off_anywhere_is_broken(text: int, image: int, output: int, name: str, off: int) -> None:
    told = usage(text, image, output)
    asked = answered({"usage": {**told, name: told[name] + off}})
    assert RULES["usage_shape"].say(asked, {}) == ()
    assert any(isinstance(one, Breach) for one in RULES["usage_adds_up"].say(asked, {}))


NAMES = ("created", "data", "usage", "b64_json", "url", "error", "code", "message", "size", "quality", "type")
objects = st.dictionaries(st.sampled_from(NAMES), values | st.lists(values, max_size=2), max_size=4)
documents = (
    values | objects | st.dictionaries(st.sampled_from(NAMES), objects | st.lists(objects, max_size=3), max_size=4)
)
NUMBERS = {case.rule.name: case.numbers for case in cases()}


def every_rule(body: bytes, kind: str, status: int, **fields: Any) -> Iterator[Breach | Silent]:
    """Everything that any rule says about an answer."""
    response = Response(status, (("Content-Type", kind),), body)
    asked = Asked(Exchange("1", edit().request, response, sent=1.0), edit(**fields))
    for rule in RULES.values():
        if rule.area != "request":
            yield from rule.say(asked, NUMBERS[rule.name])


statuses = st.sampled_from([200, 204, 300, 400, 401, 402, 404, 429, 500, 503])


@quick
@given(documents, statuses)
def test_no_document_makes_a_rule_fail(document: Any, status: int) -> None:
    asked_for = {"size": "1x1", "response_format": "url", "background": "transparent"}
    assert list(every_rule(json.dumps(document).encode(), "application/json", status, **asked_for))


@quick
@given(st.lists(documents, max_size=3), statuses, st.sampled_from(["image_edit.completed", "image_edit.partial_image"]))
def test_no_stream_makes_a_rule_fail(sent: list[Any], status: int, name: str) -> None:
    frames = (f"event: {name}\ndata: {json.dumps(document)}\n\n" for document in sent)
    assert list(every_rule("".join(frames).encode(), "text/event-stream", status, stream=True))


@quick
@given(st.binary(max_size=300), st.sampled_from(["application/json", "text/event-stream", ""]), statuses)
def test_no_bytes_make_a_rule_fail(body: bytes, kind: str, status: int) -> None:
    assert list(every_rule(body, kind, status, stream=kind != "application/json"))
