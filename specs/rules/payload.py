"""Rules about the returned pictures: how they travel, and what they are once decoded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from specs import pictures
from specs.answers import GATEWAY, Asked
from specs.edits import exact_size
from specs.payloads import Payload
from specs.rules.register import Breach, Said, Silent, rule
from specs.torn import torn

_ALPHABET = re.compile(r"[A-Za-z0-9+/]*")


def strict_base64(text: Any) -> str | None:
    """None when the text is plain base64 of something, else what is wrong with it."""
    if not isinstance(text, str):
        return "not text"
    if not text:
        return "it is empty"
    if text.startswith("data:"):
        return f"it begins with {text.partition(',')[0][:40]},"
    found = _ALPHABET.match(text)
    end = found.end() if found else 0
    if text[end:] not in ("", "=", "=="):
        return f"it is not base64: there is {text[end : end + 1]!r} at {end}"
    return f"it is not base64: it has {len(text)} characters, not a multiple of 4" if len(text) % 4 else None


@rule("answer")
def payload_is(asked: Asked, *, fields: list[str]) -> Said:
    """Each item of `data` carries its picture as {fields}."""
    data = asked.body.get("data") if isinstance(asked.body, dict) else None
    items = data if isinstance(data, list) else [payload.item for payload in asked.payloads]
    if not items:
        yield Silent("no item came")
    yield from _carried(items, fields)


@rule("answer")
def payload_as_asked(asked: Asked) -> Said:
    """Each picture of `data` travels in the field that `response_format` asks for."""
    wanted = asked.edit.get("response_format")
    if wanted not in ("url", "b64_json"):
        yield Silent("no response_format was asked for")
    elif not asked.payloads:
        yield Silent("no picture came")
    else:
        yield from _carried([payload.item for payload in asked.payloads], [wanted])


def _carried(items: Sequence[Any], fields: list[str]) -> Said:
    for index, item in enumerate(items):
        held = item if isinstance(item, dict) else {}
        if not any(isinstance(held.get(key), str) and held[key] for key in fields):
            found = ", ".join(key for key in ("b64_json", "url") if held.get(key)) or "neither b64_json nor url"
            yield Breach(f"item {index} carries {found}", " or ".join(fields), found)


@rule("answer")
def base64_strict(asked: Asked) -> Said:
    """`b64_json` is plain base64: no `data:` prefix, no white space, whole."""
    texts = [payload for payload in asked.payloads if payload.b64 is not None]
    if not texts:
        yield Silent("no b64_json came")
    for payload in texts:
        if why := strict_base64(payload.b64):
            yield Breach(f"b64_json of item {payload.index}: {why}", "plain base64", why)


def readable(asked: Asked) -> Iterator[tuple[Payload, bytes]]:
    """The final pictures of an answer (of a stream: the completed one) whose bytes could be read."""
    for payload in asked.finals:
        if payload.data is not None:
            yield payload, payload.data


@rule("answer")
def picture_whole(asked: Asked) -> Said:
    """Each returned picture decodes to its last pixel."""
    found = [(payload, payload.data) for payload in asked.payloads if payload.data is not None]
    if not found:
        yield Silent("no picture's bytes could be read")
    for payload, data in found:
        if why := pictures.decodes(data) or torn(data):
            yield Breach(f"picture {payload.index} does not decode: {why}", "a whole picture", why)


@rule("answer", finished=True)
def picture_format(asked: Asked, *, default: str | None = None) -> Said:
    """Each returned picture has the format that `output_format` asks for, by its bytes."""
    asked_for = asked.edit.get("output_format") or default
    kinds = [(payload, pictures.kind_of(data)) for payload, data in readable(asked)]
    known = [(payload, kind) for payload, kind in kinds if kind]
    if not known or not isinstance(asked_for, str):
        yield Silent("there is no picture, or no format asked for")
        return
    for payload, kind in known:
        if kind != asked_for:
            yield Breach(f"picture {payload.index} is {kind}, {asked_for} was asked for", asked_for, str(kind))


@rule("answer", finished=True)
def picture_size(asked: Asked, *, default: str | None = None) -> Said:
    """Each returned picture has exactly the dimensions that `size` asks for."""
    size = exact_size(asked.edit.get("size") or default)
    looks = [(payload, pictures.look(data)) for payload, data in readable(asked)]
    known = [(payload, seen) for payload, seen in looks if seen]
    if not known or size is None:
        yield Silent("there is no picture, or no exact size asked for")
        return
    for payload, seen in known:
        if (seen.width, seen.height) != size:
            wanted = f"{size[0]}x{size[1]}"
            yield Breach(f"picture {payload.index} is {seen.size}, {wanted} was asked for", wanted, seen.size)


@rule("answer")
def pictures_differ(asked: Asked) -> Said:
    """The pictures of one answer differ from each other, where no mask leaves little room for it."""
    if asked.edit.mask is not None:
        yield Silent("under a mask two good edits may well be the same")
        return
    digests: dict[str, int] = {}
    found = [(payload, data) for payload, data in readable(asked) if pictures.decodes(data) is None]
    if len(found) < 2:
        yield Silent("fewer than two pictures came")
        return
    for payload, data in found:
        pixels = pictures.pixels(data)
        digest = f"{pixels.size} {hashlib.sha256(pixels.tobytes()).hexdigest()}"
        if digest in digests:
            same = f"pictures {digests[digest]} and {payload.index} are the same"
            yield Breach(same, "different pictures", "copies of one picture")
        digests.setdefault(digest, payload.index)


@rule("answer", finished=True)
def picture_transparent(asked: Asked) -> Said:
    """With `background` = transparent, the returned picture has an alpha channel.

    How much of a picture is background is for the model to say: it may be opaque everywhere.
    """
    if asked.edit.get("background") != "transparent":
        yield Silent("no transparent background was asked for")
        return
    found = [(payload, data) for payload, data in readable(asked) if pictures.decodes(data) is None]
    if not found:
        yield Silent("no picture could be decoded")
    for payload, data in found:
        seen = pictures.look(data)
        if seen is not None and seen.kind == "webp" and not seen.alpha:
            yield Silent("encoders leave the alpha channel of a WebP out when it is opaque everywhere")
        elif seen is not None and not seen.alpha:
            sentence = f"picture {payload.index} has no alpha channel"
            yield Breach(sentence, "an alpha channel", "none")


@rule("answer")
def url_absolute(asked: Asked) -> Said:
    """A returned `url` is an absolute http(s) link."""
    links = [payload for payload in asked.payloads if isinstance(payload.url, str) and payload.url]
    if not links:
        yield Silent("no url came")
    for payload in links:
        if not _is_absolute(payload.url):
            yield Breach(f"url of item {payload.index} is {payload.url[:60]}", "http(s)://host/…", payload.url[:60])


def _is_absolute(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, url))


@rule("answer")
def url_fetchable(asked: Asked) -> Said:
    """A returned `url` leads, without a key, to the picture."""
    links = ((payload, payload.url) for payload in asked.payloads if isinstance(payload.url, str))
    tried = [(payload, asked.fetched[url]) for payload, url in links if url in asked.fetched]
    if not tried:
        yield Silent("no url was fetched")
    for payload, exchange in tried:
        response = exchange.response
        if response is None:
            found = exchange.failure.detail if exchange.failure else "nothing came back"
            yield Breach(f"url of item {payload.index} cannot be fetched: {found}", "a picture", found)
        elif 300 <= response.status < 400:
            yield Silent("the url leads to another one, which was not followed")
        elif response.status in GATEWAY:
            yield Silent(f"the host of the url would not play: {response.status}")
        elif response.status != 200 or not pictures.kind_of(response.body):
            found = f"{response.status} {response.header('content-type') or 'without content type'}"
            yield Breach(f"url of item {payload.index} leads to {found}", "200 and a picture", found)
