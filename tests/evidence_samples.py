"""Exchanges, pictures and bodies that the tests of recorded evidence share."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image

from specs.lines import Header
from specs.messages import Exchange, Request, Response
from specs.recording import Recorder
from specs.transcripts import Transcript, load

KEY = "sk-proj-Zq3/xT9+Lm7_pW2=vB8nR5kD1"
HEADER = Header(provider="openai", base_url="http://127.0.0.1:4010", started=1_700_000_000.5, seed=7, plan={"n": [1]})


def picture(kind: str = "PNG", seed: int = 1, side: int = 40) -> bytes:
    noise = Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3))
    out = io.BytesIO()
    noise.save(out, kind)
    return out.getvalue()


PICTURES = {kind: picture(kind) for kind in ("PNG", "JPEG", "WEBP")}


def padded(png: bytes, size: int) -> bytes:
    """A valid PNG of `size` bytes: an unused chunk of zeros before the last one."""
    zeros = bytes(size - len(png) - 12)
    chunk = struct.pack(">I", len(zeros)) + b"juNk" + zeros + struct.pack(">I", zlib.crc32(b"juNk" + zeros))
    return png[:-12] + chunk + png[-12:]


def form(*files: bytes) -> bytes:
    parts = (
        b'--b\r\nContent-Disposition: form-data; name="image[]"; filename="\xe5\x9b\xbe.png"\r\n\r\n%b\r\n' % file
        for file in files
    )
    return b"".join(parts) + b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n\xe4\xbd\xa0\r\n--b--\r\n'


def exchange(number: int = 1, body: bytes = b"{}", **more: Any) -> Exchange:
    request = Request(
        "POST", "/v1/images/edits?a=1", (("Content-Type", "application/json"), ("X-A", "\xe9")), b'{"n":1}'
    )
    response = Response(200, (("content-type", "application/json"),), body, ((0.25, len(body)),))
    return Exchange(
        **{
            "id": f"x{number}",
            "request": request,
            "response": response,
            "sent": 1_700_000_001.25,
            "seconds": 0.5,
            "question": "q",
            "about": ("a", "b"),
            "attempt": 2,
            **more,
        }
    )


def recorded(path: Path, *exchanges: Exchange, complete: bool = True, **options: Any) -> Transcript:
    with Recorder(path, HEADER, **options) as recorder:
        for each in exchanges:
            recorder.write(each)
        recorder.close(complete=complete)
    return load(path)
