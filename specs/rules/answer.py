"""Rules about a successful JSON answer as a document: status, form, `created`, count, echoes, usage."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from specs import pictures
from specs.answers import Asked
from specs.edits import ABSENT, exact_size
from specs.messages import media_type
from specs.reading import json_type
from specs.rules.register import Breach, Said, Silent, rule
from specs.rules.values import is_of

_SOONEST = 1_000_000_000_000
"""Numbers from here on are no seconds (they would lie 31,000 years ahead) but milliseconds."""


@rule("answer", finished=True)
def success_status(asked: Asked, *, status: int) -> Said:
    """A successful edit is answered with HTTP {status}."""
    if asked.response is None or asked.outcome != "accepted":
        yield Silent("the edit was not successful")
    elif asked.response.status != status:
        yield Breach(f"success came as {asked.response.status}", str(status), str(asked.response.status))


@rule("answer")
def json_content_type(asked: Asked) -> Said:
    """A successful answer is JSON, by its Content-Type and by its body."""
    stated = media_type(asked.response.headers) if asked.response else None
    if stated != "application/json":
        found = stated or "no Content-Type"
        yield Breach(f"the answer's content type is {found}", "application/json", found)
    elif asked.exchange.failure is not None:
        detail = asked.exchange.failure.detail
        yield Breach(f"the body cannot be read to its end: {detail}", "a whole JSON body", detail)
    elif asked.response and (why := json_fault(asked.response.body)):
        yield Breach(f"the body is not JSON: {why}", "a JSON body", why)


def json_fault(body: bytes) -> str | None:
    """None when the bytes are JSON as it travels (RFC 8259: UTF-8, no byte order mark), else what is wrong."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return "it is not UTF-8"
    if text.startswith("\N{BYTE ORDER MARK}"):
        return "it begins with a byte order mark"
    try:
        json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return "it does not parse"
    return None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


@rule("answer")
def no_wrapper(asked: Asked) -> Said:
    """The body is the bare ImagesResponse: `data` is a list at the top, in no wrapper of the provider's own."""
    body = asked.body
    if not isinstance(body, dict):
        yield Silent("the body is no JSON object")
    elif not isinstance(body.get("data"), list):
        keys = ", ".join(list(body)[:6]) or "none"
        found = f"`data` is {json_type(body['data'])}" if "data" in body else f"the keys are {keys}"
        yield Breach(f"the body is not an ImagesResponse: {found}", "`data` as a list at the top", found)
    elif "code" in body and "message" in body and "created" not in body:
        yield Breach("the body has `code` and `message` around `data`", "a bare ImagesResponse", "a wrapper")


def _response(asked: Asked) -> dict[str, Any]:
    """The ImagesResponse, looked for inside a wrapper too; of a stream, what its last completed event tells."""
    if asked.edit.streams:
        told = [value for _frame, value in asked.events if isinstance(value, dict)]
        return next((value for value in reversed(told) if str(value.get("type", "")).endswith("completed")), {})
    body = asked.body if isinstance(asked.body, dict) else {}
    inner = body.get("data")
    return {**body, **inner} if isinstance(inner, dict) else body


@rule("answer")
def created_in_seconds(asked: Asked, *, within: int) -> Said:
    """`created` is there, an integer: unix time in seconds, within {within} seconds of now."""
    if asked.body is ABSENT:
        yield Silent("the body is no JSON")
        return
    created = _response(asked).get("created", ABSENT)
    if created is ABSENT:
        yield Breach("`created` is missing", "unix seconds", "absent")
    elif not is_of(created, "integer") or isinstance(created, float):
        yield Breach(f"`created` is {json_type(created)}", "an integer", json_type(created))
    elif created >= _SOONEST:
        yield Breach(f"`created` is {created}: not seconds", "unix seconds", f"{created} (milliseconds?)")
    elif asked.exchange.sent and abs(created - asked.exchange.sent) > within:
        off = round(created - asked.exchange.sent)
        yield Breach(f"`created` is {off} seconds from now", f"within {within} seconds", f"{off} seconds off")


