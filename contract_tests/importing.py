"""Evidence that was not asked for by a plan: browsers' and proxies' captures, and watched traffic.

Not everything in it can be judged. What is none of the provider's operations is skipped, what was not recorded whole
and what only the client is to blame for is set aside; both are counted, so that no verdict rests on silence. A
transcript of our own questions is taken as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from contract_tests.findings import Finding, Report
from contract_tests.running import reported
from specs import loading, reading
from specs.answers import heard
from specs.contract import Contract, Operation
from specs.messages import Exchange, Purpose
from specs.redaction import CREDENTIALS, MASKED
from specs.rules.request import FAKE, bearer
from specs.transcripts import Transcript, billed

CLIENT = "the client "
"""How the detail of a failure begins that is the client's doing: it says nothing about the endpoint."""

SKIPPED = "none of {provider}'s operations"
ELSEWHERE = "sent to another server than most"
NOT_WHOLE = "not recorded whole"
CLIENTS_DOING = "broken off by the client"
UNKNOWN_KEY = "answered 401 or 403 to a key that may well be wrong"
UNREADABLE = "answered in a compression that cannot be read here"

_READ = frozenset(("", "identity", "gzip", "x-gzip", "deflate"))


class NoProvider(ValueError):
    """Nothing says by whose contract a recording is to be judged; one sentence that says what to do."""


@dataclass(frozen=True)
class Sifted:
    """A recording sorted: the provider's own exchanges, those of them to judge, and why the others are not judged.

    `aside` counts exchanges by one of the words above. `hidden_key`: no request shows its key, so each is taken to
    have had one.
    """

    base_url: str
    known: tuple[Exchange, ...]
    judged: tuple[Exchange, ...]
    aside: Mapping[str, int] = field(default_factory=dict)
    hidden_key: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know, one sentence each."""
        told = [f"{_exchanges(count)} not judged: {why}" for why, count in self.aside.items()]
        return (*told, *(["no request shows a key; each is taken to have had one"] if self.hidden_key else []))


def contract_of(transcript: Transcript, provider: str | None = None) -> Contract:
    """The contract to judge by: of the provider named, else of the one the recording names.

    Raises NoProvider, loading.UnknownProvider, loading.BrokenContract.
    """
    if not provider and not transcript.provider:
        known = ", ".join(loading.providers())
        raise NoProvider(f"the recording does not say whose it is: add --provider, one of {known}")
    return loading.load(provider or transcript.provider)


def judged_offline(contract: Contract, transcript: Transcript) -> tuple[Report, Sifted]:
    """The report of a recording, and how it was sorted."""
    sifted = sift(contract, transcript)
    report = reported(contract, replace(transcript, exchanges=sifted.judged))
    lost = sum(count for why, count in sifted.aside.items() if not _foreign(why, contract))
    return replace(
        report,
        base_url=sifted.base_url,
        requests=len(sifted.known),
        billable=sum(map(billed, sifted.known)),
        findings=tuple(_for_loss(finding, lost, sifted) for finding in report.findings),
    ), sifted


def _foreign(why: str, contract: Contract) -> bool:
    return why in (ELSEWHERE, SKIPPED.format(provider=contract.provider))


def _for_loss(finding: Finding, lost: int, sifted: Sifted) -> Finding:
    """A claim that was not judged says what there would have been to judge it by."""
    if not lost or finding.verdict != "not-run" or not finding.claim.judged:
        return finding
    why = ", ".join(why for why in sifted.aside if why in (NOT_WHOLE, CLIENTS_DOING, UNKNOWN_KEY, UNREADABLE))
    return replace(finding, reason=f"{finding.reason}; {_exchanges(lost)} not judged: {why}")


def _exchanges(count: int) -> str:
    return f"{count} exchange{'s' if count > 1 else ''} {'are' if count > 1 else 'is'}"


def sift(contract: Contract, transcript: Transcript) -> Sifted:
    """Sort a recording under a contract."""
    if any(exchange.question for exchange in transcript.exchanges):
        judged = tuple(e for e in transcript.exchanges if e.id not in transcript.omitted)
        aside = {NOT_WHOLE: len(transcript.exchanges) - len(judged)} if transcript.omitted else {}
        return Sifted(transcript.base_url, transcript.exchanges, judged, aside)
    return _sift_traffic(contract, transcript)


def _sift_traffic(contract: Contract, transcript: Transcript) -> Sifted:
    aside: Counter[str] = Counter()
    found = tuple(_sorted_out(contract, transcript.exchanges))
    aside[SKIPPED.format(provider=contract.provider)] = len(transcript.exchanges) - len(found)
    base_url = _busiest(contract, found) or transcript.base_url
    known = tuple(e for e in found if e.purpose == "fetch" or _base(contract, e) == base_url)
    aside[ELSEWHERE] = len(found) - len(known)
    hidden = not transcript.provider and bool(known) and not any(map(_shows_key, known))
    judged = []
    for exchange in map(_with_key, known) if hidden else known:
        why = NOT_WHOLE if exchange.id in transcript.omitted else _why_not(contract, exchange)
        if why:
            aside[why] += 1
        else:
            judged.append(exchange)
    return Sifted(base_url, known, tuple(judged), {why: count for why, count in aside.items() if count}, hidden)


def _sorted_out(contract: Contract, exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """The exchanges that are the provider's, each with its true purpose; in order."""
    exchanges = tuple(exchanges)
    edits = (e for e in exchanges if _is_at(contract.edit, e))
    pictures = set(chain.from_iterable(map(_links, edits)))
    for exchange in exchanges:
        if purpose := purpose_of(contract, exchange):
            yield replace(exchange, purpose=purpose)
        elif exchange.request.method.upper() == "GET" and exchange.request.url in pictures:
            yield replace(exchange, purpose="fetch")


