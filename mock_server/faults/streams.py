"""Faults in streams: wrong type, names, order and number of events, broken frames, pictures and usage."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server.answers import COMPLETED, PARTIAL
from mock_server.faults.register import fault
from mock_server.replies import Event, Reply
from specs.edits import Edit


def each(reply: Reply, name: str | None, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Reply:
    """The reply with the data of every event (of one name) changed."""
    events = reply.events or ()
    return replace(
        reply, events=tuple(replace(e, data=change(e.data)) if name in (None, e.name) else e for e in events)
    )


@fault("stream-content-type", on="stream", catalogue="SS-05", source="https://github.com/exo-explore/exo/pull/1328")
def stream_as_json(edit: Edit, reply: Reply) -> Reply:
    """`stream` without partial pictures is answered as plain JSON."""
    if edit.get("partial_images"):
        return reply
    last = dict((reply.events or ())[-1].data)
    item = {"b64_json": last.pop("b64_json")}
    return Reply(document={"created": last.pop("created_at"), "data": [item], "usage": last["usage"]})


@fault("stream-content-type", on="stream")
def stream_as_octets(_edit: Edit, reply: Reply) -> Reply:
    """The stream is sent as application/octet-stream."""
    return replace(reply, headers=(*reply.headers, ("Content-Type", "application/octet-stream")))


@fault(
    "stream-frames-whole", on="stream", catalogue="SS-08", source="https://github.com/james-6-23/codex2api/issues/696"
)
def keepalive_inside_data(_edit: Edit, reply: Reply) -> Reply:
    """A keep-alive comment is written into the middle of a data line."""
    return replace(reply, events=tuple(Event(e.name, raw=_interrupted(e.encoded())) for e in reply.events or ()))


def _interrupted(frame: bytes) -> bytes:
    middle = len(frame) // 2
    return frame[:middle] + b": keepalive\n\n" + frame[middle:]


@fault("stream-frames-whole", on="stream")
def last_frame_unfinished(_edit: Edit, reply: Reply) -> Reply:
    """The last frame is not ended by a blank line, so that some clients drop it."""
    *before, last = reply.events or ()
    return replace(reply, events=(*before, Event(last.name, raw=last.encoded().rstrip(b"\n"))))


@fault("stream-event-names", on="stream")
def event_lines_missing(_edit: Edit, reply: Reply) -> Reply:
    """Frames have no `event:` line."""
    return replace(reply, events=tuple(replace(e, name=None) for e in reply.events or ()))


@fault("stream-event-names", on="stream")
def names_of_generations(_edit: Edit, reply: Reply) -> Reply:
    """Events are called image_generation.*, as those of another endpoint."""
    renamed = (
        Event(str(e.name).replace("image_edit", "image_generation"), {**e.data, "type": _renamed(e.data["type"])})
        for e in reply.events or ()
    )
    return replace(reply, events=tuple(renamed))


def _renamed(name: str) -> str:
    return name.replace("image_edit", "image_generation")


@fault("stream-partials-in-order", on="stream")
def partials_counted_from_one(_edit: Edit, reply: Reply) -> Reply:
    """`partial_image_index` counts from 1."""
    return each(reply, PARTIAL, lambda data: {**data, "partial_image_index": data["partial_image_index"] + 1})


@fault("stream-one-completed", on="stream")
def completion_missing(_edit: Edit, reply: Reply) -> Reply:
    """The stream ends without a completed event."""
    kept = tuple(e for e in reply.events or () if e.name != COMPLETED)
    return replace(reply, events=kept or (Event(raw=b": nothing came\n\n"),))


@fault("stream-one-completed", on="stream")
def completed_twice(_edit: Edit, reply: Reply) -> Reply:
    """The completed event comes twice."""
    events = reply.events or ()
    return replace(reply, events=(*events, events[-1]))


@fault("stream-nothing-after", on="stream")
def usage_after_the_end(_edit: Edit, reply: Reply) -> Reply:
    """Another frame follows the completed event."""
    data = {"type": COMPLETED.replace("completed", "usage"), "usage": {}}
    return replace(reply, events=(*(reply.events or ()), Event(raw=f"data: {json.dumps(data)}\n\n".encode())))


@fault("stream-partial-fields", on="stream")
def partial_without_picture(_edit: Edit, reply: Reply) -> Reply:
    """Partial events carry null for a picture."""
    return each(reply, PARTIAL, lambda data: {**data, "b64_json": None})


@fault("stream-partial-echoes", on="stream")
def partial_echoes_missing(_edit: Edit, reply: Reply) -> Reply:
    """Partial events tell neither size nor quality."""
    return each(reply, PARTIAL, lambda data: {k: v for k, v in data.items() if k not in ("size", "quality")})


@fault(
    "stream-completed-fields",
    on="stream",
    catalogue="SS-04",
    source="https://github.com/Railgun19457/astrbot_plugin_image_generation/pull/55",
)
def completed_with_url(_edit: Edit, reply: Reply) -> Reply:
    """The completed event carries a `url` and no `b64_json`."""
    return each(
        reply, COMPLETED, lambda data: {k: v for k, v in data.items() if k != "b64_json"} | {"url": "https://x"}
    )


@fault("stream-completed-echoes", on="stream")
def completed_echoes_missing(_edit: Edit, reply: Reply) -> Reply:
    """The completed event tells neither created_at nor size."""
    return each(reply, COMPLETED, lambda data: {k: v for k, v in data.items() if k not in ("created_at", "size")})


@fault("stream-pictures-whole", on="stream")
def streamed_with_prefix(_edit: Edit, reply: Reply) -> Reply:
    """Streamed pictures carry a `data:` prefix."""
    return each(reply, None, lambda data: {**data, "b64_json": f"data:image/png;base64,{data['b64_json']}"})


@fault("stream-usage", on="stream", catalogue="SS-12", source="https://github.com/Wei-Shaw/sub2api/pull/2266")
def streamed_usage_missing(_edit: Edit, reply: Reply) -> Reply:
    """The completed event tells no `usage`."""
    return each(reply, COMPLETED, lambda data: {key: value for key, value in data.items() if key != "usage"})
