"""From a provider's two YAML files to its `Contract`.

The loader refuses what cannot be right: an overlay that does not apply, a claim with an unknown rule or wrong numbers,
a citation whose words are not at its place. `BrokenContract` says which file and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from specs import claims, overlay, pointers
from specs.contract import Contract, Contradiction, Operation, SetAside

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

HOME = Path(__file__).parent / "providers"


class UnknownProvider(LookupError):
    """No folder of that name; the message lists the providers there are."""


class BrokenContract(ValueError):
    """A provider's own files are wrong; the message names the file and the fault."""


def providers(home: Path = HOME) -> tuple[str, ...]:
    """The names of all providers, the reference first."""
    found = sorted(p.parent.name for p in home.glob("*/published.yaml"))
    return tuple(sorted(found, key=lambda name: name != "openai"))


def load(provider: str, home: Path = HOME) -> Contract:
    """The contract of a provider. Raises UnknownProvider, BrokenContract."""
    return _load(provider, Path(home))


@lru_cache(maxsize=16)
def _load(provider: str, home: Path) -> Contract:
    if provider not in providers(home):
        raise UnknownProvider(f"there is no provider {provider!r}; there are: {', '.join(providers(home))}")
    published = read_yaml(home / provider / "published.yaml")
    described = read_yaml(home / provider / "overlay.yaml")
    try:
        return _contract(provider, home, published, described)
    except (overlay.BrokenOverlay, claims.BrokenClaim, pointers.NothingThere) as problem:
        raise BrokenContract(f"{home / provider / 'overlay.yaml'}: {problem}") from problem
    except (KeyError, TypeError, AttributeError) as problem:
        where = home / provider / "overlay.yaml"
        raise BrokenContract(f"{where}: a part is missing or malformed: {problem}") from problem


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file that holds an object; callers must not change it. Raises BrokenContract."""
    try:
        stands = path.stat()
    except OSError:
        return _parsed(path, 0, 0)
    return _parsed(path, stands.st_mtime_ns, stands.st_size)


@lru_cache(maxsize=16)
def _parsed(path: Path, _changed: int, _length: int) -> dict[str, Any]:
    """What the file holds, parsed anew when it has changed."""
    try:
        document = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
    except FileNotFoundError:
        raise BrokenContract(f"{path} is missing: a provider is a published.yaml and an overlay.yaml") from None
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise BrokenContract(f"{path} is not YAML: {' '.join(str(problem).split())}") from problem
    if not isinstance(document, dict):
        raise BrokenContract(f"{path} holds {type(document).__name__}, not an object")
    return document


def _contract(provider: str, home: Path, published: dict[str, Any], described: dict[str, Any]) -> Contract:
    document = overlay.apply(published, described.get("actions", ()))
    about = described["x-provider"]
    quoting = claims.Quoting(provider, published, lambda name: read_yaml(home / name / "published.yaml"))
    inherits = described.get("x-inherits")
    base = load(inherits["from"], home).claims if inherits else ()
    return Contract(
        provider=provider,
        title=about["title"],
        published=published,
        document=document,
        edit=_operation(document, "edit", about["edit"]),
        models=_operation(document, "models", about["models"]) if about.get("models") else None,
        claims=claims.merged(quoting, described.get("x-claims", ()), inherits, base),
        contradictions=tuple(_contradiction(quoting, c) for c in described.get("x-contradictions", ())),
        set_aside=tuple(SetAside(s["quote"], s["why"]) for s in described.get("x-set-aside", ())),
        servers=tuple(server["url"] for server in document.get("servers", ())),
        takes_over=quoting.citation(inherits["citation"]) if inherits else None,
    )


def _contradiction(quoting: claims.Quoting, value: Mapping[str, Any]) -> Contradiction:
    places = tuple(quoting.citation(place) for place in value["places"])
    return Contradiction(value["id"], value["problem"], places, value["resolution"], value["why"])


def _operation(document: Mapping[str, Any], name: str, where: Mapping[str, str]) -> Operation:
    path, method = where["path"], where["method"].lower()
    operation = document["paths"][path][method]
    body = pointers.inlined(document, operation.get("requestBody", {}))
    schemas = {media: content.get("schema", {}) for media, content in body.get("content", {}).items()}
    answers = pointers.inlined(document, operation.get("responses", {}).get("200", {}))
    media = answers.get("content", {}).get("application/json", {})
    return Operation(name, method.upper(), path, schemas, _example(media), operation.get("security") == [])


def _example(media: Mapping[str, Any]) -> Any:
    if "example" in media:
        return media["example"]
    return next((e["value"] for e in media.get("examples", {}).values() if "value" in e), None)
