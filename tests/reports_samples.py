"""Two runs made by hand to test the reports with: every verdict, both origins, Chinese words, all sorts of answers.

The first endpoint breaks some of its claims and is cut short; the second keeps nearly all of its own.
"""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass

from PIL import Image, ImageDraw

from contract_tests.findings import Finding, Report, Verdict
from specs.contract import Area, Citation, Claim, Contradiction, Level
from specs.messages import Exchange, Failure, Request, Response

STARTED = 1_795_223_520.0
KEY_HEADER = ("Authorization", "Bearer <key>")

CHINESE = Citation(
    "chatanywhere",
    "/paths/~1v1~1images~1edits/post/requestBody/content/multipart~1form-data/schema/properties/image/description",
    "每张图片应为png、webp或jpg大小不超过 25MB 的文件。您最多可以提供 16 张图片",
    "Each picture is to be a png, webp or jpg file of at most 25 MB. You may provide at most 16 pictures.",
)
SIZES = Citation(
    "chatanywhere",
    "/paths/~1v1~1images~1edits/post/requestBody/content/multipart~1form-data/schema/properties/size/description",
    "必须是1024x1024、1536x1024（横向）、1024x1536之一",
    "It must be one of 1024x1024, 1536x1024 (landscape), 1024x1536.",
)
MASK = Citation(
    "aitoearn",
    "/components/schemas/RelayImageEditDto/properties/mask/description",
    "不透明区域保持原图不变",
    "Opaque areas keep the original picture unchanged.",
)
WHOLE = Citation(
    "aitoearn",
    "/paths/~1api~1ai~1images~1edits/post/description",
    "请求、响应与错误格式完全遵循 OpenAI 规范",
    "Requests, answers and the form of errors follow OpenAI's specification completely.",
)
POINTER = Citation(
    "chatanywhere",
    "/paths/~1v1~1images~1edits/post/description",
    "如需进阶使用请参考官方文档",
    "For advanced use see the official documentation.",
)
OPENAI = Citation("openai", "/components/schemas/EditForm/properties/prompt/description", "at most 32000 characters")
OUTSIDE = Citation("README of GPT_API_free at bb330b7d", "", "gpt-image-2-ca 0.4/image")