@rule("answer")
def data_count(asked: Asked) -> Said:
    """`data` holds as many pictures as `n` asks for (one when it is absent)."""
    body = asked.body
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list) and not asked.payloads:
        yield Silent("there is no list of pictures")
        return
    found = len(data) if isinstance(data, list) else len(asked.payloads)
    if found != asked.edit.count:
        yield Breach(f"{found} pictures came, {asked.edit.count} were asked for", str(asked.edit.count), str(found))


@rule("answer", finished=True)
def echo_in(asked: Asked, *, field: str, values: list[str]) -> Said:
    """Where the answer tells `{field}`, it is one of {values}."""
    told = _response(asked).get(field, ABSENT)
    if told is ABSENT or told is None:
        yield Silent(f"the answer does not tell `{field}`")
    elif told not in values:
        yield Breach(f"`{field}` is told as {told!r}", f"one of {', '.join(values)}", repr(told))


@rule("answer", finished=True)
def echo_matches(asked: Asked, *, field: str) -> Said:
    """Where the answer tells `{field}`, it is true of the picture (or what was asked for)."""
    told = _response(asked).get(field, ABSENT)
    if told is ABSENT or told is None:
        yield Silent(f"the answer does not tell `{field}`")
        return
    truth = _truth(asked, field, told)
    if truth is None:
        yield Silent(f"nothing is known to compare `{field}` with")
    elif told != truth:
        yield Breach(f"`{field}` is told as {told!r}, but is {truth!r}", repr(truth), repr(told))


def _truth(asked: Asked, field: str, told: Any) -> Any:
    seen = next((pictures.look(p.data) for p in asked.finals if p.data), None)
    if field == "size":
        return seen.size if seen and exact_size(told) else None
    if field == "output_format":
        return seen.kind if seen else None
    wanted = asked.edit.get(field)
    return wanted if isinstance(wanted, str) and wanted not in ("auto", "") else None


@rule("answer")
def usage_present(asked: Asked) -> Said:
    """The answer tells `usage`."""
    if asked.body is ABSENT:
        yield Silent("the body is no JSON")
    elif _response(asked).get("usage") is None:
        yield Breach("`usage` is missing", "`usage`", "absent")


_USAGE = ("input_tokens", "output_tokens", "total_tokens")
_DETAILS = ("text_tokens", "image_tokens")


def usage_faults(usage: Any) -> Said:
    """What is wrong with the shape of a `usage`: shared by answers and streams."""
    if not isinstance(usage, dict):
        yield Breach(f"`usage` is {json_type(usage)}", "an object", json_type(usage))
        return
    details = usage.get("input_tokens_details")
    places = [(usage, key, key) for key in _USAGE]
    if isinstance(details, dict):
        places += [(details, key, f"input_tokens_details.{key}") for key in _DETAILS]
    else:
        yield Breach("`usage.input_tokens_details` is missing", "an object", json_type(details))
    for holder, key, name in places:
        value = holder.get(key, ABSENT)
        if value is ABSENT or not is_of(value, "integer") or value < 0:
            found = "absent" if value is ABSENT else repr(value)
            yield Breach(f"`usage.{name}` is {found}", "a count of tokens", found)


def sums(usage: Any) -> Said:
    """Whether the numbers of a well-shaped `usage` add up."""
    if any(True for _ in usage_faults(usage)):
        yield Silent("`usage` has not the shape to add it up")
        return
    total, parts = usage["total_tokens"], usage["input_tokens"] + usage["output_tokens"]
    if total != parts:
        yield Breach(f"total_tokens is {total}, input + output is {parts}", str(parts), str(total))
    details = usage["input_tokens_details"]
    inputs, summed = usage["input_tokens"], details["text_tokens"] + details["image_tokens"]
    if inputs != summed:
        yield Breach(f"input_tokens is {inputs}, text + image is {summed}", str(summed), str(inputs))


@rule("answer")
def usage_shape(asked: Asked) -> Said:
    """`usage`, where told, has input, output and total tokens and the input's text and image tokens, as counts."""
    usage = _response(asked).get("usage")
    if usage is None:
        yield Silent("the answer tells no `usage`")
    else:
        yield from usage_faults(usage)


@rule("answer")
def usage_adds_up(asked: Asked) -> Said:
    """`usage` adds up: total = input + output, input = text + image."""
    usage = _response(asked).get("usage")
    if usage is None:
        yield Silent("the answer tells no `usage`")
    else:
        yield from sums(usage)
