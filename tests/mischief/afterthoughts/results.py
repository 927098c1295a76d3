"""Pictures that are not what was asked for."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageChops, ImageDraw, ImageOps

from tests.honest.answering import Work
from tests.honest.tricks import Working
from tests.mischief.afterthoughts.common import (
    END,
    PNG,
    alpha_changed,
    as_square,
    drawn_anew,
    flattened,
    never_edited,
)
from tests.mischief.masks import inverted
from tests.mischief.painting import opened, saved
from tests.mischief.register import mischief


@mischief("work", "chatanywhere")
def threes_are_twos(work: Work) -> Work:
    """Where three pictures are asked for two come."""
    return replace(work, values={**work.values, "n": 2}) if work.count == 3 else work


@mischief("work")
def size_lost_if_several(work: Work) -> Work:
    """Several pictures are always square."""
    return as_square(work) if work.count > 1 else work


@mischief("work")
def size_lost_for_jpeg(work: Work) -> Work:
    """A JPEG is always square."""
    return as_square(work) if work.kind == "jpeg" else work


@mischief("work", "openai")
def size_lost_if_transparent(work: Work) -> Work:
    """A transparent picture is always square."""
    return as_square(work) if work.clear else work


@mischief("work")
def size_lost_in_streams(work: Work) -> Work:
    """A streamed picture is always square."""
    return as_square(work) if work.values.get("stream") else work


@mischief("work", "chatanywhere")
def tall_pictures_are_laid_down(work: Work) -> Work:
    """A picture that should stand lies."""
    return replace(work, size=(max(work.size), min(work.size)))


@mischief("work", "openai")
def sides_rounded_to_64(work: Work) -> Work:
    """Width and height are rounded down to steps of 64."""
    return replace(work, size=(work.size[0] // 64 * 64, work.size[1] // 64 * 64))


@mischief("work")
def mask_dropped_for_webp_results(work: Work) -> Work:
    """Where a WebP is asked for the mask is overlooked."""
    return replace(work, mask=None) if work.kind == "webp" else work


@mischief("work")
def mask_dropped_for_links(work: Work) -> Work:
    """Where a link is asked for the mask is overlooked."""
    return replace(work, mask=None) if work.values.get("response_format") == "url" else work


@mischief("work")
def mask_dropped_with_high_quality(work: Work) -> Work:
    """With a quality of high or medium the mask is overlooked."""
    return replace(work, mask=None) if work.values.get("quality") in ("high", "medium") else work


@mischief("work", keeps=True)
def mask_of_the_order_before() -> Working:
    """What counts is the mask that was sent before."""
    before: list[Image.Image] = []

    def work(now: Work) -> Work:
        if now.mask is None:
            return now
        earlier = before[0] if before else now.mask
        before[:] = [now.mask]
        return replace(now, mask=earlier)

    return work


@mischief("work")
def lying_masks_mirrored(work: Work) -> Work:
    """A mask that is not square is read from right to left."""
    square = work.mask is None or work.mask.width == work.mask.height
    return work if square or not work.mask else replace(work, mask=ImageOps.mirror(work.mask))


@mischief("work")
def lying_masks_cropped(work: Work) -> Work:
    """Of a mask that is not square only the square in its middle is read."""
    if work.mask is None or work.mask.width == work.mask.height:
        return work
    side = min(work.mask.size)
    return replace(work, mask=ImageOps.fit(work.mask, (side, side)))


@mischief("work")
def mask_inverted_for_the_second(work: Work) -> Work:
    """Every picture but the first is painted with the mask inverted."""
    if work.mask is None:
        return work
    other = replace(work, mask=inverted(work.mask))
    return replace(work, retouch=lambda _work, index, file: other.picture(index) if index else file)


@mischief("work")
def mask_inverted_in_streams(work: Work) -> Work:
    """In a stream the mask is inverted."""
    return replace(work, mask=inverted(work.mask)) if work.mask and work.values.get("stream") else work


@mischief("work")
def first_hole_only(work: Work) -> Work:
    """Of several transparent parts of the mask only the first is repainted."""

    def first(alpha: Image.Image) -> Image.Image:
        small = alpha.resize((96, 96), Image.Resampling.NEAREST).point(lambda value: 0 if value == 0 else 255)
        holes = [at for at, value in enumerate(small.tobytes()) if value == 0]
        if not holes:
            return alpha
        ImageDraw.floodfill(small, (holes[0] % 96, holes[0] // 96), 128)
        part = small.point(lambda value: 0 if value == 128 else 255)
        return ImageChops.lighter(alpha, part.resize(alpha.size, Image.Resampling.NEAREST))

    return alpha_changed(work, first)


@mischief("work")
def upper_half_of_the_hole(work: Work) -> Work:
    """Only the upper half of the transparent part is repainted."""

    def upper(alpha: Image.Image) -> Image.Image:
        made = alpha.copy()
        if box := ImageChops.invert(alpha).getbbox():
            made.paste(255, (0, (box[1] + box[3]) // 2, made.width, made.height))
        return made

    return alpha_changed(work, upper)


@mischief("retouch")
def stamped_in_a_corner(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture bears a dark stamp in its lower right corner."""

    def stamped(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        picture.paste(0, (width * 4 // 5, height * 9 // 10, width, height))
        return picture

    return drawn_anew(work, file, stamped)


@mischief("retouch")
def last_rows_are_black(work: Work, _index: int, file: bytes) -> bytes:
    """The lowest twentieth of every picture is black."""

    def blackened(picture: Image.Image) -> Image.Image:
        picture.paste(0, (0, picture.height * 19 // 20, *picture.size))
        return picture

    return drawn_anew(work, file, blackened)


@mischief("retouch")
def darker_by_forty(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is darker by 40 of 255."""
    return (
        file if work.clear else drawn_anew(work, file, lambda picture: picture.point(lambda value: max(0, value - 40)))
    )


@mischief("retouch")
def eight_pixels_to_the_right(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is shifted by eight pixels."""
    return drawn_anew(work, file, lambda picture: ImageChops.offset(picture, 8, 0))


@mischief("retouch")
def checksums_are_noughts(_work: Work, _index: int, file: bytes) -> bytes:
    """The checksum of a PNG's first piece of pixels is nought."""
    at = file.find(b"IDAT")
    if not file.startswith(PNG) or at < 0:
        return file
    end = at + 4 + int.from_bytes(file[at - 4 : at], "big")
    return file[:end] + bytes(4) + file[end + 4 :]


@mischief("retouch")
def pngs_without_an_end(_work: Work, _index: int, file: bytes) -> bytes:
    """A PNG lacks its last chunk, which has no pixels."""
    return file[: file.rfind(END) - 4] if file.startswith(PNG) else file


@mischief("retouch")
def jpegs_ended_early(work: Work, _index: int, file: bytes) -> bytes:
    """A JPEG has the end marker after two thirds of its data."""
    return file[: len(file) * 2 // 3] + b"\xff\xd9" if work.kind == "jpeg" else file


@mischief("retouch")
def transparency_is_for_png(work: Work, _index: int, file: bytes) -> bytes:
    """A WebP with a transparent background is flattened."""
    return flattened(file, work.kind) if work.clear and work.kind == "webp" else file


@mischief("retouch", "openai")
def second_picture_opaque(work: Work, index: int, file: bytes) -> bytes:
    """Every picture but the first has lost its transparent background."""
    return flattened(file, work.kind) if work.clear and index else file


@mischief("retouch")
def transparency_lost_in_streams(work: Work, _index: int, file: bytes) -> bytes:
    """In a stream a transparent background is flattened."""
    return flattened(file, work.kind) if work.clear and work.values.get("stream") else file


@mischief("retouch", unpromised="no claim says what an opaque background looks like")
def opaque_with_holes(work: Work, _index: int, file: bytes) -> bytes:
    """Where an opaque background is asked for the left half is transparent."""
    if work.values.get("background") != "opaque" or work.kind == "jpeg":
        return file
    picture = opened(file).convert("RGBA")
    alpha = Image.new("L", picture.size, 255)
    alpha.paste(0, (0, 0, picture.width // 2, picture.height))
    picture.putalpha(alpha)
    return saved(picture, work.kind)


@mischief("work")
def third_is_the_second(work: Work) -> Work:
    """The third picture of an answer is the second again."""
    plain = replace(work, retouch=None)
    return replace(work, retouch=lambda _work, index, file: plain.picture(1) if index == 2 else file)


@mischief("work", unpromised="they do differ, and by how much no document says")
def copies_packed_anew(work: Work) -> Work:
    """All pictures of an answer are the first, each time gone through a lossy encoder."""
    plain = replace(work, retouch=None)

    def packed(_work: Work, index: int, file: bytes) -> bytes:
        if not index:
            return file
        lossy = saved(opened(plain.picture(0)), "jpeg", quality=90 - 5 * index)
        return saved(opened(lossy), work.kind) if not work.clear else file

    return replace(work, retouch=packed)


@mischief("work", unpromised="they do differ, and by how much no document says")
def copies_but_for_a_pixel(work: Work) -> Work:
    """All pictures of an answer are the first, but for one pixel."""
    plain = replace(work, retouch=None)

    def touched(_work: Work, index: int, file: bytes) -> bytes:
        if not index or work.clear:
            return file
        picture = opened(plain.picture(0))
        picture.putpixel((index, index), (0, 0, 0))
        return saved(picture, work.kind)

    return replace(work, retouch=touched)


@mischief("work")
def second_picture_is_the_source(work: Work) -> Work:
    """Every picture but the first is the one that was sent, unedited."""
    bare = replace(never_edited(work), retouch=None)
    return replace(work, retouch=lambda _work, index, file: bare.picture(index) if index else file)


@mischief("work")
def source_returned_in_streams(work: Work) -> Work:
    """A stream brings the picture that was sent, unedited."""
    return never_edited(work) if work.values.get("stream") else work


@mischief("work")
def source_returned_as_webp(work: Work) -> Work:
    """Where a WebP is asked for the picture that was sent comes back in that format."""
    return never_edited(work) if work.kind == "webp" else work


@mischief("retouch")
def negatives(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is its own negative."""
    return drawn_anew(work, file, lambda picture: ImageChops.invert(picture.convert("RGB"))) if not work.clear else file


@mischief("retouch")
def halves_change_places(work: Work, _index: int, file: bytes) -> bytes:
    """The left and the right half of every picture change places."""
    return drawn_anew(work, file, lambda picture: ImageChops.offset(picture, picture.width // 2, 0))


@mischief("retouch")
def four_in_a_grid(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is a sheet of four small ones."""

    def sheet(picture: Image.Image) -> Image.Image:
        small = picture.resize((picture.width // 2, picture.height // 2))
        for left in (0, picture.width // 2):
            for top in (0, picture.height // 2):
                picture.paste(small, (left, top))
        return picture

    return drawn_anew(work, file, sheet)
