"""From evidence to findings: one verdict for each claim. Pure, repeatable, free.

A request claim is judged by the requests that break it (they have to be refused) and by those at its allowed edge
(they have to be accepted). Every other claim is judged by what its rule says about the exchanges it applies to. No
verdict rests on silence: where nothing was judged the finding is `not-run` or `inconclusive`, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from contract_tests.about_models import about_model
from contract_tests.evidence import Evidence, gathered, is_valid
from contract_tests.findings import Finding, Verdict
from contract_tests.questions import is_smaller
from contract_tests.tallying import tally
from specs.answers import Asked
from specs.applying import applies
from specs.contract import Claim, Contract
from specs.messages import Exchange
from specs.rules import RULES, Breach, Silent


@dataclass(frozen=True, slots=True)
class Judged:
    """One exchange and what a claim's rule says about it: breaches, or why it says nothing, or neither: kept."""

    asked: Asked
    breaches: tuple[Breach, ...] = ()
    silent: str = ""


def judge(contract: Contract, exchanges: Sequence[Exchange]) -> tuple[Finding, ...]:
    """A finding for each claim of the contract, in its order."""
    return findings(gathered(contract, exchanges))


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """A finding for each claim of the evidence's contract, in its order."""
    for asked in evidence.asked:
        look_at(evidence.contract, asked)
    return tuple(_found(claim, evidence) for claim in evidence.contract.claims)


def look_at(contract: Contract, asked: Asked) -> None:
    """Put to one accepted edit every claim about its answer: each picture is decoded once, not once a claim."""
    if asked.outcome != "accepted":
        return
    for claim in contract.claims:
        if claim.area in ("answer", "stream") and _is_about(claim, asked):
            with suppress(Exception):  # it is raised again, and told, where the claim is judged
                _ruled(claim, asked)


def _found(claim: Claim, evidence: Evidence) -> Finding:
    try:
        judged = tuple(_JUDGES[claim.area](claim, evidence))
    except Exception as problem:  # noqa: BLE001 - our rule failed, not the endpoint: that is a verdict of its own
        told = f"our rule {claim.rule} failed: {type(problem).__name__}: {problem}"
        return Finding(claim, "faulty-suite", reason=told)
    finding = _verdict(claim, judged, evidence)
    return finding if claim.judged else _observed(finding, judged)


def _verdict(claim: Claim, judged: Sequence[Judged], evidence: Evidence) -> Finding:
    broken = sorted((j for j in judged if j.breaches), key=_size_if_made_small)
    kept = [j for j in judged if not j.breaches and not j.silent]
    ids = tuple(j.asked.exchange.id for j in (broken or kept or judged))
    if broken:
        first = broken[0].breaches[0]
        again = tally([j.asked.exchange for j in broken], [j.asked.exchange for j in kept])
        if again and not again.steady:
            return Finding(claim, "inconclusive", first.expected, first.actual, f"{again}: {first.sentence}", ids)
        many = f" ({len(broken)} of {len(broken) + len(kept)} exchanges)" if len(judged) > 1 else ""
        often = f"; {again}" if again and again.broken < again.times else ""
        return Finding(claim, "broken", first.expected, first.actual, first.sentence + many + often, ids)
    if kept:
        plural = "s" if len(kept) > 1 else ""
        return Finding(claim, "holds", claim.statement, "kept", f"kept in {len(kept)} exchange{plural}", ids)
    if not judged:
        return Finding(claim, "not-run", reason="no exchange is about this claim")
    reasons = list(dict.fromkeys(j.silent for j in judged))
    verdict: Verdict = "inconclusive" if _would_not_play(judged, evidence) else "not-run"
    return Finding(claim, verdict, reason="; ".join(reasons[:3]), exchanges=ids)


def _size_if_made_small(judged: Judged) -> float:
    """The smallest request that shows a failure comes first, the others stay in order."""
    exchange = judged.asked.exchange
    return len(exchange.request.body) if is_smaller(exchange) else float("inf")


def _would_not_play(judged: Sequence[Judged], evidence: Evidence) -> bool:
    return not evidence.any_accepted or any(j.asked.outcome in ("unavailable", "crashed") for j in judged)


def _observed(finding: Finding, judged: Sequence[Judged]) -> Finding:
    if finding.verdict not in ("holds", "broken"):
        return Finding(finding.claim, "not-run", reason=f"observed only: {finding.reason}", exchanges=finding.exchanges)
    seen = "otherwise" if finding.verdict == "broken" else "so"
    told = f"observed only, never judged: the endpoint did {seen} ({finding.reason}; {len(judged)} looked at)"
    return Finding(finding.claim, "not-run", finding.expected, finding.actual, told, finding.exchanges)


def _requests(claim: Claim, evidence: Evidence) -> Iterable[Judged]:
    for asked in evidence.asked:
        if any(broken.id == claim.id for broken in asked.breached):
            yield from _must_be_refused(claim, asked, evidence)
        elif claim.id in asked.exchange.about and is_valid(asked):
            yield _accepted(claim, asked, evidence, "a valid request at the claim's edge")
        elif about_model(claim) and is_valid(asked) and asked.outcome == "refused" and evidence.unserved(asked):
            yield _accepted(claim, asked, evidence, "a valid request for a model that is listed")


