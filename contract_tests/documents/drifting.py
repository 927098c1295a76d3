"""A freshly published document beside the bundled one: lost quotations, new sentences, what changes for clients.

The claims quote the bundled document. Where a new one says something else they have to be read again, so everything
that would make the loader refuse the new document is told, and every normative sentence that nobody has read yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contract_tests.documents.changes import Change, changes
from contract_tests.documents.excerpts import excerpt
from contract_tests.documents.published import described
from contract_tests.documents.quotations import Lost, lost
from specs import loading, overlay, prose
from specs.contract import Contract
from specs.prose import Sentence

MOST_NAMED = 5
"""Paths that are named where the one of the edit is gone."""


@dataclass(frozen=True, slots=True)
class NewSentence:
    """A normative sentence that the bundled document does not have; `answered`: something quotes its words already."""

    sentence: Sentence
    answered: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """What a new document changes.

    `unfit` is why the overlay's actions do not apply to it (None: they do). A transcription of ours is not the
    provider's text, so only its structure is compared. `instead` are operations of the new document that the edit may
    have become, where it is gone.
    """

    contract: Contract
    versions: tuple[str, str]
    changes: tuple[Change, ...]
    lost: tuple[Lost, ...] = ()
    unfit: str | None = None
    new: tuple[NewSentence, ...] = ()
    gone: tuple[Sentence, ...] = ()
    transcribed: bool = False
    instead: tuple[str, ...] = ()

    @property
    def unread(self) -> tuple[NewSentence, ...]:
        """The new normative sentences that nothing quotes: what they ask for is tested by nothing."""
        return tuple(each for each in self.new if not each.answered)

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that break clients."""
        return tuple(change for change in self.changes if change.breaking)

    @property
    def any(self) -> bool:
        """Whether anything at all has changed."""
        return bool(self.changes or self.lost or self.unfit or self.new or self.gone)

    def exit_status(self, *, strict: bool = False) -> int:
        """1 when clients break, the overlay no longer fits or a sentence is unread (strict: on any change), else 0."""
        return 1 if self.breaking or self.lost or self.unfit or self.unread or (strict and self.any) else 0


def drifted(contract: Contract, document: Mapping[str, Any], home: Path = loading.HOME) -> Drift:
    """A provider's newly published document beside the bundled one."""
    path, method = contract.edit.path, contract.edit.method
    old = described(contract.provider, contract.published, path, method)
    assert old is not None, "the loader has found the edit operation"
    document = aligned(document, contract.published)
    new = described(contract.provider, document, path, method)
    versions = (_version(contract.published), _version(document))
    found = changes(old, new)
    transcribed = "x-sources" in contract.published
    if new is None:
        return Drift(contract, versions, found, transcribed=transcribed, instead=tuple(_like(path, document)))
    if transcribed:
        return Drift(contract, versions, found, transcribed=True)
    fresh, gone = _sentences(contract, document, new.path)
    return Drift(contract, versions, found, lost(contract, document), _unfit(contract, document, home), fresh, gone)


def _like(path: str, document: Mapping[str, Any]) -> Iterator[str]:
    """The operations of a document whose paths end as this one does; where none does, the first few."""
    held = document.get("paths")
    paths = [str(name) for name in held] if isinstance(held, Mapping) else []
    ending = [name for name in paths if name.rstrip("/").rpartition("/")[2] == path.rpartition("/")[2]]
    yield from (ending or paths)[:MOST_NAMED]


def aligned(new: Any, old: Any) -> Any:
    """A document with its keys in the order of an older one: the order means nothing, and quotations have one."""
    if isinstance(new, Mapping):
        known = old if isinstance(old, Mapping) else {}
        names = (*(name for name in known if name in new), *(name for name in new if name not in known))
        return {name: aligned(new[name], known.get(name)) for name in names}
    if isinstance(new, list):
        beside = old if isinstance(old, list) else []
        return [aligned(item, beside[index] if index < len(beside) else None) for index, item in enumerate(new)]
    return new


def _version(document: Mapping[str, Any]) -> str:
    info = document.get("info")
    return str(info.get("version", "")) if isinstance(info, Mapping) else ""


def _unfit(contract: Contract, document: Mapping[str, Any], home: Path) -> str | None:
    actions = loading.read_yaml(home / contract.provider / "overlay.yaml").get("actions", ())
    try:
        overlay.apply(document, actions)
    except (overlay.BrokenOverlay, KeyError, TypeError, AttributeError) as problem:
        return str(problem)
    return None


def _sentences(
    contract: Contract, document: Mapping[str, Any], path: str
) -> tuple[tuple[NewSentence, ...], tuple[Sentence, ...]]:
    """The sentences that came, and those that went; white space does not count."""
    concerned = excerpt(document, path)
    before = {_bare(s): s for s in prose.sentences(excerpt(contract.published, contract.edit.path))}
    after = {_bare(s): s for s in prose.sentences(concerned)}
    open_ones = {_bare(s) for s in prose.uncovered(replace(contract, published=concerned))}
    fresh = tuple(NewSentence(s, bare not in open_ones) for bare, s in after.items() if bare not in before)
    return fresh, tuple(sentence for bare, sentence in before.items() if bare not in after)


def _bare(sentence: Sentence) -> str:
    return "".join(sentence.text.split())
