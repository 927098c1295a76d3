"""Asking what is in no plan: probes and sequences, within the limits of the run they belong to, and part of it."""

from __future__ import annotations

from dataclasses import dataclass

from contract_tests.asking import Asking
from contract_tests.client import join_url, root_of
from contract_tests.evidence import model_list
from contract_tests.strategies_choices import Choices
from specs.contract import Contract
from specs.messages import Exchange, Request


@dataclass
class Probing:
    """What is asked beyond the plan of a run; for several threads. `spent`: a limit of the run was reached."""

    asking: Asking
    spent: bool = False

    @property
    def contract(self) -> Contract:
        """What is asked about."""
        return self.asking.contract

    @property
    def key(self) -> str:
        """The key that requests are made with."""
        return self.asking.key

    @property
    def exchanges(self) -> list[Exchange]:
        """All exchanges of the run."""
        return self.asking.exchanges

    @property
    def url(self) -> str:
        """Where edits are asked for."""
        operations = [each.path for each in (self.contract.edit, self.contract.models) if each is not None]
        return join_url(root_of(self.asking.client.base_url, *operations), self.contract.edit.path)

    def choices(self) -> Choices:
        """What there is to choose from: asks for the list of models, where the contract has one."""
        self.asking.read_models()
        return Choices(self.contract, model_list(self.exchanges))

    def ask(self, request: Request, told: str, *, about: tuple[str, ...] = ()) -> Exchange | None:
        """Ask, or find what was answered before: None when there is no room. Raises Unjudgeable."""
        found = None if self.spent else self.asking.probe(told, request, about)
        self.spent = self.spent or found is None
        return found