# claim, rule, area, level, statement
CLAIMS: tuple[tuple[str, str, Area, Level, str], ...] = (
    ("key-present", "key_present", "request", "must", "A request without a key is refused."),
    ("key-right", "key_right", "request", "must", "A request with a wrong key is refused."),
    ("body-well-formed", "body_well_formed", "request", "should", "A body that cannot be read is refused."),
    ("model-required", "field_required", "request", "must", "A request without `model` is refused."),
    ("prompt-required", "field_required", "request", "must", "A request without `prompt` is refused."),
    ("prompt-length", "text_at_most", "request", "must", "`prompt` has at most 32000 characters."),
    ("images-at-most", "images_at_most", "request", "must", "There are at most 16 pictures."),
    ("image-bytes", "image_bytes_at_most", "request", "must", "A picture has at most 26214400 bytes."),
    ("image-kind", "image_kind", "request", "must", "A picture is png, webp or jpeg, by its bytes."),
    ("n-in-range", "integer_between", "request", "must", "`n` is between 1 and 10."),
    ("size-offered", "field_one_of", "request", "must", "`size` is one of 1024x1024, 1536x1024, 1024x1536."),
    ("mask-is-png", "mask_is_png", "request", "must", "The mask is a PNG."),
    ("mask-has-alpha", "mask_has_alpha", "request", "should", "The mask has an alpha channel."),
    ("mask-matches-image", "mask_matches_image", "request", "must", "The mask has the size of the first picture."),
    ("valid-edit-accepted", "accepts", "acceptance", "must", "A valid edit is accepted."),
    ("accepts-image-array", "accepts", "acceptance", "must", "Pictures sent as `image[]` are accepted."),
    ("accepts-mask", "accepts", "acceptance", "must", "A mask is accepted."),
    ("accepts-stream", "accepts", "acceptance", "must", "A stream may be asked for."),
    ("accepts-repeated-image", "accepts", "acceptance", "observed", "Pictures sent as repeated `image` are accepted."),
    ("accepts-chunked", "accepts", "acceptance", "should", "A chunked body is accepted."),
    ("success-status", "success_status", "answer", "must", "A successful answer has status 200."),
    ("no-wrapper", "no_wrapper", "answer", "must", "The answer stands by itself, in no wrapper."),
    ("created-in-seconds", "created_in_seconds", "answer", "must", "`created` is the present time in seconds."),
    ("data-count", "data_count", "answer", "must", "`data` has as many items as were asked for."),
    ("base64-strict", "base64_strict", "answer", "must", "`b64_json` is base64 and nothing else."),
    ("picture-size", "picture_size", "answer", "must", "A picture has exactly the size that was asked for."),
    ("usage-adds-up", "usage_adds_up", "answer", "should", "The numbers of `usage` add up."),
    ("mask-keeps-opaque", "mask_keeps_opaque", "answer", "must", "What the mask covers stays as it was."),
    ("mask-repaints", "mask_repaints_transparent", "answer", "should", "What the mask leaves open is painted anew."),
    ("stream-event-names", "stream_event_names", "stream", "must", "Events have the documented names."),
    (
        "stream-one-completed",
        "stream_one_completed",
        "stream",
        "must",
        "Exactly one event says that the edit is complete.",
    ),
    ("refusal-status", "refusal_status", "refusal", "must", "A refusal has the documented status."),
    ("error-envelope", "error_envelope", "refusal", "must", "A refusal holds `error` with all four members."),
    ("retry-after", "retry_after", "refusal", "should", "A refusal for being too fast says when to come back."),
)

# claim -> verdict, expected, actual, reason, exchanges
Told = tuple[Verdict, str, str, str, tuple[str, ...]]
CHATANYWHERE: dict[str, Told] = {
    "mask-keeps-opaque": (
        "broken",
        "a difference of at most 12 where the mask is opaque",
        "86 of 255",
        "",
        ("q03", "q04"),
    ),
    "picture-size": ("broken", "1024x1536", "1536x1024", "", ("q04",)),
    "error-envelope": ("broken", "`message` is text", "`message` is null", "", ("q05",)),
    "stream-event-names": ("broken", "image_edit.completed", "image_generation.completed", "", ("q06",)),
    "image-kind": ("broken", "a refusal with status 400", "accepted with status 200", "", ("q07",)),
    "retry-after": ("not-run", "", "", "the endpoint never refused for being too fast", ()),
    "accepts-chunked": ("not-run", "", "", "budget: 12 billed edits", ()),
    "n-in-range": ("inconclusive", "", "", "the endpoint answered 503 three times", ("q08",)),
    "accepts-stream": ("inconclusive", "", "", "no answer within 180 s", ("q09",)),
    "usage-adds-up": ("faulty-suite", "", "", "the rule failed: division by zero", ("q03",)),
    "accepts-repeated-image": ("broken", "accepted", "refused with status 400: duplicate parameter", "", ("q05",)),
}
AITOEARN: dict[str, Told] = {
    "mask-has-alpha": ("broken", "a refusal with status 400", "accepted with status 200", "", ("q03",)),
    "accepts-repeated-image": ("holds", "", "accepted with status 200", "", ("q03",)),
    "retry-after": ("not-run", "", "", "the endpoint never refused for being too fast", ()),
}
OWN = frozenset(("prompt-length", "images-at-most", "image-bytes", "image-kind", "size-offered", "model-required",
                 "mask-keeps-opaque", "mask-matches-image", "mask-is-png", "usage-adds-up"))  # fmt: skip


