"""The rule about whether a result is an edit of the picture that was sent, or of none at all."""

from __future__ import annotations

from PIL import Image

from specs import pictures
from specs.answers import Asked
from specs.rules.payload import readable
from specs.rules.register import Breach, Said, Silent, rule

GRID = 16
"""Pictures are compared as so many by so many cells of colour: an edit keeps these, details do not matter."""


@rule("answer")
def source_recognised(asked: Asked, *, least: float, words: str) -> Said:
    """A result whose prompt asks to "{words}" is recognisably the picture that was sent: likeness at least {least}."""
    source = asked.edit.images[0].data if len(asked.edit.images) == 1 else None
    prompt = asked.edit.get("prompt")
    if source is None or not isinstance(prompt, str) or words not in prompt or pictures.decodes(source):
        yield Silent("the prompt does not ask to keep the one picture that was sent")
        return
    found = [(payload, data) for payload, data in readable(asked) if pictures.decodes(data) is None]
    if not found:
        yield Silent("no picture could be decoded")
    for payload, data in found:
        like = likeness(source, data)
        if like is None:
            yield Silent("the picture that was sent is of one colour, so nothing is like it")
        elif like < least:
            sentence = f"picture {payload.index} is not like the one that was sent: likeness {like:.2f}"
            yield Breach(sentence, f"likeness of at least {least}", f"{like:.2f}")


def likeness(source: bytes, result: bytes) -> float | None:
    """How alike source and result are: the correlation (-1 to 1) of their colours on the GRID, channel by channel.

    Where their proportions differ the source may have been stretched, framed or cropped: the best of the three counts.
    None when the source has no structure to compare. Raises BrokenPicture.
    """
    before, after = pictures.pixels(source).convert("RGB"), pictures.pixels(result).convert("RGB")
    ways = [(before, after)]
    if before.width * after.height != after.width * before.height:
        ways += [(before, _middle(after, before.size)), (_middle(before, after.size), after)]
    found = [like for one, other in ways if (like := _correlation(_cells(one), _cells(other))) is not None]
    return max(found, default=None)


def _middle(picture: Image.Image, shape: tuple[int, int]) -> Image.Image:
    """The largest middle part of a picture that has the proportions of a shape."""
    scale = min(picture.width / shape[0], picture.height / shape[1])
    width, height = max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def _cells(picture: Image.Image) -> list[float]:
    """The colours on the GRID, each less the mean of its channel."""
    cells = [float(value) for value in picture.resize((GRID, GRID), Image.Resampling.BOX).tobytes()]
    means = [sum(cells[channel::3]) / (GRID * GRID) for channel in range(3)]
    return [value - means[place % 3] for place, value in enumerate(cells)]


def _correlation(one: list[float], other: list[float]) -> float | None:
    ours, theirs = sum(a * a for a in one), sum(b * b for b in other)
    if not ours:
        return None
    return sum(a * b for a, b in zip(one, other, strict=True)) / (ours * theirs) ** 0.5 if theirs else 0.0
