"""Rules about how a request that breaks a claim is refused: status, envelope, the culprit's name, nothing leaked."""

from __future__ import annotations

import re
from typing import Any

from specs.answers import Asked
from specs.edits import ABSENT
from specs.messages import media_type
from specs.payloads import texts
from specs.reading import json_type
from specs.rules.register import Breach, Said, Silent, rule
from specs.rules.request import FAKE, REDACTED

_TRACE = re.compile(
    r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+|^[ \t]+at [\w.$<>]+ ?\([^)]*:\d+|"
    r"goroutine \d+ \[|\bat (?:java|org|com)\.[\w.$]+\(|node_modules/|Werkzeug Debugger|^Stack trace:$|"
    r"(?P<file>\w\.(?:cpp|cs|go|java|jsx?|[cm]js|kt|php|py|rb|rs|scala|tsx?)(?::line |:|\()\d+)",
    re.MULTILINE,
)
"""Of Python, JavaScript, Go, Java, .NET, PHP, Ruby, Rust: a headline, a frame, or a source file with a line number."""

_INSIDE = re.compile(
    r"\b(?:dial|connect|read|write) tcp [\d\[][^\s:]*|ECONNREFUSED \S+:\d+|\bSQLSTATE\b|\bpsycopg2?\.\w+|\bORA-\d{5}\b"
)
"""Of a server's network and database: an address it could not reach, as Go and Node say it, an error of SQL."""

_PATH = re.compile(r"[\w./\\-]*\Z")
"""What stands before the end of a file's name: looked for in a few characters only, for texts can be long words."""

_UNREACHED = ("route_known", "method_allowed")
"""Breaches that never reach the operation: its document says nothing about the body of their refusal."""


_BUSY = 429
"""A status that says nothing about the request."""


def _status(asked: Asked) -> int:
    return asked.response.status if asked.response else 0


def _plainly_refused(asked: Asked) -> bool:
    return 400 <= _status(asked) < 500


def _reached(asked: Asked) -> bool:
    return not any(claim.rule in _UNREACHED for claim in asked.breached)


@rule("refusal")
def refusal_never_2xx(asked: Asked) -> Said:
    """A refusal is never sent with a status of success."""
    if asked.outcome not in ("refused", "crashed"):
        yield Silent("the request was not refused")
    elif asked.is_stream:
        yield Silent("the refusal came as a stream")
    elif 200 <= _status(asked) < 300:
        yield Breach(f"a refusal came as HTTP {_status(asked)}", "4xx", str(_status(asked)))


@rule("refusal")
def refusal_never_5xx(asked: Asked) -> Said:
    """A client's mistake is never answered with a server error."""
    if asked.outcome not in ("refused", "crashed") or not _reached(asked):
        yield Silent("the operation did not refuse the request")
    elif asked.outcome == "crashed":
        yield Breach(f"a client's mistake was answered {_status(asked)}", "4xx", str(_status(asked)))


@rule("refusal")
def refusal_status(asked: Asked) -> Said:
    """A refusal has the status that is documented for its cause."""
    if not _plainly_refused(asked) or _status(asked) == _BUSY:
        yield Silent("it was not refused with a 4xx")
        return
    causes = [claim for claim in asked.breached if claim.refusal]
    allowed = [status for claim in causes if claim.refusal for status in claim.refusal.status]
    if not any(claim.judged for claim in causes) or asked.disputed:
        yield Silent("nothing is known of why it was refused")
    elif _status(asked) not in allowed and asked.doubtful:
        yield Silent("another field may be what was refused: nobody promises to take its value")
    elif _status(asked) not in allowed:
        wanted = " or ".join(map(str, dict.fromkeys(allowed)))
        cause = next(claim.id for claim in causes if claim.judged)
        yield Breach(f"{cause} was refused with {_status(asked)}", wanted, str(_status(asked)))


@rule("refusal")
def refusal_is_json(asked: Asked) -> Said:
    """A refusal is JSON, by its Content-Type and by its body; never HTML."""
    if asked.response is None or _status(asked) < 400 or not _reached(asked):
        yield Silent("there is no refusal of the operation itself")
    elif not isinstance(asked.strict_body, dict):
        found = "HTML" if asked.is_html else "an empty body" if not asked.response.body else "no JSON object"
        yield Breach(f"the refusal's body is {found}", "a JSON object", found)
    elif _status(asked) != 401 and (stated := media_type(asked.response.headers)) != "application/json":
        found = stated or "no Content-Type"
        yield Breach(f"the refusal's content type is {found}", "application/json", found)


def _envelope(asked: Asked) -> Any:
    """The refusal's JSON object, or ABSENT when there is none to judge."""
    judged = _plainly_refused(asked) or asked.outcome == "crashed"
    return asked.body if judged and _reached(asked) and isinstance(asked.body, dict) else ABSENT


