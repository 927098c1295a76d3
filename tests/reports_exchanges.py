"""What the two sample runs asked and got: forms, JSON, a stream, refusals, a gateway's page, and nothing at all."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass

from PIL import Image, ImageDraw

from reports_samples import STARTED
from specs.messages import Exchange, Failure, Request, Response

KEY_HEADER = ("Authorization", "Bearer <redacted-key>")


@dataclass(frozen=True)
class Recording:
    """What a report needs of a transcript."""

    exchanges: tuple[Exchange, ...]
    omitted: frozenset[str] = frozenset()


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
