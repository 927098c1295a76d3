"""An explanation in words, for the terminal, and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contract_tests import pricing
from contract_tests.documents.text import quoted
from contract_tests.documents.values import citation
from contract_tests.explaining import Explanation
from contract_tests.questions import Question
from contract_tests.reports import json_form, places, words
from contract_tests.reports.markup import visible
from specs import loading
from specs.contract import Claim, Refusal

FORMAT = "image-contract-explanation/1"
MOST_LISTED = 8
"""Questions, and cases, that are named one by one."""


def text(explanation: Explanation) -> str:
    """The explanation as lines."""
    claim = explanation.claim
    head = f"{claim.id}  ({claim.area}, {_level(claim)}, {_origin(explanation)})"
    rows = [(name, line) for name, lines in _rows(explanation) for name, line in _named(name, lines)]
    return visible("\n".join([head, *(f"  {name:<9} {line}" for name, line in rows)])) + "\n"


def _named(name: str, lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The lines of one part, the first with its name."""
    for index, line in enumerate(lines):
        yield "" if index else name, line


def _rows(explanation: Explanation) -> Iterator[tuple[str, Iterator[str]]]:
    claim = explanation.claim
    yield "says", iter([claim.statement])
    yield "words", _words(claim)
    yield "through", iter([quoted(claim.through)] if claim.through else [])
    yield "note", iter([claim.note] if claim.note else [])
    yield "when", _when(claim.when)
    yield "asked", _asked(explanation)
    yield "costs", _costs(explanation)
    yield "refused", iter([refused(claim.refusal)] if claim.refusal else [])
    yield "bugs", _bugs(explanation)
    yield "cases", _cases(explanation)


def _level(claim: Claim) -> str:
    """The level, and the one OpenAI's own contract gives it where that is another."""
    if claim.origin == "own" or claim.citation.document not in loading.providers():
        return claim.level
    known = {each.id: each.level for each in loading.load(claim.citation.document).claims}
    first = known.get(claim.id, claim.level)
    return claim.level if first == claim.level else f"{claim.level}; {first} at {claim.citation.document}"


def _origin(explanation: Explanation) -> str:
    title = explanation.contract.title
    return f"{title}'s own" if explanation.claim.origin == "own" else f"taken over by {title}"


def _words(claim: Claim) -> Iterator[str]:
    cited = claim.citation
    yield f'"{" ".join(cited.quote.split())}"'
    if cited.gloss:
        yield f"in English: {cited.gloss}"
    found = places.place(json_form.CitationValue(document=cited.document, at=cited.at, quote=cited.quote))
    line = f"  ({found.path}, line {found.line})" if found else ""
    yield f"{cited.document} {cited.at}{line}"


def _when(when: Mapping[str, Any]) -> Iterator[str]:
    told = {"features": "with", "not": "without", "model": "for the model"}
    for name, wanted in when.items():
        if name == "fields":
            yield from (f"where `{field}` is {_either(value)}" for field, value in wanted.items())
        else:
            yield f"{told[name]} {(', ' if name != 'model' else ' or ').join(map(str, wanted))}"


def _either(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return " or ".join(str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _asked(explanation: Explanation) -> Iterator[str]:
    shown = explanation.questions or explanation.serving
    if explanation.questions:
        yield f"{words.plural(len(shown), 'question')} of the plan"
    elif shown:
        kind = "refused request" if explanation.claim.area == "refusal" else "accepted edit"
        yield f"by no question of its own: judged on every {kind} it can speak of, {len(shown)} in the plan"
    else:
        yield "by nothing: no question of the plan is about it, so it is judged on recorded traffic only"
    yield from (f"  {question.id}  ({_price(question)})" for question in shown[:MOST_LISTED])
    if len(shown) > MOST_LISTED:
        named = f"--provider {explanation.contract.provider} --claim {explanation.claim.id}"
        yield f"  and {len(shown) - MOST_LISTED} more: image-contract plan {named}"


def _price(question: Question) -> str:
    if not question.billable:
        return "free, to be refused"
    if question.price is None:
        return "to be accepted, one edit"
    return f"to be accepted, {question.price:g} credit{'' if question.price == 1 else 's'}"


def _costs(explanation: Explanation) -> Iterator[str]:
    """What asking about this claim alone costs, pooled and one by one."""
    for profile, questions in (("quick", explanation.quick), ("full", explanation.full)):
        free = sum(not question.billable for question in questions)
        yield f"--profile {profile}: {free} free, {pricing.told(questions)}"


def refused(refusal: Refusal) -> str:
    """How a breach is refused: the statuses that are taken, and the error that the documents name."""
    statuses = " or ".join(map(str, refusal.status))
    names = " or ".join(f"`{name}`" for name in (refusal.param, *refusal.params) if name)
    return f"status {statuses}; type {refusal.type}; code {refusal.code or 'null'}; param {names or 'null'}"


def _bugs(explanation: Explanation) -> Iterator[str]:
    if not explanation.bugs:
        yield "no public report is known"
    for bug in explanation.bugs:
        yield f"{bug.id}  {bug.symptom}"
        yield from (f"  {source}" for source in bug.sources)


def _cases(explanation: Explanation) -> Iterator[str]:
    for found in explanation.cases:
        counts = ", ".join(f"{count} {says}" for says, count in sorted(found.counts.items()))
        yield f"{found.file}, rule {explanation.claim.rule}: {counts}"
        named = [f"{id} ({says})" for id, says in found.examples[:MOST_LISTED]]
        more = [f"and {len(found.examples) - MOST_LISTED} more"] if len(found.examples) > MOST_LISTED else []
        yield f"  {', '.join([*named, *more])}"


def value(explanation: Explanation) -> dict[str, Any]:
    """The explanation as JSON-ready values."""
    claim, through = explanation.claim, explanation.claim.through
    return {
        "format": FORMAT,
        "provider": explanation.contract.provider,
        "claim": claim.id,
        "rule": claim.rule,
        "area": claim.area,
        "level": claim.level,
        "origin": claim.origin,
        "statement": claim.statement,
        "with": dict(claim.numbers),
        "when": dict(claim.when),
        "note": claim.note,
        "citation": citation(claim.citation),
        "through": citation(through) if through else None,
        "questions": [_question(question) for question in explanation.questions],
        "judged_on": [question.id for question in explanation.serving],
        "cost": {"quick": _cost(explanation.quick), "full": _cost(explanation.full)},
        "refusal": _refusal(claim.refusal),
        "bugs": [bug.value() for bug in explanation.bugs],
        "cases": [
            {"file": c.file, "counts": dict(c.counts), "ids": [id for id, _ in c.examples]} for c in explanation.cases
        ],
    }


def _cost(questions: Sequence[Question]) -> dict[str, Any]:
    billed = [question for question in questions if question.billable]
    credits = sum(question.price or 0 for question in billed)
    return {"free": len(questions) - len(billed), "billable": len(billed), "credits": credits}


def _question(question: Question) -> dict[str, Any]:
    named = {"question": question.id, "encoding": question.encoding.name}
    return {**named, "billable": question.billable, "price": question.price}


def _refusal(refusal: Refusal | None) -> dict[str, Any] | None:
    if refusal is None:
        return None
    error = {"type": refusal.type, "code": refusal.code, "param": refusal.param, "params": list(refusal.params)}
    return {"status": list(refusal.status), **error}
