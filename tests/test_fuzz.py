"""Fuzzing: the same for the same seed, acceptable where it means to be, fair to the honest, and hard on others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract_tests.asking import Limits, Unjudgeable
from contract_tests.fuzzing import FAMILIES, Family, fuzz, smallest
from contract_tests.fuzzing.running import probes
from contract_tests.probing import Probing
from specs import loading, reading
from specs.features import features
from tests.fuzz_samples import KEY, accused, facing, share_accepted
from tests.honest import HOUSES, MANNERS
from tests.honest.answering import Work


def test_every_family_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    with facing("openai") as asking:
        first, again, other = (probes(Probing(asking), seed, 40) for seed in (4, 4, 5))
    assert {probe.family for probe in first} == set(FAMILIES)
    assert [probe.request for probe in first] == [probe.request for probe in again]
    assert [probe.request for probe in first] != [probe.request for probe in other]


@pytest.mark.parametrize("provider", HOUSES)
def test_acceptable_requests_are_accepted_at_least_nine_times_in_ten(provider: str) -> None:
    with facing(provider) as asking:
        run = fuzz(asking, 1, 20, families=("acceptable",))
    assert share_accepted(provider, run.exchanges) >= 0.9


def test_acceptable_requests_vary_in_scripts_pictures_masks_sizes_and_encodings() -> None:
    contract = loading.load("openai")
    with facing("openai") as asking:
        made = probes(Probing(asking), 2, 80, ("acceptable",))
    edits = [reading.read(contract, probe.request) for probe in made]
    assert {edit.encoding for edit in edits} == {"multipart", "json"}
    assert len({edit.get("prompt")[:12] for edit in edits}) > 15
    assert len({(edit.get("model"), edit.get("size")) for edit in edits}) > 6
    assert sum(edit.mask is not None for edit in edits) > 5
    seen = frozenset[str]().union(*(features(edit) for edit in edits))
    assert {"images", "image[]", "mask", "stream", "data-url", "file"} <= seen


@pytest.mark.parametrize(
    ("provider", "manner"),
    [("openai", "generative"), ("openai", "strict"), ("chatanywhere", "forgiving"), ("aitoearn", "small-models")],
)
def test_an_honest_endpoint_is_not_accused(provider: str, manner: str) -> None:
    with facing(provider, MANNERS[manner]) as asking:
        run = fuzz(asking, 3, 50)
    assert not run.spent
    assert accused(provider, run.exchanges) == {}


def _too_small_for_guests(work: Work) -> Work:
    """Pictures for a named user are too small when the prompt holds a picture of its own."""
    spoilt = "user" in work.values and not work.values["prompt"].isascii()
    return replace(work, size=(work.size[0] - 16, work.size[1])) if spoilt else work


def test_a_failure_is_found_and_made_small() -> None:
    contract = loading.load("chatanywhere")
    with facing("chatanywhere", mischief=_too_small_for_guests) as asking:
        run = fuzz(asking, 1, 24, families=("acceptable",))
        assert "picture-size" in accused("chatanywhere", run.exchanges)
        claim = contract.claim("picture-size")
        broken = next(e for e in run.exchanges if "picture-size" in accused("chatanywhere", [e]))
        before = len(run.exchanges)
        small = smallest(run, claim, broken, seed=1, most=20)
    assert len(run.exchanges) - before <= 20
    edit = reading.read(contract, small.request)
    assert set(edit.fields) <= {"prompt", "user", "size"}
    assert {"prompt", "user"} <= set(edit.fields)
    assert edit.mask is None
    assert len(edit.images) == 1
    assert "picture-size" in accused("chatanywhere", [small])
    assert KEY not in str(small.request.headers)


def _fails_on_hebrew(work: Work) -> Work:
    return replace(work, seed=1 // ("צ" not in work.values["prompt"]))


def test_an_endpoint_that_falls_over_some_prompts_is_found() -> None:
    with facing("openai", mischief=_fails_on_hebrew) as asking:
        run = fuzz(asking, 1, 24, families=("acceptable",))
    found = accused("openai", run.exchanges)
    assert any("was answered 500" in reason for reason in found.values())


def test_a_budget_is_kept() -> None:
    with facing("chatanywhere", limits=Limits(budget=3)) as asking:
        run = fuzz(asking, 1, 200)
    assert asking.billable == 3
    assert run.spent
    assert asking.purse.closed == "3 billable edits"


def test_an_endpoint_that_goes_away_ends_the_run_with_a_sentence() -> None:
    with facing("chatanywhere") as asking:
        asking.client.base_url = "http://127.0.0.1:9"
        with pytest.raises(Unjudgeable, match="cannot be reached"):
            fuzz(asking, 1, 200)
    assert len(asking.exchanges) <= 8


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_can_be_asked_alone(family: Family) -> None:
    with facing("aitoearn") as asking:
        run = fuzz(asking, 1, 8, families=(family,))
    assert {(e.question or "").split("/")[1] for e in run.exchanges if e.purpose == "edit"} == {family}
