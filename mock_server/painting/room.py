"""The room for caption and thumbnails: the most useful rectangle that will be seen whole."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom lie outside."""

_CELLS = 32


def room_in(cover: Image.Image | None, size: tuple[int, int]) -> Box:
    """The room in a picture of this size; `cover` is L, 255 where paint will be seen, None where all of it is.

    Looked for on a grid of at most 32x32 cells: only a cell that is seen whole counts (or, where no cell is, one that
    is seen about as well as the best). A room gains nothing by being higher
    than wide.
    """
    width, height = size
    if cover is None or cover.getextrema() == (255, 255):
        return 0, 0, width, height
    columns, rows = min(_CELLS, width), min(_CELLS, height)
    cells = cover.resize((columns, rows), Image.Resampling.BOX).tobytes()
    enough = min(254, max(max(cells) * 9 // 10, 1))
    seen = [[cell >= enough for cell in cells[row * columns : (row + 1) * columns]] for row in range(rows)]
    left, top, right, bottom = max(_rectangles(seen), key=lambda box: _use(box, width / columns, height / rows))
    return (
        -(-left * width // columns),
        -(-top * height // rows),
        right * width // columns,
        bottom * height // rows,
    )


def _use(box: Box, cell_width: float, cell_height: float) -> float:
    left, top, right, bottom = box
    across, down = (right - left) * cell_width, (bottom - top) * cell_height
    return across * min(down, across)


def _rectangles(seen: list[list[bool]]) -> Iterator[Box]:
    """Every rectangle of seen cells that cannot be widened without losing height."""
    yield 0, 0, 0, 0
    heights = [0] * len(seen[0])
    for bottom, row in enumerate(seen, start=1):
        heights = [height + 1 if cell else 0 for height, cell in zip(heights, row, strict=True)]
        yield from _resting_on(bottom, heights)


def _resting_on(bottom: int, heights: list[int]) -> Iterator[Box]:
    """The widest rectangle of each height above the line `bottom`."""
    open_at: list[tuple[int, int]] = []
    for right, height in enumerate((*heights, 0)):
        left = right
        while open_at and open_at[-1][1] >= height:
            left, tall = open_at.pop()
            yield left, bottom - tall, right, bottom
        open_at.append((left, height))
