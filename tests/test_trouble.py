"""What changes while a run goes on breaks no claim, the hour, the purse, a right; what never relents does."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests.asking import DRY, Limits
from contract_tests.evidence import PATIENCE
from contract_tests.judging import judge
from contract_tests.questions import Question
from contract_tests.repeating import DIFFERENT
from contract_tests.running import TRANSCRIPT, Order, run
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading
from specs.answers import Asked
from specs.edits import Edit
from specs.messages import Exchange, Response
from specs.transcripts import billed, load
from tests.honest import HOUSES
from tests.honest import running as endpoint_of
from tests.honest.tricks import Reply, Tricks
from tests.honest.walk import KEY
from tests.honest.walk import walk as honest_walk
from tests.mischief import MISCHIEFS
from tests.mischief.register import manners
from tests.pool_walks import Walk, pooled, walk
from tests.walking import planned

PROVIDER = "chatanywhere"
FREE = sum(not question.billable for question in pooled(PROVIDER))
"""Requests of a quick run before the first edit."""


def troubled(*scenarios: str, out: Path | None = None) -> Walk:
    """A quick run of a faultless mock to which these scenarios happen, one after the other, from the third edit on."""
    script = (f"pass;times={FREE + 2}", *scenarios)
    with running(Settings(providers=(PROVIDER,), caption=False, scenarios=script)) as mock:
        return walk(mock.url, PROVIDER, **({"out": out} if out else {}))


@pytest.mark.parametrize("scenario", ["503", "429", "gateway-timeout"])
def test_an_outage_of_some_edits_breaks_nothing(scenario: str) -> None:
    found = troubled(f"{scenario};times={2 * PATIENCE + 1}")
    assert sum(e.response is not None and e.response.status >= 429 for e in found.exchanges) == 2 * PATIENCE + 1
    assert found.broken == set()
    assert "valid-edit-accepted" in found.of("holds")


def test_an_account_that_runs_dry_ends_the_run_and_breaks_nothing(tmp_path: Path) -> None:
    found = troubled("quota;times=0", out=tmp_path)
    assert found.broken == set()
    refused = [place for place, e in enumerate(found.exchanges) if e.response and e.response.status == 429]
    assert refused == list(range(len(found.exchanges) - DRY - 1, len(found.exchanges)))  # one to make sure
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert not told["complete"]
    assert any("the account has run dry: 429" in finding["reason"] for finding in told["findings"])


PURSES = {
    "the status": (402, {"error": {"message": "Pay first.", "type": "t", "param": None, "code": None}}),
    "OpenAI's code": (
        429,
        {"error": {"message": "No more.", "type": "t", "param": None, "code": "insufficient_quota"}},
    ),
    "a gateway's code": (403, {"error": {"message": "x", "type": "t", "param": "", "code": "insufficient_user_quota"}}),
    "Chinese words": (
        403,
        {"error": {"message": "账户余额过低", "code": "403 FORBIDDEN"}},
    ),
    "a wrapper": (400, {"code": 12001, "message": "用户Credits不足", "data": None}),
    "a day's limit": (429, {"error": {"message": "The free account is limited to 200 requests per day."}}),
}
OTHERS = {
    "a rate limit": (
        429,
        {"error": {"message": "Too many requests. Wait 3 s.", "code": "rate_limit_exceeded"}},
    ),
    "a defect": (400, {"error": {"message": "The prompt is too long.", "param": "prompt", "code": "string_too_long"}}),
    "a right": (403, {"error": {"message": "Not allowed.", "type": "permission_error"}}),
    "success": (200, {"created": 1, "data": [], "message": "your balance"}),
}


def _asked(status: int, body: object) -> Asked:
    request = _question("valid-edit").request(loading.load(PROVIDER), "http://a.invalid/v1/images/edits", "k")
    response = Response(status, (("Content-Type", "application/json"),), json.dumps(body).encode())
    return Asked(Exchange("1", request, response), Edit(request, "multipart", None, on_route=True))


@pytest.mark.parametrize(("status", "body"), PURSES.values(), ids=PURSES)
def test_an_empty_purse_is_known_by_status_code_or_words(status: int, body: object) -> None:
    asked = _asked(status, body)
    assert asked.of_account
    assert asked.outcome == "unavailable"


@pytest.mark.parametrize(("status", "body"), OTHERS.values(), ids=OTHERS)
def test_other_answers_are_not_about_the_purse(status: int, body: object) -> None:
    assert not _asked(status, body).of_account


def _question(id: str, provider: str = PROVIDER) -> Question:
    return next(question for question in planned(provider) if question.id == id)


def _answered(said: Iterable[tuple[str, int]], provider: str = PROVIDER) -> tuple[Exchange, ...]:
    """Exchanges of valid questions: each with the status that came, 200 with a picture; gateways' three times."""
    found: list[Exchange] = []
    for id, status in said:
        question, contract = _question(id, provider), loading.load(provider)
        request = question.request(contract, f"http://a.invalid{contract.edit.path}", "k")
        body = (
            {"created": 1, "data": [{"url": "http://a.invalid/1"}]} if status == 200 else {"error": {"message": "no"}}
        )
        response = Response(status, (("Content-Type", "application/json"),), json.dumps(body).encode())
        for attempt in range(1, PATIENCE + 1) if status in (429, 503) else (1,):
            more = {"question": id, "about": question.about, "attempt": attempt, "purpose": "edit"}
            found.append(Exchange(f"{len(found)}", request, response, **more))  # type: ignore[arg-type]
    return tuple(found)


