"""Refusals, and answers as they stand on the wire."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace

from tests.honest.forms import Order
from tests.honest.refusals import Refused
from tests.honest.tricks import Refusing, Reply
from tests.honest.walk import KEY
from tests.mischief.afterthoughts.common import (
    PAGE,
    Told,
    data_changed,
    document_changed,
    frames_changed,
    is_linked_reply,
    is_streaming,
    refusal_of,
    texts_changed,
)
from tests.mischief.documents import each, is_success
from tests.mischief.painting import opened, saved
from tests.mischief.refusals import of, of_the_body, told
from tests.mischief.register import mischief
from tests.mischief.streams import COMPLETED, is_stream


@mischief("reply")
def created_in_text_for_json(reply: Reply) -> Reply:
    """Who asks in JSON gets `created` as a text."""
    typed = reply.order is not None and reply.order.typed
    return document_changed(reply, lambda answer: answer | {"created": str(answer["created"])}) if typed else reply


@mischief("reply")
def further_pictures_counted_once_more(reply: Reply) -> Reply:
    """With several input pictures the total counts the second one twice."""
    several = reply.order is not None and len(reply.order.images) > 1

    def counted(answer: Told) -> Told:
        usage = answer["usage"]
        return answer | {"usage": usage | {"total_tokens": usage["total_tokens"] + 323}}

    return document_changed(reply, counted) if several else reply


@mischief("reply")
def prefix_in_json_only(reply: Reply) -> Reply:
    """Who asks in JSON gets base64 with a `data:` prefix."""
    typed = reply.order is not None and reply.order.typed
    prefixed = texts_changed(lambda text: f"data:image/png;base64,{text}")
    return document_changed(reply, lambda answer: each(answer, b64_json=prefixed)) if typed else reply


@mischief("reply")
def linked_pictures_are_thumbnails(reply: Reply) -> Reply:
    """Links lead to pictures of half the width and height."""
    if not is_linked_reply(reply):
        return reply
    picture = opened(reply.body)
    kind = reply.headers["Content-Type"].rpartition("/")[2]
    return reply.with_body(saved(picture.resize((picture.width // 2, picture.height // 2)), kind))


@mischief("reply")
def linked_pictures_end_half_way(reply: Reply) -> Reply:
    """Links lead to the first half of the file."""
    return reply.with_body(reply.body[: len(reply.body) // 2]) if is_linked_reply(reply) else reply


@mischief("reply")
def links_lead_to_nothing(reply: Reply) -> Reply:
    """Links are answered with 200 and no byte."""
    return reply.with_body(b"") if is_linked_reply(reply) else reply


@mischief("reply")
def answers_with_a_byte_order_mark(reply: Reply) -> Reply:
    """A byte order mark stands before the JSON, as PHP leaves it."""
    return reply.with_body(b"\xef\xbb\xbf" + reply.body) if is_success(reply) else reply


@mischief("reply", "chatanywhere")
def cost_is_not_a_number(reply: Reply) -> Reply:
    """The answer tells a cost of NaN."""
    return document_changed(reply, lambda answer: answer | {"cost": float("nan")})


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


@mischief("reply")
def pings_between(reply: Reply) -> Reply:
    """An event called ping comes before every other."""
    return frames_changed(reply, lambda frame: b'event: ping\ndata: {"type": "ping"}\n\n' + frame)


@mischief("reply")
def done_is_an_event(reply: Reply) -> Reply:
    """The stream is closed by an event called done."""
    return reply.with_body(reply.body + b"event: done\ndata: {}\n\n") if is_stream(reply) else reply


@mischief("reply")
def completed_without_its_event_line(reply: Reply) -> Reply:
    """Only the completed event lacks its `event` line."""
    line = f"event: {COMPLETED}\n".encode()
    return frames_changed(reply, lambda frame: frame.removeprefix(line))


@mischief("reply", "chatanywhere")
def data_said_twice(reply: Reply) -> Reply:
    """Every data line begins with `data: data:`."""
    return data_changed(reply, lambda text: f"data: {text}")


@mischief("reply")
def streamed_in_text(reply: Reply) -> Reply:
    """Data are JSON in a JSON text."""
    return data_changed(reply, json.dumps)


@mischief("reply", "openai")
def streamed_in_lists(reply: Reply) -> Reply:
    """Data are a list of one object."""
    return data_changed(reply, lambda text: f"[{text}]")


@mischief("reply", "chatanywhere")
def streamed_in_a_wrapper(reply: Reply) -> Reply:
    """The object of an event stands under `data` in another."""
    return data_changed(reply, lambda text: f'{{"code": 0, "data": {text}}}')


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


@mischief("reply")
def refused_streams_typed_as_streams(reply: Reply) -> Reply:
    """A refused stream is JSON, labelled text/event-stream."""
    refused = of_the_body(reply) and is_streaming(reply.order)
    return reply.with_header("content-type", "text/event-stream") if refused else reply


@mischief("reply", "aitoearn")
def refused_streams_in_frames(reply: Reply) -> Reply:
    """The refusal of a stream is a frame: `data: {...}`."""
    refused = of_the_body(reply) and is_streaming(reply.order)
    return reply.with_body(b"data: " + reply.body + b"\n\n") if refused else reply


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
    return refusal_of(reply, {"detail": detail}, 422) if of(reply, "type") else reply


@mischief("reply", "chatanywhere")
def errors_in_a_detail(reply: Reply) -> Reply:
    """The error stands in a `detail`."""
    return reply.with_body(b'{"detail": ' + reply.body + b"}") if of_the_body(reply) else reply


@mischief("reply", "openai")
def media_types_refused_by_a_framework(reply: Reply) -> Reply:
    """An unknown media type is refused with a time, a status and a path."""
    body = {"timestamp": "2026-11-28T00:00:00Z", "status": 415, "error": "Unsupported Media Type", "path": "/"}
    return refusal_of(reply, body, 415) if of(reply, "media-type") else reply


@mischief("reply")
def unknown_paths_lead_home(reply: Reply) -> Reply:
    """An unknown path is answered with the start page, and 200."""
    return refusal_of(reply, PAGE.format("Welcome"), 200, "text/html") if of(reply, "route") else reply


@mischief("reply", unpromised="a path that is none is refused by whatever stands before the operation")
def unknown_paths_have_a_page(reply: Reply) -> Reply:
    """An unknown path is answered with 404 and a page."""
    return refusal_of(reply, PAGE.format("404 Not Found"), 404, "text/html") if of(reply, "route") else reply


@mischief("reply", unpromised="a method that is none is refused by whatever stands before the operation")
def other_methods_have_a_page(reply: Reply) -> Reply:
    """Another method is answered with 405 and a page."""
    return refusal_of(reply, PAGE.format("405 Not Allowed"), 405, "text/html") if of(reply, "method") else reply


@mischief("reply")
def no_word_without_a_key(reply: Reply) -> Reply:
    """Without a key the answer is 401 and nothing else."""
    return replace(reply, body=b"", headers={}) if of(reply, "key-missing") else reply


@mischief("reply", "chatanywhere")
def unauthorised_in_one_word(reply: Reply) -> Reply:
    """A wrong key is refused with the text Unauthorized."""
    return refusal_of(reply, "Unauthorized", None, "text/plain") if of(reply, "key-wrong") else reply


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
