"""The plan is a value: what each profile asks, what it is about, what it costs, without a request."""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations

import pytest

from contract_tests import pricing, quick
from contract_tests.__main__ import main
from contract_tests.confirming import URL, confirmed
from contract_tests.encodings import offered
from contract_tests.evidence import breaches
from contract_tests.plan import PROFILES, plan
from contract_tests.pooling import Bench, Pool
from contract_tests.questions import Question
from specs import loading, models, reading
from specs.contract import Contract
from specs.models import ModelList

PROVIDERS = loading.providers()
MOST = 12


def listed(contract: Contract) -> ModelList | None:
    return models.from_value(contract.models.example) if contract.models else None


@cache
def planned(provider: str, profile: str) -> tuple[Question, ...]:
    contract = loading.load(provider)
    return plan(contract, listed(contract), profile=profile)  # type: ignore[arg-type]


def billed(provider: str, profile: str) -> list[Question]:
    return [question for question in planned(provider, profile) if question.billable]


def about(questions: list[Question], contract: Contract) -> set[str]:
    return {id for question in questions for id in question.about if contract.claim(id).judged}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_quick_plan_has_at_most_twelve_billable_edits(provider: str) -> None:
    assert 0 < len(billed(provider, "quick")) <= MOST


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("seed", [1, 7])
def test_other_pictures_make_no_more_pools(provider: str, seed: int) -> None:
    contract = loading.load(provider)
    found = plan(contract, listed(contract), seed, profile="quick", heavy=False)
    assert sum(question.billable for question in found) <= MOST


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("billable", [True, False])
def test_a_quick_plan_is_about_every_judged_claim_that_the_full_plan_is_about(provider: str, billable: bool) -> None:
    contract = loading.load(provider)
    whole, short = (
        about([question for question in planned(provider, profile) if question.billable == billable], contract)
        for profile in ("full", "quick")
    )
    assert whole - short == set()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_quick_plan_writes_in_every_encoding_of_the_full_plan(provider: str) -> None:
    contract = loading.load(provider)
    whole = {question.encoding.name for question in billed(provider, "full")}
    plain = {"multipart", "json"}
    pooled = {trait.name.removeprefix("wire-") for question in billed(provider, "quick") for trait in question.traits}
    assert whole - plain <= pooled
    assert {question.encoding.media_type for question in billed(provider, "quick")} == set(contract.edit.schemas)
    assert whole <= {encoding.name for encoding in offered(contract.edit)}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("profile", PROFILES)
def test_every_question_is_what_it_says_by_the_rules(provider: str, profile: str) -> None:
    contract = loading.load(provider)
    for question in planned(provider, profile):
        if question.heavy:
            continue
        edit = reading.read(contract, question.request(contract, URL + contract.edit.path, "k"), listed(contract))
        broken, disputed = breaches(contract, edit)
        if question.billable:
            assert (question.id, broken, disputed) == (question.id, (), False)
        else:
            assert [claim.id for claim in broken] == list(question.about)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_pool_says_all_that_its_traits_are_about(provider: str) -> None:
    contract = loading.load(provider)
    bench = Bench(contract, listed(contract))
    for question in billed(provider, "quick"):
        media_type = question.encoding.media_type
        own = [bench.own(trait, media_type) for trait in question.traits if not trait.heavy]
        assert frozenset().union(*own) <= set(question.about)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_whatever_is_left_of_a_pool_is_valid_too(provider: str) -> None:
    contract = loading.load(provider)
    bench = Bench(contract, listed(contract))
    for question in billed(provider, "quick"):
        for size in (0, 1, 2):
            light = [trait for trait in question.traits if not trait.heavy]
            for traits in combinations(light, size):
                assert bench.question(Pool(traits, question.encoding.media_type)) is not None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_traits_of_one_pool_never_overrule_each_other(provider: str) -> None:
    for question in billed(provider, "quick"):
        assert all(one.goes_with(other) for one, other in combinations(question.traits, 2))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_doubtful_forms_stand_apart_so_that_refusing_them_costs_nothing(provider: str) -> None:
    doubtful = [sum(trait.doubtful for trait in question.traits) for question in billed(provider, "quick")]
    assert max(doubtful) <= 1


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_free_comes_first(provider: str, profile: str) -> None:
    order = [question.billable for question in planned(provider, profile)]
    assert order == sorted(order)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_free_profile_asks_only_what_has_to_be_refused(provider: str) -> None:
    contract = loading.load(provider)
    free = planned(provider, "free")
    assert free
    assert not any(question.billable for question in free)
    assert all(contract.claim(question.about[0]).judged for question in free)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_plan_is_the_same_every_time(provider: str) -> None:
    contract = loading.load(provider)
    again = plan(contract, listed(contract), profile="quick")
    key = [(question.id, question.about, question.request(contract, "/x", None)) for question in again]
    assert key == [(q.id, q.about, q.request(contract, "/x", None)) for q in planned(provider, "quick")]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_first_billed_question_is_the_plainest_edit(provider: str) -> None:
    contract = loading.load(provider)
    first = billed(provider, "quick")[0]
    assert first.id == "valid-edit"
    assert {claim.id for claim in contract.of_area("acceptance") if not claim.when} <= set(first.about)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_quick_plan_asks_for_nothing_dear(provider: str) -> None:
    bench = Bench(loading.load(provider), listed(loading.load(provider)))
    for question in billed(provider, "quick"):
        assert pricing.pictures(question.draft) <= 2
        assert question.draft.get("quality") in (None, bench.base.get("quality"))


