"""Commands that only show: providers, list, plan, spec. None of them sends anything."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

import yaml

from contract_tests.commands.options import Verbs, example, verb, with_json, with_provider, with_seed
from contract_tests.plan import plan
from contract_tests.questions import Question
from specs import loading
from specs.contract import Claim, Contract


def add(verbs: Verbs) -> None:
    """Add these commands."""
    verb(verbs, "providers", providers, "the providers there are")
    with_json(with_provider(verb(verbs, "list", listed, "every claim, with its source"), required=False))
    told = "what would be asked, and its price; sends nothing"
    with_seed(with_json(with_provider(verb(verbs, "plan", planned, told))))
    found = with_provider(verb(verbs, "spec", spec, "the effective OpenAPI document"))
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
        print(json.dumps([_claim_value(c, claim) for c in contracts for claim in c.claims], ensure_ascii=False, indent=1))
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
    questions = plan(contract, example(contract), given.seed)
    if given.json:
        print(json.dumps([_question_value(question) for question in questions], indent=1))
        return 0
    for question in questions:
        price = f"{question.price:g} credits" if question.price is not None else "1 edit"
        print(f"{'free' if not question.billable else price:12} {question.id:44} {', '.join(question.about[:4])}")
    print(priced(questions))
    return 0


def _question_value(question: Question) -> dict[str, object]:
    return {
        "question": question.id,
        "about": list(question.about),
        "encoding": question.encoding.name,
        "billable": question.billable,
        "price": question.price,
        "heavy": question.heavy,
    }


def priced(questions: Sequence[Question]) -> str:
    """How many requests a plan has, and what they cost."""
    billable = [question for question in questions if question.billable]
    credits = sum(question.price or 0 for question in billable)
    known = f", {credits:g} credits by the provider's own list" if credits else ""
    return f"{len(questions)} requests: {len(questions) - len(billable)} free, {len(billable)} billable edits{known}"


def spec(given: argparse.Namespace) -> int:
    """Print the effective OpenAPI document: published, with the overlay applied."""
    document = loading.load(given.provider).document
    if given.form == "json":
        print(json.dumps(document, ensure_ascii=False, indent=1, default=str))
    else:
        print(yaml.safe_dump(json.loads(json.dumps(document, default=str)), allow_unicode=True, sort_keys=False), end="")
    return 0
