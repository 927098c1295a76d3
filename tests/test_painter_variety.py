"""The painter: the same order is the same picture, another order is another."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from mock_server.painter import Order, clear_caches, paint
from painter_samples import (
    INSIDE,
    MASK,
    MASKED,
    PHOTO,
    PLAIN,
    SIX_TILES,
    SOURCES,
    apart,
    file,
    opened,
)


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    clear_caches()


@pytest.mark.parametrize("order", [PLAIN, MASKED, replace(PLAIN, format="jpeg"), replace(PLAIN, format="webp")])
def test_the_same_order_gives_the_same_bytes(order: Order) -> None:
    first = paint(order, 3)
    clear_caches()
    assert paint(order, 3) == first


def test_another_process_paints_the_same_bytes() -> None:
    program = (
        "import hashlib, painter_samples as samples; from mock_server.painter import paint;"
        "print(hashlib.sha256(paint(samples.PLAIN) + paint(samples.MASKED)).hexdigest())"
    )
    here = Path(__file__).parent
    for hash_seed in ("1", "2"):
        environment = {"PYTHONPATH": f"{here.parent}{os.pathsep}{here}", "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", program]
        answer = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
        assert answer.stdout.strip() == hashlib.sha256(paint(PLAIN) + paint(MASKED)).hexdigest()


@pytest.mark.parametrize("name", SIX_TILES)
def test_the_picture_is_the_same_on_every_machine(name: str) -> None:
    order, tiles = SIX_TILES[name]
    seen = opened(paint(order)).resize((3, 2), Image.Resampling.BOX).tobytes()
    assert max(abs(here - there) for here, there in zip(seen, tiles, strict=True)) <= 2


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", SOURCES)
def test_ten_results_of_one_order_are_clearly_different(name: str, masked: bool) -> None:
    order = replace(MASKED if masked else PLAIN, images=(file(SOURCES[name]),))
    results = [opened(paint(order, index)) for index in range(10)]
    where = INSIDE if masked else None
    assert min(apart(one, other, where) for one, other in combinations(results, 2)) >= 8


@pytest.mark.parametrize("order", [PLAIN, MASKED])
def test_prompt_and_seed_change_the_picture(order: Order) -> None:
    orders = [replace(order, seed=seed, prompt=prompt, caption=False) for seed in (0, 1) for prompt in ("x", "y")]
    assert len({paint(each) for each in orders}) == 4


def test_orders_that_differ_in_anything_are_not_mistaken_for_each_other() -> None:
    orders = [
        PLAIN,
        MASKED,
        replace(PLAIN, images=(PHOTO, PHOTO)),
        replace(PLAIN, images=(MASK,)),
        replace(PLAIN, size=(160, 192)),
        replace(PLAIN, format="jpeg"),
        replace(PLAIN, format="jpeg", compression=10),
        replace(PLAIN, background="transparent"),
        replace(PLAIN, caption=False),
    ]
    assert len({paint(order) for order in orders}) == len(orders)


def test_many_threads_get_the_same_pictures() -> None:
    orders = [replace(order, seed=seed) for order in (PLAIN, MASKED) for seed in range(3)]
    expected = [paint(order) for order in orders]
    clear_caches()
    got: list[list[bytes]] = []
    threads = [Thread(target=lambda: got.append([paint(order) for order in orders])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [expected] * 4
