"""Commands that only show: providers, list, plan, spec. None of them sends anything."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator, Sequence

import yaml

from contract_tests import pricing
from contract_tests.commands import spending
from contract_tests.commands.options import Verbs, example, verb, with_json, with_provider, with_seed
from contract_tests.plan import Profile, plan
from contract_tests.questions import Question
from specs import loading
from specs.contract import Claim, Contract


def add(verbs: Verbs) -> None:
    """Add these commands."""
    verb(verbs, "providers", providers, "the providers there are")
    found = verb(verbs, "list", listed, "every claim, with its source", "list --provider aitoearn")
    with_json(with_provider(found, required=False))
    told = "what would be asked, and its price; sends nothing"
    found = verb(verbs, "plan", planned, told, "plan --provider chatanywhere --profile quick")
    with_seed(with_json(spending.with_choice(with_provider(found))))
    found = verb(verbs, "spec", spec, "the effective OpenAPI document", "spec --provider aitoearn > aitoearn.yaml")
    with_provider(found)
    found.add_argument("--as", dest="form", choices=("yaml", "json"), default="yaml", help="default: %(default)s")


def providers(_given: argparse.Namespace) -> int:
    """Name the providers."""
    for name in loading.providers():
        contract = loading.load(name)
        judged = sum(claim.judged for claim in contract.claims)
        print(f"{name:14} {contract.title:24} {contract.edit.method} {contract.edit.path:24} {judged} judged claims")
    return 0


def listed(given: argparse.Namespace) -> int:
    """List the claims of one provider, or of all."""
    contracts = [loading.load(name) for name in ([given.provider] if given.provider else loading.providers())]
    if given.json:
        print(
            json.dumps([_claim_value(c, claim) for c in contracts for claim in c.claims], ensure_ascii=False, indent=1)
        )
        return 0
    for contract in contracts:
        print(f"{contract.provider}: {contract.title}")
        for claim in contract.claims:
            _print_claim(claim)
    return 0


def _claim_value(contract: Contract, claim: Claim) -> dict[str, object]:
    cited = claim.citation
    return {
        "provider": contract.provider,
        "claim": claim.id,
        "rule": claim.rule,
        "area": claim.area,
        "level": claim.level,
        "origin": claim.origin,
        "statement": claim.statement,
        "citation": {"document": cited.document, "at": cited.at, "quote": cited.quote, "gloss": cited.gloss},
    }


def _print_claim(claim: Claim) -> None:
    print(f"  {claim.id}  ({claim.area}, {claim.level}, {claim.origin})")
    print(f"      {claim.statement}")
    gloss = f" [{claim.citation.gloss}]" if claim.citation.gloss else ""
    print(f'      "{" ".join(claim.citation.quote.split())}"{gloss}  {claim.citation.document} {claim.citation.at}')


def planned(given: argparse.Namespace) -> int:
    """Print what would be asked. Sends nothing: a list of models is taken from the document's example."""
    contract = loading.load(given.provider)
    chosen: Profile = given.profile or "full"
    wanted = spending.claims(contract, given.claim)
    questions = plan(
        contract, example(contract), given.seed, profile=chosen, claims=wanted, picture_url=given.picture_url or ""
    )
    if given.json:
        print(json.dumps(_plan_value(contract, chosen, questions), ensure_ascii=False, indent=1))
        return 0
    for question in questions:
        print(f"{_price(question):12} {question.id}")
        for line in _shown(question):
            print(f"{'':12}   {line}")
    print(priced(questions))
    return 0


def _price(question: Question) -> str:
    if not question.billable:
        return "free"
    if question.price is None:
        return "1 edit"
    return f"{question.price:g} credit{'s' if question.price != 1 else ''}"


def _shown(question: Question) -> Iterator[str]:
    """What a question is about: of a pool what it combines, else the claims."""
    told = [trait.name for trait in question.traits] or list(question.about)
    yield from textwrap.wrap(", ".join(told), 100, break_long_words=False, break_on_hyphens=False)


def _plan_value(contract: Contract, profile: str, questions: Sequence[Question]) -> dict[str, object]:
    billed = [question for question in questions if question.billable]
    return {
        "provider": contract.provider,
        "profile": profile,
        "totals": {
            "questions": len(questions),
            "free": len(questions) - len(billed),
            "billable": len(billed),
            "pictures": sum(pricing.pictures(question.draft) for question in billed),
            "credits": sum(question.price or 0 for question in billed) if any(q.price for q in billed) else None,
            "unpriced": sum(question.price is None for question in billed),
        },
        "questions": [_question_value(question) for question in questions],
    }


def _question_value(question: Question) -> dict[str, object]:
    return {
        "question": question.id,
        "about": list(question.about),
        "combines": [trait.name for trait in question.traits],
        "encoding": question.encoding.name,
        "billable": question.billable,
        "pictures": pricing.pictures(question.draft) if question.billable else 0,
        "price": question.price,
        "heavy": question.heavy,
    }


def priced(questions: Sequence[Question]) -> str:
    """How many requests a plan has, and what they cost."""
    free = sum(not question.billable for question in questions)
    return f"{len(questions)} requests: {free} free, {pricing.told(questions)}"


def spec(given: argparse.Namespace) -> int:
    """Print the effective OpenAPI document: published, with the overlay applied."""
    document = loading.load(given.provider).document
    if given.form == "json":
        print(json.dumps(document, ensure_ascii=False, indent=1, default=str))
    else:
        print(
            yaml.safe_dump(json.loads(json.dumps(document, default=str)), allow_unicode=True, sort_keys=False), end=""
        )
    return 0
