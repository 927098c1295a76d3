"""Thought of later, from the claims' words and from what real relays do: wrong in one encoding, one pair, one place."""

from __future__ import annotations

import base64
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageOps

from tests.honest.answering import Event, Work
from tests.honest.forms import Order, Upload
from tests.honest.refusals import Refused
from tests.honest.tricks import Reading, Refusing, Reply, Telling, Working
from tests.honest.walk import KEY
from tests.mischief.documents import each, is_success
from tests.mischief.masks import inverted
from tests.mischief.painting import opened, saved
from tests.mischief.readings import mended
from tests.mischief.refusals import of, of_the_body, told
from tests.mischief.register import mischief
from tests.mischief.streams import COMPLETED, PARTIAL, changed, is_stream

Told = dict[str, Any]
Events = list[Event]
ALL = ("openai", "chatanywhere", "aitoearn")
_PNG, _END = b"\x89PNG", b"IEND"


def _many(order: Order) -> bool:
    return str(order.values.get("n", 1)) != "1"


def _streams(order: Order | None) -> bool:
    return order is not None and str(order.values.get("stream", "")).lower() == "true"


def _without(order: Order, *names: str) -> Order:
    return replace(order, values={name: value for name, value in order.values.items() if name not in names})


def _text(change: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda text: change(text) if isinstance(text, str) else None


def _document(reply: Reply, change: Callable[[Told], Told]) -> Reply:
    return reply.with_body(json.dumps(change(json.loads(reply.body)))) if is_success(reply) else reply


def _is_linked(reply: Reply) -> bool:
    return reply.order is None and reply.headers.get("Content-Type", "").startswith("image/")


def _refusal(reply: Reply, body: Any, status: int | None = None, kind: str = "application/json") -> Reply:
    text = body if isinstance(body, str) else json.dumps(body)
    return Reply(status or reply.status, {"Content-Type": kind}, text.encode(), reply.order, reply.refused)


# ------------------------------------------------------------------------------------------------- what an answer tells


@mischief("document", "openai")
def created_left_out_if_several(work: Work, answer: Told) -> Told:
    """Several pictures come without `created`."""
    return {key: value for key, value in answer.items() if key != "created" or work.count == 1}


@mischief("reply")
def created_in_text_for_json(reply: Reply) -> Reply:
    """Who asks in JSON gets `created` as a text."""
    typed = reply.order is not None and reply.order.typed
    return _document(reply, lambda answer: answer | {"created": str(answer["created"])}) if typed else reply


@mischief("document")
def created_in_milliseconds_with_links(work: Work, answer: Told) -> Told:
    """Beside links `created` counts milliseconds."""
    links = work.values.get("response_format") == "url"
    return answer | {"created": answer["created"] * 1000} if links else answer


@mischief("document", "chatanywhere")
def usage_is_a_list(_work: Work, answer: Told) -> Told:
    """`usage` is a list of one."""
    return answer | {"usage": [answer["usage"]]}


@mischief("document")
def usage_is_empty(_work: Work, answer: Told) -> Told:
    """`usage` is an empty object."""
    return answer | {"usage": {}}


@mischief("document", "chatanywhere")
def usage_missing_for_webp(work: Work, answer: Told) -> Told:
    """A WebP comes without `usage`."""
    return {key: value for key, value in answer.items() if key != "usage" or work.kind != "webp"}


@mischief("document")
def masks_counted_apart(work: Work, answer: Told) -> Told:
    """A mask's tokens are in the input, but in none of its details."""
    usage = answer["usage"]
    more = 85 if work.mask else 0
    counted = {"input_tokens": usage["input_tokens"] + more, "total_tokens": usage["total_tokens"] + more}
    return answer | {"usage": usage | counted}


@mischief("reply")
def further_pictures_counted_once_more(reply: Reply) -> Reply:
    """With several input pictures the total counts the second one twice."""
    several = reply.order is not None and len(reply.order.images) > 1

    def counted(answer: Told) -> Told:
        usage = answer["usage"]
        return answer | {"usage": usage | {"total_tokens": usage["total_tokens"] + 323}}

    return _document(reply, counted) if several else reply


@mischief("document", "chatanywhere", keeps=True)
def totals_of_the_day() -> Telling:
    """`total_tokens` is the sum of all orders so far."""
    spent: Counter[str] = Counter()

    def telling(_work: Work, answer: Told) -> Told:
        spent["all"] += answer["usage"]["total_tokens"]
        return answer | {"usage": answer["usage"] | {"total_tokens": spent["all"]}}

    return telling


@mischief("document")
def size_told_with_a_star(work: Work, answer: Told) -> Told:
    """The size is told as 512*512."""
    return answer | {"size": f"{work.size[0]}*{work.size[1]}"}


@mischief("document")
def size_told_as_a_pair(work: Work, answer: Told) -> Told:
    """The size is told as a list of two numbers."""
    return answer | {"size": [*work.size]}


@mischief("document")
def format_told_as_a_media_type(_work: Work, answer: Told) -> Told:
    """The format is told as image/png."""
    return answer | {"output_format": f"image/{answer['output_format']}"}


@mischief("document")
def format_told_in_capitals(_work: Work, answer: Told) -> Told:
    """The format is told in capitals."""
    return answer | {"output_format": answer["output_format"].upper()}


@mischief("document", keeps=True)
def told_of_the_order_before() -> Telling:
    """Size, format, quality and background are told of the order before."""
    before: list[Told] = []

    def telling(work: Work, answer: Told) -> Told:
        earlier = before[0] if before else work.told
        before[:] = [work.told]
        return answer | earlier

    return telling


@mischief("events")
def streams_tell_png(_work: Work, events: Events) -> Events:
    """The completed event tells png, whatever it carries."""
    return changed(events, COMPLETED, output_format="png")


@mischief("events")
def streams_tell_a_square(_work: Work, events: Events) -> Events:
    """The completed event tells a size that is none of the list."""
    return changed(events, COMPLETED, size="256x256")


# -------------------------------------------------------------------------------------------------- how pictures travel


@mischief("document")
def data_in_text_if_several(work: Work, answer: Told) -> Told:
    """`data` is JSON in a text, where several pictures were asked for."""
    return answer | {"data": json.dumps(answer["data"])} if work.count > 1 else answer


@mischief("document", "chatanywhere")
def second_item_is_null(_work: Work, answer: Told) -> Told:
    """Every item but the first is null."""
    return answer | {"data": [item if not index else None for index, item in enumerate(answer["data"])]}


@mischief("document")
def second_item_is_a_text(_work: Work, answer: Told) -> Told:
    """Every item but the first is the bare base64."""
    first, *rest = answer["data"]
    return answer | {"data": [first, *(item.get("b64_json", item.get("url")) for item in rest)]}


@mischief("document", "openai")
def second_in_camel_case(_work: Work, answer: Told) -> Told:
    """Every item but the first has its picture under `b64Json`."""
    first, *rest = answer["data"]
    return answer | {"data": [first, *({"b64Json": item["b64_json"]} for item in rest)]}


@mischief("document", "openai")
def one_empty_item_more(_work: Work, answer: Told) -> Told:
    """An empty object follows the pictures."""
    return answer | {"data": [*answer["data"], {}]}


@mischief("document")
def bytes_as_python_shows_them(_work: Work, answer: Told) -> Told:
    """The base64 stands in b'...'."""
    return each(answer, b64_json=_text(lambda text: f"b'{text}'"))


@mischief("document")
def base64_ends_with_a_line_break(_work: Work, answer: Told) -> Told:
    """The base64 ends with a line break."""
    return each(answer, b64_json=_text(lambda text: text + "\n"))


@mischief("document")
def plus_signs_are_blanks(_work: Work, answer: Told) -> Told:
    """The base64 was decoded like a form: where a plus was there is a blank."""
    return each(answer, b64_json=_text(lambda text: text.replace("+", " ")))


@mischief("document")
def base64_padded_too_much(_work: Work, answer: Told) -> Told:
    """Four equals signs follow the base64."""
    return each(answer, b64_json=_text(lambda text: text + "===="))


@mischief("document")
def prefix_for_webp_only(work: Work, answer: Told) -> Told:
    """Only a WebP has a `data:` prefix."""
    webp = _text(lambda text: f"data:image/webp;base64,{text}")
    return each(answer, b64_json=webp) if work.kind == "webp" else answer


@mischief("reply")
def prefix_in_json_only(reply: Reply) -> Reply:
    """Who asks in JSON gets base64 with a `data:` prefix."""
    typed = reply.order is not None and reply.order.typed
    prefixed = _text(lambda text: f"data:image/png;base64,{text}")
    return _document(reply, lambda answer: each(answer, b64_json=prefixed)) if typed else reply


@mischief("document", "openai")
def buffer_of_node(_work: Work, answer: Told) -> Told:
    """`b64_json` is a buffer as Node writes it: its bytes in a list."""
    return each(answer, b64_json=_text(lambda text: {"type": "Buffer", "data": [*base64.b64decode(text[:64])]}))


@mischief("document")
def second_link_as_base64(work: Work, answer: Told) -> Told:
    """Where links are asked for, every picture but the first comes in base64."""
    if work.values.get("response_format") != "url":
        return answer
    first, *rest = answer["data"]
    texts = [base64.b64encode(work.picture(index + 1)).decode() for index in range(len(rest))]
    return answer | {"data": [first, *({"b64_json": text} for text in texts)]}


@mischief("order")
def links_in_forms_only(order: Order) -> Order:
    """In JSON response_format is overlooked."""
    return _without(order, "response_format") if order.typed else order


@mischief("document")
def second_link_is_the_first(_work: Work, answer: Told) -> Told:
    """All links of an answer are the first one."""
    first = answer["data"][0]
    return answer | {"data": [first for _item in answer["data"]]} if "url" in first else answer


@mischief("reply")
def linked_pictures_are_thumbnails(reply: Reply) -> Reply:
    """Links lead to pictures of half the width and height."""
    if not _is_linked(reply):
        return reply
    picture = opened(reply.body)
    kind = reply.headers["Content-Type"].rpartition("/")[2]
    return reply.with_body(saved(picture.resize((picture.width // 2, picture.height // 2)), kind))


@mischief("reply")
def linked_pictures_end_half_way(reply: Reply) -> Reply:
    """Links lead to the first half of the file."""
    return reply.with_body(reply.body[: len(reply.body) // 2]) if _is_linked(reply) else reply


@mischief("reply")
def links_lead_to_nothing(reply: Reply) -> Reply:
    """Links are answered with 200 and no byte."""
    return reply.with_body(b"") if _is_linked(reply) else reply


@mischief("document")
def links_begin_with_a_blank(_work: Work, answer: Told) -> Told:
    """A blank stands before every link."""
    return each(answer, url=_text(lambda url: " " + url))


@mischief("reply")
def answers_with_a_byte_order_mark(reply: Reply) -> Reply:
    """A byte order mark stands before the JSON, as PHP leaves it."""
    return reply.with_body(b"\xef\xbb\xbf" + reply.body) if is_success(reply) else reply


@mischief("reply", "chatanywhere")
def cost_is_not_a_number(reply: Reply) -> Reply:
    """The answer tells a cost of NaN."""
    return _document(reply, lambda answer: answer | {"cost": float("nan")})


@mischief("reply")
def comma_at_the_end(reply: Reply) -> Reply:
    """A comma stands before the last brace."""
    return reply.with_body(reply.body.rstrip()[:-1] + b",}") if is_success(reply) else reply


@mischief("reply")
def answers_without_a_type(reply: Reply) -> Reply:
    """A successful answer has no Content-Type."""
    return replace(reply, headers={}) if is_success(reply) else reply


@mischief("reply", "openai")
def large_answers_are_cut(reply: Reply) -> Reply:
    """An answer is cut off after half a million bytes."""
    return reply.with_body(reply.body[:500_000]) if is_success(reply) else reply


# ----------------------------------------------------------------------------------------- how many pictures, how large


@mischief("order")
def one_picture_with_a_mask(order: Order) -> Order:
    """With a mask `n` is overlooked."""
    return _without(order, "n") if order.mask else order


@mischief("order", "openai")
def one_picture_in_jpeg(order: Order) -> Order:
    """Where a JPEG is asked for `n` is overlooked."""
    return _without(order, "n") if order.values.get("output_format") == "jpeg" else order


@mischief("order")
def one_picture_of_several(order: Order) -> Order:
    """With several input pictures `n` is overlooked."""
    return _without(order, "n") if len(order.images) > 1 else order


@mischief("order")
def one_picture_as_a_link(order: Order) -> Order:
    """Where links are asked for `n` is overlooked."""
    return _without(order, "n") if order.values.get("response_format") == "url" else order


@mischief("order", "openai")
def one_picture_if_transparent(order: Order) -> Order:
    """With a transparent background `n` is overlooked."""
    return _without(order, "n") if order.values.get("background") == "transparent" else order


@mischief("order", "openai")
def first_digit_of_n(order: Order) -> Order:
    """Only the first digit of an `n` of two digits is read: ten is one."""
    return mended(order, "n", lambda n: type(n)(str(n)[0]) if str(n) in ("10", "11") else n)


@mischief("work", "chatanywhere")
def threes_are_twos(work: Work) -> Work:
    """Where three pictures are asked for two come."""
    return replace(work, values={**work.values, "n": 2}) if work.count == 3 else work


@mischief("order", keeps=True)
def n_is_kept() -> Reading:
    """Who asks for no `n` gets as many pictures as were asked for last."""
    last: list[str] = []

    def read(order: Order) -> Order:
        n = str(order.values.get("n", ""))
        if n in ("2", "3"):
            last[:] = [n]
        if n or not last or _streams(order):
            return order
        return replace(order, values={**order.values, "n": int(last[0]) if order.typed else last[0]})

    return read


@mischief("order", "openai")
def n_lost_in_json(order: Order) -> Order:
    """In JSON `n` is overlooked, where it is in range."""
    good = order.typed and type(order.values.get("n")) is int and 1 <= order.values["n"] <= 10
    return _without(order, "n") if good else order


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
    return _without(order, "size") if offered else order


def _square(work: Work) -> Work:
    side = 1024 if max(work.size) >= 1024 else 512
    return replace(work, size=(side, side))


@mischief("work")
def size_lost_if_several(work: Work) -> Work:
    """Several pictures are always square."""
    return _square(work) if work.count > 1 else work


@mischief("work")
def size_lost_for_jpeg(work: Work) -> Work:
    """A JPEG is always square."""
    return _square(work) if work.kind == "jpeg" else work


@mischief("work", "openai")
def size_lost_if_transparent(work: Work) -> Work:
    """A transparent picture is always square."""
    return _square(work) if work.clear else work


@mischief("work")
def size_lost_in_streams(work: Work) -> Work:
    """A streamed picture is always square."""
    return _square(work) if work.values.get("stream") else work


@mischief("work", "chatanywhere")
def tall_pictures_are_laid_down(work: Work) -> Work:
    """A picture that should stand lies."""
    return replace(work, size=(max(work.size), min(work.size)))


@mischief("work", "openai")
def sides_rounded_to_64(work: Work) -> Work:
    """Width and height are rounded down to steps of 64."""
    return replace(work, size=(work.size[0] // 64 * 64, work.size[1] // 64 * 64))


def _sides(order: Order) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", str(order.values.get("size", "")))
    return (int(found[1]), int(found[2])) if found else (0, 0)


@mischief("order", "openai")
def large_sizes_are_refused(order: Order) -> Order:
    """A size of over four million pixels is refused."""
    width, height = _sides(order)
    if width * height > 4_000_000:
        raise Refused("value", "size")
    return order


@mischief("order", "openai")
def largest_sizes_are_refused(order: Order) -> Order:
    """A size of over five million pixels is refused."""
    width, height = _sides(order)
    if width * height > 5_000_000:
        raise Refused("value", "size")
    return order


def _square_if(order: Order, *, fits: bool) -> Order:
    return replace(order, values={**order.values, "size": "1024x1024"}) if fits else order


@mischief("order", "openai")
def slightly_larger_is_fine(order: Order) -> Order:
    """A size of up to nine million pixels is taken for a square."""
    width, height = _sides(order)
    return _square_if(order, fits=8_294_400 < width * height <= 9_000_000)


@mischief("order", "openai")
def slightly_smaller_is_fine(order: Order) -> Order:
    """A size of 500000 pixels is taken for a square."""
    width, height = _sides(order)
    return _square_if(order, fits=500_000 <= width * height < 655_360)


@mischief("order", "openai")
def slightly_slimmer_is_fine(order: Order) -> Order:
    """A size of up to 7:2 is taken for a square."""
    width, height = _sides(order)
    low, high = sorted((width, height))
    return _square_if(order, fits=3 * low < high <= 3.5 * low)


@mischief("order", "openai")
def slim_and_standing_is_refused(order: Order) -> Order:
    """A size of more than two to one is refused where it stands."""
    width, height = _sides(order)
    if height > 2 * width:
        raise Refused("value", "size")
    return order


@mischief("order", "openai")
def slim_and_lying_is_refused(order: Order) -> Order:
    """A size of more than two to one is refused where it lies."""
    width, height = _sides(order)
    if width > 2 * height:
        raise Refused("value", "size")
    return order


@mischief("order", "openai")
def steps_of_eight_are_fine(order: Order) -> Order:
    """A size in steps of eight is taken for a square."""
    width, height = _sides(order)
    return _square_if(order, fits=bool(width) and width % 8 == height % 8 == 0 and (width % 16 or height % 16) != 0)


@mischief("order", "openai")
def steps_of_32_are_asked_for(order: Order) -> Order:
    """A size has to go in steps of 32."""
    width, height = _sides(order)
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


# ----------------------------------------------------------------------------------------------- values that are mended


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


# --------------------------------------------------------------------------------------------- good orders not accepted


@mischief("order", *ALL)
def masks_need_png_pictures(order: Order) -> Order:
    """A mask goes only with a PNG."""
    if order.mask and any(one.data and not one.data.startswith(_PNG) for one in order.images[:1]):
        raise Refused("mask-kind", "mask")
    return order


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


def _in_prompt(order: Order, *signs: str) -> bool:
    return any(sign in str(order.values.get("prompt", "")) for sign in signs)


@mischief("order")
def prompts_on_one_line(order: Order) -> Order:
    """A prompt with a line break is refused."""
    if _in_prompt(order, "\n", "\r"):
        raise Refused("value", "prompt")
    return order


@mischief("order")
def prompts_without_quotes(order: Order) -> Order:
    """A quotation mark or an apostrophe in a prompt crashes the server."""
    if _in_prompt(order, '"', "'"):
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
    if _in_prompt(order, "<", ">"):
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


@mischief("order")
def grey_masks_with_alpha_are_refused(order: Order) -> Order:
    """A mask in grey and alpha is refused."""
    if order.mask and order.mask.data and order.mask.data[:4] == _PNG and order.mask.data[25] == 4:
        raise Refused("mask", "mask")
    return order


@mischief("order", "openai")
def several_go_in_png_only(order: Order) -> Order:
    """Several pictures in a format other than png are refused."""
    if _many(order) and order.values.get("output_format", "png") in ("jpeg", "webp"):
        raise Refused("not-with", "output_format")
    return order


@mischief("order")
def json_takes_one_picture(order: Order) -> Order:
    """In JSON a second picture is refused."""
    if order.typed and len(order.images) > 1:
        raise Refused("too-many", "image")
    return order


@mischief("order", "openai")
def streams_take_no_transparency(order: Order) -> Order:
    """A stream with a transparent background is refused."""
    if _streams(order) and order.values.get("background") == "transparent":
        raise Refused("not-with", "background")
    return order


@mischief("order", "openai", keeps=True)
def repetition_is_refused() -> Reading:
    """Who orders exactly the same a second time is refused."""
    seen: set[str] = set()

    def read(order: Order) -> Order:
        same = repr((order.values, [one.data for one in order.images], order.mask))
        if same in seen:
            raise Refused("value", "prompt")
        seen.add(same)
        return order

    return read


# -------------------------------------------------------------------------------------- pictures that must not be taken


def _pictured(order: Order, change: Callable[[bytes], bytes], first: int = 0) -> Order:
    images = [
        replace(one, data=change(one.data)) if one.data and number >= first else one
        for number, one in enumerate(order.images)
    ]
    return replace(order, images=images)


def _grey() -> bytes:
    return saved(Image.new("RGB", (256, 256), "grey"))


@mischief("order", "openai")
def torn_webps_are_fine(order: Order) -> Order:
    """A WebP that is cut short is taken for a grey one."""

    def whole(data: bytes) -> bytes:
        torn = data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 > len(data)
        return _grey() if torn else data

    return _pictured(order, whole)


@mischief("order")
def rarer_kinds_are_fine(order: Order) -> Order:
    """AVIF, HEIC, JPEG 2000, ICO, PSD and PPM are taken."""
    starts = (b"\0\0\1\0", b"8BPS", b"P6", b"\0\0\0\x0cjP", b"\xff\x4f\xff\x51")
    return _pictured(order, lambda data: _grey() if data.startswith(starts) or data[4:8] == b"ftyp" else data)


@mischief("order")
def second_picture_may_be_a_gif(order: Order) -> Order:
    """Every picture but the first may be a GIF."""
    return _pictured(order, lambda data: _grey() if data[:4] == b"GIF8" else data, first=1)


def _mask_made(order: Order, change: Callable[[Image.Image, tuple[int, int]], Image.Image]) -> Order:
    mask = order.mask
    if mask is None or not mask.data or not mask.data.startswith(_PNG) or not order.images or not order.images[0].data:
        return order
    try:
        made = change(opened(mask.data), opened(order.images[0].data).size)
    except OSError:
        return order
    return replace(order, mask=Upload(mask.field, saved(made), mask.media_type))


@mischief("order")
def masks_of_twice_the_size(order: Order) -> Order:
    """A mask of twice the width and height is taken."""

    def fitted(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
        return mask.resize(size) if mask.size == (2 * size[0], 2 * size[1]) else mask

    return _mask_made(order, fitted)


@mischief("order")
def masks_fitted_in_json(order: Order) -> Order:
    """In JSON a mask of any size is made to fit."""
    return _mask_made(order, lambda mask, size: mask.resize(size)) if order.typed else order


@mischief("order", "chatanywhere")
def broken_masks_are_overlooked(order: Order) -> Order:
    """A mask that cannot be decoded is overlooked."""
    if order.mask is None or not (order.mask.data or b"").startswith(_PNG):
        return order
    try:
        opened(order.mask.data or b"")
    except (OSError, SyntaxError):
        return replace(order, mask=None)
    return order


# -------------------------------------------------------------------------------------------------- masks, now and then


@mischief("order", *ALL)
def mask_dropped_for_jpeg_pictures(order: Order) -> Order:
    """The mask of a JPEG is overlooked."""
    jpeg = any((one.data or b"").startswith(b"\xff\xd8") for one in order.images[:1])
    return replace(order, mask=None) if jpeg else order


@mischief("work")
def mask_dropped_for_webp_results(work: Work) -> Work:
    """Where a WebP is asked for the mask is overlooked."""
    return replace(work, mask=None) if work.kind == "webp" else work


@mischief("work")
def mask_dropped_for_links(work: Work) -> Work:
    """Where a link is asked for the mask is overlooked."""
    return replace(work, mask=None) if work.values.get("response_format") == "url" else work


@mischief("work")
def mask_dropped_with_high_quality(work: Work) -> Work:
    """With a quality of high or medium the mask is overlooked."""
    return replace(work, mask=None) if work.values.get("quality") in ("high", "medium") else work


@mischief("work", keeps=True)
def mask_of_the_order_before() -> Working:
    """What counts is the mask that was sent before."""
    before: list[Image.Image] = []

    def work(now: Work) -> Work:
        if now.mask is None:
            return now
        earlier = before[0] if before else now.mask
        before[:] = [now.mask]
        return replace(now, mask=earlier)

    return work


@mischief("work")
def lying_masks_mirrored(work: Work) -> Work:
    """A mask that is not square is read from right to left."""
    square = work.mask is None or work.mask.width == work.mask.height
    return work if square or not work.mask else replace(work, mask=ImageOps.mirror(work.mask))


@mischief("work")
def lying_masks_cropped(work: Work) -> Work:
    """Of a mask that is not square only the square in its middle is read."""
    if work.mask is None or work.mask.width == work.mask.height:
        return work
    side = min(work.mask.size)
    return replace(work, mask=ImageOps.fit(work.mask, (side, side)))


@mischief("work")
def mask_inverted_for_the_second(work: Work) -> Work:
    """Every picture but the first is painted with the mask inverted."""
    if work.mask is None:
        return work
    other = replace(work, mask=inverted(work.mask))
    return replace(work, retouch=lambda _work, index, file: other.picture(index) if index else file)


@mischief("order")
def mask_inverted_in_json(order: Order) -> Order:
    """In JSON the mask is inverted."""
    return (
        _mask_made(order, lambda mask, _size: inverted(mask) if mask.mode == "RGBA" else mask) if order.typed else order
    )


@mischief("work")
def mask_inverted_in_streams(work: Work) -> Work:
    """In a stream the mask is inverted."""
    return replace(work, mask=inverted(work.mask)) if work.mask and work.values.get("stream") else work


def _alpha_made(work: Work, make: Callable[[Image.Image], Image.Image]) -> Work:
    if work.mask is None:
        return work
    mask = work.mask.convert("RGBA")
    mask.putalpha(make(mask.getchannel("A")))
    return replace(work, mask=mask)


@mischief("work")
def first_hole_only(work: Work) -> Work:
    """Of several transparent parts of the mask only the first is repainted."""

    def first(alpha: Image.Image) -> Image.Image:
        small = alpha.resize((96, 96), Image.Resampling.NEAREST).point(lambda value: 0 if value == 0 else 255)
        holes = [at for at, value in enumerate(small.tobytes()) if value == 0]
        if not holes:
            return alpha
        ImageDraw.floodfill(small, (holes[0] % 96, holes[0] // 96), 128)
        part = small.point(lambda value: 0 if value == 128 else 255)
        return ImageChops.lighter(alpha, part.resize(alpha.size, Image.Resampling.NEAREST))

    return _alpha_made(work, first)


@mischief("work")
def upper_half_of_the_hole(work: Work) -> Work:
    """Only the upper half of the transparent part is repainted."""

    def upper(alpha: Image.Image) -> Image.Image:
        made = alpha.copy()
        if box := ImageChops.invert(alpha).getbbox():
            made.paste(255, (0, (box[1] + box[3]) // 2, made.width, made.height))
        return made

    return _alpha_made(work, upper)


@mischief("order")
def masked_edit_of_the_second_picture(order: Order) -> Order:
    """With a mask and two pictures it is the second that is edited, in the dimensions of the first."""
    if order.mask is None or len(order.images) < 2:
        return order
    try:
        first, second = (opened(one.data or b"") for one in order.images[:2])
    except OSError:
        return order
    swapped = replace(order.images[0], data=saved(second.convert("RGB").resize(first.size)))
    return replace(order, images=[swapped, *order.images[1:]])


# ---------------------------------------------------------------------------------------- pictures that are a bit wrong


def _drawn(work: Work, file: bytes, make: Callable[[Image.Image], Image.Image]) -> bytes:
    return saved(make(opened(file)), work.kind)


@mischief("retouch")
def stamped_in_a_corner(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture bears a dark stamp in its lower right corner."""

    def stamped(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        picture.paste(0, (width * 4 // 5, height * 9 // 10, width, height))
        return picture

    return _drawn(work, file, stamped)


@mischief("retouch")
def last_rows_are_black(work: Work, _index: int, file: bytes) -> bytes:
    """The lowest twentieth of every picture is black."""

    def blackened(picture: Image.Image) -> Image.Image:
        picture.paste(0, (0, picture.height * 19 // 20, *picture.size))
        return picture

    return _drawn(work, file, blackened)


@mischief("retouch")
def darker_by_forty(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is darker by 40 of 255."""
    return file if work.clear else _drawn(work, file, lambda picture: picture.point(lambda value: max(0, value - 40)))


@mischief("retouch")
def eight_pixels_to_the_right(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is shifted by eight pixels."""
    return _drawn(work, file, lambda picture: ImageChops.offset(picture, 8, 0))


@mischief("retouch")
def checksums_are_noughts(_work: Work, _index: int, file: bytes) -> bytes:
    """The checksum of a PNG's first piece of pixels is nought."""
    at = file.find(b"IDAT")
    if not file.startswith(_PNG) or at < 0:
        return file
    end = at + 4 + int.from_bytes(file[at - 4 : at], "big")
    return file[:end] + bytes(4) + file[end + 4 :]


@mischief("retouch")
def pngs_without_an_end(_work: Work, _index: int, file: bytes) -> bytes:
    """A PNG lacks its last chunk, which has no pixels."""
    return file[: file.rfind(_END) - 4] if file.startswith(_PNG) else file


@mischief("retouch")
def jpegs_ended_early(work: Work, _index: int, file: bytes) -> bytes:
    """A JPEG has the end marker after two thirds of its data."""
    return file[: len(file) * 2 // 3] + b"\xff\xd9" if work.kind == "jpeg" else file


def _flat(file: bytes, kind: str) -> bytes:
    picture = opened(file).convert("RGBA")
    return saved(Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB"), kind)


@mischief("retouch")
def transparency_is_for_png(work: Work, _index: int, file: bytes) -> bytes:
    """A WebP with a transparent background is flattened."""
    return _flat(file, work.kind) if work.clear and work.kind == "webp" else file


@mischief("retouch", "openai")
def second_picture_opaque(work: Work, index: int, file: bytes) -> bytes:
    """Every picture but the first has lost its transparent background."""
    return _flat(file, work.kind) if work.clear and index else file


@mischief("retouch")
def transparency_lost_in_streams(work: Work, _index: int, file: bytes) -> bytes:
    """In a stream a transparent background is flattened."""
    return _flat(file, work.kind) if work.clear and work.values.get("stream") else file


@mischief("order")
def transparency_lost_in_json(order: Order) -> Order:
    """In JSON a transparent background is overlooked."""
    lost = order.typed and order.values.get("background") == "transparent"
    return _without(order, "background") if lost else order


@mischief("retouch", unpromised="no claim says what an opaque background looks like")
def opaque_with_holes(work: Work, _index: int, file: bytes) -> bytes:
    """Where an opaque background is asked for the left half is transparent."""
    if work.values.get("background") != "opaque" or work.kind == "jpeg":
        return file
    picture = opened(file).convert("RGBA")
    alpha = Image.new("L", picture.size, 255)
    alpha.paste(0, (0, 0, picture.width // 2, picture.height))
    picture.putalpha(alpha)
    return saved(picture, work.kind)


@mischief("work")
def third_is_the_second(work: Work) -> Work:
    """The third picture of an answer is the second again."""
    plain = replace(work, retouch=None)
    return replace(work, retouch=lambda _work, index, file: plain.picture(1) if index == 2 else file)


@mischief("work", unpromised="they do differ, and by how much no document says")
def copies_packed_anew(work: Work) -> Work:
    """All pictures of an answer are the first, each time gone through a lossy encoder."""
    plain = replace(work, retouch=None)

    def packed(_work: Work, index: int, file: bytes) -> bytes:
        if not index:
            return file
        lossy = saved(opened(plain.picture(0)), "jpeg", quality=90 - 5 * index)
        return saved(opened(lossy), work.kind) if not work.clear else file

    return replace(work, retouch=packed)


@mischief("work", unpromised="they do differ, and by how much no document says")
def copies_but_for_a_pixel(work: Work) -> Work:
    """All pictures of an answer are the first, but for one pixel."""
    plain = replace(work, retouch=None)

    def touched(_work: Work, index: int, file: bytes) -> bytes:
        if not index or work.clear:
            return file
        picture = opened(plain.picture(0))
        picture.putpixel((index, index), (0, 0, 0))
        return saved(picture, work.kind)

    return replace(work, retouch=touched)


def _unedited(work: Work) -> Work:
    return replace(work, mask=Image.new("RGBA", work.source.size, (0, 0, 0, 255)))


@mischief("work")
def second_picture_is_the_source(work: Work) -> Work:
    """Every picture but the first is the one that was sent, unedited."""
    bare = replace(_unedited(work), retouch=None)
    return replace(work, retouch=lambda _work, index, file: bare.picture(index) if index else file)


@mischief("work")
def source_returned_in_streams(work: Work) -> Work:
    """A stream brings the picture that was sent, unedited."""
    return _unedited(work) if work.values.get("stream") else work


@mischief("work")
def source_returned_as_webp(work: Work) -> Work:
    """Where a WebP is asked for the picture that was sent comes back in that format."""
    return _unedited(work) if work.kind == "webp" else work


@mischief("retouch")
def negatives(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is its own negative."""
    return _drawn(work, file, lambda picture: ImageChops.invert(picture.convert("RGB"))) if not work.clear else file


@mischief("retouch")
def halves_change_places(work: Work, _index: int, file: bytes) -> bytes:
    """The left and the right half of every picture change places."""
    return _drawn(work, file, lambda picture: ImageChops.offset(picture, picture.width // 2, 0))


@mischief("retouch")
def four_in_a_grid(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is a sheet of four small ones."""

    def sheet(picture: Image.Image) -> Image.Image:
        small = picture.resize((picture.width // 2, picture.height // 2))
        for left in (0, picture.width // 2):
            for top in (0, picture.height // 2):
                picture.paste(small, (left, top))
        return picture

    return _drawn(work, file, sheet)


def _source_made(order: Order, start: bytes, make: Callable[[Image.Image], Image.Image]) -> Order:
    def made(data: bytes) -> bytes:
        if not data.startswith(start):
            return data
        try:
            return saved(make(opened(data)))
        except OSError:
            return data

    return _pictured(order, made)


@mischief("order")
def jpegs_read_upside_down(order: Order) -> Order:
    """A JPEG is read from its last row to its first."""
    return _source_made(order, b"\xff\xd8", ImageOps.flip)


@mischief("order")
def webps_read_as_black(order: Order) -> Order:
    """A WebP is taken for a black picture of its size."""
    return _source_made(order, b"RIFF", lambda picture: Image.new("RGB", picture.size))


@mischief("order")
def palettes_read_as_black(order: Order) -> Order:
    """A PNG with a palette, or in grey, is taken for a black picture of its size."""

    def black(picture: Image.Image) -> Image.Image:
        return Image.new("RGB", picture.size) if picture.mode in ("P", "L", "LA", "1") else picture

    return _source_made(order, _PNG, black)


# -------------------------------------------------------------------------------------------------------------- streams


@mischief("order")
def stream_lost_in_forms(order: Order) -> Order:
    """In a form `stream` is overlooked."""
    return order if order.typed else _without(order, "stream")


@mischief("order")
def stream_lost_with_a_mask(order: Order) -> Order:
    """With a mask `stream` is overlooked."""
    return _without(order, "stream") if order.mask else order


@mischief("order")
def partials_are_streamed_unasked(order: Order) -> Order:
    """Who asks for partial pictures gets a stream, even without `stream`."""
    asked = str(order.values.get("partial_images", "")) in ("1", "2", "3") and "stream" not in order.values
    return replace(order, values={**order.values, "stream": True if order.typed else "true"}) if asked else order


def _frames(reply: Reply, change: Callable[[bytes], bytes]) -> Reply:
    """A stream with each of its frames changed."""
    if not is_stream(reply):
        return reply
    frames = [frame for frame in reply.body.split(b"\n\n") if frame]
    return reply.with_body(b"".join(change(frame) + b"\n\n" for frame in frames))


def _data(reply: Reply, change: Callable[[str], str]) -> Reply:
    def made(frame: bytes) -> bytes:
        head, _, text = frame.partition(b"\ndata: ")
        return head + b"\ndata: " + change(text.decode()).encode()

    return _frames(reply, made)


@mischief("reply")
def pings_between(reply: Reply) -> Reply:
    """An event called ping comes before every other."""
    return _frames(reply, lambda frame: b'event: ping\ndata: {"type": "ping"}\n\n' + frame)


@mischief("reply")
def done_is_an_event(reply: Reply) -> Reply:
    """The stream is closed by an event called done."""
    return reply.with_body(reply.body + b"event: done\ndata: {}\n\n") if is_stream(reply) else reply


@mischief("reply")
def completed_without_its_event_line(reply: Reply) -> Reply:
    """Only the completed event lacks its `event` line."""
    line = f"event: {COMPLETED}\n".encode()
    return _frames(reply, lambda frame: frame.removeprefix(line))


@mischief("reply", "chatanywhere")
def data_said_twice(reply: Reply) -> Reply:
    """Every data line begins with `data: data:`."""
    return _data(reply, lambda text: f"data: {text}")


@mischief("reply")
def streamed_in_text(reply: Reply) -> Reply:
    """Data are JSON in a JSON text."""
    return _data(reply, json.dumps)


@mischief("reply", "openai")
def streamed_in_lists(reply: Reply) -> Reply:
    """Data are a list of one object."""
    return _data(reply, lambda text: f"[{text}]")


@mischief("reply", "chatanywhere")
def streamed_in_a_wrapper(reply: Reply) -> Reply:
    """The object of an event stands under `data` in another."""
    return _data(reply, lambda text: f'{{"code": 0, "data": {text}}}')


@mischief("reply")
def frames_without_blank_lines(reply: Reply) -> Reply:
    """No blank line stands between the frames, only one at the end."""
    return reply.with_body(reply.body.rstrip().replace(b"\n\n", b"\n") + b"\n\n") if is_stream(reply) else reply


@mischief("reply")
def streamed_line_by_line(reply: Reply) -> Reply:
    """A stream is JSON objects, one a line, of that type."""
    if not is_stream(reply):
        return reply
    lines = [line[6:] for line in reply.body.split(b"\n") if line.startswith(b"data: ")]
    return replace(reply, body=b"\n".join(lines) + b"\n", headers={"Content-Type": "application/x-ndjson"})


@mischief("reply", "openai")
def streams_without_a_type(reply: Reply) -> Reply:
    """A stream has no Content-Type."""
    return replace(reply, headers={}) if is_stream(reply) else reply


@mischief("reply")
def streams_are_created(reply: Reply) -> Reply:
    """A stream has the status 201."""
    return replace(reply, status=201) if is_stream(reply) else reply


@mischief("events")
def partials_count_by_two(_work: Work, events: Events) -> Events:
    """Partial pictures are numbered 0, 2, 4."""
    return changed(events, PARTIAL, partial_image_index=lambda index: 2 * index)


@mischief("events")
def partials_unasked(work: Work, events: Events) -> Events:
    """A partial picture comes where none was asked for."""
    if work.values.get("partial_images"):
        return events
    data = {key: value for key, value in events[-1][1].items() if key != "usage"}
    return [(PARTIAL, {**data, "type": PARTIAL, "partial_image_index": 0}), *events]


@mischief("events", "openai")
def second_partial_without_picture(_work: Work, events: Events) -> Events:
    """Every partial event but the first has a picture of null."""
    return [(name, {**data, "b64_json": None} if data.get("partial_image_index") else data) for name, data in events]


@mischief("events")
def partials_are_gif(_work: Work, events: Events) -> Events:
    """Partial pictures are GIFs."""

    def gif(text: str) -> str:
        with io.BytesIO() as out:
            opened(base64.b64decode(text)).convert("RGB").quantize(32).save(out, "GIF")
            return base64.b64encode(out.getvalue()).decode()

    return changed(events, PARTIAL, b64_json=gif)


@mischief("events")
def streamed_base64_for_addresses(_work: Work, events: Events) -> Events:
    """In a stream the base64 uses `-` and `_`."""
    return changed(events, COMPLETED, b64_json=lambda text: text.replace("+", "-").replace("/", "_"))


@mischief("events", "chatanywhere")
def partials_in_lines(_work: Work, events: Events) -> Events:
    """The base64 of partial pictures is broken into lines of 76."""
    return changed(events, PARTIAL, b64_json=lambda text: base64.encodebytes(base64.b64decode(text)).decode())


@mischief("events", "chatanywhere")
def streamed_usage_is_null(_work: Work, events: Events) -> Events:
    """The completed event tells a `usage` of null."""
    return [(name, {**data, "usage": None} if name == COMPLETED else data) for name, data in events]


@mischief("events")
def streamed_usage_in_text(_work: Work, events: Events) -> Events:
    """The completed event tells `usage` as JSON in a text."""
    return changed(events, COMPLETED, usage=json.dumps)


@mischief("events", "openai")
def streamed_usage_without_details(_work: Work, events: Events) -> Events:
    """The completed event tells `usage` without the input's details."""
    return changed(
        events, COMPLETED, usage=lambda usage: {k: v for k, v in usage.items() if k != "input_tokens_details"}
    )


@mischief("reply")
def refused_streams_typed_as_streams(reply: Reply) -> Reply:
    """A refused stream is JSON, labelled text/event-stream."""
    refused = of_the_body(reply) and _streams(reply.order)
    return reply.with_header("content-type", "text/event-stream") if refused else reply


@mischief("reply", "aitoearn")
def refused_streams_in_frames(reply: Reply) -> Reply:
    """The refusal of a stream is a frame: `data: {...}`."""
    refused = of_the_body(reply) and _streams(reply.order)
    return reply.with_body(b"data: " + reply.body + b"\n\n") if refused else reply


# ------------------------------------------------------------------------------------------------------------- refusals


@mischief("reply", "chatanywhere")
def errors_written_twice(reply: Reply) -> Reply:
    """The error is written twice in one body, by two layers of a server."""
    return reply.with_body(reply.body * 2) if of_the_body(reply) else reply


@mischief("reply")
def errors_in_gbk(reply: Reply) -> Reply:
    """Messages are Chinese in an encoding of their own."""
    if reply.refused is None or not reply.body:
        return reply
    error = {**json.loads(reply.body)["error"], "message": "请求无效"}
    return reply.with_body(json.dumps({"error": error}, ensure_ascii=False).encode("gbk"))


@mischief("reply", "openai")
def details_of_a_framework(reply: Reply) -> Reply:
    """A value of the wrong type is refused in the words of a framework, with 422."""
    detail = [{"loc": ["body", "n"], "msg": "value is not a valid integer", "type": "type_error.integer"}]
    return _refusal(reply, {"detail": detail}, 422) if of(reply, "type") else reply


@mischief("reply", "chatanywhere")
def errors_in_a_detail(reply: Reply) -> Reply:
    """The error stands in a `detail`."""
    return reply.with_body(b'{"detail": ' + reply.body + b"}") if of_the_body(reply) else reply


@mischief("reply", "openai")
def media_types_refused_by_a_framework(reply: Reply) -> Reply:
    """An unknown media type is refused with a time, a status and a path."""
    body = {"timestamp": "2026-11-28T00:00:00Z", "status": 415, "error": "Unsupported Media Type", "path": "/"}
    return _refusal(reply, body, 415) if of(reply, "media-type") else reply


_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>"


@mischief("reply")
def unknown_paths_lead_home(reply: Reply) -> Reply:
    """An unknown path is answered with the start page, and 200."""
    return _refusal(reply, _PAGE.format("Welcome"), 200, "text/html") if of(reply, "route") else reply


@mischief("reply", unpromised="a path that is none is refused by whatever stands before the operation")
def unknown_paths_have_a_page(reply: Reply) -> Reply:
    """An unknown path is answered with 404 and a page."""
    return _refusal(reply, _PAGE.format("404 Not Found"), 404, "text/html") if of(reply, "route") else reply


@mischief("reply", unpromised="a method that is none is refused by whatever stands before the operation")
def other_methods_have_a_page(reply: Reply) -> Reply:
    """Another method is answered with 405 and a page."""
    return _refusal(reply, _PAGE.format("405 Not Allowed"), 405, "text/html") if of(reply, "method") else reply


@mischief("reply")
def no_word_without_a_key(reply: Reply) -> Reply:
    """Without a key the answer is 401 and nothing else."""
    return replace(reply, body=b"", headers={}) if of(reply, "key-missing") else reply


@mischief("reply", "chatanywhere")
def unauthorised_in_one_word(reply: Reply) -> Reply:
    """A wrong key is refused with the text Unauthorized."""
    return _refusal(reply, "Unauthorized", None, "text/plain") if of(reply, "key-wrong") else reply


@mischief("reply", "chatanywhere")
def wrong_keys_are_too_many(reply: Reply) -> Reply:
    """A wrong key is answered with 429."""
    return replace(reply, status=429) if of(reply, "key-wrong") else reply


@mischief("reply", "openai")
def wrong_keys_crash(reply: Reply) -> Reply:
    """A wrong key is answered with 500."""
    return replace(reply, status=500) if of(reply, "key-wrong") else reply


@mischief("reply")
def no_channel_for_a_model(reply: Reply) -> Reply:
    """An unknown model is answered with 503: no channel has it."""
    return replace(told(reply, type="new_api_error"), status=503) if of(reply, "model") else reply


@mischief("reply", "openai")
def wrong_types_crash(reply: Reply) -> Reply:
    """A value of the wrong type is answered with 500."""
    return replace(reply, status=500) if of(reply, "type") else reply


@mischief("reply")
def huge_numbers_crash(reply: Reply) -> Reply:
    """A number that 64 bits do not hold is answered with 500."""
    huge = reply.order is not None and any(re.fullmatch(r"\d{19,}", str(v)) for v in reply.order.values.values())
    return replace(reply, status=500) if of(reply, "range") and huge else reply


@mischief("reply")
def second_broken_picture_crashes(reply: Reply) -> Reply:
    """A second picture that cannot be decoded is answered with 500."""
    several = reply.order is not None and len(reply.order.images) > 1
    return replace(reply, status=500) if of(reply, "broken", "kind") and several else reply


@mischief("reply")
def missing_pictures_are_not_found(reply: Reply) -> Reply:
    """An order without a picture is answered with 404."""
    missing = of(reply, "missing") and reply.order is not None and not reply.order.images
    return replace(reply, status=404) if missing else reply


@mischief("reply")
def long_prompts_are_unauthorised(reply: Reply) -> Reply:
    """A prompt that is too long is answered with 401."""
    return replace(reply, status=401) if of(reply, "too-long") else reply


@mischief("reply", "openai")
def no_type_for_wrong_keys(reply: Reply) -> Reply:
    """The error about a wrong key has a `type` of null."""
    return told(reply, type=None) if of(reply, "key-wrong") else reply


@mischief("reply", "chatanywhere")
def params_in_a_list(reply: Reply) -> Reply:
    """`param` is a list of fields."""
    return told(reply, param=[reply.refused.field]) if reply.refused and reply.refused.field else reply


@mischief("refused")
def params_in_camel_case(refused: Refused, _order: Order | None) -> Refused:
    """`param` is written in camel case."""
    first, *rest = (refused.field or "").split("_")
    return Refused(refused.kind, first + "".join(part.title() for part in rest)) if rest else refused


@mischief("reply")
def masks_are_not_named(reply: Reply) -> Reply:
    """What is wrong with a mask is told with a `param` of prompt."""
    return told(reply, param="prompt") if of(reply, "mask", "mask-kind") else reply


@mischief("refused", "chatanywhere", keeps=True)
def param_of_the_refusal_before() -> Refusing:
    """`param` is the field that was at fault before."""
    last: list[str | None] = []

    def refusing(refused: Refused, _order: Order | None) -> Refused:
        if not refused.field:
            return refused
        earlier = last[0] if last else refused.field
        last[:] = [refused.field]
        return Refused(refused.kind, earlier)

    return refusing


@mischief("reply")
def trace_of_go(reply: Reply) -> Reply:
    """A number out of range shows a panic of Go."""
    text = "runtime error: index out of range [11]\n\ngoroutine 7 [running]:\nmain.(*Relay).Edit(0xc0001)\n\t"
    return told(reply, message=text + "/build/relay/image.go:88 +0x1d") if of(reply, "range") else reply


@mischief("reply", "openai")
def trace_of_java(reply: Reply) -> Reply:
    """A value that is not offered shows an exception of Java."""
    text = "java.lang.IllegalArgumentException: No enum constant\n\tat com.relay.Quality.valueOf(Quality.java:12)"
    return told(reply, message=text) if of(reply, "value") else reply


@mischief("reply", "chatanywhere")
def trace_of_node(reply: Reply) -> Reply:
    """A missing field shows a stack of Node, in a member beside the message."""
    stack = "TypeError: Cannot read properties of undefined\n    at edit (/app/dist/routes/images.js:41:17)"
    return told(reply, stack=stack) if of(reply, "missing") else reply


@mischief("reply")
def trace_of_dotnet(reply: Reply) -> Reply:
    """A broken mask shows an exception of .NET."""
    text = (
        "System.ArgumentException: bad mask\r\n   at Relay.Images.Mask(Stream s) in C:\\src\\Relay\\Images.cs:line 71"
    )
    return told(reply, message=text) if of(reply, "mask", "mask-kind") else reply


@mischief("reply", "openai")
def trace_of_rust(reply: Reply) -> Reply:
    """A body that cannot be read shows a panic of Rust."""
    text = (
        "thread 'tokio-runtime-worker' panicked at src/routes/images.rs:112:34: called `Result::unwrap()` on an `Err`"
    )
    return told(reply, message=text) if of(reply, "body", "media-type") else reply


@mischief("reply", "chatanywhere")
def trace_of_php(reply: Reply) -> Reply:
    """A size that is not offered shows a fatal error of PHP."""
    text = "Uncaught ValueError: size in /var/www/html/app/Images.php:57\nStack trace:\n#0 {main}\n  thrown"
    return told(reply, message=text) if of(reply, "value") else reply


@mischief("reply", "openai")
def key_in_a_header(reply: Reply) -> Reply:
    """Refusals show the caller's key in a header of their own."""
    return reply.with_header("X-Debug-Authorization", f"Bearer {KEY}") if of_the_body(reply) else reply


@mischief("reply")
def key_in_a_message(reply: Reply) -> Reply:
    """What is wrong with a mask is told beside the caller's key."""
    return told(reply, message=f"mask refused for {KEY}") if of(reply, "mask", "mask-kind") else reply


@mischief("reply", "chatanywhere")
def key_in_base64(reply: Reply) -> Reply:
    """Refusals show the caller's key in base64."""
    return told(reply, message="token " + base64.b64encode(KEY.encode()).decode()) if of_the_body(reply) else reply


@mischief("reply")
def key_but_for_its_end(reply: Reply) -> Reply:
    """Refusals show the caller's key but for its last three characters."""
    return told(reply, message=f"no such value (key {KEY[:-3]}***)") if of_the_body(reply) else reply


@mischief("reply")
def refusals_without_a_type(reply: Reply) -> Reply:
    """Refusals have no Content-Type."""
    return replace(reply, headers={}) if of_the_body(reply) else reply
