"""One walk: plan, ask an honest endpoint inside this process, judge."""

from __future__ import annotations

from collections.abc import Callable

from contract_tests.asking import Asking, Limits
from contract_tests.client import Client
from contract_tests.evidence import model_list
from contract_tests.findings import Finding
from contract_tests.judging import judge
from contract_tests.plan import plan
from contract_tests.questions import Question
from specs import loading
from specs.messages import Exchange
from specs.models import ModelList
from tests.honest import HOUSES, Manners, running
from tests.honest.tricks import HONEST, Tricks
from tests.noting import Noting

KEY = "sk-honest-walk-key"
GROUND = ("valid-edit", "bare-edit")

Pick = Callable[[Question], bool]


def everything(_question: Question) -> bool:
    """Every question of the plan."""
    return True


def walk(
    provider: str, manners: Manners, pick: Pick = everything, seed: int = 0, tricks: Tricks = HONEST
) -> tuple[tuple[Finding, ...], tuple[Exchange, ...]]:
    """The findings about an endpoint and what was asked; heavy bodies are left out, and nobody waits."""
    contract = loading.load(provider)
    with (
        running(HOUSES[provider], manners, tricks) as endpoint,
        Client(endpoint.url, KEY, timeout=30) as client,
    ):
        asking = Asking(contract, client, KEY, Noting((KEY,)), Limits(first_wait=0.0), wait=lambda _seconds: None)
        asking.read_models()
        questions = planned(provider, model_list(asking.exchanges), seed)
        asking.ask([question for question in questions if question.id in GROUND or pick(question)])
        return judge(contract, asking.exchanges), tuple(asking.exchanges)


_PLANS: dict[str, tuple[Question, ...]] = {}


def planned(provider: str, models: ModelList | None, seed: int) -> tuple[Question, ...]:
    """The plan without heavy bodies, made once."""
    key = repr((provider, models, seed))
    if key not in _PLANS:
        _PLANS[key] = plan(loading.load(provider), models, seed, heavy=False)
    return _PLANS[key]


def accused(findings: tuple[Finding, ...]) -> list[str]:
    """What an honest endpoint is accused of, one line for each claim."""
    return [
        f"{finding.claim.id}: {finding.reason} {finding.exchanges[:3]}"
        for finding in findings
        if finding.verdict in ("broken", "faulty-suite") and finding.claim.judged
    ]
