"""Bodies broken byte by byte: each is broken indeed, and refused by honest servers with a 4xx."""

from __future__ import annotations

import pytest

from contract_tests.fuzzing import fuzz
from contract_tests.fuzzing.bending import Bending
from contract_tests.malformed import LAWFUL
from contract_tests.strategies_choices import Choices
from mock_server.serving import running as running_mock
from mock_server.settings import Settings
from specs import loading, models
from tests.fuzz_samples import KEY, asking_of, facing

PROVIDERS = loading.providers()


def bending(provider: str) -> Bending:
    contract = loading.load(provider)
    listed = models.from_value(contract.models.example) if contract.models else None
    return Bending(Choices(contract, listed), f"http://127.0.0.1:1{contract.edit.path}", KEY, 0)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_malformed_body_has_a_name_of_its_own_and_is_not_a_valid_edit(provider: str) -> None:
    maker = bending(provider)
    made = maker.malformed(1000)
    assert len({probe.told for probe in made}) == len(made) > 40
    for probe in made:
        unreadable = maker.choices.unreadable(probe.request)
        assert unreadable != (probe.told in LAWFUL), probe.told


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_bent_breaks_a_judged_claim(provider: str) -> None:
    made = bending(provider).bent(1000)
    assert len(made) > 100
    assert len({probe.told for probe in made}) == len(made)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_honest_endpoint_refuses_each_with_a_4xx(provider: str) -> None:
    with facing(provider) as asking:
        run = fuzz(asking, 0, 120, families=("malformed", "bent"))
    wrong = [e.question for e in run.exchanges if e.purpose == "edit" and not _refused(e.response)]
    assert wrong == []


def _refused(response: object) -> bool:
    status = getattr(response, "status", 0)
    return 400 <= status < 500


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_mock_refuses_each_with_a_4xx(provider: str) -> None:
    with running_mock(Settings(providers=(provider,))) as mock, asking_of(provider, mock.url) as asking:
        run = fuzz(asking, 0, 120, families=("malformed", "bent"))
    wrong = [(e.question, e.response) for e in run.exchanges if e.purpose == "edit" and not _refused(e.response)]
    assert wrong == []
