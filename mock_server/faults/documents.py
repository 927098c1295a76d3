"""Faults in the answer as a document: wrappers, missing and mistyped members, wrong status, not even JSON."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

from mock_server.faults.register import fault
from mock_server.replies import Reply
from specs import pictures
from specs.edits import Edit


def _without(reply: Reply, *names: str) -> Reply:
    return replace(reply, document={key: value for key, value in reply.document.items() if key not in names})


def _usage(reply: Reply, **news: Any) -> Reply:
    return reply.with_document(usage={**reply.document["usage"], **news})


@fault("success-status", on="answer")
def created_status(_edit: Edit, reply: Reply) -> Reply:
    """Success is sent as 201 Created."""
    return replace(reply, status=201)


@fault(
    "no-wrapper",
    on="answer",
    source="https://docs.aitoearn.ai/api-reference/ai-服务图像生成/编辑图像",
    catalogue="RS-07",
)
def vendor_wrapper(_edit: Edit, reply: Reply) -> Reply:
    """The answer stands in a wrapper of the provider's own: code, message and data."""
    return replace(reply, document={"code": 0, "message": "success", "data": _listed(reply.document)})


def _listed(document: dict[str, Any]) -> dict[str, Any]:
    return {("list" if key == "data" else key): value for key, value in document.items()}


@fault("no-wrapper", on="answer", source="code of public clients that read result.images", catalogue="RS-09")
def pictures_under_another_key(_edit: Edit, reply: Reply) -> Reply:
    """The pictures stand under `images` instead of `data`."""
    renamed = {("images" if key == "data" else key): value for key, value in reply.document.items()}
    return replace(reply, document=renamed)


@fault(
    "created-in-seconds",
    on="answer",
    source="https://docs.anyfast.ai/zh/api-reference/model-api/openai/gpt-image-2-edit",
    catalogue="RS-06",
)
def created_missing(_edit: Edit, reply: Reply) -> Reply:
    """`created` is missing."""
    return _without(reply, "created")


@fault("created-in-seconds", on="answer")
def created_in_milliseconds(_edit: Edit, reply: Reply) -> Reply:
    """`created` is in milliseconds."""
    return reply.with_document(created=reply.document["created"] * 1000)


@fault("created-in-seconds", on="answer")
def created_as_text(_edit: Edit, reply: Reply) -> Reply:
    """`created` is text that prints like the number."""
    return reply.with_document(created=str(reply.document["created"]))


@fault("data-count", on="answer")
def one_picture_too_many(edit: Edit, reply: Reply) -> Reply:
    """One picture more comes than was asked for."""
    data = reply.document["data"]
    last = data[-1].get("b64_json")
    if (
        len(data) > 1
        or last is None
        or edit.mask is not None
        or edit.get("background") == "transparent"
        or reply.document["output_format"] != "png"
    ):
        return reply
    darker = pictures.pixels(base64.b64decode(last)).convert("RGB").point([level * 9 // 10 for level in range(256)] * 3)
    return reply.with_document(data=[*data, {"b64_json": base64.b64encode(pictures.written_png(darker)).decode()}])


@fault("usage-present", on="answer", source="https://github.com/gpustack/gpustack/issues/426", catalogue="OT-06")
def usage_missing(_edit: Edit, reply: Reply) -> Reply:
    """`usage` is missing."""
    return _without(reply, "usage")


@fault("usage-shape", on="answer", source="https://github.com/mudler/LocalAI/issues/7354", catalogue="RS-04")
def usage_in_chat_shape(_edit: Edit, reply: Reply) -> Reply:
    """`usage` has the names of the chat endpoints: prompt_tokens, completion_tokens."""
    held = reply.document["usage"]
    shape = {"prompt_tokens": held["input_tokens"], "completion_tokens": held["output_tokens"]}
    return reply.with_document(usage={**shape, "total_tokens": held["total_tokens"]})


@fault("usage-shape", on="answer", source="https://github.com/64bit/async-openai/issues/507", catalogue="RS-03")
def usage_without_details(_edit: Edit, reply: Reply) -> Reply:
    """`usage` lacks `input_tokens_details`."""
    held = {key: value for key, value in reply.document["usage"].items() if key != "input_tokens_details"}
    return reply.with_document(usage=held)


@fault("usage-adds-up", on="answer")
def usage_does_not_add_up(_edit: Edit, reply: Reply) -> Reply:
    """`usage.total_tokens` is not the sum of its parts."""
    return _usage(reply, total_tokens=reply.document["usage"]["total_tokens"] + 1)


@fault(
    "answer-is-json", on="answer", source="https://github.com/CherryHQ/cherry-studio/issues/14894", catalogue="RS-11"
)
def log_line_before_json(_edit: Edit, reply: Reply) -> Reply:
    """A line of a log stands before the JSON."""
    return reply.with_body(b"[info] upstream ok\n" + json.dumps(reply.document).encode(), "application/json")


@fault("answer-is-json", on="answer")
def json_as_text(_edit: Edit, reply: Reply) -> Reply:
    """The JSON is sent as text/plain."""
    return reply.with_body(json.dumps(reply.document).encode(), "text/plain; charset=utf-8")


@fault("answer-is-json", on="answer", source="https://github.com/coder/xum/pull/3286", catalogue="PL-03")
def bare_picture(_edit: Edit, reply: Reply) -> Reply:
    """The picture's bytes come instead of JSON."""
    first = reply.document["data"][0].get("b64_json", "")
    return reply.with_body(base64.b64decode(first), "image/png") if first else reply


@fault(
    "answer-is-json", on="answer", source="https://github.com/CherryHQ/cherry-studio/issues/19991", catalogue="LL-01"
)
def json_cut_short(_edit: Edit, reply: Reply) -> Reply:
    """The JSON ends in the middle."""
    whole = json.dumps(reply.document).encode()
    return reply.with_body(whole[: len(whole) - 200], "application/json")


@fault("answer-is-json", on="answer", source="https://github.com/Gitlawb/openclaude/issues/1315", catalogue="HC-07")
def gzip_told_and_not_done(edit: Edit, reply: Reply) -> Reply:
    """`Content-Encoding: gzip` is told for a plain body, when the client offers gzip."""
    if "gzip" not in (edit.request.header("accept-encoding") or ""):
        return reply
    return replace(reply, headers=(*reply.headers, ("Content-Encoding", "gzip")))
