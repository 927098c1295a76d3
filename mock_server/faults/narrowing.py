"""Faults that refuse values and fields which the provider's own document offers: limits and lists of somebody else."""

from __future__ import annotations

from mock_server.faults.refusing import refused
from mock_server.faults.register import fault
from mock_server.replies import Reply
from specs.edits import ABSENT, Edit
from specs.features import features
from specs.pictures import look


@fault(
    "accepts-files-first",
    on="accepted",
    source="https://github.com/openai/openai-openapi/pull/59",
    catalogue="MK-04",
)
def text_behind_files_lost(edit: Edit, reply: Reply) -> Reply:
    """Fields that stand behind a file in the form are not found."""
    if "files-first" not in features(edit):
        return reply
    return refused("Missing required parameter: 'prompt'.", param="prompt", code="missing_required_parameter")


@fault(
    "valid-edit-accepted",
    "accepts-one-image",
    on="accepted",
    source="https://github.com/sashabaranov/go-openai/issues/188",
    catalogue="IV-01",
)
def picture_without_alpha_refused(edit: Edit, reply: Reply) -> Reply:
    """A picture without alpha is refused, as an older model did."""
    seen = [look(picture.data) for picture in edit.images if picture.data]
    if all(one is None or one.alpha for one in seen):
        return reply
    return refused("Invalid input image - format must be in ['RGBA', 'LA', 'L'], got RGB.")


@fault(
    "prompt-length",
    on="accepted",
    source="https://docs.aitoearn.ai/api-reference/ai-服务图像生成/编辑图像",
    catalogue="IV-05",
)
def prompt_limit_of_another_api(edit: Edit, reply: Reply) -> Reply:
    """A prompt of more than 4000 characters is refused, as by an older interface of the same house."""
    prompt = edit.get("prompt")
    if not isinstance(prompt, str) or len(prompt) <= 4000:
        return reply
    return refused("prompt must be shorter than or equal to 4000 characters", param="prompt")


@fault(
    "accepts-response-format",
    "payload-as-asked",
    on="accepted",
    source=("https://github.com/vercel/ai/issues/6102", "https://github.com/genkit-ai/genkit/issues/3346"),
    catalogue="PA-01",
)
def response_format_unknown(edit: Edit, reply: Reply) -> Reply:
    """`response_format` is refused as unknown, though the document has it."""
    if edit.get("response_format") is ABSENT:
        return reply
    message = "Unknown parameter: 'response_format'."
    return refused(message, type="shell_api_error", param="response_format", code="unknown_parameter")


@fault(
    "accepts-input-fidelity",
    on="accepted",
    source="https://community.openai.com/t/gpt-image-2-masking-issue/1379510",
    catalogue="PA-08",
)
def input_fidelity_unknown(edit: Edit, reply: Reply) -> Reply:
    """`input_fidelity` is refused as unknown, also with a model that has it."""
    if edit.get("input_fidelity") is ABSENT:
        return reply
    return refused("Unknown parameter: 'input_fidelity'.", param="input_fidelity", code="unknown_parameter")


@fault(
    "accepts-size-auto",
    on="accepted",
    source="https://chatanywhere.apifox.cn/api-230941694.md",
    catalogue="PA-14",
)
def auto_size_refused(edit: Edit, reply: Reply) -> Reply:
    """`size` of `auto` is refused, where the document offers it."""
    if edit.get("size") != "auto":
        return reply
    return refused("'auto' is not one of ['1024x1024', '1536x1024', '1024x1536'] - 'size'", param="size")


@fault(
    "accepts-model-left-out",
    on="accepted",
    source="https://github.com/Soju06/codex-lb/pull/498",
    catalogue="PA-22",
)
def model_demanded(edit: Edit, reply: Reply) -> Reply:
    """A request without `model` is refused, though the document has a default."""
    if edit.get("model") is not ABSENT:
        return reply
    return Reply(status=422, document={"detail": [{"loc": ["body", "model"], "msg": "Field required"}]}, why="fault")


@fault(
    "accepts-response-format",
    "payload-as-asked",
    "valid-edit-accepted",
    "response-format-offered",
    on="accepted",
    source="https://github.com/sgl-project/sglang/issues/19346",
    catalogue="PA-24",
    providers=("aitoearn",),
)
def links_without_a_store(edit: Edit, reply: Reply) -> Reply:
    """Who asks for a link is refused: there is no store that it could lead to."""
    if edit.get("response_format") != "url":
        return reply
    return refused("response_format 'url' needs a storage, and none is configured", param="response_format")


@fault(
    "accepts-stream",
    "accepts-partial-images",
    "accepts-stream-media-type",
    on="accepted",
    source=("https://github.com/langwatch/langwatch/pull/7769", "https://github.com/theopenco/llmgateway/pull/1756"),
    catalogue="SS-15",
)
def streaming_refused(edit: Edit, reply: Reply) -> Reply:
    """A gateway that claims compatibility refuses every request for a stream."""
    return refused("streaming is not supported", param="stream") if edit.streams else reply
