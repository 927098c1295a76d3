"""How a request is refused: which statuses the sources allow for what, and the words for it in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of defect: the statuses its sources allow, the `type` and `code` of its error."""

    statuses: tuple[int, ...] = (400,)
    code: str | None = None
    type: str = "invalid_request_error"


_USER = "image_generation_user_error"

KINDS: Mapping[str, Kind] = {
    "route": Kind((404, 400, 403)),
    "method": Kind((405, 404, 400)),
    "key-missing": Kind((401,)),
    "key-wrong": Kind((401, 403), "invalid_api_key"),
    "media-type": Kind((400, 415), "unsupported_content_type"),
    "body": Kind((400, 422, 413)),
    "missing": Kind((400,), "missing_required_parameter"),
    "type": Kind((400,), "invalid_type"),
    "value": Kind((400,), "invalid_value"),
    "model": Kind((400, 404, 403), "invalid_value", _USER),
    "unknown": Kind((400,), "unknown_parameter"),
    "too-short": Kind((400,), "empty_string"),
    "too-long": Kind((400, 413), "string_above_max_length"),
    "too-many": Kind((400, 413), "array_above_max_length"),
    "range": Kind((400,), "integer_out_of_range"),
    "too-large": Kind((400, 413)),
    "kind": Kind((400, 415), "invalid_image_file", _USER),
    "broken": Kind((400,), "invalid_image_file", _USER),
    "mask-kind": Kind((400, 415), "invalid_mask_image_format", _USER),
    "mask": Kind((400,), "invalid_mask_image_format", _USER),
    "not-with": Kind((400,), "unsupported_parameter", _USER),
    "moderation": Kind((400,), "moderation_blocked", _USER),
    "quota": Kind((402,), "insufficient_quota", "insufficient_quota"),
    "busy": Kind((429,), "rate_limit_exceeded", "rate_limit_error"),
    "tired": Kind((503,), "server_is_overloaded", "service_unavailable_error"),
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "": "This will not do: {field}.",
        "missing": "You must provide {field}.",
        "key-missing": "No API key was given.",
        "key-wrong": "That API key is not one of ours.",
        "busy": "Too many requests; come back in a moment.",
    },
    "zh": {
        "": "请求无效：{field}",
        "missing": "缺少必填参数 {field}",
        "key-missing": "未提供 API Key",
        "key-wrong": "API Key 无效",
        "busy": "请求过于频繁，请稍后再试",
    },
    "ar": {
        "": "طلب غير صالح: {field}",
        "missing": "الحقل {field} مطلوب",
        "key-missing": "لم يُرسل مفتاح",
        "key-wrong": "المفتاح غير صحيح",
        "busy": "طلبات كثيرة جدًا",
    },
}
"""What the endpoint says, by kind; "" for every other kind."""


class Refused(Exception):
    """A request is not served: the kind of defect, and the field at fault."""

    def __init__(self, kind: str, field: str | None = None) -> None:
        super().__init__(kind)
        self.kind, self.field = kind, field

    def status(self, index: int) -> int:
        """One of the statuses that the sources allow."""
        allowed = KINDS[self.kind].statuses
        return allowed[index % len(allowed)]

    def document(self, language: str) -> dict[str, object]:
        """The error envelope."""
        kind, words = KINDS[self.kind], WORDS[language]
        message = words.get(self.kind, words[""]).format(field=self.field or self.kind)
        return {"error": {"message": message, "type": kind.type, "param": self.field, "code": kind.code}}
