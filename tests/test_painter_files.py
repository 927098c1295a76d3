"""Files and caches: what is written is read back the same, and no cache outgrows its bound."""

from __future__ import annotations

import io
import zlib
from threading import Thread
from types import ModuleType

import pytest
from PIL import Image

from mock_server.painting import encode
from mock_server.painting.encode import encoded, png
from specs.cache import ByteCache
from specs.pictures import pixels


@pytest.mark.parametrize("packer", [encode.packing, zlib], ids=["as installed", "zlib"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (3, 1), (1, 3), (255, 257), (16383, 2)])
def test_a_png_is_read_back_pixel_for_pixel(
    mode: str, size: tuple[int, int], packer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode, "packing", packer)
    noise = Image.frombytes("L", (64, 64), zlib.crc32(b"noise").to_bytes(4, "big") * 1024).resize(size)
    picture = Image.merge(mode, [noise.transpose(turn) for turn in (0, 1, 3, 0)][: len(mode)])
    data = png(picture)
    with Image.open(io.BytesIO(data)) as back:
        assert (back.format, back.mode, back.size) == ("PNG", mode, size)
        assert back.tobytes() == picture.tobytes()
    assert pixels(data).size == size


@pytest.mark.parametrize("compression", [-5, 0, 100, 1000])
@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_any_compression_gives_a_whole_file(mode: str, format: str, compression: int) -> None:
    assert pixels(encoded(Image.new(mode, (9, 5), "teal"), format, compression)).size == (9, 5)


def test_a_cache_drops_what_was_used_longest_ago() -> None:
    cache: ByteCache[str] = ByteCache(10)
    for name in ("a", "b"):
        cache.put(name.encode(), name, 4)
    assert cache.get(b"a") == "a"
    cache.put(b"c", "c", 4)
    assert [cache.get(name) for name in (b"a", b"b", b"c")] == ["a", None, "c"]
    assert cache.held_bytes == 8


def test_a_value_replaced_is_counted_once() -> None:
    cache: ByteCache[str] = ByteCache(10)
    cache.put(b"a", "old", 4)
    assert cache.put(b"a", "new", 6) == "new"
    assert (cache.get(b"a"), cache.held_bytes, len(cache)) == ("new", 6, 1)


def test_a_value_larger_than_the_cache_is_not_kept() -> None:
    cache: ByteCache[str] = ByteCache(10)
    cache.put(b"small", "small", 3)
    assert cache.put(b"large", "large", 11) == "large"
    assert (cache.get(b"large"), cache.get(b"small")) == (None, "small")


def test_a_cleared_cache_holds_nothing() -> None:
    cache: ByteCache[str] = ByteCache(10)
    cache.put(b"a", "a", 4)
    cache.clear()
    assert (cache.get(b"a"), cache.held_bytes, len(cache)) == (None, 0, 0)


def test_a_cache_used_by_many_threads_keeps_its_bound() -> None:
    cache: ByteCache[int] = ByteCache(100)

    def use(start: int) -> None:
        for number in range(start, start + 500):
            cache.put(str(number % 40).encode(), number, 1 + number % 9)
            cache.get(str(number % 7).encode())

    threads = [Thread(target=use, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < cache.held_bytes <= 100