def _must_be_refused(claim: Claim, asked: Asked, evidence: Evidence) -> Iterable[Judged]:
    said = [s for s in RULES[claim.rule].say(asked.edit, claim.numbers) if isinstance(s, Breach)]
    if asked.outcome == "accepted":
        sentence = f"{said[0].sentence}, and the request was accepted"
        yield Judged(asked, (Breach(sentence, f"refused: {said[0].expected}", f"accepted: {said[0].actual}"),))
    elif len(asked.breached) > 1 or asked.disputed:
        return
    elif claim.rule in ("route_known", "method_allowed") and _is_page(asked) and evidence.any_accepted:
        sentence = f"{said[0].sentence}, and the request was answered 200, with a page"
        yield Judged(asked, (Breach(sentence, f"refused: {said[0].expected}", "200, an HTML page"),))
    elif asked.outcome == "unavailable":
        yield Judged(asked, silent=asked.why)
    elif not evidence.any_accepted:
        yield Judged(asked, silent="no valid request was accepted, so a refusal proves nothing")
    else:
        yield Judged(asked)


def _is_page(asked: Asked) -> bool:
    """Whether a page came with success, and not to a GET: many a server explains itself there."""
    found = asked.response is not None and asked.response.status == 200
    return found and asked.is_html and asked.request.method != "GET"


def _accepted(claim: Claim, asked: Asked, evidence: Evidence, what: str) -> Judged:
    """Whether a valid request was accepted; if not, whether this claim is to blame for it."""
    if asked.outcome == "accepted":
        return Judged(asked)
    status = asked.response.status if asked.response else None
    if asked.outcome == "unavailable" and asked.exchange.id not in evidence.relentless:
        return Judged(asked, silent=asked.why)
    if status in (401, 403):
        return Judged(asked, silent=f"the key was refused ({status}), or may not do this")
    if evidence.unserved(asked) and not _promises_model(claim, status):
        return Judged(asked, silent=_UNSERVED)
    blamed = evidence.to_blame(asked) if evidence.any_accepted else _basic(evidence.contract)
    if claim.id not in blamed and not evidence.unserved(asked):
        others = ", ".join(sorted(blamed)) or "nothing known"
        return Judged(asked, silent=f"a request about this was answered {status}; to blame is {others}")
    told = f"{status}: {asked.refusal_text}" if asked.refusal_text else str(status)
    return Judged(asked, (Breach(f"{what} was answered {told}", "accepted", told),))


def _promises_model(claim: Claim, status: int | None) -> bool:
    """Whether a claim is broken by a model that is not served: a list that the provider gives is, by whatever refusal.

    A model that only a document names may be one that the key has no right to.
    """
    return (
        about_model(claim) and status is not None and status < 500 and (claim.rule == "model_listed" or status != 404)
    )


def _basic(contract: Contract) -> frozenset[str]:
    """The acceptance claims that every valid request is a case of."""
    return frozenset(claim.id for claim in contract.of_area("acceptance") if not claim.when)


def _acceptance(claim: Claim, evidence: Evidence) -> Iterable[Judged]:
    what = f"a valid request with {claim.numbers['feature']}"
    for asked in evidence.asked:
        if is_valid(asked) and applies(claim, asked.edit, asked.features):
            yield _accepted(claim, asked, evidence, what)


def _answers(claim: Claim, evidence: Evidence) -> Iterable[Judged]:
    for asked in evidence.asked:
        if not _is_about(claim, asked):
            continue
        if asked.outcome == "accepted":
            yield _ruled(claim, asked)
        elif asked.outcome in ("unavailable", "crashed") and asked.exchange.question not in evidence.went_well:
            yield Judged(asked, silent=asked.why)


def _is_about(claim: Claim, asked: Asked) -> bool:
    """Whether a claim about answers (or streams) is about this exchange."""
    streams = asked.edit.streams
    fits = streams if claim.area == "stream" else not streams or RULES[claim.rule].finished
    return is_valid(asked) and fits and applies(claim, asked.edit, asked.features)


def _refusals(claim: Claim, evidence: Evidence) -> Iterable[Judged]:
    for asked in evidence.asked:
        refused = asked.breached and asked.outcome in ("refused", "crashed")
        any_answer = asked.response is not None and (claim.rule == "retry_after" or asked.response.status == 429)
        if any_answer or (refused and applies(claim, asked.edit, asked.features)):
            unserved = evidence.unserved(asked) and not any(map(about_model, asked.breached))
            yield Judged(asked, silent=_UNSERVED) if unserved else _ruled(claim, asked)
        elif claim.rule == "refusal_never_5xx" and asked.exchange.id in evidence.refused_by_gateway:
            status = str(asked.response.status if asked.response else None)
            yield Judged(asked, (Breach(f"a client's mistake was answered {status} every time", "4xx", status),))


_UNSERVED = "no edit with this model was accepted, others were: it may be the model, or the key's right to it"


_SAID: WeakKeyDictionary[Asked, dict[str, tuple[tuple[Breach, ...], str]]] = WeakKeyDictionary()
"""What a claim's rule said about an exchange: asked once, however often evidence is judged as it grows."""


def _ruled(claim: Claim, asked: Asked) -> Judged:
    known = _SAID.setdefault(asked, {})
    if claim.id not in known:
        said = RULES[claim.rule].say(asked, claim.numbers)
        breaches = tuple(s for s in said if isinstance(s, Breach) and not s.disputed)
        silent = next((s.why for s in said if isinstance(s, Silent)), "")
        known[claim.id] = breaches, "" if breaches else silent
    return Judged(asked, *known[claim.id])


_JUDGES: dict[str, Callable[[Claim, Evidence], Iterable[Judged]]] = {
    "request": _requests,
    "acceptance": _acceptance,
    "answer": _answers,
    "stream": _answers,
    "refusal": _refusals,
}