GOOD, MASKED = "valid-edit", "mask-window"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (((GOOD, 200), (MASKED, 0), (GOOD, 200), (MASKED, 0), (GOOD, 200)), "broken"),
        (((GOOD, 200), (MASKED, 0), (GOOD, 200), (MASKED, 0)), "inconclusive"),
        (((GOOD, 200), (MASKED, 0), (GOOD, 200)), "inconclusive"),
        (((GOOD, 200), (MASKED, 0), (MASKED, 0)), "inconclusive"),
        (((GOOD, 200), (MASKED, 0), (GOOD, 200), (MASKED, 200)), "holds"),
        (((MASKED, 0), (MASKED, 0)), "inconclusive"),
    ],
    ids=[
        "again in vain",
        "nothing went on afterwards",
        "once",
        "nothing else went on",
        "later it did",
        "nothing ever did",
    ],
)
def test_a_gateway_s_status_is_an_answer_when_it_comes_again_while_others_are_served(
    said: tuple[tuple[str, int], ...], verdict: str, status: int
) -> None:
    exchanges = _answered((id, came or status) for id, came in said)
    found = {finding.claim.id: finding.verdict for finding in judge(loading.load(PROVIDER), exchanges)}
    assert found["accepts-mask"] == verdict


WRONG = "prompt-length/prompt-32001-ascii"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (((GOOD, 200), (WRONG, 503), (GOOD, 200), (WRONG, 503), (GOOD, 200)), "broken"),
        (((GOOD, 200), (WRONG, 503), (GOOD, 503), (WRONG, 503), (GOOD, 503)), "not-run"),
        (((GOOD, 200), (WRONG, 429), (GOOD, 200), (WRONG, 429), (GOOD, 200)), "inconclusive"),
        (((GOOD, 200), (WRONG, 503), (GOOD, 200), (WRONG, 503)), "not-run"),
        (((GOOD, 200), (WRONG, 503), (GOOD, 200)), "not-run"),
        (((GOOD, 200), (WRONG, 503), (GOOD, 200), (WRONG, 400), (GOOD, 200)), "holds"),
    ],
    ids=[
        "again",
        "so are valid edits meanwhile",
        "a rate limit",
        "nothing came afterwards",
        "once",
        "refused later",
    ],
)
def test_a_mistake_that_only_ever_gets_a_gateway_s_status_is_answered_with_it(
    said: tuple[tuple[str, int], ...], verdict: str
) -> None:
    found = {finding.claim.id: finding.verdict for finding in judge(loading.load(PROVIDER), _answered(said))}
    assert found["refusal-never-5xx"] == verdict


def test_such_a_mistake_is_asked_again_for_nothing(tmp_path: Path) -> None:
    trick = MISCHIEFS["no-channel-for-a-model"]
    with endpoint_of(HOUSES["aitoearn"], manners("aitoearn"), trick.tricks()) as endpoint:
        order = Order(
            loading.load("aitoearn"),
            endpoint.url,
            KEY,
            tmp_path,
            limits=Limits(first_wait=0.0),
            claims=("model-known", "n-in-range"),
        )
        report = run(order).report
    assert {f.claim.id for f in report.findings if f.verdict == "broken" and f.claim.judged} == {"refusal-never-5xx"}
    asked = load(tmp_path / TRANSCRIPT).exchanges
    wrong = [e for e in asked if e.response and e.response.status == 503]
    assert len(wrong) == PATIENCE * (len({e.question for e in wrong}) + DIFFERENT)
    bought = [exchange.question for exchange in asked if billed(exchange)]
    assert len(set(bought)) == len(bought)


