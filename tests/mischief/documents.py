"""JSON answers of another shape: wrapped, written differently, with links that lead nowhere."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

from tests.honest.answering import Work
from tests.honest.tricks import Reply
from tests.mischief.register import mischief

Told = dict[str, Any]
ALL = ("openai", "chatanywhere", "aitoearn")


def each(told: Told, **changed: Any) -> Told:
    """The answer with every item changed: a value, or a function of the item's own."""
    items = []
    for item in told["data"]:
        made = {key: value(item.get(key)) if callable(value) else value for key, value in changed.items()}
        items.append({**item, **{key: value for key, value in made.items() if value is not None}})
    return {**told, "data": items}


def _of_text(change: Any) -> Any:
    return lambda text: change(text) if isinstance(text, str) else None


def is_success(reply: Reply) -> bool:
    """Whether an answer is the JSON answer to an order."""
    return reply.status == 200 and reply.body.lstrip()[:1] == b"{" and reply.order is not None


@mischief("document")
def one_picture_too_few(work: Work, told: Told) -> Told:
    """One picture fewer comes than was asked for, if several were."""
    return {**told, "data": told["data"][: max(1, work.count - 1)]}


@mischief("document", "openai")
def four_at_the_most(_work: Work, told: Told) -> Told:
    """Never more than four pictures come."""
    return {**told, "data": told["data"][:4]}


@mischief("document", "chatanywhere")
def data_by_number(_work: Work, told: Told) -> Told:
    """`data` is an object with the numbers of the pictures as keys."""
    return {**told, "data": {str(index): item for index, item in enumerate(told["data"])}}


@mischief("document", "openai")
def one_picture_without_its_list(work: Work, told: Told) -> Told:
    """A single picture comes without a list around it."""
    return {**told, "data": told["data"][0]} if work.count == 1 else told


@mischief("document", *ALL)
def wrapped_if_several(work: Work, told: Told) -> Told:
    """Several pictures come in a wrapper of the provider's own."""
    return {"code": 0, "message": "ok", "data": told} if work.count > 1 else told


@mischief("document")
def links_and_text_change_places(_work: Work, told: Told) -> Told:
    """The base64 stands in `url`."""
    return {**told, "data": [{"url": item.get("b64_json") or item.get("url")} for item in told["data"]]}


@mischief("document", "openai")
def second_as_link_text(_work: Work, told: Told) -> Told:
    """The second picture is a `data:` URL."""
    first, *rest = told["data"]
    return {**told, "data": [first, *({"b64_json": f"data:image/png;base64,{i['b64_json']}"} for i in rest)]}


@mischief("document", "chatanywhere")
def base64_of_base64(_work: Work, told: Told) -> Told:
    """The base64 is encoded once more."""
    return each(told, b64_json=_of_text(lambda text: base64.b64encode(text.encode()).decode()))


@mischief("document")
def hexadecimal(_work: Work, told: Told) -> Told:
    """The picture is written in hexadecimal."""
    return each(told, b64_json=_of_text(lambda text: base64.b64decode(text).hex()))


@mischief("document", "chatanywhere")
def base64_without_padding(_work: Work, told: Told) -> Told:
    """The base64 lacks its last equals signs."""
    padded = _of_text(lambda text: base64.b64encode(base64.b64decode(text) + b"\0\0"[: 1 + len(text) % 2]).decode())
    told = each(told, b64_json=padded)
    return each(told, b64_json=_of_text(lambda text: text.rstrip("=")))


@mischief("document")
def base64_for_addresses(_work: Work, told: Told) -> Told:
    """The base64 uses `-` and `_`."""
    return each(told, b64_json=_of_text(lambda text: text.replace("+", "-").replace("/", "_")))


@mischief("document")
def links_without_a_host(_work: Work, told: Told) -> Told:
    """Links begin with a slash."""
    return each(told, url=_of_text(lambda url: "/" + url.split("/", 3)[3]))


@mischief("document")
def links_without_a_scheme(_work: Work, told: Told) -> Told:
    """Links begin with two slashes."""
    return each(told, url=_of_text(lambda url: url.partition(":")[2]))


@mischief("document")
def second_link_is_dead(_work: Work, told: Told) -> Told:
    """The last link of several leads nowhere."""
    *rest, last = told["data"]
    dead = {**last, "url": last["url"] + ".gone"} if rest and last.get("url") else last
    return {**told, "data": [*rest, dead]}


@mischief("reply")
def links_have_expired(reply: Reply) -> Reply:
    """Every link is answered with 403 and a page of XML."""
    is_picture = reply.order is None and reply.headers.get("Content-Type", "").startswith("image/")
    return (
        Reply(403, {"Content-Type": "application/xml"}, b"<Error><Code>ExpiredToken</Code></Error>")
        if is_picture
        else reply
    )


@mischief("reply")
def links_lead_to_a_page(reply: Reply) -> Reply:
    """Every link leads to an HTML page that says it is a PNG."""
    is_picture = reply.order is None and reply.headers.get("Content-Type", "").startswith("image/")
    return reply.with_body("<html><body>log in first</body></html>") if is_picture else reply


@mischief("document", "openai")
def empty_items(_work: Work, told: Told) -> Told:
    """Every item has an empty `b64_json`."""
    return {**told, "data": [{"b64_json": ""} for _item in told["data"]]}


@mischief("reply", "chatanywhere")
def two_objects(reply: Reply) -> Reply:
    """A second object follows the first."""
    return reply.with_body(reply.body + b'\n{"done": true}') if is_success(reply) else reply


@mischief("reply")
def answers_in_utf16(reply: Reply) -> Reply:
    """Answers are written in UTF-16."""
    return reply.with_body(reply.body.decode().encode("utf-16")) if is_success(reply) else reply


@mischief("reply", "openai")
def answers_are_typed_as_text(reply: Reply) -> Reply:
    """A successful answer is labelled text/plain."""
    return reply.with_header("content-type", "text/plain; charset=utf-8") if is_success(reply) else reply


@mischief("reply")
def success_is_created(reply: Reply) -> Reply:
    """Success has the status 201."""
    return replace(reply, status=201) if reply.status == 200 and reply.order else reply


@mischief("reply", "openai")
def success_is_accepted_if_several(reply: Reply) -> Reply:
    """Several pictures come with the status 202."""
    several = is_success(reply) and reply.order and str(reply.order.values.get("n", 1)) != "1"
    return replace(reply, status=202) if several else reply


@mischief("reply", "chatanywhere")
def list_at_the_top(reply: Reply) -> Reply:
    """The answer is the bare list of pictures."""
    return reply.with_body(json.dumps(json.loads(reply.body)["data"])) if is_success(reply) else reply
