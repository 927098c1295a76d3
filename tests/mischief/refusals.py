"""Refusals that are wrong: status, form, the culprit's name, what they show; only for some kinds of defect."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.honest.forms import Order
from tests.honest.refusals import Refused
from tests.honest.tricks import Reply
from tests.mischief.register import mischief

ALL = ("openai", "chatanywhere", "aitoearn")
_HTTP = ("route", "method", "key-missing", "key-wrong")


def told(reply: Reply, **changed: Any) -> Reply:
    """A refusal whose error has other values."""
    if reply.refused is None or not reply.body:
        return reply
    document = json.loads(reply.body)
    return reply.with_body(json.dumps({**document, "error": {**document["error"], **changed}}))


def of(reply: Reply, *kinds: str) -> bool:
    """Whether a refusal is of one of these kinds."""
    return reply.refused is not None and reply.refused.kind in kinds


def of_the_body(reply: Reply) -> bool:
    """Whether a refusal is about what a body says."""
    return reply.refused is not None and reply.refused.kind not in (*_HTTP, "busy", "tired", "quota", "moderation")


@mischief("refused", *ALL)
def always_names_the_model(refused: Refused, _order: Order | None) -> Refused:
    """Whatever field is at fault, `param` is model."""
    return Refused(refused.kind, "model") if refused.field else refused


@mischief("refused")
def names_the_next_field(refused: Refused, order: Order | None) -> Refused:
    """`param` is the field before the one at fault."""
    names = [*order.values] if order else []
    at = names.index(refused.field) - 1 if refused.field in names else -1
    return Refused(refused.kind, names[at]) if at >= 0 else refused


@mischief("refused", "openai")
def names_the_rule(refused: Refused, _order: Order | None) -> Refused:
    """`param` is the way within the body: body.n."""
    return Refused(refused.kind, f"body.{refused.field}") if refused.field else refused


@mischief("refused", "chatanywhere")
def names_in_capitals(refused: Refused, _order: Order | None) -> Refused:
    """`param` is written in capitals."""
    return Refused(refused.kind, refused.field.upper()) if refused.field else refused


@mischief("reply")
def no_param_for_missing_fields(reply: Reply) -> Reply:
    """A field that is missing is not named."""
    return told(reply, param="") if of(reply, "missing") else reply


@mischief("reply")
def errors_are_a_list(reply: Reply) -> Reply:
    """`error` is a list of errors."""
    return reply.with_body(json.dumps({"error": [json.loads(reply.body)["error"]]})) if of_the_body(reply) else reply


@mischief("reply", "openai")
def message_at_the_top(reply: Reply) -> Reply:
    """The members of the error stand at the top."""
    return reply.with_body(json.dumps(json.loads(reply.body)["error"])) if of_the_body(reply) else reply


@mischief("reply", "chatanywhere")
def code_is_a_number(reply: Reply) -> Reply:
    """`code` is the status, a number."""
    return told(reply, code=reply.status)


@mischief("reply", "openai")
def message_is_an_object(reply: Reply) -> Reply:
    """`message` is an object by language."""
    return told(reply, message={"en": "refused", "zh": "拒绝"})


@mischief("reply")
def no_type_for_unknown_models(reply: Reply) -> Reply:
    """A refused model is an error without `type`."""
    if not of(reply, "model"):
        return reply
    error = json.loads(reply.body)["error"]
    return reply.with_body(json.dumps({"error": {key: error[key] for key in ("message", "param", "code")}}))


@mischief("reply", *ALL)
def unprocessable(reply: Reply) -> Reply:
    """A value out of range is answered with 422."""
    return replace(reply, status=422) if of(reply, "range") else reply


@mischief("reply", "openai")
def conflict_for_masks(reply: Reply) -> Reply:
    """A mask that does not fit is answered with 409."""
    return replace(reply, status=409) if of(reply, "mask") else reply


@mischief("reply")
def unknown_models_are_fine(reply: Reply) -> Reply:
    """An unknown model is refused with the status 200."""
    return replace(reply, status=200) if of(reply, "model") else reply


@mischief("reply", "chatanywhere")
def long_prompts_crash(reply: Reply) -> Reply:
    """A prompt that is too long is answered with 500."""
    return replace(reply, status=500) if of(reply, "too-long") else reply


@mischief("reply", "openai", "aitoearn")
def broken_pictures_crash(reply: Reply) -> Reply:
    """A picture that cannot be decoded is answered with 500."""
    return replace(reply, status=500) if of(reply, "broken", "kind") else reply


@mischief("reply")
def broken_masks_crash(reply: Reply) -> Reply:
    """A mask that cannot be decoded, or does not fit, is answered with 500."""
    return replace(reply, status=500) if of(reply, "mask", "mask-kind") else reply


@mischief("reply", "openai")
def garbled_json_crashes(reply: Reply) -> Reply:
    """A body that cannot be read is answered with 500."""
    return replace(reply, status=500) if of(reply, "body") else reply


@mischief("reply", "chatanywhere", "aitoearn")
def missing_fields_crash(reply: Reply) -> Reply:
    """A field that is missing is answered with 500."""
    return replace(reply, status=500) if of(reply, "missing") else reply


@mischief("reply", "openai")
def too_many_pictures_are_a_page(reply: Reply) -> Reply:
    """Too many pictures are refused with an HTML page."""
    page = Reply(413, {"Content-Type": "text/html"}, b"<html><h1>413 Request Entity Too Large</h1></html>")
    return page if of(reply, "too-many") else reply


@mischief("reply")
def errors_typed_as_html(reply: Reply) -> Reply:
    """Refusals are JSON, labelled text/html."""
    return reply.with_header("content-type", "text/html") if of_the_body(reply) else reply


@mischief("reply", "openai")
def empty_refusals(reply: Reply) -> Reply:
    """Values that are not offered are refused without a word."""
    return reply.with_body(b"") if of(reply, "value") else reply


@mischief("reply", "chatanywhere")
def trace_of_pictures(reply: Reply) -> Reply:
    """A picture that is refused shows where in the server."""
    text = 'Traceback (most recent call last):\n  File "/srv/app/images.py", line 88, in decode\nOSError: broken'
    return told(reply, message=text) if of(reply, "kind", "broken") else reply


@mischief("reply", "openai")
def forbidden_without_a_key(reply: Reply) -> Reply:
    """A request without a key is answered with 403."""
    return replace(reply, status=403) if of(reply, "key-missing") else reply


@mischief("reply")
def wrong_keys_are_a_bad_request(reply: Reply) -> Reply:
    """A wrong key is answered with 400."""
    return replace(reply, status=400) if of(reply, "key-wrong") else reply


@mischief("reply", "chatanywhere")
def other_methods_are_fine(reply: Reply) -> Reply:
    """GET is answered with 200 and a page of instructions."""
    page = Reply(200, {"Content-Type": "text/html"}, b"<html><h1>Use POST</h1></html>")
    return page if of(reply, "method") else reply


@mischief("reply", "openai")
def refused_values_give_no_pictures(reply: Reply) -> Reply:
    """Values out of range are answered with 200 and no picture."""
    empty = Reply(200, {"content-type": "application/json"}, b'{"created": 1, "data": []}')
    return empty if of(reply, "range") else reply


@mischief("reply", "chatanywhere")
def redirected_without_a_key(reply: Reply) -> Reply:
    """A request without a key is sent to a page where one can log in."""
    page = Reply(302, {"Location": "/login"}, b"")
    return page if of(reply, "key-missing") else reply
