"""Faults that stand in no list are noticed: a sample; `python -m benchmarks.mischief` tries them all.

Each dishonest endpoint is asked the two plainest edits and the questions named beside it. The same questions find
nothing wrong with the honest endpoint.
"""

from __future__ import annotations

import pytest

from mock_server.faults import FAULTS
from tests.honest.walk import accused, walk
from tests.mischief import MISCHIEFS
from tests.mischief.register import manners
from tests.mischief.weighing import one_by_one

SAMPLE = {
    "created-with-a-fraction": ((), "created-in-seconds"),
    "total-of-the-input-only": ((), "usage-adds-up"),
    "pictures-mirrored": ((), "source-recognised"),
    "source-returned": ((), "source-recognised"),
    "second-link-is-dead": (("response-format-url-n-2",), "url-fetchable"),
    "mask-is-a-box": (("mask-window",), "mask-keeps-opaque"),
    "mask-dropped-in-streams": (("stream-mask",), "mask-keeps-opaque"),
    "mask-for-the-first-picture-only": (("mask-n-2",), "mask-keeps-opaque"),
    "mask-dropped-with-several-pictures": (("mask-images-2",), "mask-keeps-opaque"),
    "mask-dropped-with-another-size": (("mask-lying",), "mask-keeps-opaque"),
    "nothing-to-repaint-repaints-all": (("mask-opaque",), "mask-keeps-opaque"),
    "grey-pictures-are-refused": (("images-modes", "images-2"), "valid-edit-accepted"),
    "json-order-matters": (("wire-json-backwards", "valid-edit-json"), "valid-edit-accepted"),
    "masks-may-be-a-pixel-off": (("mask-matches-image/mask-wider",), "mask-matches-image"),
    "unprocessable": (("n-in-range/n-0",), "refusal-status"),
}
"""By mischief: what is asked beside the plainest edits, and a claim that is found broken."""


@pytest.mark.parametrize("id", SAMPLE)
def test_a_fault_that_stands_in_no_list_is_noticed(id: str) -> None:
    asked, claim = SAMPLE[id]
    assert claim in one_by_one(MISCHIEFS[id], "aitoearn", lambda question: question.id in asked).broken


def test_the_same_questions_accuse_no_honest_endpoint() -> None:
    asked = {id for ids, _claim in SAMPLE.values() for id in ids}
    findings, exchanges = walk("aitoearn", manners("aitoearn"), lambda question: question.id in asked)
    assert asked <= {exchange.question for exchange in exchanges}
    assert accused(findings) == []


def test_no_mischief_is_a_fault_of_the_mock() -> None:
    assert len(MISCHIEFS) > 150
    assert MISCHIEFS.keys().isdisjoint(FAULTS)
    assert sum(bool(one.unpromised) for one in MISCHIEFS.values()) < 15