@dataclass(frozen=True)
class Recording:
    """What a report needs of a transcript."""

    exchanges: tuple[Exchange, ...]
    omitted: frozenset[str] = frozenset()


def claim(id: str, provider: str) -> Claim:
    """The sample claim of a provider."""
    _id, rule, area, level, statement = next(row for row in CLAIMS if row[0] == id)
    own = id in OWN
    cited = (
        {"size-offered": SIZES, "image-kind": CHINESE, "usage-adds-up": OUTSIDE} if provider == "chatanywhere" else {}
    )
    through = None if own else (POINTER if provider == "chatanywhere" else WHOLE)
    return Claim(
        id,
        rule,
        area,
        "should" if provider == "chatanywhere" and not own and level == "must" else level,
        "own" if own else "inherited",
        statement,
        {},
        {},
        cited.get(id) or ((MASK if provider == "aitoearn" else CHINESE) if own else OPENAI),
        through=through,
        note="The sources disagree on this point." if level == "observed" else None,
    )


def finding(id: str, provider: str, told: dict[str, Told]) -> Finding:
    """The sample finding of a provider."""
    verdict, expected, actual, reason, exchanges = told.get(id, ("holds", "", "", "", ("q01", "q02")))
    return Finding(claim(id, provider), verdict, expected, actual, reason, exchanges)


def report(provider: str = "chatanywhere", *, told: dict[str, Told] | None = None, started: float = STARTED) -> Report:
    """One of the two runs; `told` replaces what it found."""
    first = provider == "chatanywhere"
    told = told if told is not None else CHATANYWHERE if first else AITOEARN
    return Report(
        provider=provider,
        title="ChatAnywhere" if first else "AiToEarn",
        base_url="https://api.chatanywhere.tech" if first else "https://aitoearn.cn",
        started=started,
        finished=started + 143.2,
        complete=not first,
        seed=7,
        requests=86 if first else 112,
        billable=12,
        findings=tuple(finding(row[0], provider, told) for row in CLAIMS),
        contradictions=(CONTRADICTION,),
    )


CONTRADICTION = Contradiction(
    "one-picture-or-sixteen",
    "`image` is one file by its schema and up to 16 pictures by its description.",
    (
        CHINESE,
        Citation(
            "chatanywhere",
            "/paths/~1v1~1images~1edits/post/requestBody/content/multipart~1form-data/schema/properties/image/type",
            '"string"',
        ),
    ),
    "One file or several are sent.",
    "The description is the more particular of the two.",
)


