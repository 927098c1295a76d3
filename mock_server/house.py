"""One request through the mock, without Flask: which provider, who asks, what is wrong with it, and the reply.

match path -> read -> request claims in the order in which the provider notices defects -> the first breach gives the
contract's refusal, else the right answer -> the faults that are set -> the journal.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mock_server import answers, faults
from mock_server.gallery import Gallery
from mock_server.journal import Entry, Journal
from mock_server.replies import Reply, refusal
from mock_server.settings import Settings
from specs import models, reading
from specs.applying import applies
from specs.contract import Claim, Contract
from specs.edits import Edit
from specs.messages import Request
from specs.rules import RULES, Breach

_SHAPES = ("picture", "mask")
"""Rule families that look into pictures: what `checks: schema` leaves out."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The first claim that a request breaks, and how."""

    claim: Claim
    breach: Breach


class House:
    """The mock's state: contracts, settings, the journal, the pictures promised as links."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.contracts = settings.contracts()
        self.gallery = Gallery()
        self.journal = Journal()
        self.faults = faults.chosen(settings.faults, tuple(self.contracts))

    def route(self, request: Request) -> tuple[Contract, Request] | None:
        """The provider a request is for, and the request without the provider's prefix; None when there is none."""
        first, _, rest = request.path.lstrip("/").partition("/")
        if first in self.contracts:
            return self.contracts[first], _at_path(request, f"/{rest}")
        if len(self.contracts) == 1:
            return next(iter(self.contracts.values())), request
        return None

    def answer(self, request: Request) -> Reply:
        """The reply to any request."""
        routed = self.route(request)
        if routed is None:
            names = ", ".join(f"/{name}" for name in self.contracts)
            return refusal(404, f"no provider is served at {request.path}; there are {names}", code="not_found")
        contract, inner = routed
        if contract.models and inner.path == contract.models.path:
            return _listed(contract, inner)
        return self._edit(contract, inner, request)

    def _edit(self, contract: Contract, inner: Request, whole: Request) -> Reply:
        started = time.time()
        listed = models.from_value(contract.models.example) if contract.models else None
        edit = replace(reading.read(contract, inner, listed), request=replace(inner, url=whole.url))
        broken = self.faults[contract.provider]
        found = next(refusals(contract, edit, self.settings), None)
        if found is not None:
            reply = refused(found)
        else:
            reply = answers.answer(contract, faults.misread(broken, edit), self.settings, self.gallery)
        reply = faults.miswrite(broken, edit, reply, contract)
        self.journal.add(Entry(contract.provider, edit, reply, found.claim.id if found else None, started))
        return reply


def _at_path(request: Request, path: str) -> Request:
    return replace(request, url=path)


def _listed(contract: Contract, request: Request) -> Reply:
    if request.method not in ("GET", "HEAD"):
        return refusal(405, f"the list of models is read with GET, not {request.method}")
    return Reply(document=contract.models.example if contract.models else None)


def refusals(contract: Contract, edit: Edit, settings: Settings) -> Iterator[Refused]:
    """Every claim the request breaks, in the order in which the provider notices defects."""
    for claim in contract.of_area("request"):
        if not _enforced(claim, settings) or not applies(claim, edit):
            continue
        for said in RULES[claim.rule].say(edit, claim.numbers):
            if isinstance(said, Breach):
                yield Refused(claim, said)
                break


def _enforced(claim: Claim, settings: Settings) -> bool:
    if claim.id in settings.forget or not (claim.judged or claim.origin == "own"):
        return False
    if settings.checks == "none":
        return claim.rule == "body_well_formed"
    in_pictures = RULES[claim.rule].check.__module__.rpartition(".")[2] in _SHAPES
    return settings.checks == "all" or not in_pictures or claim.rule in ("image_required", "images_at_most")


def refused(found: Refused) -> Reply:
    """The refusal of a breach, as the claim says it is refused."""
    how = found.claim.refusal
    if how is None:
        raise TypeError(f"the claim {found.claim.id} does not say how its breach is refused")
    message = found.breach.sentence[0].upper() + found.breach.sentence[1:] + "."
    return refusal(how.status[0], message, how.type, param=how.param, code=how.code, why=found.claim.id)