@rule("refusal")
def error_envelope(asked: Asked) -> Said:
    """A refusal is `{"error": {message, type, param, code}}`: the first two texts, the others text or null."""
    body = _envelope(asked)
    if body is ABSENT:
        yield Silent("there is no JSON refusal of the operation itself")
        return
    error = body.get("error", ABSENT)
    if not isinstance(error, dict):
        found = "absent" if error is ABSENT else json_type(error)
        yield Breach(f"`error` is {found}", "an object", found)
        return
    for name in ("message", "type", "param", "code"):
        value = error.get(name, ABSENT)
        fits = isinstance(value, str) or (value is None and name in ("param", "code"))
        if not fits:
            found = "absent" if value is ABSENT else json_type(value)
            wanted = "text" if name in ("message", "type") else "text or null"
            yield Breach(f"`error.{name}` is {found}", wanted, found)


@rule("refusal")
def error_names_param(asked: Asked) -> Said:
    """`error.param` names the field that is at fault.

    Where more than one field may honestly be at fault, any of them may be named.
    """
    body = _envelope(asked)
    error = body.get("error") if body is not ABSENT else None
    names = _culprits(asked)
    if isinstance(error, dict) and (stranger := _blamed_for_a_mask(error.get("param"), asked)):
        yield Breach(f"`error.param` is {stranger!r}, the mask is at fault", "'mask', or none", repr(stranger))
        return
    if not isinstance(error, dict) or "param" not in error or not names or _status(asked) == _BUSY:
        yield Silent("no field is at fault, or the refusal has no `param`")
        return
    param = error["param"]
    if not _names(param, names) and (_may_be(param, asked.doubtful) or (param is None and asked.doubtful)):
        yield Silent("another field may be what was refused: nobody promises to take its value")
    elif not _names(param, names):
        yield Breach(f"`error.param` is {param!r}", f"{names[0]!r}", repr(param))


def _culprits(asked: Asked) -> list[str]:
    """Every name of every field at fault; none when one of several defects is refused without a name."""
    causes = [claim.refusal for claim in asked.breached if claim.refusal]
    judged = any(claim.judged and claim.refusal and claim.refusal.param for claim in asked.breached)
    if not judged or asked.disputed or not all(cause.param for cause in causes):
        return []
    return [name for cause in causes if cause.param for name in (cause.param, *cause.params)]


def _blamed_for_a_mask(param: Any, asked: Asked) -> str:
    """The field that is named though only the mask is wrong; empty where none is, or another may be at fault.

    Few documents say what a refused mask is called, so its absence, its own name and the picture's all pass.
    """
    causes = [claim for claim in asked.breached if claim.refusal]
    only = causes and all(claim.rule.startswith("mask_") and claim.judged for claim in causes)
    if not only or asked.disputed or param not in asked.edit.fields or _may_be(param, asked.doubtful):
        return ""
    return str(param)


def _may_be(param: Any, fields: frozenset[str]) -> bool:
    return isinstance(param, str) and any(re.match(rf"{re.escape(field)}s?(?=[\[.]|\Z)", param) for field in fields)


def _names(param: Any, names: list[str]) -> bool:
    return isinstance(param, str) and any(param == name or param.startswith(f"{name}[") for name in names)


@rule("refusal")
def no_trace(asked: Asked) -> Said:
    """A refusal shows nothing of the server's inside: no stack trace, no source file, no address, no database."""
    if asked.response is None:
        yield Silent("nothing came back")
        return
    text = asked.response.body.decode("utf-8", "replace")
    text = "\n".join((text, *texts(asked.body)))
    if found := _TRACE.search(text):
        before = _PATH.search(text[max(0, found.start() - 40) : found.start()]) if found["file"] else None
        shown = (before[0] if before else "") + found[0].strip()
        yield Breach("the refusal shows a stack trace", "no inside of the server", shown[:60])
    elif found := _INSIDE.search(text):
        yield Breach("the refusal shows the server's network or database", "no inside of the server", found[0][:60])


@rule("refusal")
def key_not_echoed(asked: Asked) -> Said:
    """A refusal does not repeat the API key."""
    if asked.response is None:
        yield Silent("nothing came back")
        return
    told = asked.response.body.decode("utf-8", "replace") + "\n".join(value for _name, value in asked.response.headers)
    sent = (asked.request.header("authorization") or "").rpartition(" ")[2]
    if (sent.startswith(FAKE) or sent == REDACTED) and sent in told:
        yield Breach("the refusal repeats the API key", "no key, or a masked one", "the key, or most of it")


@rule("refusal")
def retry_after(asked: Asked, *, statuses: list[int]) -> Said:
    """An answer {statuses} says by `Retry-After` when to come back."""
    if _status(asked) not in statuses or asked.response is None:
        yield Silent("no such answer came")
    elif not (asked.response.header("retry-after") or asked.response.header("retry-after-ms")):
        yield Breach(f"a {_status(asked)} came without Retry-After", "Retry-After", "absent")


@rule("refusal")
def stream_refused_plainly(asked: Asked) -> Said:
    """A request for a stream that is refused before it begins is refused like any other: with a status, as JSON."""
    if not asked.edit.streams or asked.outcome not in ("refused", "crashed"):
        yield Silent("no stream was asked for, or it was not refused")
    elif asked.is_stream:
        yield Breach(f"the refusal came as a stream (HTTP {_status(asked)})", "a 4xx as JSON", "an event stream")