def test_prices_are_those_of_the_list_of_models_for_each_picture() -> None:
    contract = loading.load("aitoearn")
    found = {question.id: question for question in planned("aitoearn", "full")}
    assert (found["n-2"].price, found["valid-edit"].price, found["size-omitted"].price) == (2.0, 1.0, None)
    everything = pricing.told(billed("aitoearn", "quick"))
    assert everything.startswith(f"{len(billed('aitoearn', 'quick'))} billable edits (")
    assert "credits by the provider's own list" in everything
    dearest = max(price for model in listed(contract).models for price in model.prices.values())  # type: ignore[union-attr]
    assert pricing.dearest(found["size-omitted"].draft, listed(contract)) == dearest  # type: ignore[arg-type]


def test_a_combination_of_designs_is_no_trait_of_its_own() -> None:
    contract = loading.load("openai")
    bench = Bench(contract, None)
    names = {trait.name for trait in quick.traits(billed("openai", "full"), bench)}
    assert {"stream", "mask-window"} <= names
    assert "stream-mask" not in names


@pytest.mark.parametrize("profile", PROFILES)
def test_a_few_claims_need_a_few_questions(profile: str) -> None:
    contract = loading.load("openai")
    some = plan(contract, None, profile=profile, claims=("accepts-mask", "prompt-required"))  # type: ignore[arg-type]
    whole = planned("openai", profile)
    assert 0 < len(some) < len(whole) / 2
    assert any("prompt-required" in question.about for question in some)
    assert profile == "free" or any("accepts-mask" in question.about for question in some)


def test_a_question_that_is_invalid_is_in_no_plan() -> None:
    contract = loading.load("openai")
    good = billed("openai", "full")[0]
    bad = Question("x", (), good.draft.without("prompt"), good.encoding, billable=True)
    assert confirmed(bad, contract, None) is None


def test_the_command_prints_the_plan_and_its_price(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--provider", "aitoearn", "--profile", "quick"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-1].endswith("does not price")
    assert f"{len(billed('aitoearn', 'quick'))} billable edits" in told[-1]
    assert any(line.startswith("1 credit ") for line in told)
    assert sum(line.startswith("free ") for line in told) == len(planned("aitoearn", "free"))


def test_the_command_prints_the_plan_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--provider", "aitoearn", "--profile", "quick", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    questions = value["questions"]
    assert value["profile"] == "quick"
    assert value["totals"]["billable"] == sum(question["billable"] for question in questions) <= MOST
    assert value["totals"]["credits"] == sum(question["price"] or 0 for question in questions)
    assert any(len(question["combines"]) > 5 for question in questions)


def test_the_command_knows_its_claims(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--provider", "openai", "--claim", "no-such-claim"]) == 2
    assert "there is no claim no-such-claim of openai" in capsys.readouterr().err
    assert main(["plan", "--provider", "openai", "--claim", "accepts-mask", "--profile", "quick"]) == 0
    assert "mask-window" in capsys.readouterr().out
