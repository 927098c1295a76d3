"""Faults that refuse what is valid: forms, fields and combinations that a relay's own plumbing does not pass on."""

from __future__ import annotations

from mock_server.faults.register import fault
from mock_server.replies import Reply, refusal
from specs.edits import ABSENT, Edit
from specs.features import features

_GATEWAY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>"
)


def refused(message: str, status: int = 400, type: str = "invalid_request_error", **named: str | None) -> Reply:
    """A refusal of something valid, in the usual envelope."""
    return refusal(status, message, type, why="fault", **named)


def _answered(status: int, document: object) -> Reply:
    return Reply(status=status, document=document, why="fault")


@fault(
    "accepts-image-array",
    "accepts-several-images",
    on="accepted",
    source=("https://github.com/openai/openai-ruby/pull/311", "https://github.com/maximhq/bifrost/pull/1771"),
    catalogue="RP-02",
)
def image_array_taken_for_duplicates(edit: Edit, reply: Reply) -> Reply:
    """Several `image[]` parts are rewritten to repeated `image` parts and refused as duplicates."""
    if edit.encoding != "multipart" or len(edit.images) < 2:
        return reply
    return refused("Duplicate parameter: 'image'.", param="image", code="duplicate_parameter")


@fault(
    "accepts-mask",
    on="accepted",
    source="https://github.com/ding113/claude-code-hub/issues/1141",
    catalogue="RP-07",
)
def mask_counted_twice(edit: Edit, reply: Reply) -> Reply:
    """One mask is counted twice and refused."""
    if edit.mask is None:
        return reply
    return refused("Invalid request: multipart /images/edits accepts at most one mask field.")


@fault(
    "accepts-json",
    "accepts-data-url",
    on="accepted",
    source="https://github.com/basketikun/chatgpt2api/pull/146",
    catalogue=("RP-08", "HC-04"),
)
def json_read_as_form(edit: Edit, reply: Reply) -> Reply:
    """A JSON body is looked through for form fields, and the prompt not found."""
    if edit.encoding != "json":
        return reply
    return _answered(422, {"detail": [{"loc": ["body", "prompt"], "msg": "Field required", "type": "missing"}]})


@fault(
    "accepts-multipart",
    "valid-edit-accepted",
    on="accepted",
    source="https://github.com/looplj/axonhub/issues/1945",
    catalogue="RP-15",
)
def form_read_as_json(edit: Edit, reply: Reply) -> Reply:
    """A form body is parsed as JSON, and the model not found."""
    if edit.encoding != "multipart":
        return reply
    return refused("Model name not specified, model name cannot be empty", type="new_api_error")


@fault("accepts-mask", on="accepted", source="https://github.com/BerriAI/litellm/issues/26552", catalogue="MK-01")
def mask_answered_500(edit: Edit, reply: Reply) -> Reply:
    """A mask makes the relay fall over: 500, while the same request without it works."""
    if edit.mask is None:
        return reply
    error = {"message": "Attempted to access streaming request content", "type": None, "param": None, "code": "500"}
    return _answered(500, {"error": error})


@fault("accepts-mask", on="accepted", source="https://github.com/Wei-Shaw/sub2api/issues/2251", catalogue="MK-08")
def mask_answered_502(edit: Edit, reply: Reply) -> Reply:
    """A mask is always answered by a gateway's 502 page, while the same request without it works."""
    if edit.mask is None:
        return reply
    return Reply(status=502, why="fault").with_body(_GATEWAY_PAGE, "text/html")


@fault(
    "accepts-several-images",
    "accepts-image-array",
    "accepts-json-image-list",
    on="accepted",
    source="https://github.com/basketikun/chatgpt2api/issues/377",
    catalogue="RL-01",
)
def several_images_answered_429(edit: Edit, reply: Reply) -> Reply:
    """Several pictures are always answered 429, as if a quota were used up."""
    if len(edit.images) < 2:
        return reply
    return refused("no available image quota", 429, "rate_limit_error", code="rate_limit_exceeded")


@fault(
    "size-offered",
    "size-on-grid",
    "accepts-size",
    "valid-edit-accepted",
    on="accepted",
    source="https://community.openai.com/t/gpt-image-1-model-parameter-ignored-by-image-variations-api/1254300",
    catalogue="PA-09",
)
def size_checked_against_an_old_list(edit: Edit, reply: Reply) -> Reply:
    """`size` is checked against the list of an older model, whatever model is asked for."""
    size = edit.get("size")
    if size in (ABSENT, None, "auto", "256x256", "512x512", "1024x1024"):
        return reply
    return refused(f"'{size}' is not one of ['256x256', '512x512', '1024x1024'] - 'size'")


@fault(
    "size-offered",
    "size-on-grid",
    "accepts-size",
    "valid-edit-accepted",
    on="accepted",
    source="https://github.com/BerriAI/litellm/issues/20050",
    catalogue="PA-10",
)
def oblong_size_refused(edit: Edit, reply: Reply) -> Reply:
    """A size that is not square is translated into a field that the vendor behind does not know."""
    if edit.size is None or edit.size[0] == edit.size[1]:
        return reply
    message = 'Invalid JSON payload received. Unknown name "aspectRatio"'
    return _answered(400, {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}})


@fault(
    "accepts-several-results",
    "n-in-range",
    "valid-edit-accepted",
    on="accepted",
    source="https://github.com/BerriAI/litellm/pull/39510",
    catalogue="PA-18",
)
def form_numbers_stay_text(edit: Edit, reply: Reply) -> Reply:
    """`n` of a form stays text and is refused as no number."""
    if edit.encoding != "multipart" or edit.get("n") is ABSENT:
        return reply
    return refused("Malformed input request: #/numberOfImages: expected type: Number, found: String")


@fault(
    "accepts-stream-false",
    "accepts-stream",
    on="accepted",
    source="https://github.com/maximhq/bifrost/pull/1459",
    catalogue="SS-14",
)
def stream_flag_leaks(edit: Edit, reply: Reply) -> Reply:
    """`stream` is passed on to a backend that does not know it, even when it is false."""
    if edit.get("stream") is ABSENT:
        return reply
    return refused("Unknown parameter: 'stream'.", param="stream", code="unknown_parameter")


@fault(
    "accepts-utf8-file-name",
    on="accepted",
    source="https://github.com/danny-avila/LibreChat/pull/2261",
    catalogue="EN-02",
)
def utf8_file_name_refused(edit: Edit, reply: Reply) -> Reply:
    """A file name beyond ASCII breaks the form parser."""
    return refused("Malformed part header") if "utf8-filename" in features(edit) else reply


@fault(
    "valid-edit-accepted",
    on="accepted",
    source=("https://github.com/labring/aiproxy/issues/395", "https://github.com/vllm-project/vllm-omni/pull/5995"),
    catalogue=("EE-05", "OT-10"),
)
def edits_not_supported(_edit: Edit, _reply: Reply) -> Reply:
    """Every edit is refused: the relay does not support this mode."""
    return refused("unsupported mode: ImagesEdits")


@fault(
    "valid-edit-accepted",
    on="accepted",
    source=("https://github.com/openai/openai-python/issues/2608", "https://github.com/CopilotKit/aimock/issues/221"),
    catalogue=("OT-04", "OT-02"),
)
def route_missing(_edit: Edit, _reply: Reply) -> Reply:
    """The route is not there: 404 in JSON."""
    return _answered(404, {"error": {"code": "404", "message": "Resource not found"}})