@pytest.mark.parametrize(("status", "verdict"), [(200, "broken"), (404, "holds"), (503, "inconclusive")])
def test_a_page_is_no_refusal_of_a_path_that_is_none_unless_its_status_is(status: int, verdict: str) -> None:
    (good,) = _answered(((GOOD, 200),), "openai")
    contract = loading.load("openai")
    lost = _question("route-known/route-misspelt", "openai")
    page = Response(status, (("Content-Type", "text/html"),), b"<!doctype html><title>Home</title>")
    request = lost.request(contract, f"http://a.invalid{contract.edit.path}", "k")
    asked = Exchange("2", request, page, question=lost.id, about=lost.about, purpose="edit")
    found = {finding.claim.id: finding.verdict for finding in judge(contract, (good, asked))}
    assert found["route-known"] == verdict


@pytest.mark.parametrize("status", [401, 403])
def test_a_right_that_is_missing_is_no_matter_of_the_request(status: int) -> None:
    exchanges = _answered(((GOOD, 200), (MASKED, status), (GOOD, 200), (MASKED, status)))
    found = {finding.claim.id: finding.verdict for finding in judge(loading.load(PROVIDER), exchanges)}
    assert "broken" not in (found["accepts-mask"], found["valid-edit-accepted"])


def _only_one_model(model: str, status: int, code: str | None) -> Tricks:
    """Another model than the one of this name gets nothing but this refusal."""
    body = json.dumps({"error": {"message": "No.", "type": "invalid_request_error", "param": None, "code": code}})

    def reply(reply: Reply) -> Reply:
        lost = reply.order is not None and reply.order.values.get("model") in {"atelier-s", "atelier-xs"} - {model}
        return replace(reply, status=status, body=body.encode()) if lost else reply

    return Tricks(reply=reply)


@pytest.mark.parametrize(
    ("model", "status", "code", "accused"),
    [
        ("atelier-s", 400, "model_not_found", {"model-known"}),
        ("atelier-xs", 400, "model_not_found", {"model-known"}),
        ("atelier-s", 404, "model_not_found", {"model-known"}),
        ("atelier-xs", 404, "model_not_found", {"model-known"}),
        ("atelier-s", 403, None, set()),
        ("atelier-s", 503, None, set()),
        ("atelier-xs", 503, None, set()),
    ],
)
def test_a_listed_model_that_is_not_served_breaks_its_list_at_most(
    model: str, status: int, code: str | None, accused: set[str]
) -> None:
    provider = "aitoearn"
    findings, _ = honest_walk(provider, manners(provider), _one_of_each, tricks=_only_one_model(model, status, code))
    assert {f.claim.id for f in findings if f.verdict == "broken" and f.claim.judged} == accused


def _one_of_each(question: Question) -> bool:
    """What is about models and sizes, and every twelfth of the rest."""
    return "model" in question.id or "size" in question.id or zlib.crc32(question.id.encode()) % 12 == 0


def test_a_gateway_that_turns_away_at_random_breaks_nothing(tmp_path: Path) -> None:
    chance = random.Random(3)

    def reply(reply: Reply) -> Reply:
        return replace(reply, status=503, body=b"{}") if chance.random() < 0.4 else reply

    with endpoint_of(HOUSES[PROVIDER], manners(PROVIDER), Tricks(reply=reply)) as endpoint:
        order = Order(loading.load(PROVIDER), endpoint.url, KEY, tmp_path, limits=Limits(first_wait=0.0), heavy=False)
        report = run(order).report
    assert not [f for f in report.findings if f.verdict == "broken" and f.claim.judged]
    assert [f for f in report.findings if f.verdict == "holds"]


def test_a_help_text_is_no_echo_of_the_key() -> None:
    hint = "Send your key as 'Authorization: Bearer <key>'."

    def reply(reply: Reply) -> Reply:
        told = {"error": {"message": hint, "type": "invalid_request_error", "param": None, "code": None}}
        return reply.with_body(json.dumps(told)) if reply.status >= 400 else reply

    findings, _ = honest_walk(PROVIDER, manners(PROVIDER), lambda q: not q.billable, tricks=Tricks(reply=reply))
    assert {f.claim.id: f.verdict for f in findings}["key-not-echoed"] == "holds"
