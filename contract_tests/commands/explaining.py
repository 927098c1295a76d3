"""The command that explains a claim. It sends nothing."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from difflib import get_close_matches

from contract_tests import explaining_views
from contract_tests.commands.options import Verbs, WrongUsage, verb, with_example, with_json, with_provider
from contract_tests.explaining import explained, planned
from specs import loading
from specs.contract import Claim, Contract

_TOLD = "explain a claim: its words, how it is asked, what that costs, which bugs it finds"
_MORE = "Without --provider it is explained for each provider that makes it. Nothing is sent."


def add(verbs: Verbs) -> None:
    """Add this command."""
    found = with_json(with_provider(verb(verbs, "explain", explain, _TOLD), required=False))
    with_example(found, _MORE, "explain mask-is-png --provider aitoearn")
    found.add_argument("claim", metavar="CLAIM", help="see `image-contract list`")


def explain(given: argparse.Namespace) -> int:
    """Explain one claim, at one provider or at every one that makes it."""
    named = [given.provider] if given.provider else loading.providers()
    contracts = [loading.load(name) for name in named]
    explanations = [
        explained(contract, claim, planned(contract)) for contract, claim in _making(given.claim, contracts)
    ]
    if given.json:
        values = [explaining_views.value(each) for each in explanations]
        print(json.dumps(values, ensure_ascii=False, indent=1))
    else:
        print("\n".join(explaining_views.text(each) for each in explanations), end="")
    return 0


def _making(id: str, contracts: list[Contract]) -> Iterator[tuple[Contract, Claim]]:
    """The contracts that make a claim. Raises WrongUsage when none does, and says which is like it."""
    found = [(contract, claim) for contract in contracts for claim in contract.claims if claim.id == id]
    if not found:
        known = sorted({claim.id for contract in contracts for claim in contract.claims})
        like = get_close_matches(id, known, n=3, cutoff=0.5)
        hint = f"is it {' or '.join(like)}?" if like else "`image-contract list` names them all"
        whose = f"{contracts[0].provider} makes" if len(contracts) == 1 else "any provider makes"
        raise WrongUsage(f"there is no claim {id!r} that {whose}; {hint}")
    yield from found
