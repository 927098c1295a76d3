"""How a provider words its refusals beyond its documents: the last thing that happens to a refusal.

`native` is what a provider's own machinery is publicly known to send in place of OpenAI's envelope: ChatAnywhere's
`chatanywhere_error` with a Spring status for a code, AiToEarn's envelope with HTTP 200 and a business code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from mock_server.replies import Reply
from mock_server.settings import Dialect

_AITOEARN_CODES: dict[object, int] = {
    "invalid_api_key": 401,
    "insufficient_quota": 12001,
    "model": 12300,
    400: 10002,
}


def spoken(reply: Reply, provider: str, dialect: Dialect) -> Reply:
    """A refusal in the provider's dialect; any other reply as it is."""
    native = _NATIVE.get(provider)
    error = reply.document.get("error") if isinstance(reply.document, dict) else None
    if dialect != "native" or native is None or reply.why is None or not isinstance(error, dict):
        return reply
    return native(reply, error)


def _chatanywhere(reply: Reply, error: Mapping[str, Any]) -> Reply:
    """Balance is 403 there; the culprit is not named."""
    status = 403 if error.get("code") == "insufficient_quota" else reply.status
    try:
        code = f"{status} {HTTPStatus(status).name}"
    except ValueError:
        code = str(status)
    told = {"message": error.get("message"), "type": "chatanywhere_error", "param": None, "code": code}
    return replace(reply, status=status, document={"error": told})


def _aitoearn(reply: Reply, error: Mapping[str, Any]) -> Reply:
    """Whatever is wrong, HTTP says 200."""
    told = (error.get("code"), error.get("param"), reply.status)
    code = next((_AITOEARN_CODES[key] for key in told if key in _AITOEARN_CODES), reply.status)
    document: dict[str, Any] = {
        "data": {},
        "code": code,
        "message": error.get("message"),
        "timestamp": int(time.time() * 1000),
    }
    return replace(reply, status=200, document=document)


_NATIVE: dict[str, Callable[[Reply, Mapping[str, Any]], Reply]] = {"chatanywhere": _chatanywhere, "aitoearn": _aitoearn}
