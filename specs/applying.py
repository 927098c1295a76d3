"""When a claim applies to a request: its `when`, evaluated on the Edit. All conditions have to hold."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from specs.contract import Claim
from specs.edits import ABSENT, Edit
from specs.features import features


def applies(claim: Claim, edit: Edit, known: frozenset[str] | None = None) -> bool:
    """Whether the claim is about this request at all; `known` are its features, where they were found before."""
    when = claim.when
    if not when:
        return True
    if "fields" in when and not all(_has(edit, name, wanted) for name, wanted in when["fields"].items()):
        return False
    if "model" in when and not _model(edit.get("model"), when["model"]):
        return False
    if "features" not in when and "not" not in when:
        return True
    found = features(edit) if known is None else known
    return found.issuperset(when.get("features", ())) and found.isdisjoint(when.get("not", ()))


def _has(edit: Edit, name: str, wanted: Any) -> bool:
    value = edit.get(name)
    return value is not ABSENT and value in (wanted if isinstance(wanted, list) else [wanted])


def _model(value: Any, globs: list[str]) -> bool:
    return isinstance(value, str) and any(fnmatchcase(value, glob) for glob in globs)
