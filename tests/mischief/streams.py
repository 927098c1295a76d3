"""Streams that are wrong as sequences: order, numbers, names, pictures, what is missing at the end."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

from PIL import Image

from tests.honest.answering import Event, Work
from tests.honest.tricks import Reply
from tests.mischief.painting import opened, saved
from tests.mischief.register import mischief

Events = list[Event]
ALL = ("openai", "chatanywhere", "aitoearn")
PARTIAL, COMPLETED = "image_edit.partial_image", "image_edit.completed"


def changed(events: Events, name: str, **values: Any) -> Events:
    """The events of a name with other values: a value, or a function of the one that is there; None takes it away."""
    found = []
    for kind, data in events:
        made = {k: v(data.get(k)) if callable(v) else v for k, v in values.items()} if kind == name else {}
        kept = {key: value for key, value in data.items() if made.get(key, value) is not None}
        found.append((kind, kept | {key: value for key, value in made.items() if value is not None}))
    return found


def is_stream(reply: Reply) -> bool:
    """Whether an answer is a stream."""
    return "event-stream" in reply.headers.get("Content-Type", "")


@mischief("events")
def partials_all_number_zero(_work: Work, events: Events) -> Events:
    """Every partial picture is number 0."""
    return changed(events, PARTIAL, partial_image_index=0)


@mischief("events", "openai")
def partials_numbered_in_text(_work: Work, events: Events) -> Events:
    """The numbers of partial pictures are texts."""
    return changed(events, PARTIAL, partial_image_index=str)


@mischief("events")
def partials_backwards(_work: Work, events: Events) -> Events:
    """Partial pictures come last to first."""
    return [*reversed(events[:-1]), events[-1]]


@mischief("events", "chatanywhere")
def completed_comes_first(_work: Work, events: Events) -> Events:
    """The completed event comes before the partial ones."""
    return [events[-1], *events[:-1]]


@mischief("events", "openai")
def usage_with_every_partial_only(_work: Work, events: Events) -> Events:
    """`usage` comes with the first event and not with the last, where there are several."""
    usage = events[-1][1]["usage"]
    return events if len(events) == 1 else changed(changed(events, COMPLETED, usage=None), PARTIAL, usage=usage)


@mischief("events")
def stream_usage_off_by_one(_work: Work, events: Events) -> Events:
    """The total of the completed event is one too many."""
    return changed(events, COMPLETED, usage=lambda usage: {**usage, "total_tokens": usage["total_tokens"] + 1})


@mischief("events", "openai")
def events_named_message(_work: Work, events: Events) -> Events:
    """Every `event` line says message; the data are right."""
    return [("message", data) for _name, data in events]


@mischief("events")
def types_without_their_prefix(_work: Work, events: Events) -> Events:
    """`type` in the data lacks its first half."""
    return [(name, {**data, "type": name.partition(".")[2]}) for name, data in events]


@mischief("events")
def partials_cut_short(_work: Work, events: Events) -> Events:
    """Partial pictures end half way."""
    return changed(events, PARTIAL, b64_json=lambda text: text[: len(text) // 8 * 4])


@mischief("events", "openai", unpromised="how far an unfinished picture is from the finished one is for the model")
def partials_of_another_picture(work: Work, events: Events) -> Events:
    """Partial pictures show something else."""
    strange = saved(Image.effect_noise((64, 64), 90).convert("RGB"), work.kind)
    return changed(events, PARTIAL, b64_json=base64.b64encode(strange).decode())


@mischief("events", "openai", "aitoearn")
def streamed_picture_mirrored(work: Work, events: Events) -> Events:
    """The finished picture of a stream is mirrored."""

    def mirrored(text: str) -> str:
        picture = opened(base64.b64decode(text)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return base64.b64encode(saved(picture, work.kind)).decode()

    return changed(events, COMPLETED, b64_json=mirrored)


@mischief("events", "openai")
def last_partial_is_the_result(_work: Work, events: Events) -> Events:
    """The finished picture is the last unfinished one again, small as it is."""
    return events if len(events) == 1 else changed(events, COMPLETED, b64_json=events[-2][1]["b64_json"])


@mischief("reply")
def frames_on_two_data_lines(reply: Reply) -> Reply:
    """Every JSON text is cut in the middle of its base64 by a line break."""
    return reply.with_body(reply.body.replace(b'"b64_json": "', b'"b64_json": "\n')) if is_stream(reply) else reply


@mischief("reply", "chatanywhere")
def stream_typed_as_json(reply: Reply) -> Reply:
    """A stream is labelled application/json."""
    return reply.with_header("Content-Type", "application/json") if is_stream(reply) else reply


@mischief("reply", "openai")
def json_without_partials(reply: Reply) -> Reply:
    """A stream without partial pictures comes as one JSON object."""
    if not is_stream(reply) or PARTIAL.encode() in reply.body:
        return reply
    data = json.loads(reply.body.split(b"data: ", 1)[1])
    body = {"created": data["created_at"], "data": [{"b64_json": data["b64_json"]}], "usage": data["usage"]}
    return replace(reply.with_body(json.dumps(body)), headers={"Content-Type": "application/json"})


@mischief("reply")
def error_after_the_result(reply: Reply) -> Reply:
    """An error follows the completed event."""
    error = json.dumps(
        {"type": "error", "error": {"message": "lost", "type": "server_error", "param": None, "code": None}}
    )
    return reply.with_body(reply.body + f"event: error\ndata: {error}\n\n".encode()) if is_stream(reply) else reply


@mischief("work", "openai")
def stream_for_false(work: Work) -> Work:
    """`stream` false is answered with a stream."""
    return replace(work, values={**work.values, "stream": True}) if work.values.get("stream") is False else work
