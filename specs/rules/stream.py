"""Rules about a stream of events: its frames, their names and order, what each carries, how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from specs import pictures, sse
from specs.answers import EVENT_STREAM, Asked
from specs.edits import ABSENT
from specs.messages import media_type
from specs.reading import json_type
from specs.rules.answer import sums, usage_faults
from specs.rules.payload import strict_base64
from specs.rules.register import Breach, Said, Silent, rule
from specs.rules.values import is_of

DONE = "[DONE]"


@rule("stream")
def stream_content_type(asked: Asked) -> Said:
    """A stream is sent as `text/event-stream`."""
    stated = media_type(asked.response.headers) if asked.response else None
    if stated != EVENT_STREAM:
        found = stated or "no Content-Type"
        yield Breach(f"stream=true was answered as {found}", EVENT_STREAM, found)


def _data(asked: Asked) -> list[tuple[sse.Frame, Any]]:
    """The frames with data (JSON or ABSENT), without the `[DONE]` some add."""
    return [(frame, value) for frame, value in asked.events if (frame.data or "").strip() != DONE]


def _typed(asked: Asked, ending: str) -> list[dict[str, Any]]:
    """The events whose type (or event name) ends so, in order."""
    found = []
    for frame, value in _data(asked):
        if isinstance(value, dict) and _name(frame, value).endswith(ending):
            found.append(value)
    return found


def _partials(asked: Asked) -> list[dict[str, Any]]:
    return _typed(asked, "partial_image")


def _completed(asked: Asked) -> list[dict[str, Any]]:
    return _typed(asked, "completed")


@rule("stream")
def stream_frames_whole(asked: Asked) -> Said:
    """Each frame's data is one whole JSON object, and the last frame is ended by a blank line."""
    if not asked.frames:
        yield Silent("no stream came")
    for number, (frame, value) in enumerate(_data(asked)):
        if not isinstance(value, dict):
            shown = (frame.data or "")[:40]
            yield Breach(f"frame {number} is no JSON object: {shown!r}", "one JSON object", repr(shown))
    if asked.frames and not asked.frames[-1].complete and asked.frames[-1].data is not None:
        yield Breach("the last frame is not ended by a blank line", "a blank line", "the end of the body")


@rule("stream")
def stream_event_names(asked: Asked, *, partial: str, completed: str) -> Said:
    """Each frame names its event, the same as `type` in its data: `{partial}` or `{completed}`."""
    if not asked.frames:
        yield Silent("no stream came")
    for number, (frame, value) in enumerate(_until_completed(asked)):
        told = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict) or value.get("error"):
            continue
        if frame.event is None:
            yield Breach(f"frame {number} has no `event:` line", f"event: {told}", "no event line")
        elif frame.event != told:
            yield Breach(f"frame {number} is event {frame.event}, its type {told}", str(told), frame.event)
        elif told not in (partial, completed):
            yield Breach(f"frame {number} is a {told}", f"{partial} or {completed}", str(told))


def _until_completed(asked: Asked) -> Iterator[tuple[sse.Frame, Any]]:
    for frame, value in _data(asked):
        yield frame, value
        if _name(frame, value).endswith("completed"):
            return


@rule("stream")
def stream_partials_in_order(asked: Asked) -> Said:
    """Partial pictures are numbered from 0, upwards, and come before the completed one."""
    partials = _partials(asked)
    if not partials:
        yield Silent("no partial picture came")
        return
    numbers: list[Any] = [value.get("partial_image_index") for value in partials]
    counted = all(is_of(number, "integer") for number in numbers) and numbers[0] == 0
    if not counted or any(second <= first for first, second in pairwise(numbers)):
        yield Breach(f"the partial pictures are numbered {numbers}", "0, 1, 2 …", str(numbers))
    if any(_name(frame, value).endswith("partial_image") for frame, value in _after_completed(asked)):
        yield Breach("a partial picture came after the completed one", "partials first", "completed first")


def _after_completed(asked: Asked) -> list[tuple[sse.Frame, Any]]:
    """What follows the first completed event."""
    before = sum(1 for _ in _until_completed(asked))
    return _data(asked)[before:]


@rule("stream")
def stream_partials_at_most(asked: Asked) -> Said:
    """At most as many partial pictures come as `partial_images` asks for (none when it is absent)."""
    if not asked.frames:
        yield Silent("no stream came")
        return
    wanted = asked.edit.get("partial_images")
    most = int(wanted) if is_of(wanted, "integer") else 0
    if (found := len(_partials(asked))) > most:
        yield Breach(f"{found} partial pictures came, {most} were asked for", f"at most {most}", str(found))


@rule("stream")
def stream_one_completed(asked: Asked) -> Said:
    """A stream holds exactly one completed event, and no `[DONE]` before it: clients read no further."""
    if not asked.is_stream:
        yield Silent("no stream came")
        return
    named = [frame for frame, value in _data(asked) if _name(frame, value).endswith("completed")]
    if (found := len(named)) != 1:
        yield Breach(f"{found} completed events came", "1", str(found))
    elif any(frame.data == DONE for frame in asked.frames[: asked.frames.index(named[0])]):
        yield Breach("[DONE] came before the completed event", "the completed event first", DONE)


def _name(frame: sse.Frame, value: Any) -> str:
    """What an event is called, by its data, else by its `event:` line."""
    told = value.get("type") if isinstance(value, dict) else None
    return str(told or frame.event or "")


@rule("stream")
def stream_nothing_after(asked: Asked) -> Said:
    """Nothing but comments follows the completed event."""
    if not _completed(asked):
        yield Silent("no completed event came")
        return
    names = [_name(frame, value) for frame, value in _after_completed(asked)]
    after = [name for name in names if not name.endswith(("completed", "partial_image"))]
    if after:
        yield Breach(f"{len(after)} frames follow the completed event", "the end", f"{len(after)} more frames")


@rule("stream")
def stream_event_fields(asked: Asked, *, event: str, fields: dict[str, str]) -> Said:
    """Each `{event}` carries {fields}, of the documented types."""
    found = _typed(asked, event)
    if not found:
        yield Silent(f"no {event} came")
    for number, value in enumerate(found):
        for name, kind in fields.items():
            held = value.get(name, ABSENT)
            if held is ABSENT or not is_of(held, kind):
                told = "absent" if held is ABSENT else json_type(held)
                yield Breach(f"`{name}` of {event} {number} is {told}", f"{name}: {kind}", told)


@rule("stream")
def stream_pictures_whole(asked: Asked) -> Said:
    """Each event's `b64_json` is plain base64 of a picture that decodes to its last pixel."""
    found = [payload for payload in asked.streamed if payload.b64 is not None]
    if not found:
        yield Silent("no event carries a picture")
    for payload in found:
        why = strict_base64(payload.b64) or (pictures.decodes(payload.data) if payload.data else "it is empty")
        if why:
            yield Breach(f"the picture of event {payload.index}: {why}", "plain base64 of a whole picture", why)


@rule("stream")
def stream_usage(asked: Asked) -> Said:
    """The completed event tells `usage`, well-shaped and adding up."""
    done = _completed(asked)
    if not done:
        yield Silent("no completed event came")
    for value in done[:1]:
        if value.get("usage") is None:
            yield Breach("`usage` of the completed event is missing", "`usage`", "absent")
            continue
        faults = [said for said in (*usage_faults(value["usage"]), *sums(value["usage"])) if isinstance(said, Breach)]
        yield from faults
