"""Faults in how pictures travel: prefixes, broken base64, cut and copied pictures, links that lead nowhere."""

from __future__ import annotations

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from mock_server.faults.register import fault
from mock_server.replies import Reply
from specs import pictures
from specs.edits import Edit


def each_item(reply: Reply, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Reply:
    """The reply with every item of `data` changed."""
    return reply.with_document(data=[change(item) for item in reply.document["data"]])


def each_b64(reply: Reply, change: Callable[[str], Any]) -> Reply:
    """The reply with every `b64_json` changed."""
    return each_item(reply, lambda item: {**item, "b64_json": change(item["b64_json"])} if "b64_json" in item else item)


def each_url(reply: Reply, change: Callable[[str], str]) -> Reply:
    """The reply with every `url` changed."""
    return each_item(reply, lambda item: {**item, "url": change(item["url"])} if "url" in item else item)


@fault("base64-strict", on="answer", catalogue="PL-11", source="code of ten public clients that strip such a prefix")
def b64_data_prefix(_edit: Edit, reply: Reply) -> Reply:
    """`b64_json` carries a `data:image/png;base64,` prefix."""
    return each_b64(reply, lambda text: f"data:image/png;base64,{text}")


@fault("base64-strict", on="answer")
def b64_with_line_breaks(_edit: Edit, reply: Reply) -> Reply:
    """`b64_json` is broken into lines of 76 characters."""
    return each_b64(reply, lambda text: "\n".join(text[at : at + 76] for at in range(0, len(text), 76)))


@fault("picture-whole", on="answer", source="https://github.com/vybestack/llxprt-code/pull/3648", catalogue="PL-02")
def picture_cut_short(_edit: Edit, reply: Reply) -> Reply:
    """The picture is cut in the middle of its data."""
    return each_b64(reply, _cut)


def _cut(text: str) -> str:
    data = base64.b64decode(text)
    return base64.b64encode(data[: len(data) // 2]).decode()


@fault("pictures-differ", on="answer")
def copies_of_one_picture(_edit: Edit, reply: Reply) -> Reply:
    """With `n` above one, copies of one picture come."""
    data = reply.document["data"]
    return reply.with_document(data=[data[0]] * len(data))


@fault(
    "echo-output-format-true",
    on="answer",
    catalogue="PL-08",
    source="https://github.com/open-webui/open-webui/issues/29948",
)
def output_format_told_wrong(_edit: Edit, reply: Reply) -> Reply:
    """The answer tells another `output_format` than its pictures have."""
    told = {"png": "jpeg", "jpeg": "png", "webp": "png"}
    return reply.with_document(output_format=told[reply.document["output_format"]])


@fault("echo-size-true", on="answer")
def size_told_wrong(_edit: Edit, reply: Reply) -> Reply:
    """The answer tells the size as height x width."""
    width, _, height = reply.document["size"].partition("x")
    told = f"{height}x{width}" if width != height else f"{width}x{int(height) + 16}"
    return reply.with_document(size=told)


@fault("echo-background-known", on="answer")
def background_told_as_auto(edit: Edit, reply: Reply) -> Reply:
    """The answer tells `background` as `auto`, which is no result."""
    return reply if edit.get("background") else reply.with_document(background="auto")


@fault("echo-quality-true", on="answer")
def quality_told_wrong(edit: Edit, reply: Reply) -> Reply:
    """The answer tells another `quality` than was asked for."""
    asked = edit.get("quality")
    return reply.with_document(quality="high" if asked != "high" else "low")


@fault("url-absolute", on="answer", source="https://github.com/tetherto/qvac/pull/2032", catalogue="PL-01")
def url_is_data(edit: Edit, reply: Reply) -> Reply:
    """`url` is a `data:` URL instead of a link."""
    source = edit.images[0].data if edit.images else None
    if source is None:
        return reply
    width, height = map(int, reply.document["size"].split("x"))

    def edited(url: str) -> str:
        """An edit of the source of its own: a square in the middle, coloured by what the link would have been."""
        picture = pictures.pixels(source).resize((width, height))
        picture.paste(
            (*sha256(url.encode()).digest()[:3], 255), (width // 4, height // 4, width * 3 // 4, height * 3 // 4)
        )
        return "data:image/png;base64," + base64.b64encode(pictures.written_png(picture)).decode()

    return each_url(reply, edited)


@fault("url-absolute", on="answer")
def url_is_relative(_edit: Edit, reply: Reply) -> Reply:
    """`url` is a path without a host."""
    return each_url(reply, lambda url: "/" + url.split("/", 3)[3])


@fault(
    "url-fetchable", on="answer", source="https://github.com/nextcloud/integration_openai/issues/138", catalogue="PL-13"
)
def url_leads_nowhere(_edit: Edit, reply: Reply) -> Reply:
    """`url` leads to a page that is not there (or not without a key)."""
    return each_url(reply, lambda url: url.replace("/_mock/pictures/", "/_mock/pictures/gone-"))


@fault("payload", on="answer", source="https://github.com/CherryHQ/cherry-studio/issues/18415", catalogue="RS-02")
def payload_missing(edit: Edit, reply: Reply) -> Reply:
    """The item carries its picture under another name: `image`, and neither `b64_json` nor `url`."""
    if edit.get("response_format") == "url":
        return reply
    return each_item(reply, lambda item: {"image": item.get("b64_json"), "url": ""} if "b64_json" in item else item)


@fault("url-fetchable", on="answer", source="https://github.com/xtekky/gpt4free/issues/2740", catalogue="PL-14")
def url_on_an_inner_host(_edit: Edit, reply: Reply) -> Reply:
    """`url` names a host and port behind the relay that nobody can reach."""
    return each_url(reply, lambda url: "http://127.0.0.1:1/" + url.split("/", 3)[3])
