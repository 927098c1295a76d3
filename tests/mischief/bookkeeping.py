"""What an answer tells of itself, told wrongly: the time, the tokens, the size, the quality."""

from __future__ import annotations

from typing import Any

from tests.honest.answering import Work
from tests.mischief.register import mischief

Told = dict[str, Any]
ALL = ("openai", "chatanywhere", "aitoearn")


def _counted(told: Told, **changed: Any) -> Told:
    usage = told["usage"]
    made = {key: value(usage[key]) if callable(value) else value for key, value in changed.items()}
    return {**told, "usage": {**usage, **made}}


@mischief("document")
def created_with_a_fraction(_work: Work, told: Told) -> Told:
    """`created` has a fraction."""
    return {**told, "created": told["created"] + 0.25}


@mischief("document", "openai")
def created_in_local_time(_work: Work, told: Told) -> Told:
    """`created` is eight hours ahead: the seconds of a clock in another zone."""
    return {**told, "created": told["created"] + 8 * 3600}


@mischief("document")
def created_never(_work: Work, told: Told) -> Told:
    """`created` is 0."""
    return {**told, "created": 0}


@mischief("document", "openai")
def created_as_a_date(_work: Work, told: Told) -> Told:
    """`created` is a date in words."""
    return {**told, "created": "2026-11-27T10:00:00Z"}


@mischief("document")
def created_is_true(_work: Work, told: Told) -> Told:
    """`created` is true."""
    return {**told, "created": True}


@mischief("document", "openai")
def tokens_as_text(_work: Work, told: Told) -> Told:
    """Numbers of tokens are texts."""
    return _counted(told, input_tokens=str, output_tokens=str, total_tokens=str)


@mischief("document")
def total_of_the_input_only(_work: Work, told: Told) -> Told:
    """The total leaves out what was made."""
    return _counted(told, total_tokens=told["usage"]["input_tokens"])


@mischief("document", "chatanywhere")
def negative_tokens(_work: Work, told: Told) -> Told:
    """Nothing is known of the output: -1 tokens."""
    return _counted(told, output_tokens=-1)


@mischief("document", "openai")
def tokens_with_a_fraction(_work: Work, told: Told) -> Told:
    """Tokens are counted in halves."""
    return _counted(told, input_tokens=lambda tokens: tokens + 0.5)


@mischief("document", "chatanywhere")
def usage_is_null(_work: Work, told: Told) -> Told:
    """`usage` is null."""
    return {**told, "usage": None}


@mischief("document", "chatanywhere")
def usage_missing_if_several(work: Work, told: Told) -> Told:
    """With several pictures `usage` is left out."""
    return {key: value for key, value in told.items() if key != "usage"} if work.count > 1 else told


@mischief("document")
def input_details_are_a_list(_work: Work, told: Told) -> Told:
    """`input_tokens_details` is a list."""
    return _counted(told, input_tokens_details=lambda details: [details])


@mischief("document", "openai")
def input_details_of_text_only(_work: Work, told: Told) -> Told:
    """The input's tokens of pictures are left out."""
    return _counted(told, input_tokens_details=lambda details: {"text_tokens": details["text_tokens"]})


@mischief("document", unpromised="no document says what a picture costs in tokens")
def pictures_cost_no_tokens(work: Work, told: Told) -> Told:
    """Only text is counted, though the numbers add up."""
    text = len(work.values["prompt"]) // 4 + 1
    details = {"text_tokens": text, "image_tokens": 0}
    made = told["usage"]["output_tokens"]
    return _counted(told, input_tokens=text, total_tokens=text + made, input_tokens_details=details)


@mischief("document", "openai")
def size_of_the_source_told(work: Work, told: Told) -> Told:
    """The size that is told is that of the picture that was sent."""
    return {**told, "size": f"{work.source.width}x{work.source.height}"}


@mischief("document")
def size_told_transposed(work: Work, told: Told) -> Told:
    """The size that is told has width and height exchanged."""
    return {**told, "size": f"{work.size[1]}x{work.size[0]}"}


@mischief("document", *ALL)
def jpeg_told_as_png(_work: Work, told: Told) -> Told:
    """Whatever comes is told as png."""
    return {**told, "output_format": "png"}


@mischief("document", "openai")
def jpeg_told_as_jpg(_work: Work, told: Told) -> Told:
    """A JPEG is told as jpg."""
    return {**told, "output_format": "jpg" if told["output_format"] == "jpeg" else told["output_format"]}


@mischief("document", "openai")
def quality_told_is_the_best(_work: Work, told: Told) -> Told:
    """The quality that is told is always high."""
    return {**told, "quality": "high"}


@mischief("document", "chatanywhere")
def background_told_opaque(_work: Work, told: Told) -> Told:
    """The background that is told is always opaque."""
    return {**told, "background": "opaque"}
