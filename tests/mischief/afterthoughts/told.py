"""What answers and events tell."""

from __future__ import annotations

import base64
import io
import json
from collections import Counter

from tests.honest.answering import Work
from tests.honest.tricks import Telling
from tests.mischief.afterthoughts.common import (
    Events,
    Told,
    texts_changed,
)
from tests.mischief.documents import each
from tests.mischief.painting import opened
from tests.mischief.register import mischief
from tests.mischief.streams import COMPLETED, PARTIAL, changed


@mischief("document", "openai")
def created_left_out_if_several(work: Work, answer: Told) -> Told:
    """Several pictures come without `created`."""
    return {key: value for key, value in answer.items() if key != "created" or work.count == 1}


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
    return each(answer, b64_json=texts_changed(lambda text: f"b'{text}'"))


@mischief("document")
def base64_ends_with_a_line_break(_work: Work, answer: Told) -> Told:
    """The base64 ends with a line break."""
    return each(answer, b64_json=texts_changed(lambda text: text + "\n"))


@mischief("document")
def plus_signs_are_blanks(_work: Work, answer: Told) -> Told:
    """The base64 was decoded like a form: where a plus was there is a blank."""
    return each(answer, b64_json=texts_changed(lambda text: text.replace("+", " ")))


@mischief("document")
def base64_padded_too_much(_work: Work, answer: Told) -> Told:
    """Four equals signs follow the base64."""
    return each(answer, b64_json=texts_changed(lambda text: text + "===="))


@mischief("document")
def prefix_for_webp_only(work: Work, answer: Told) -> Told:
    """Only a WebP has a `data:` prefix."""
    webp = texts_changed(lambda text: f"data:image/webp;base64,{text}")
    return each(answer, b64_json=webp) if work.kind == "webp" else answer


@mischief("document", "openai")
def buffer_of_node(_work: Work, answer: Told) -> Told:
    """`b64_json` is a buffer as Node writes it: its bytes in a list."""
    return each(answer, b64_json=texts_changed(lambda text: {"type": "Buffer", "data": [*base64.b64decode(text[:64])]}))


@mischief("document")
def second_link_as_base64(work: Work, answer: Told) -> Told:
    """Where links are asked for, every picture but the first comes in base64."""
    if work.values.get("response_format") != "url":
        return answer
    first, *rest = answer["data"]
    texts = [base64.b64encode(work.picture(index + 1)).decode() for index in range(len(rest))]
    return answer | {"data": [first, *({"b64_json": text} for text in texts)]}


@mischief("document")
def second_link_is_the_first(_work: Work, answer: Told) -> Told:
    """All links of an answer are the first one."""
    first = answer["data"][0]
    return answer | {"data": [first for _item in answer["data"]]} if "url" in first else answer


@mischief("document")
def links_begin_with_a_blank(_work: Work, answer: Told) -> Told:
    """A blank stands before every link."""
    return each(answer, url=texts_changed(lambda url: " " + url))


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
