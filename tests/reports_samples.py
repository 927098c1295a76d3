"""Two runs made by hand to test the reports with: every verdict, both origins, Chinese words, all sorts of answers.

The first endpoint breaks some of its claims and is cut short; the second keeps nearly all of its own.
"""

from __future__ import annotations

from contract_tests.findings import Finding, Report, Verdict
from specs.contract import Area, Citation, Claim, Contradiction, Level

STARTED = 1_795_223_520.0

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
