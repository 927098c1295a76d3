"""Faults: what relays that "fully follow" get wrong, each re-created on purpose.

Those written by hand stand in the modules of this package, by area. For every acceptance claim there is one for free:
`refuses-<claim>` refuses what the claim says is accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mock_server.faults import accepting, documents, envelopes, narrowing, payloads, refusing, repaints, streams
from mock_server.faults.register import FAULTS, Fault
from mock_server.replies import Reply, refusal
from mock_server.settings import WrongSettings
from specs import loading
from specs.applying import applies
from specs.contract import Contract
from specs.edits import Edit

__all__ = ["FAULTS", "Fault", "chosen", "misread", "miswrite", "offered"]

_ = (accepting, documents, envelopes, narrowing, payloads, refusing, repaints, streams)


def offered(contract: Contract) -> tuple[Fault, ...]:
    """All faults of a provider: those written by hand, then one for each acceptance claim."""
    written = tuple(fault for fault in FAULTS.values() if fault.fits(contract))
    return (*written, *(_refusing(contract, claim.id) for claim in contract.of_area("acceptance") if claim.judged))


def _refusing(contract: Contract, claim_id: str) -> Fault:
    name = claim_id.removeprefix("accepts-").removesuffix("-accepted")
    told = f"A valid request is refused: {contract.claim(claim_id).numbers['feature']}."
    only = contract.claim(claim_id).when.get("features") == _the_only_encoding(contract)
    breaks = (claim_id, *(c.id for c in contract.of_area("acceptance") if only and not c.when))
    return Fault(f"refuses-{name}", breaks, "accepted", partial(_refuse, claim_id), told)


def _the_only_encoding(contract: Contract) -> list[str] | None:
    """Where one encoding is documented, refusing it is refusing everything."""
    known = {"multipart/form-data": "multipart", "application/json": "json"}
    names = [known[media] for media in contract.edit.schemas if media in known]
    return names if len(names) == 1 else None


def _refuse(claim_id: str, edit: Edit, reply: Reply, contract: Contract) -> Reply:
    if not applies(contract.claim(claim_id), edit):
        return reply
    return refusal(400, "This form of request is not supported.", code="unsupported", why="fault")


def chosen(ids: Sequence[str], providers: Sequence[str]) -> dict[str, tuple[Fault, ...]]:
    """The faults called so, by provider. Raises WrongSettings for an id that no provider served has."""
    contracts = {name: loading.load(name) for name in providers}
    found = {name: tuple(f for f in offered(c) if f.id in ids) for name, c in contracts.items()}
    known = {fault.id for faults in found.values() for fault in faults}
    if unknown := sorted(set(ids) - known):
        raise WrongSettings(
            f"there is no fault {', '.join(unknown)} for {', '.join(providers)}; `image-mock faults` lists them"
        )
    return found


def misread(faults: Sequence[Fault], edit: Edit) -> Edit:
    """The edit as faults that misread requests leave it."""
    for fault in faults:
        if fault.on == "edit":
            edit = fault.act(edit)
    return edit


def miswrite(faults: Sequence[Fault], edit: Edit, reply: Reply, contract: Contract) -> Reply:
    """The reply as faults that spoil replies leave it."""
    for fault in faults:
        if fault.acts_on(reply):
            reply = _spoilt(fault, edit, reply, contract)
    return reply


def _spoilt(fault: Fault, edit: Edit, reply: Reply, contract: Contract) -> Reply:
    """What a scenario, or a fault before this one, has left without the member that it spoils stays as it is."""
    try:
        spoilt: Reply = fault.act(edit, reply, contract) if isinstance(fault.act, partial) else fault.act(edit, reply)
    except (LookupError, TypeError, AttributeError):
        return reply
    return spoilt