def purpose_of(contract: Contract, exchange: Exchange) -> Purpose | None:
    """Which of the provider's operations a request calls; None when it is none of them."""
    method = exchange.request.method.upper()
    if _is_at(contract.edit, exchange) and method not in ("OPTIONS", "HEAD"):
        return "edit"
    if contract.models and _is_at(contract.models, exchange) and method == contract.models.method:
        return "models"
    return None


def _is_at(operation: Operation, exchange: Exchange) -> bool:
    return exchange.request.path.rstrip("/").endswith(operation.path)


def _links(exchange: Exchange) -> Iterator[str]:
    asked = heard(exchange)
    yield from (payload.url for payload in asked.payloads if isinstance(payload.url, str))


def _base(contract: Contract, exchange: Exchange) -> str:
    """What stands before the documented path in an exchange's URL."""
    url = exchange.request.url.partition("?")[0].rstrip("/")
    for operation in (contract.edit, contract.models):
        if operation and url.endswith(operation.path):
            return url.removesuffix(operation.path)
    return ""


def _busiest(contract: Contract, exchanges: Iterable[Exchange]) -> str:
    """Where most edits went; of equals the first."""
    bases = Counter(_base(contract, exchange) for exchange in exchanges if exchange.purpose == "edit")
    return max(bases, key=lambda base: bases[base], default="")


def _shows_key(exchange: Exchange) -> bool:
    return any(name.lower() in CREDENTIALS - {"cookie", "set-cookie"} for name, _ in exchange.request.headers)


def _with_key(exchange: Exchange) -> Exchange:
    """Some tools leave every credential out of what they save."""
    headers = (*exchange.request.headers, ("Authorization", f"Bearer {MASKED}"))
    return replace(exchange, request=replace(exchange.request, headers=headers))


def _why_not(contract: Contract, exchange: Exchange) -> str | None:
    """Why a watched or captured exchange says nothing about the endpoint; None when it does."""
    failure, response = exchange.failure, exchange.response
    if failure and failure.kind == "too-long":
        return NOT_WHOLE
    if failure and failure.detail.startswith(CLIENT):
        return CLIENTS_DOING
    if response and (response.header("content-encoding") or "").strip().lower() not in _READ:
        return UNREADABLE
    if response and response.status in (401, 403) and exchange.purpose == "edit":
        key = bearer(reading.read(contract, exchange.request))
        return UNKNOWN_KEY if key is not None and not key.startswith(FAKE) else None
    return None
