"""Pictures that are not what was asked for: turned, of another size or format, copies, cut off."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import ExifTags, Image, ImageChops

from tests.honest import artist
from tests.honest.answering import Work
from tests.mischief.register import mischief


def opened(file: bytes) -> Image.Image:
    """A picture out of its file."""
    with Image.open(io.BytesIO(file)) as picture:
        return picture.copy()


def saved(picture: Image.Image, kind: str = "png", **options: object) -> bytes:
    """A picture as a file."""
    page = picture.convert("RGB") if kind == "jpeg" else picture
    with io.BytesIO() as out:
        page.save(out, kind.upper(), **({"compress_level": 1} if kind == "png" else {}), **options)
        return out.getvalue()


def turned(work: Work, file: bytes, way: Image.Transpose) -> bytes:
    """The picture flipped or turned, in its own size."""
    picture = opened(file)
    return saved(picture.transpose(way).resize(picture.size), work.kind)


@mischief("retouch")
def pictures_upside_down(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is turned by 180 degrees."""
    return turned(work, file, Image.Transpose.ROTATE_180)


@mischief("retouch")
def pictures_mirrored(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is mirrored left to right."""
    return turned(work, file, Image.Transpose.FLIP_LEFT_RIGHT)


@mischief("retouch", "openai")
def pictures_flipped(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is mirrored top to bottom."""
    return turned(work, file, Image.Transpose.FLIP_TOP_BOTTOM)


@mischief("retouch", "chatanywhere")
def pictures_transposed(work: Work, _index: int, file: bytes) -> bytes:
    """Rows and columns of every picture change places."""
    return turned(work, file, Image.Transpose.TRANSPOSE)


@mischief("retouch")
def second_picture_mirrored(work: Work, index: int, file: bytes) -> bytes:
    """The second picture of an answer is mirrored."""
    return turned(work, file, Image.Transpose.FLIP_LEFT_RIGHT) if index == 1 else file


@mischief("retouch")
def colours_swapped(work: Work, _index: int, file: bytes) -> bytes:
    """Red and blue of every picture change places."""
    red, green, blue, *rest = opened(file).convert("RGBA").split()
    picture = Image.merge("RGBA", (blue, green, red, *rest))
    return saved(picture if work.clear else picture.convert("RGB"), work.kind)


@mischief("retouch", "openai")
def grey_pictures(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture loses its colours."""
    picture = opened(file)
    return saved(picture.convert("LA" if picture.mode == "RGBA" else "L").convert(picture.mode), work.kind)


@mischief("retouch", "chatanywhere")
def black_pictures(work: Work, _index: int, file: bytes) -> bytes:
    """Every picture is black."""
    return saved(Image.new("RGB", opened(file).size), work.kind)


@mischief("work", "openai", "chatanywhere", "aitoearn")
def source_returned(work: Work) -> Work:
    """What comes back is the picture that was sent, only in the size that was asked for."""
    return replace(work, mask=Image.new("RGBA", work.source.size, (0, 0, 0, 255)))


def _sized(work: Work, width: int, height: int) -> Work:
    return replace(work, size=(width, height))


@mischief("work")
def one_pixel_narrower(work: Work) -> Work:
    """Every picture is one pixel narrower than asked for."""
    return _sized(work, work.size[0] - 1, work.size[1])


@mischief("work", "chatanywhere")
def one_pixel_taller(work: Work) -> Work:
    """Every picture is one pixel taller than asked for."""
    return _sized(work, work.size[0], work.size[1] + 1)


@mischief("work")
def twice_the_size(work: Work) -> Work:
    """Every picture is twice as wide and as high."""
    return _sized(work, 2 * work.size[0], 2 * work.size[1])


@mischief("work")
def width_and_height_swapped(work: Work) -> Work:
    """Width and height change places."""
    return _sized(work, work.size[1], work.size[0])


@mischief("work", "openai")
def always_square(work: Work) -> Work:
    """Only squares are made."""
    return _sized(work, 1024, 1024)


@mischief("work")
def size_of_the_source(work: Work) -> Work:
    """Every picture is as large as the one that was sent."""
    return replace(work, size=work.source.size)


@mischief("work", "chatanywhere")
def default_size_is_another(work: Work) -> Work:
    """Without `size` the picture is 1536x1024."""
    return work if "size" in work.values else _sized(work, 1536, 1024)


@mischief("work")
def smaller_with_a_mask(work: Work) -> Work:
    """With a mask the picture is as large as the mask."""
    return work if work.mask is None else replace(work, size=work.mask.size)


@mischief("work", "openai")
def streams_are_smaller(work: Work) -> Work:
    """The finished picture of a stream has half the width and height."""
    return _sized(work, work.size[0] // 2, work.size[1] // 2) if work.values.get("stream") else work


@mischief("retouch")
def second_picture_smaller(work: Work, index: int, file: bytes) -> bytes:
    """The second picture of an answer is smaller."""
    return saved(opened(file).resize((128, 128)), work.kind) if index == 1 else file


@mischief("retouch")
def second_picture_cut_short(_work: Work, index: int, file: bytes) -> bytes:
    """The second picture of an answer ends half way."""
    return file[: len(file) // 2] if index == 1 else file


@mischief("retouch", "openai")
def last_rows_missing(_work: Work, _index: int, file: bytes) -> bytes:
    """The last tenth of every file is missing."""
    return file[: len(file) * 9 // 10]


@mischief("retouch")
def png_is_jpeg(work: Work, _index: int, file: bytes) -> bytes:
    """Where a PNG is asked for, a JPEG comes."""
    return saved(opened(file), "jpeg") if work.values.get("output_format") == "png" else file


@mischief("work", "openai")
def webp_is_png_in_a_stream(work: Work) -> Work:
    """In a stream the format that was asked for is forgotten."""
    return replace(work, kind="png") if work.values.get("stream") else work


@mischief("work")
def webp_is_jpeg(work: Work) -> Work:
    """Where a WebP is asked for, a JPEG comes."""
    return replace(work, kind="jpeg") if work.kind == "webp" else work


@mischief("work", "openai")
def always_webp(work: Work) -> Work:
    """Where no format is asked for, a WebP comes."""
    return work if "output_format" in work.values else replace(work, kind="webp")


@mischief("retouch", "chatanywhere")
def transparency_flattened(work: Work, _index: int, file: bytes) -> bytes:
    """The transparent background is laid on white."""
    if not work.clear:
        return file
    picture = opened(file)
    return saved(Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB"), work.kind)


@mischief("retouch")
def another_source(work: Work, index: int, file: bytes) -> bytes:
    """Every picture is an edit of another picture: of coloured noise."""
    noise = Image.effect_noise((16, 16), 90).resize(work.size)
    strange = Image.merge(
        "RGB", (noise, ImageChops.invert(noise), noise.transpose(Image.Transpose.ROTATE_90).resize(work.size))
    )
    return artist.encoded(strange, work.kind) if file and index >= 0 else file


@mischief("retouch")
def turned_by_metadata(work: Work, _index: int, file: bytes) -> bytes:
    """A JPEG says in its metadata that it is to be shown turned by 90 degrees."""
    if work.kind != "jpeg":
        return file
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return saved(opened(file), "jpeg", exif=exif)


@mischief("work", "openai", unpromised="how strongly a result is compressed shows in no single answer")
def compression_ignored(work: Work) -> Work:
    """`output_compression` makes no difference."""
    return replace(work, values={**work.values, "output_compression": 95})
