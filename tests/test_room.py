"""The live page of the control room: what it shows, and that nothing a client sends can run on it."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
import shlex
from html.parser import HTMLParser
from typing import Any

import pytest
from PIL import Image

from mock_samples import BOUNDARY, EDIT, FORM, ask, control, edit, form, part, png, post
from mock_server.house import House
from mock_server.room import front, page
from mock_server.room.thumbnails import difference, thumbnail
from mock_server.serving import running
from mock_server.settings import Settings
from specs.messages import Request
from specs.pictures import BrokenPicture

ORIGIN = "http://127.0.0.1:4010"
HOSTILE = "</pre></script><script>alert(1)</script><img src=x onerror=alert(2)>\" onclick='x"


class Read(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def house() -> House:
    return House(Settings())


def sent(house: House, body: bytes | None = None, path: str = EDIT, **headers: str) -> int:
    fields = {"Authorization": "Bearer <redacted-key>", "Content-Type": FORM, "Host": "127.0.0.1:4010"} | headers
    request = Request("POST", ORIGIN + path, tuple(fields.items()), edit() if body is None else body)
    return house.handle(request).reply.status


def with_mask() -> bytes:
    mask = Image.new("RGBA", (64, 64), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 32, 64))
    file = io.BytesIO()
    mask.save(file, "PNG")
    texts = [part(n, v) for n, v in (("model", "gpt-image-1.5"), ("prompt", "a roof"), ("size", "1024x1024"))]
    return form(*texts, part("image", png(), "a.png", "image/png"), part("mask", file.getvalue(), "m.png", "image/png"))


def test_a_page_of_nothing_says_so(house: House) -> None:
    assert "Nothing was asked yet." in page(house, ORIGIN)


def test_an_exchange_is_a_row_that_opens_to_image_mask_result_and_difference(house: House) -> None:
    assert sent(house, with_mask()) == 200
    read = Read(page(house, ORIGIN))
    assert [row["id"] for row in read.named("details") if row.get("class") == "exchange"] == ["exchange-1"]
    assert [picture["alt"] for picture in read.named("img")] == [
        "image a.png",
        "mask m.png",
        "result 0",
        "difference 0",
    ]
    assert all((picture["src"] or "").startswith("data:image/") for picture in read.named("img"))


def test_every_picture_of_an_answer_is_shown(house: House) -> None:
    sent(house, edit(n="3"))
    sent(house, edit(stream="true", partial_images="2"))
    alternatives = [picture["alt"] for picture in Read(page(house, ORIGIN)).named("img")]
    assert alternatives.count("result 2") == 2


def test_a_linked_picture_is_shown_as_long_as_it_is_kept(house: House) -> None:
    fields = edit(model="gpt-image-2", response_format="url")
    assert sent(house, fields, "/aitoearn/api/ai/images/edits") == 200
    assert "result 0" in [picture["alt"] for picture in Read(page(house, ORIGIN)).named("img")]


def test_a_refusal_names_its_claim_and_quotes_the_provider(house: House) -> None:
    assert sent(house, edit(prompt="x" * 32_001)) == 400
    told = page(house, ORIGIN)
    claim = house.contracts["openai"].claim("prompt-length")
    assert "refused by prompt-length" in told
    assert "32001 characters, 1 too many" in told
    assert html.escape(claim.citation.quote)[:60] in told


def test_an_edit_without_fault_breaks_no_claim(house: House) -> None:
    sent(house)
    assert "None is broken." in page(house, ORIGIN)
    assert '<span class="broken">' not in page(house, ORIGIN)


def test_a_fault_shows_at_the_claim_it_breaks(house: House) -> None:
    fault = next(fault for fault in house.offered("openai").values() if "base64-strict" in fault.breaks)
    house.cues.set_faults((fault.id,))
    sent(house)
    told = page(house, ORIGIN)
    assert f"fault {fault.id}" in told
    assert re.search(r'base64-strict</th><td><span class="broken">', told)


def test_a_scenario_says_nothing_about_what_is_accepted(house: House) -> None:
    assert sent(house, **{"X-Mock-Scenario": "rate-limit"}) == 429
    told = page(house, ORIGIN)
    assert "scenario rate-limit" in told
    assert "None is broken." in told


def test_what_the_client_did_wrong_stands_at_its_exchange(house: House) -> None:
    sent(house, form(part("model", "gpt-image-1.5"), part("prompt", "x"), part("image", png(), "a.png")))
    row = page(house, ORIGIN).partition('id="exchanges"')[2]
    assert "without a Content-Type" in row
    assert "1 client mistake" in row


@pytest.mark.parametrize("field", ["prompt", "user", "size", "<b onclick=x>"])
def test_hostile_words_do_not_run(house: House, field: str) -> None:
    harmless = Read(page(house, ORIGIN))
    sent(house, edit(**{field: HOSTILE}), **{"User-Agent": HOSTILE, "X-Test-Id": HOSTILE})
    _nothing_strange(Read(page(house, ORIGIN)), harmless)


def test_hostile_names_of_files_types_and_paths_do_not_run(house: House) -> None:
    harmless = Read(page(house, ORIGIN))
    name = HOSTILE.replace('"', "%22")
    sent(house, form(part("prompt", "x"), part("image", png(), name, "text/html")))
    sent(house, form(part(name, "x"), part("image", HOSTILE, name, name)))
    sent(house, path=f"/{HOSTILE}")
    sent(house, HOSTILE.encode(), **{"Content-Type": "application/json"})
    _nothing_strange(Read(page(house, ORIGIN)), harmless)


def _nothing_strange(read: Read, harmless: Read) -> None:
    assert len(read.named("script")) == len(harmless.named("script")) == 1
    assert not [name for _tag, attributes in read.elements for name in attributes if name.startswith("on")]
    assert not [a for _tag, a in read.elements if (a.get("src") or "data:").partition(":")[0] != "data"]
    assert not [a for _tag, a in read.elements if "style" in a]


def test_words_that_no_encoding_has_are_shown_by_number(house: House) -> None:
    body = b'{"model":"gpt-image-1.5","prompt":"a\\ud800\\u0000\\u202eb","images":[]}'
    sent(house, body, **{"Content-Type": "application/json"})
    told = page(house, ORIGIN).encode().decode()
    assert "a\\ud800\\u0000\\u202eb" in told


def test_the_policy_lets_the_page_s_own_script_and_style_run_and_no_other(house: House) -> None:
    reply = front.respond(house, Request("GET", f"{ORIGIN}/_mock/", (("Accept", "text/html"),)))
    assert reply is not None
    policy, told = dict(reply.headers)["Content-Security-Policy"], reply.body().decode()
    for tag in ("script", "style"):
        inner = re.search(f"<{tag}>(.*?)</{tag}>", told, re.DOTALL)
        assert inner
        digest = base64.b64encode(hashlib.sha256(inner[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_nothing_is_loaded_from_afar(house: House) -> None:
    sent(house)
    read = Read(page(house, ORIGIN))
    links = [a.get("href") or "" for tag, a in read.elements if tag in ("a", "link")]
    assert not [link for link in links if link.startswith(("http", "//"))]


def test_a_command_repeats_the_form_and_never_holds_a_key(house: House) -> None:
    sent(house, edit(prompt="it's $HOME; `id`"))
    command = _command(page(house, ORIGIN))
    words = shlex.split(command.replace("\\\n", " "))
    assert "prompt=it's $HOME; `id`" in words
    assert 'image=@1-image-0;type=image/png;filename="a.png"' in words
    assert "$IMAGE_MOCK_KEY" in command
    assert f"{ORIGIN}/_mock/journal/1/pictures/image-0" in words


def test_a_command_leaves_out_what_a_terminal_would_obey_and_says_so(house: House) -> None:
    sent(house, edit(prompt="a family \U0001f468\u200d\U0001f469", user="\x1b[2J"))
    command = _command(page(house, ORIGIN))
    assert "a family \U0001f468\u200d\U0001f469" in command
    assert "# left out: 'user', 4 bytes that fit in no command" in command


def test_a_command_fetches_a_body_that_is_no_form(house: House) -> None:
    body = b'{"model": "gpt-image-1.5"}'
    sent(house, body, **{"Content-Type": "application/json"})
    assert f"{ORIGIN}/_mock/?body=1" in _command(page(house, ORIGIN))
    reply = front.respond(house, Request("GET", f"{ORIGIN}/_mock/?body=1"))
    assert reply is not None
    assert reply.body() == body
    assert dict(reply.headers)["Content-Disposition"] == "attachment"


def _command(told: str) -> str:
    return html.unescape(told.partition("Repeat it</h3><pre>")[2].partition("</pre>")[0])


def test_older_exchanges_are_a_link_away(house: House) -> None:
    for _ in range(27):
        house.handle(Request("GET", f"{ORIGIN}/nowhere"))
    assert '<a href="?before=3">' in page(house, ORIGIN)
    assert [r["id"] for r in Read(page(house, ORIGIN, 3)).named("details") if r.get("class") == "exchange"] == [
        "exchange-2",
        "exchange-1",
    ]


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("*/*", False),
        ("", False),
        ("application/json", False),
        ("application/json, text/html;q=0.5", False),
        ("text/html;q=0", False),
        ("text/html;q=much", False),
    ],
)
def test_html_goes_to_who_prefers_it(accept: str, wanted: bool) -> None:
    assert front.prefers_html(accept) is wanted


def test_a_difference_is_black_where_nothing_changed() -> None:
    def colours(uri: str) -> Any:
        return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGB").getextrema()

    assert max(high for _low, high in colours(difference(png(), png()))) < 8
    assert colours(difference(png(), png(colour=(0, 60, 20))))[0][0] > 200


def test_a_thumbnail_is_small_and_needs_a_picture() -> None:
    uri = thumbnail(png((1024, 512)))
    assert Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).size == (256, 128)
    with pytest.raises(BrokenPicture):
        thumbnail(b"no picture")


def test_the_page_is_served_where_html_is_wanted_and_an_index_elsewhere() -> None:
    with running() as mock:
        root = mock.url.rstrip("/")
        post(root)
        control(root, "PUT", "faults", {"faults": []})
        answer = ask(f"{root}/_mock/", Accept="text/html,*/*;q=0.8")
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "script-src 'sha256-" in answer.headers["content-security-policy"]
        assert b"exchange-1" in answer.body
        assert BOUNDARY.encode() in answer.body
        assert ask(f"{root}/_mock/").json["described"] == "/_mock/openapi.json"
        assert ask(f"{root}/_mock/", "HEAD", Accept="text/html").body == b""
        assert ask(f"{root}/_mock/?body=99").status == 404
        assert control(root, "GET", "health")["status"] == "ok"
