"""Our rules as checks for those who run Schemathesis themselves, and pictures for it to send.

    image-contract spec --provider chatanywhere > spec.yaml
    SCHEMATHESIS_HOOKS=contract_tests.schemathesis_checks schemathesis run spec.yaml --url URL -H "Authorization: …"

The contract is told by the document's title; IMAGE_CONTRACT_PROVIDER names it for a document with another one. There is
a check for each area of claims, so that `--checks` and `--exclude-checks` can choose. Where models and sizes stand in a
list at the endpoint, the list is read once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

from contract_tests import choosing, json_bodies, picturing, samples
from contract_tests.client import Client, join_url, root_of
from contract_tests.evidence import gathered, model_list
from contract_tests.findings import Finding
from contract_tests.judging import findings
from specs import loading
from specs.contract import AREAS, Area, Contract
from specs.messages import Exchange, Headers, Request, Response
from specs.reading import JSON, roles

PROVIDER_ENV = "IMAGE_CONTRACT_PROVIDER"
_LINK = "http"
_SIDE = 128
"""Pixels; small, because Schemathesis prints what it sent."""


class UnknownContract(LookupError):
    """No contract belongs to the document; one sentence that says what to do."""


@lru_cache(maxsize=8)
def _contract(title: str) -> Contract:
    if named := os.environ.get(PROVIDER_ENV):
        return loading.load(named)
    for name in loading.providers():
        contract = loading.load(name)
        if contract.document.get("info", {}).get("title") == title:
            return contract
    known = ", ".join(loading.providers())
    raise UnknownContract(f"no contract belongs to a document called {title!r}: set {PROVIDER_ENV} to one of {known}")


def contract_of(case: Any) -> Contract:
    """The contract of a case's document. Raises UnknownContract."""
    return _contract(str(case.operation.schema.raw_schema.get("info", {}).get("title", "")))


def exchange_of(response: Any) -> Exchange:
    """A Schemathesis response as an exchange."""
    sent = response.request
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    request = Request(sent.method, sent.url, tuple((str(n), _text(v)) for n, v in sent.headers.items()), body)
    headers: Headers = tuple((name, value) for name, values in response.headers.items() for value in values)
    found = Response(
        response.status_code, _plain(headers), response.content, ((response.elapsed, len(response.content)),)
    )
    return Exchange("schemathesis", request, found, sent=time.time() - response.elapsed, seconds=response.elapsed)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _plain(headers: Headers) -> Headers:
    """The body has been decompressed already."""
    return tuple(item for item in headers if item[0].lower() != "content-encoding")


@lru_cache(maxsize=8)
def listed(provider: str, base_url: str) -> Exchange | None:
    """The list of models as the endpoint tells it, asked for once; None where the contract has none."""
    contract = loading.load(provider)
    if contract.models is None:
        return None
    with Client(base_url, timeout=30) as client:
        request = Request("GET", join_url(base_url, contract.models.path), (("Accept", "application/json"),))
        return client.ask(request, id="models", purpose="models")


def broken(contract: Contract, exchange: Exchange, area: Area) -> list[Finding]:
    """The judged claims of an area that one exchange alone shows broken."""
    models = listed(contract.provider, root_of(exchange.request.url, contract.edit.path))
    found = findings(gathered(contract, (exchange, *([models] if models else []))))
    return [f for f in found if f.verdict == "broken" and f.claim.judged and f.claim.area == area]


def told(contract: Contract, finding: Finding) -> str:
    """A broken claim in three lines: requirement, expected and actual, the provider's words."""
    claim = finding.claim
    quote = " ".join(claim.citation.quote.split())
    return (
        f"{claim.id} ({claim.level}): {claim.statement}\n"
        f"expected {finding.expected}, got {finding.actual}: {finding.reason}\n"
        f'{contract.title} says: "{quote}" ({claim.citation.document} {claim.citation.at})'
    )


def _check(area: Area) -> Callable[[Any, Any, Any], None]:
    def check(ctx: Any, response: Any, case: Any) -> None:
        del ctx
        contract = contract_of(case)
        if case.operation.path == contract.edit.path:
            found = broken(contract, exchange_of(response), area)
            assert not found, told(contract, found[0])

    check.__name__ = check.__qualname__ = f"{area}_contract"
    check.__doc__ = f"The {area} claims of the provider's contract hold."
    return check


CHECKS: Mapping[Area, Any] = {area: schemathesis.check(_check(area)) for area in AREAS}
"""The registered checks: `request_contract`, `acceptance_contract` and so on."""


def _pictures() -> st.SearchStrategy[bytes]:
    """Pictures that are good images and good masks at once: PNG with alpha, all of one size."""
    alphas = ("window", "window", "gradient")
    return st.sampled_from([_see_through(seed, alpha) for seed, alpha in enumerate(alphas)])


def _see_through(seed: int, alpha: str) -> bytes:
    page = picturing.source(_SIDE, _SIDE, seed).convert("RGBA")
    page.putalpha(picturing.mask(_SIDE, _SIDE, alpha).getchannel("A"))
    return picturing.written(page)


schemathesis.openapi.format("binary", _pictures())


@schemathesis.hook
def map_case(ctx: Any, case: Any) -> Any:
    """What chance cannot know: a model and size of the endpoint's list; in JSON, pictures as `data:` URLs."""
    del ctx
    contract = contract_of(case)
    if case.operation.path != contract.edit.path or not isinstance(case.body, dict):
        return case
    if case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE:
        case.body |= _offered(contract, case)
    if case.media_type == JSON:
        schema = contract.edit.schemas.get(JSON, {})
        for name, role in roles(schema).items():
            if _is_address(case.body.get(name)):
                file = samples.mask("window", _SIDE, _SIDE) if role == "mask" else samples.picture(_SIDE, _SIDE)
                case.body[name] = json_bodies.value(schema["properties"][name], (file,))
    return case


def _offered(contract: Contract, case: Any) -> dict[str, str]:
    """A model and a size from the endpoint's own list, for a case that asks for any at all."""
    base_url = case.operation.base_url
    models = listed(contract.provider, base_url) if base_url else None
    known = model_list([models]) if models else None
    if known is None:
        return {}
    model = choosing.model(contract, known)
    size = choosing.size(contract, known, model)
    return {"model": model, **({"size": size} if size and "size" in case.body else {})}


def _is_address(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_is_address, value))
    address = value.get("image_url") if isinstance(value, dict) and len(value) == 1 else value
    return isinstance(address, str) and address.startswith(_LINK)
