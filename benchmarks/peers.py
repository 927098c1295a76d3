"""Other mock servers, to be measured beside this one: each is told to answer edits as fast as it can.

They come from npm: `npm install --prefix /tmp/peers @stoplight/prism-cli wiremock @mockoon/cli @copilotkit/aimock`.
One whose command is not found is left out, and the bench says so.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

PATH = "/v1/images/edits"

Prepare: TypeAlias = Callable[[Path, int, str], Sequence[str]]
"""From a folder to write into, a port and the picture to answer with (Base64) to the arguments of the command."""


@dataclass(frozen=True)
class Peer:
    """A mock server: its name, its command, how it is set up, and how many times faster this one is to be."""

    name: str
    command: str
    prepared: Prepare
    goal: float | None = None

    def found(self, folder: Path | None) -> str | None:
        """Where its command is: in `node_modules/.bin` of a folder, or on the path."""
        inside = folder / "node_modules" / ".bin" if folder else None
        return shutil.which(self.command, path=inside) or shutil.which(self.command)


def _written(folder: Path, name: str, document: Any) -> str:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document), "utf-8")
    return str(file)


def _answer(picture: str) -> dict[str, Any]:
    return {"created": 1700000000, "data": [{"b64_json": picture}]}


def _described(folder: Path, picture: str) -> str:
    """An OpenAPI document with one operation, which asks for a picture and a prompt and has an example."""
    form = {
        "type": "object",
        "required": ["image", "prompt"],
        "properties": {"image": {"type": "string", "format": "binary"}, "prompt": {"type": "string", "minLength": 1}},
    }
    answer = {
        "description": "edited",
        "content": {"application/json": {"schema": {"type": "object"}, "example": _answer(picture)}},
    }
    post = {
        "operationId": "edit",
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
        "responses": {"200": answer},
    }
    document = {"openapi": "3.0.3", "info": {"title": "edits", "version": "1"}, "paths": {PATH: {"post": post}}}
    return _written(folder, "edits.json", document)


def _prism(folder: Path, port: int, picture: str) -> Sequence[str]:
    return "mock", _described(folder, picture), "--port", str(port), "--host", "127.0.0.1", "--verboseLevel", "silent"


def _mockoon(folder: Path, port: int, picture: str) -> Sequence[str]:
    data = ("--data", _described(folder, picture))
    return "start", *data, "--port", str(port), "--hostname", "127.0.0.1", "--disable-log-to-file"


def _wiremock(folder: Path, port: int, picture: str) -> Sequence[str]:
    parts = [
        {"matchingType": "ANY", "headers": {"Content-Disposition": {"contains": f'name="{name}"'}}}
        for name in ("image", "prompt")
    ]
    body = base64.b64encode(json.dumps(_answer(picture)).encode()).decode()
    response = {"status": 200, "base64Body": body, "headers": {"Content-Type": "application/json"}}
    request = {"method": "POST", "urlPath": PATH, "multipartPatterns": parts}
    _written(folder, "mappings/edit.json", {"request": request, "response": response})
    journal = ("--max-request-journal-entries", "2000")
    return "--port", str(port), "--root-dir", str(folder), "--disable-banner", "--disable-gzip", *journal


def _aimock(folder: Path, port: int, picture: str) -> Sequence[str]:
    fixture = {"match": {"endpoint": "image"}, "response": {"image": {"b64Json": picture}}}
    file = _written(folder, "fixtures.json", {"fixtures": [fixture]})
    return "--port", str(port), "--fixtures", file, "--log-level", "silent"


PEERS = (
    Peer("Prism", "prism", _prism, 15.0),
    Peer("WireMock", "wiremock", _wiremock, 2.0),
    Peer("Mockoon", "mockoon-cli", _mockoon),
    Peer("aimock", "llmock", _aimock),
)
