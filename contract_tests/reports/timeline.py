"""A stream on a time line: every frame with the moment when its last byte had arrived."""

from __future__ import annotations

from collections.abc import Sequence

from contract_tests.reports import words
from contract_tests.reports.bodies import shortened_json
from contract_tests.reports.markup import Html, tag
from specs.answers import Asked
from specs.messages import Response
from specs.sse import Frame

MOST_FRAMES = 60
LONGEST_LINE = 400


def view(asked: Asked) -> Html:
    """The frames as a table, under a line with a tick for each."""
    assert asked.response, "only an answer has frames"
    body = asked.response.body
    times = [arrived(asked.response, frame.end) for frame in asked.frames]
    head = tag("tr", [tag("th", title, scope="col") for title in ("After", "Size", "Event and data")])
    shown = asked.frames[:MOST_FRAMES]
    rows = [_row(frame, body[frame.start : frame.end], time) for frame, time in zip(shown, times, strict=False)]
    if len(asked.frames) > MOST_FRAMES:
        rows.append(tag("tr", tag("td", f"\u2026 {len(asked.frames) - MOST_FRAMES} more frames", colspan=3)))
    table = tag("table", tag("thead", head), tag("tbody", rows), class_="pairs", aria_label="Stream frames")
    count = tag("p", words.plural(len(asked.frames), "frame"), class_="quiet")
    return tag("div", count, _line(times), tag("div", table, class_="wide"))


def arrived(response: Response, end: int) -> float | None:
    """Seconds after the request until byte `end` of the body was there; None when that was not recorded."""
    return next((seconds for seconds, there in response.arrivals if there >= end), None)


def _row(frame: Frame, raw: bytes, time: float | None) -> Html:
    said = frame.data if frame.data is not None else " ".join(f": {comment}" for comment in frame.comments)
    lines = shortened_json(said.encode("utf-8", "replace"), indent=None) if frame.data else said
    name = frame.event or ("comment" if frame.comments and frame.data is None else "no name")
    if not frame.event and not said:
        name, lines = "no event, data or comment", raw[:LONGEST_LINE].decode("utf-8", "replace")
    return tag(
        "tr",
        tag("td", words.lasting(time) if time is not None else "?", class_="number"),
        tag("td", words.weight(frame.end - frame.start), class_="number"),
        tag(
            "td",
            tag("b", name),
            tag("p", tag("code", words.cut(lines, LONGEST_LINE))),
            None if frame.complete else tag("p", "cut off: no blank line follows", class_="problem"),
        ),
    )


def _line(times: Sequence[float | None]) -> Html | None:
    """Ticks along the time; decoration, the table says the same."""
    known = [time for time in times if time is not None]
    longest = max(known, default=0.0)
    if longest <= 0:
        return None
    ticks = "".join(f'<line class="tick" x1="{x}%" x2="{x}%" y1="15%" y2="85%"/>' for x in _shares(known, longest))
    axis = '<line x1="0" x2="100%" y1="50%" y2="50%"/>'
    return Html(f'<svg class="timeline" aria-hidden="true" focusable="false">{axis}{ticks}</svg>')


def _shares(times: Sequence[float], longest: float) -> list[str]:
    return list(dict.fromkeys(f"{99.5 * time / longest:.1f}" for time in times))
