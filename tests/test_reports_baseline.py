"""The baseline: known deviations are excused, fixed and expired ones are to be deleted, at the line that is named."""

from __future__ import annotations

from datetime import date

import pytest

import reports_samples as samples
from contract_tests.reports import baseline, json_form

FIRST = json_form.value(samples.report())
TODAY = date(2026, 11, 21)
FILE = """\
# what we know
format: image-contract-baseline/1
known:
  - {claim: image-kind, provider: chatanywhere, why: ticket 17, until: 2027-01-31}
  - claim: mask-keeps-opaque
    provider: chatanywhere
    why: they know
    until: 2026-11-20

  - {claim: key-present, provider: chatanywhere, why: was broken, until: 2027-01-31}
  - {claim: no-such-claim, provider: chatanywhere, why: gone, until: 2027-01-31}
  - {claim: n-in-range, provider: chatanywhere, why: not judged today, until: 2027-01-31}
  - {claim: image-kind, provider: aitoearn, why: not run today, until: 2026-01-31}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "baseline.yaml"
    path.write_text(FILE, "utf-8")
    return path


def test_each_known_deviation_is_weighed(file):
    weighed = baseline.weigh(baseline.read(file), [FIRST], TODAY)
    named = {
        kind: [known.claim for known in getattr(weighed, kind)] for kind in ("excused", "expired", "fixed", "gone")
    }
    assert named == {
        "excused": ["image-kind"],
        "expired": ["mask-keeps-opaque"],
        "fixed": ["key-present"],
        "gone": ["no-such-claim"],
    }
    assert weighed.new == ()
    assert weighed.fails


def test_the_lines_to_delete_are_named(file):
    weighed = baseline.weigh(baseline.read(file), [FIRST], TODAY)
    said = weighed.described(file).splitlines()
    assert said == [
        f"chatanywhere key-present: fixed: delete line 10 of {file}",
        f"chatanywhere mask-keeps-opaque: still broken, excused until 2026-11-20: delete lines 5 to 8 of {file}",
        f"chatanywhere no-such-claim: no such claim is judged: delete line 11 of {file}",
        f"1 known to be broken: see {file}",
    ]
    lines = FILE.splitlines()
    assert "key-present" in lines[9]
    assert "mask-keeps-opaque" in lines[4]
    assert "until: 2026-11-20" in lines[7]


def test_a_baseline_that_excuses_everything_fails_nothing(tmp_path):
    path = tmp_path / "baseline.yaml"
    assert baseline.write_baseline([FIRST], path, TODAY) == 5
    known = baseline.read(path)
    weighed = baseline.weigh(known, [FIRST], TODAY, strict=True)
    assert len(weighed.excused) == 5
    assert not weighed.fails
    assert {each.until for each in known} == {date(2027, 2, 19)}
    assert known[0].why == "known on 2026-11-21: expected a refusal with status 400, found accepted with status 200"


def test_the_last_day_still_excuses(tmp_path):
    path = tmp_path / "baseline.yaml"
    baseline.write_baseline([FIRST], path, TODAY)
    known = baseline.read(path)
    assert not baseline.weigh(known, [FIRST], date(2027, 2, 19)).fails
    assert len(baseline.weigh(known, [FIRST], date(2027, 2, 20)).expired) == 5


def test_without_a_baseline_every_broken_must_is_new_and_with_strict_every_should():
    assert [f["claim"] for _r, f in baseline.weigh((), [FIRST], TODAY).new] == ["image-kind", "mask-keeps-opaque"]
    assert len(baseline.weigh((), [FIRST], TODAY, strict=True).new) == 5


def test_an_observed_claim_is_neither_new_nor_written(tmp_path):
    baseline.write_baseline([FIRST], tmp_path / "b.yaml", TODAY)
    assert "accepts-repeated-image" not in (tmp_path / "b.yaml").read_text("utf-8")


def test_an_empty_baseline_is_a_baseline(tmp_path):
    path = tmp_path / "baseline.yaml"
    path.write_text("format: image-contract-baseline/1\nknown:\n")
    assert baseline.read(path) == ()


WRONG = {
    "nothing": ("", "is not a baseline"),
    "no yaml": ("known: [", "is not YAML"),
    "no such day": ("format: image-contract-baseline/1\nknown: [{until: 2027-02-31}]", "is not YAML"),
    "a list": ("- 1", "is not a baseline"),
    "another format": ("format: x\nknown: []", "is not a baseline"),
    "known is text": ("format: image-contract-baseline/1\nknown: x", "is not a baseline"),
    "an entry is text": ("format: image-contract-baseline/1\nknown:\n  - x", "line 3: an entry is an object"),
    "no claim": ("format: image-contract-baseline/1\nknown:\n  - {provider: x}", "line 3: `claim` is missing"),
    "no why": ("format: image-contract-baseline/1\nknown:\n  - {claim: x, provider: x}", "line 3: `why` is missing"),
    "no until": (
        "format: image-contract-baseline/1\nknown:\n\n  - {claim: x, provider: x, why: x}", "line 4: `until` is missing"
    ),
    "a time": (
        "format: image-contract-baseline/1\nknown:\n  - {claim: x, provider: x, why: x, until: 2027-01-01 10:00:00}",
        "line 3: `until` is missing or no day",
    ),
    "an entry run into another": (
        "format: image-contract-baseline/1\nknown:\n  - {claim: x, provider: x, why: x, claim: y, until: 2027-01-01}",
        "line 3: `claim` stands twice in this entry",
    ),
    "two lists": ("format: image-contract-baseline/1\nknown: []\nknown: []", "`known` stands twice"),
    "a typing error": (
        "format: image-contract-baseline/1\nknown:\n  - {claim: x, provider: x, why: x, until: 2027-01-01, untl: 1}",
        "line 3: there is no `untl`",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_no_baseline_is_refused_with_the_line(text, sentence, tmp_path):
    path = tmp_path / "baseline.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(baseline.UnreadableBaseline) as caught:
        baseline.read(path)
    assert sentence in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_baseline_is_named(tmp_path):
    with pytest.raises(baseline.UnreadableBaseline, match="there is no"):
        baseline.read(tmp_path / "none.yaml")
