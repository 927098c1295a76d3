"""Faults in refusals: success statuses, server errors, other envelopes, HTML, traces, leaked keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.faults.register import fault
from mock_server.replies import Event, Reply
from specs.edits import Edit
from specs.rules.request import bearer

_PAGE = b"<!DOCTYPE html><html><head><title>Bad Request</title></head><body><h1>Bad Request</h1></body></html>"


def _error(reply: Reply, **news: Any) -> Reply:
    return reply.with_document(error={**reply.document["error"], **news})


@fault(
    "refusal-never-2xx",
    on="refusal",
    catalogue="EE-09",
    source="https://docs.aitoearn.ai/api-reference/ai-服务图像生成/编辑图像",
)
def refusal_as_200(_edit: Edit, reply: Reply) -> Reply:
    """A refusal comes as HTTP 200 with a business code and no `error`."""
    message = reply.document["error"]["message"]
    return replace(reply, status=200, document={"code": 12000, "message": message, "timestamp": 1700000000000})


@fault("refusal-never-2xx", on="refusal", catalogue="EE-12", source="https://github.com/ai-dynamo/dynamo/pull/13000")
def refusal_as_empty_data(_edit: Edit, reply: Reply) -> Reply:
    """A refusal comes as HTTP 200 with an empty `data`."""
    return replace(reply, status=200, document={"created": 1700000000, "data": []})


@fault("refusal-never-5xx", on="refusal", catalogue="EE-02", source="https://github.com/Wei-Shaw/sub2api/issues/2232")
def refusal_as_500(_edit: Edit, reply: Reply) -> Reply:
    """A client's mistake is answered 500."""
    return replace(_error(reply, type="server_error"), status=500)


@fault("refusal-status", on="refusal")
def refusal_as_418(_edit: Edit, reply: Reply) -> Reply:
    """Every refusal has a status that no source knows for it: 418."""
    return replace(reply, status=418)


@fault("refusal-is-json", on="refusal")
def refusal_as_html(_edit: Edit, reply: Reply) -> Reply:
    """A refusal is an HTML page."""
    return reply.with_body(_PAGE, "text/html; charset=utf-8")


@fault(
    "refusal-is-json", on="refusal", catalogue="RP-10", source="https://github.com/lemonade-sdk/lemonade/issues/1963"
)
def refusal_empty(_edit: Edit, reply: Reply) -> Reply:
    """A refusal has an empty body."""
    return reply.with_body(b"", "text/plain")


@fault(
    "error-envelope",
    on="refusal",
    catalogue="EE-17",
    source="https://gptimage2api.org/de/docs/guides/errors-and-refunds",
)
def error_is_text(_edit: Edit, reply: Reply) -> Reply:
    """`error` is a plain text."""
    return replace(reply, document={"error": reply.document["error"]["message"]})


@fault("error-envelope", on="refusal", catalogue="EE-07", source="https://github.com/Wei-Shaw/sub2api/issues/5374")
def error_without_code_and_param(_edit: Edit, reply: Reply) -> Reply:
    """`error` has only `message` and `type`."""
    held = reply.document["error"]
    return replace(reply, document={"error": {"message": held["message"], "type": held["type"]}})


@fault("error-envelope", on="refusal", catalogue="EE-04", source="https://github.com/BerriAI/litellm/issues/11660")
def error_with_status_as_code(_edit: Edit, reply: Reply) -> Reply:
    """`error.code` is the HTTP status as a number and `error.type` is null."""
    return _error(reply, code=reply.status, type=None)


@fault("error-names-param", on="refusal")
def error_without_culprit(_edit: Edit, reply: Reply) -> Reply:
    """`error.param` is always null."""
    return _error(reply, param=None)


@fault("no-trace", on="refusal")
def stack_trace(_edit: Edit, reply: Reply) -> Reply:
    """The message holds a stack trace of the server."""
    trace = 'Traceback (most recent call last):\n  File "/app/relay.py", line 214, in edits\nValueError'
    return _error(reply, message=f"{reply.document['error']['message']}\n{trace}")


@fault("key-not-echoed", on="refusal")
def key_echoed(edit: Edit, reply: Reply) -> Reply:
    """The message repeats the API key that was sent."""
    return _error(reply, message=f"{reply.document['error']['message']} Key: {bearer(edit) or 'none'}")


@fault("stream-refused-plainly", on="refusal")
def refusal_as_stream(edit: Edit, reply: Reply) -> Reply:
    """A refused request for a stream is answered 200 with an error event."""
    if not edit.streams:
        return reply
    event = Event("error", {"type": "error", "error": reply.document["error"]})
    return replace(reply, status=200, document=None, events=(event,))


@fault("error-envelope", on="refusal", catalogue="EE-18", source="https://gptimg.co/de/docs/api/errors")
def vendor_error_codes(_edit: Edit, reply: Reply) -> Reply:
    """`error` has a vendor's upper-case code and a request id, and neither `type` nor `param`."""
    held = reply.document["error"]
    error = {"code": "INVALID_REQUEST", "message": held["message"], "request_id": "req_0"}
    return replace(reply, document={"error": error})


@fault("error-envelope", on="refusal", catalogue="AU-02", source="https://github.com/Gitlawb/openclaude/issues/1315")
def key_refused_in_other_words(_edit: Edit, reply: Reply) -> Reply:
    """A missing key is refused as authentication_error / api_key_required, without `param`."""
    if reply.status != 401:
        return reply
    error = {"message": "API key required", "type": "authentication_error", "code": "api_key_required"}
    return replace(reply, document={"error": error})


@fault(
    "refusal-never-5xx", on="refusal", catalogue="HC-06", source="https://github.com/scouzi1966/maclocal-api/pull/242"
)
def content_type_answered_500(edit: Edit, reply: Reply) -> Reply:
    """A content type that nobody expects is answered 500."""
    return replace(reply, status=500) if edit.encoding == "other" else reply


@fault(
    "refusal-never-5xx",
    on="refusal",
    catalogue="MK-12",
    source="https://github.com/KeyserDSoze/Rystem.OpenAi/issues/17",
)
def mask_size_answered_500(_edit: Edit, reply: Reply) -> Reply:
    """A mask of another size is answered 500."""
    return replace(reply, status=500) if reply.why == "mask-matches-image" else reply
