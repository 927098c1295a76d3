"""The plain form is what the official Python SDK sends, byte for byte but for the boundary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
import pytest

from contract_tests import samples
from contract_tests.drafts import Draft
from contract_tests.encodings import ENCODINGS, encode
from draft_samples import EDIT, KEY, URL
from raw_servers import Connection, ok, serving

DATA = samples.picture().data
PROMPT = '猫 a "prompt"\r\nof two lines'
NAMED = ("picture.png", DATA, "image/png")
GIVEN: dict[str, Any] = {"prompt": PROMPT, "model": "m", "n": 2, "size": "1024x1024", "stream": False}
PLAIN = Draft(tuple(GIVEN.items()), (samples.picture(),))


def sent_by_the_sdk(**given: Any) -> tuple[bytes, bytes]:
    """The head and the body of the SDK's request."""
    heard: list[bytes] = []

    def script(connection: Connection) -> None:
        heard.append(connection.request())
        connection.send(ok(b'{"created":1}', "Content-Type: application/json", "Connection: close"))

    with serving(script) as server:
        openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0).images.edit(**GIVEN, **given)
    head, _, body = heard[0].partition(b"\r\n\r\n")
    return head, body


def without_boundary(body: bytes) -> bytes:
    return body.replace(body[2 : body.index(b"\r\n")], b"B")


@pytest.mark.parametrize(
    ("given", "name", "bent"),
    [
        ({"image": NAMED}, "multipart", lambda draft: draft),
        ({"image": [NAMED]}, "multipart-array-single", lambda draft: draft),
        ({"image": [NAMED, NAMED]}, "multipart", lambda draft: draft.with_images(*draft.images * 2)),
        ({"image": NAMED, "mask": ("mask.png", samples.mask().data, "image/png")}, "multipart", samples.masked),
        ({"image": (None, DATA, "image/png")}, "no-filename", lambda draft: draft),
        ({"image": ('a "b".png', DATA, "image/png")}, "quoted-filename", lambda draft: draft),
        ({"image": ("猫.png", DATA, "image/png")}, "utf8-filename", lambda draft: draft),
        ({"image": ("picture.png", DATA, "application/octet-stream")}, "octet-stream-part", lambda draft: draft),
    ],
)
def test_our_form_is_the_sdks_form(given: dict[str, Any], name: str, bent: Callable[[Draft], Draft]) -> None:
    _, theirs = sent_by_the_sdk(**given)
    ours = encode(bent(PLAIN), ENCODINGS[name], EDIT, URL, KEY)
    assert without_boundary(ours.body) == without_boundary(theirs)


def test_our_copy_of_the_sdks_header_has_the_sdks_fields() -> None:
    head, _ = sent_by_the_sdk(image=NAMED)
    theirs = {line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n")[1:]}
    ours = {name.lower() for name, _ in encode(PLAIN, ENCODINGS["openai-python"], EDIT, URL, KEY).headers}
    assert theirs - ours == {"host", "connection", "accept-encoding"}
    assert not ours - theirs
