"""Likely causes: what is broken for one reason is told as one thing, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from contract_tests.causes import KINDS, explained
from contract_tests.evidence import Evidence, gathered
from contract_tests.findings import Cause, Finding
from contract_tests.judging import findings
from contract_tests.running import reported
from mock_server.settings import Settings
from specs import loading
from specs.lines import Header
from specs.messages import Exchange, Headers, Response
from specs.transcripts import Transcript
from tests.walking import planned, walked

PROVIDER = "openai"
_VALID = ("valid-edit", "valid-edit-json", "n-2", "stream", "mask-window", "format-jpeg", "size-1024x1536")


@cache
def faultless() -> tuple[Exchange, ...]:
    """A few valid edits and the first requests that should be refused, as the faultless mock answers them."""
    plan = planned(PROVIDER)
    refused = [question for question in plan if not question.billable][::4]
    asked = [*refused, *(question for question in plan if question.id in _VALID)]
    return tuple(one.exchange for one in walked(Settings(providers=(PROVIDER,), caption=False), asked).asked)


Change = Callable[[Exchange, Response], Response]


def _with_body(response: Response, value: Any, status: int | None = None) -> Response:
    return Response(status or response.status, response.headers, json.dumps(value).encode(), response.arrivals)


def _typed(response: Response, status: int, body: bytes, kind: str) -> Response:
    headers: Headers = (("Content-Type", kind), ("Content-Length", str(len(body))))
    return Response(status, headers, body, response.arrivals)


def _is_answer(exchange: Exchange, response: Response) -> bool:
    return response.status == 200 and b"event: " not in response.body[:40]


_ERROR = {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": None}}


def wrapped(exchange: Exchange, response: Response) -> Response:
    if response.status >= 400:
        return _with_body(response, {"code": response.status, "message": "no"})
    whole = json.loads(response.body) if _is_answer(exchange, response) else None
    return _with_body(response, {"code": 0, "result": whole}) if whole else response


def crashes(_exchange: Exchange, response: Response) -> Response:
    page = b'<!doctype html><pre>Traceback (most recent call last):\n  File "/srv/app.py", line 3, in edit\n</pre>'
    return _typed(response, 500, page, "text/html") if response.status in (400, 413, 422) else response


def mislabelled(_exchange: Exchange, response: Response) -> Response:
    return _typed(response, response.status, response.body, "text/plain")


def no_json(exchange: Exchange, response: Response) -> Response:
    if not exchange.request.body.startswith(b"{") or response.status != 200:
        return response
    return _typed(response, 415, json.dumps(_ERROR).encode(), "application/json")


def _good() -> Response:
    found = next(one for one in faultless() if one.question == "valid-edit").response
    assert found
    return found


def unchecked(exchange: Exchange, response: Response) -> Response:
    return _good() if response.status in (400, 413, 422) and exchange.request.method == "POST" else response


def blind(exchange: Exchange, response: Response) -> Response:
    looked_at = {"image-kind", "image-decodes", "mask-is-png", "mask-decodes", "mask-has-alpha"}
    return _good() if set(exchange.about) & looked_at and response.status == 400 else response


def keyless(_exchange: Exchange, response: Response) -> Response:
    return _good() if response.status == 401 else response


def forgetful(exchange: Exchange, response: Response) -> Response:
    return _good() if exchange.question in ("n-2", "format-jpeg", "size-1024x1536") else response


def success(_exchange: Exchange, response: Response) -> Response:
    return replace(response, status=200) if response.status >= 400 else response


def told(change: Change | None) -> tuple[tuple[Finding, ...], tuple[Cause, ...]]:
    exchanges = faultless()
    if change:
        exchanges = tuple(replace(e, response=change(e, e.response)) for e in exchanges if e.response)
    evidence = gathered(loading.load(PROVIDER), exchanges)
    return explained(findings(evidence), evidence)


@pytest.mark.parametrize(
    ("change", "cause", "word"),
    [
        (wrapped, "everything-wrapped", "`code`, `result`"),
        (crashes, "refusals-by-crash", "500"),
        (mislabelled, "everything-mislabelled", "text/plain"),
        (no_json, "json-refused", "415"),
        (unchecked, "nothing-checked", "not checked"),
        (blind, "pictures-not-looked-at", "not looked at"),
        (keyless, "key-not-checked", "the key"),
        (forgetful, "fields-not-used", "passed on"),
    ],
)
def test_what_is_broken_for_one_reason_is_told_as_one_thing(change: Change, cause: str, word: str) -> None:
    found, causes = told(change)
    broken = [f for f in found if f.verdict == "broken" and f.claim.judged]
    first = causes[0]
    assert first.id == cause
    assert word in first.sentence
    assert len(first.claims) >= 2
    assert {f.claim.id for f in broken if f.cause == cause} == set(first.claims)
    assert len(broken) - len(first.claims) <= 3, [f.claim.id for f in broken if not f.cause]


def test_an_honest_endpoint_has_no_cause() -> None:
    assert told(None)[1] == ()


def test_what_is_broken_alone_has_no_cause() -> None:
    found, causes = told(success)
    assert [f.claim.id for f in found if f.verdict == "broken" and f.claim.judged] == ["refusal-never-2xx"]
    assert causes == ()


@pytest.mark.parametrize(
    ("rules", "cause"),
    [
        ({"mask_heeded", "mask_repaints_transparent"}, "mask-not-used"),
        ({"mask_heeded", "source_recognised"}, "picture-not-used"),
        ({"mask_heeded", "picture_size"}, None),
    ],
)
def test_pictures_that_are_wrong_together_have_the_narrowest_cause(rules: set[str], cause: str | None) -> None:
    evidence = gathered(loading.load(PROVIDER), faultless())
    masked = next(each.id for each in faultless() if each.question == "mask-window")
    broken = [
        replace(f, verdict="broken", exchanges=(masked,)) if f.claim.rule in rules and f.claim.judged else f
        for f in findings(evidence)
    ]
    assert [each.id for each in explained(broken, evidence)[1]] == ([cause] if cause else [])


def test_an_endpoint_that_is_always_busy_is_told_once() -> None:
    asked = ("mask-window", "n-2", "format-jpeg", "size-1024x1536")
    exchanges = [
        replace(e, response=_with_body(_good(), _ERROR, 429), attempt=3) if e.question in asked else e
        for e in faultless()
    ]
    again = [replace(e, id=f"{e.id}-again") for e in exchanges if e.question in asked]
    evidence = gathered(loading.load(PROVIDER), (*exchanges, *again, replace(exchanges[-1], id="last")))
    found, causes = explained(findings(evidence), evidence)
    assert {f.claim.id for f in found if f.cause == "always-busy"} >= {"accepts-mask", "accepts-several-results"}
    assert "429" in causes[0].sentence


def test_a_cause_changes_no_verdict() -> None:
    for change in (wrapped, crashes, unchecked):
        exchanges = tuple(replace(e, response=change(e, e.response)) for e in faultless() if e.response)
        evidence = gathered(loading.load(PROVIDER), exchanges)
        before = findings(evidence)
        after, _ = explained(before, evidence)
        assert [replace(f, cause=None) for f in after] == list(before)


def test_a_report_tells_its_causes() -> None:
    exchanges = tuple(replace(e, response=wrapped(e, e.response)) for e in faultless() if e.response)
    transcript = Transcript(Header(PROVIDER, "http://127.0.0.1:1", 0.0), exchanges)
    value = reported(loading.load(PROVIDER), transcript).value()
    assert value["causes"][0]["id"] == "everything-wrapped"
    assert {f["claim"] for f in value["findings"] if f["cause"] == "everything-wrapped"} == set(
        value["causes"][0]["claims"]
    )


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len({kind.id for kind in KINDS}) == len(KINDS)


def test_no_evidence_has_no_cause() -> None:
    empty = Evidence(loading.load(PROVIDER), ())
    assert explained(findings(empty), empty)[1] == ()