def picture(width: int = 320, height: int = 240, *, repainted: bool = False, tone: int = 0) -> bytes:
    """A PNG with shapes; `repainted` changes its middle, `tone` all of it."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.ellipse((width // 10, height // 8, width // 2, height // 2), fill=(200, 120 + tone, 60))
    pen.rectangle((width // 2, height // 2, width * 9 // 10, height * 9 // 10), fill=(40, 90, 150 + tone))
    if repainted:
        pen.ellipse((width // 3, height // 3, width * 2 // 3, height * 2 // 3), fill=(180, 30, 60))
    return png(image)


def mask(width: int = 320, height: int = 240) -> bytes:
    """A PNG that is opaque but for a window in its middle."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 255))
    ImageDraw.Draw(image).ellipse((width // 3, height // 3, width * 2 // 3, height * 2 // 3), fill=(0, 0, 0, 0))
    return png(image)


def png(image: Image.Image) -> bytes:
    """A picture as PNG bytes."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def b64(data: bytes) -> str:
    """Base64 text."""
    return base64.b64encode(data).decode()


def form(*parts: tuple[str, bytes, str | None, str | None], boundary: str = "frontier") -> tuple[bytes, str]:
    """A multipart body and its Content-Type; a part is (name, data, file name, type)."""
    body = b""
    for name, data, filename, kind in parts:
        named = f'; filename="{filename}"' if filename else ""
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n'.encode("utf-8", "replace")
        body += f"Content-Type: {kind}\r\n".encode() if kind else b""
        body += b"\r\n" + data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def edit_request(*more: tuple[str, bytes, str | None, str | None], prompt: str = "Put a red hat on the cat") -> Request:
    """A form with model, prompt and one picture, and what else is given."""
    parts = (("model", b"gpt-image-1", None, None), ("prompt", prompt.encode(), None, None),
             ("image", picture(), "photo.png", "image/png"), *more)  # fmt: skip
    body, kind = form(*parts)
    headers = (
        ("Host", "api.chatanywhere.tech"),
        KEY_HEADER,
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
    )
    return Request("POST", "https://api.chatanywhere.tech/v1/images/edits", headers, body)


def answer(*pictures: bytes) -> Response:
    """An answer with these pictures."""
    body = json.dumps({"created": 1795223530, "data": [{"b64_json": b64(p)} for p in pictures],
                       "usage": {"total_tokens": 100, "input_tokens": 50, "output_tokens": 50}}).encode()  # fmt: skip
    return Response(200, (("Content-Type", "application/json"), ("x-request-id", "req_7f")), body)


def stream(*pictures: bytes) -> Response:
    """A stream of partial pictures, half a second apart, and a completed one with a wrong name."""
    body, arrivals = b": keep-alive\n\n", [(0.2, 14)]
    for index, data in enumerate(pictures):
        last = index == len(pictures) - 1
        kind = "image_generation.completed" if last else "image_edit.partial_image"
        event = {"type": kind, "partial_image_index": index, "b64_json": b64(data), "size": "1024x1024"}
        body += f"event: {kind}\ndata: {json.dumps(event)}\n\n".encode()
        arrivals.append((0.9 + 0.5 * index, len(body)))
    return Response(200, (("Content-Type", "text/event-stream"),), body, tuple(arrivals))


def exchanges() -> tuple[Exchange, ...]:
    """What the runs asked and got."""
    masked = edit_request(("mask", mask(), "mask.png", "image/png"), ("size", b"1024x1536", None, None))
    refused = b'{"error":{"message":null,"type":"chatanywhere_error","param":null,"code":"400 BAD_REQUEST"}}'
    page = b"<!doctype html><html><body><script>alert(1)</script><h1>503 Service Unavailable</h1></body></html>"
    as_json = {"model": "gpt-image-1", "prompt": "加一顶红帽子", "image": f"data:image/png;base64,{b64(picture())}"}
    return (
        Exchange("q01", edit_request(), answer(picture(repainted=True)), sent=STARTED + 1, seconds=8.31),
        Exchange("q02", masked, answer(picture(repainted=True)), sent=STARTED + 10, seconds=12.0),
        Exchange("q03", masked, answer(picture(repainted=True, tone=90)), sent=STARTED + 25, seconds=14.2),
        Exchange("q04", masked, answer(picture(240, 320), picture(240, 320, tone=40)), sent=STARTED + 40, seconds=9.5),
        Exchange("q05", edit_request(prompt="x" * 32001),
                 Response(400, (("Content-Type", "application/json"),), refused)),
        Exchange("q06", edit_request(("stream", b"true", None, None)),
                 stream(*(picture(repainted=True, tone=t) for t in (0, 30, 60))), seconds=2.4),
        Exchange("q07", Request("POST", "https://api.chatanywhere.tech/v1/images/edits",
                                (KEY_HEADER, ("Content-Type", "application/json")), json.dumps(as_json).encode()),
                 answer(b"not a picture")),
        Exchange("q08", edit_request(("n", b"11", None, None)), Response(503, (("Content-Type", "text/html"),), page),
                 attempt=3),
        Exchange("q09", edit_request(), None, Failure("timeout", "nothing came back within 180 s"), seconds=180),
    )  # fmt: skip


def recording() -> Recording:
    """The exchanges as a transcript."""
    return Recording(exchanges())
