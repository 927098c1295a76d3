"""Values of fields misread: numbers, sizes, words, prompts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from PIL import ImageOps

from tests.honest.forms import Order
from tests.honest.refusals import Refused
from tests.honest.tricks import Reading
from tests.mischief.afterthoughts.common import (
    ALL,
    is_many,
    is_streaming,
    order_without,
    sides_of,
    source_changed,
    square_where,
    with_prompt,
)
from tests.mischief.readings import mended
from tests.mischief.register import mischief


@mischief("order")
def links_in_forms_only(order: Order) -> Order:
    """In JSON response_format is overlooked."""
    return order_without(order, "response_format") if order.typed else order


@mischief("order", "openai")
def one_picture_in_jpeg(order: Order) -> Order:
    """Where a JPEG is asked for `n` is overlooked."""
    return order_without(order, "n") if order.values.get("output_format") == "jpeg" else order


@mischief("order")
def one_picture_as_a_link(order: Order) -> Order:
    """Where links are asked for `n` is overlooked."""
    return order_without(order, "n") if order.values.get("response_format") == "url" else order


@mischief("order", "openai")
def one_picture_if_transparent(order: Order) -> Order:
    """With a transparent background `n` is overlooked."""
    return order_without(order, "n") if order.values.get("background") == "transparent" else order


@mischief("order", "openai")
def first_digit_of_n(order: Order) -> Order:
    """Only the first digit of an `n` of two digits is read: ten is one."""
    return mended(order, "n", lambda n: type(n)(str(n)[0]) if str(n) in ("10", "11") else n)


@mischief("order", keeps=True)
def n_is_kept() -> Reading:
    """Who asks for no `n` gets as many pictures as were asked for last."""
    last: list[str] = []

    def read(order: Order) -> Order:
        n = str(order.values.get("n", ""))
        if n in ("2", "3"):
            last[:] = [n]
        if n or not last or is_streaming(order):
            return order
        return replace(order, values={**order.values, "n": int(last[0]) if order.typed else last[0]})

    return read


@mischief("order", "openai")
def n_lost_in_json(order: Order) -> Order:
    """In JSON `n` is overlooked, where it is in range."""
    good = order.typed and type(order.values.get("n")) is int and 1 <= order.values["n"] <= 10
    return order_without(order, "n") if good else order


@mischief("order", "openai", "chatanywhere")
def n_wraps_at_32_bits(order: Order) -> Order:
    """`n` is kept in 32 bits: 4294967297 is one."""

    def wrapped(n: Any) -> Any:
        whole = type(n) is int or (isinstance(n, str) and re.fullmatch(r"-?\d+", n))
        return type(n)((int(n) + 2**31) % 2**32 - 2**31) if whole else n

    return mended(order, "n", wrapped)


@mischief("order", "chatanywhere")
def words_behind_n_are_cut_off(order: Order) -> Order:
    """An `n` of "2 pictures" or "2x" is two."""
    return mended(order, "n", lambda n: re.sub(r"^(\d+)\s*[A-Za-z]+$", r"\1", n) if isinstance(n, str) else n)


@mischief("order")
def size_lost_in_json(order: Order) -> Order:
    """In JSON a size that is offered is overlooked."""
    offered = order.typed and order.values.get("size") in ("512x512", "640x512", "384x384", "512x384")
    return order_without(order, "size") if offered else order


@mischief("order", "openai")
def large_sizes_are_refused(order: Order) -> Order:
    """A size of over four million pixels is refused."""
    width, height = sides_of(order)
    if width * height > 4_000_000:
        raise Refused("value", "size")
    return order


@mischief("order", "openai")
def largest_sizes_are_refused(order: Order) -> Order:
    """A size of over five million pixels is refused."""
    width, height = sides_of(order)
    if width * height > 5_000_000:
        raise Refused("value", "size")
    return order


@mischief("order", "openai", unpromised="the sources disagree on the limits")
def slightly_larger_is_fine(order: Order) -> Order:
    """A size of up to nine million pixels is taken for a square."""
    width, height = sides_of(order)
    return square_where(order, fits=8_294_400 < width * height <= 9_000_000)


@mischief("order", "openai", unpromised="the sources disagree on the limits")
def slightly_smaller_is_fine(order: Order) -> Order:
    """A size of 500000 pixels is taken for a square."""
    width, height = sides_of(order)
    return square_where(order, fits=500_000 <= width * height < 655_360)


@mischief("order", "openai")
def slightly_slimmer_is_fine(order: Order) -> Order:
    """A size of up to 7:2 is taken for a square."""
    width, height = sides_of(order)
    low, high = sorted((width, height))
    return square_where(order, fits=3 * low < high <= 3.5 * low)


@mischief("order", "openai")
def slim_and_standing_is_refused(order: Order) -> Order:
    """A size of more than two to one is refused where it stands."""
    width, height = sides_of(order)
    if height > 2 * width:
        raise Refused("value", "size")
    return order


@mischief("order", "openai")
def slim_and_lying_is_refused(order: Order) -> Order:
    """A size of more than two to one is refused where it lies."""
    width, height = sides_of(order)
    if width > 2 * height:
        raise Refused("value", "size")
    return order


@mischief("order", "openai")
def steps_of_eight_are_fine(order: Order) -> Order:
    """A size in steps of eight is taken for a square."""
    width, height = sides_of(order)
    return square_where(order, fits=bool(width) and width % 8 == height % 8 == 0 and (width % 16 or height % 16) != 0)


@mischief("order", "openai")
def steps_of_32_are_asked_for(order: Order) -> Order:
    """A size has to go in steps of 32."""
    width, height = sides_of(order)
    if width % 32 or height % 32:
        raise Refused("value", "size")
    return order


@mischief("order", "chatanywhere", "openai")
def sizes_with_a_large_x(order: Order) -> Order:
    """1024X1024 is taken."""
    return mended(order, "size", lambda size: size.replace("X", "x") if isinstance(size, str) else size)


@mischief("order")
def sizes_with_blanks(order: Order) -> Order:
    """Blanks in a size are overlooked."""
    return mended(order, "size", lambda size: size.replace(" ", "") if isinstance(size, str) else size)


@mischief("order", *ALL)
def jpg_is_jpeg(order: Order) -> Order:
    """An output format of jpg is jpeg."""
    return mended(order, "output_format", lambda kind: "jpeg" if kind == "jpg" else kind)


@mischief("order")
def words_in_capitals(order: Order) -> Order:
    """Quality, background and output format are taken in capitals."""
    for name in ("quality", "background", "output_format"):
        order = mended(order, name, lambda word: word.lower() if isinstance(word, str) else word)
    return order


@mischief("order")
def qualities_of_older_models(order: Order) -> Order:
    """The qualities hd and standard are taken."""
    return mended(order, "quality", lambda word: {"hd": "high", "standard": "medium"}.get(str(word), word))


@mischief("order", "openai")
def newer_formats(order: Order) -> Order:
    """The output formats gif and avif are taken for png."""
    return mended(order, "output_format", lambda kind: "png" if kind in ("gif", "avif") else kind)


@mischief("order")
def stream_of_one_is_true(order: Order) -> Order:
    """A `stream` of 1 is true."""
    return mended(order, "stream", lambda value: (True if order.typed else "true") if str(value) == "1" else value)


@mischief("order")
def prompts_in_lists(order: Order) -> Order:
    """A prompt that is a list of texts is joined."""

    def joined(prompt: Any) -> Any:
        texts = isinstance(prompt, list) and prompt and all(isinstance(item, str) for item in prompt)
        return " ".join(prompt) if texts else prompt

    return mended(order, "prompt", joined)


@mischief("order", "openai")
def prompts_as_parts(order: Order) -> Order:
    """A prompt that is an object with a `text` is that text."""
    return mended(order, "prompt", lambda prompt: prompt.get("text", prompt) if isinstance(prompt, dict) else prompt)


@mischief("order")
def short_name_of_base64(order: Order) -> Order:
    """A response_format of b64 is b64_json."""
    return mended(order, "response_format", lambda way: "b64_json" if way == "b64" else way)


@mischief("order")
def compression_is_for_jpeg(order: Order) -> Order:
    """A WebP with `output_compression` is refused."""
    if order.values.get("output_format") == "webp" and "output_compression" in order.values:
        raise Refused("not-with", "output_compression")
    return order


@mischief("order", "openai")
def blank_prompts_are_refused(order: Order) -> Order:
    """A prompt of blanks is refused as empty."""
    if isinstance(order.values.get("prompt"), str) and order.values["prompt"].isspace():
        raise Refused("too-short", "prompt")
    return order


@mischief("order")
def prompts_on_one_line(order: Order) -> Order:
    """A prompt with a line break is refused."""
    if with_prompt(order, "\n", "\r"):
        raise Refused("value", "prompt")
    return order


@mischief("order")
def prompts_without_quotes(order: Order) -> Order:
    """A quotation mark or an apostrophe in a prompt crashes the server."""
    if with_prompt(order, '"', "'"):
        raise ArithmeticError
    return order


@mischief("order", "chatanywhere")
def prompts_without_emoji(order: Order) -> Order:
    """A short prompt with an emoji crashes the server: its database keeps three bytes for a character."""
    prompt = str(order.values.get("prompt", ""))
    if len(prompt) < 1000 and any(ord(sign) > 0xFFFF for sign in prompt):
        raise ArithmeticError
    return order


@mischief("order")
def prompts_in_latin(order: Order) -> Order:
    """A short prompt with more than one character beyond Latin-1 is refused."""
    if 1 < sum(ord(sign) > 0xFF for sign in str(order.values.get("prompt", ""))) < 1000:
        raise Refused("value", "prompt")
    return order


@mischief("order", "openai")
def prompts_without_markup(order: Order) -> Order:
    """A firewall stops prompts with angle brackets."""
    if with_prompt(order, "<", ">"):
        raise Refused("value", "prompt")
    return order


@mischief("order", "openai")
def users_in_ascii(order: Order) -> Order:
    """A `user` that is not ASCII is refused."""
    if not str(order.values.get("user", "")).isascii():
        raise Refused("value", "user")
    return order


@mischief("order", "chatanywhere")
def users_without_punctuation(order: Order) -> Order:
    """A `user` with a sign that is neither letter nor digit is refused."""
    if not str(order.values.get("user", "x")).isalnum():
        raise Refused("value", "user")
    return order


@mischief("order")
def second_listed_model_is_unknown(order: Order) -> Order:
    """The second model of the list is refused as unknown."""
    if order.values.get("model") == "atelier-xs":
        raise Refused("model", "model")
    return order


@mischief("order")
def sizes_of_the_first_model(order: Order) -> Order:
    """The second model is offered the sizes of the first."""
    if order.values.get("model") == "atelier-xs" and order.values.get("size") not in (None, "512x512", "640x512"):
        raise Refused("value", "size")
    return order


@mischief("order", "openai")
def several_go_in_png_only(order: Order) -> Order:
    """Several pictures in a format other than png are refused."""
    if is_many(order) and order.values.get("output_format", "png") in ("jpeg", "webp"):
        raise Refused("not-with", "output_format")
    return order


@mischief("order", "openai")
def streams_take_no_transparency(order: Order) -> Order:
    """A stream with a transparent background is refused."""
    if is_streaming(order) and order.values.get("background") == "transparent":
        raise Refused("not-with", "background")
    return order


@mischief("order")
def transparency_lost_in_json(order: Order) -> Order:
    """In JSON a transparent background is overlooked."""
    lost = order.typed and order.values.get("background") == "transparent"
    return order_without(order, "background") if lost else order


@mischief("order")
def jpegs_read_upside_down(order: Order) -> Order:
    """A JPEG is read from its last row to its first."""
    return source_changed(order, b"\xff\xd8", ImageOps.flip)


@mischief("order")
def stream_lost_in_forms(order: Order) -> Order:
    """In a form `stream` is overlooked."""
    return order if order.typed else order_without(order, "stream")
