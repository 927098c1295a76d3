"""What providers publish, laid beside each other: field by field, promise by promise. Nobody is asked.

What a provider says itself and what it takes over are kept apart: a field that it does not mention is "not said", and
the sentence by which it takes over the reference's contract stands above the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from contract_tests.documents import claimed
from contract_tests.documents.published import described
from contract_tests.documents.said import PARTS, Said, order, stated
from specs import loading
from specs.contract import Citation, Claim, Contract

REFERENCE = "openai"


@dataclass(frozen=True, slots=True)
class Row:
    """One aspect of one field, and what each provider says of it (provider -> sayings, none where it is silent)."""

    part: str
    field: str
    aspect: str
    cells: Mapping[str, tuple[Said, ...]]

    @property
    def differs(self) -> bool:
        """Whether two of the providers say different things."""
        return any(not alike(*pair) for pair in combinations(self.cells.values(), 2))


@dataclass(frozen=True, slots=True)
class Difference:
    """A row on which two providers are not alike; one of them may be silent."""

    left: str
    right: str
    row: Row

    @property
    def silent(self) -> str | None:
        """The one of the two that says nothing of it."""
        return next((name for name in (self.left, self.right) if not stated(self.row.cells[name])), None)


@dataclass(frozen=True, slots=True)
class Promise:
    """One claim's id, and the claim under that id at each provider (None where it has none)."""

    id: str
    claims: Mapping[str, Claim | None]

    @property
    def differs(self) -> bool:
        """Whether the providers promise it differently: not all of them, at other levels, with other numbers."""
        found = [(c.rule, dict(c.numbers), dict(c.when), c.level) if c else None for c in self.claims.values()]
        return any(each != found[0] for each in found)


@dataclass(frozen=True, slots=True)
class Overruled:
    """A claim of the reference that a provider does not take over, and the words of its own that overrule it."""

    provider: str
    claim: str
    why: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Comparison:
    """Providers beside each other, the reference first."""

    contracts: tuple[Contract, ...]
    rows: tuple[Row, ...]
    promises: tuple[Promise, ...]
    overruled: tuple[Overruled, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The providers, in the order of the columns."""
        return tuple(contract.provider for contract in self.contracts)

    def title(self, provider: str) -> str:
        """A provider's name as people write it."""
        return next(contract.title for contract in self.contracts if contract.provider == provider)

    def takes_over(self) -> Iterator[tuple[Contract, Citation]]:
        """The providers that take over another's contract, and the sentence by which they do."""
        yield from ((contract, contract.takes_over) for contract in self.contracts if contract.takes_over)

    def differences(self) -> Iterator[Difference]:
        """Every row on which two providers are not alike, pair by pair."""
        for left, right in combinations(self.names, 2):
            yield from self.between(left, right)

    def between(self, left: str, right: str) -> Iterator[Difference]:
        """Every row on which these two are not alike."""
        yield from (Difference(left, right, row) for row in self.rows if not _same(row.cells[left], row.cells[right]))


@dataclass(frozen=True, slots=True)
class Silence:
    """What one provider does not say and another does: whole fields, and aspects of fields that both have."""

    fields: tuple[tuple[str, str], ...]
    aspects: Mapping[tuple[str, str], tuple[str, ...]]


def silence(comparison: Comparison, silent: str, other: str) -> Silence:
    """What `silent` leaves out of what `other` says."""
    known = {(row.part, row.field) for row in comparison.rows if row.cells[silent]}
    fields: dict[tuple[str, str], list[str]] = {}
    for difference in comparison.between(other, silent):
        if difference.silent == silent:
            fields.setdefault((difference.row.part, difference.row.field), []).append(difference.row.aspect)
    missing = [field for field in fields if field not in known]
    outermost = tuple(field for field in missing if not _within(field, missing))
    return Silence(outermost, {field: tuple(left) for field, left in fields.items() if field in known})


def _within(field: tuple[str, str], fields: Sequence[tuple[str, str]]) -> bool:
    """Whether a field stands inside one of these."""
    part, name = field
    return any(part == each and name.startswith((f"{other}.", f"{other}[]")) for each, other in fields)


def alike(left: Sequence[Said], right: Sequence[Said]) -> bool:
    """Whether two providers, where both say something, say the same."""
    return not stated(left) or not stated(right) or _same(left, right)


def _same(left: Sequence[Said], right: Sequence[Said]) -> bool:
    """Compared in the encodings that both describe; where they have none in common, in all."""
    shared = {said.media for said in left} & {said.media for said in right} - {None}
    ours, theirs = ([s for s in side if not shared or s.media in (*shared, None)] for side in (left, right))
    return stated(ours) == stated(theirs)


def compared(contracts: Iterable[Contract], home: Path = loading.HOME) -> Comparison:
    """Contracts beside each other; the reference stands first where it is among them."""
    given = tuple(sorted(contracts, key=lambda contract: contract.provider != REFERENCE))
    return Comparison(given, _rows(given), _promises(given), tuple(e for c in given for e in overruled(c, home)))


def sayings(contract: Contract) -> Iterator[Said]:
    """Everything a provider's document says of the edit operation: by its schemas first, then by its prose."""
    found = described(contract.provider, contract.published, contract.edit.path, contract.edit.method)
    if found is not None:
        yield from found.said()
    yield from claimed.said(contract)


def _rows(contracts: Sequence[Contract]) -> tuple[Row, ...]:
    cells: dict[tuple[str, str, str], dict[str, list[Said]]] = {}
    for contract in contracts:
        for said in sayings(contract):
            row = cells.setdefault(said.subject, {each.provider: [] for each in contracts})
            row[contract.provider].append(said)
    fields = list(dict.fromkeys((part, field) for part, field, _aspect in cells))
    placed = sorted(cells, key=lambda s: (PARTS.index(s[0]), fields.index(s[:2]), order(s[2])))
    return tuple(Row(*subject, {name: tuple(said) for name, said in cells[subject].items()}) for subject in placed)


def _promises(contracts: Sequence[Contract]) -> tuple[Promise, ...]:
    by_id = [{claim.id: claim for claim in contract.claims} for contract in contracts]
    ids = dict.fromkeys(claim.id for contract in contracts for claim in contract.claims)
    named = [contract.provider for contract in contracts]
    return tuple(Promise(id, dict(zip(named, (known.get(id) for known in by_id), strict=True))) for id in ids)


def overruled(contract: Contract, home: Path = loading.HOME) -> Iterator[Overruled]:
    """What a provider does not take over, read from its overlay: the contract keeps only what is left."""
    described_by = loading.read_yaml(home / contract.provider / "overlay.yaml")
    for item in (described_by.get("x-inherits") or {}).get("except", ()):
        cited = item["citation"]
        document, at = cited.get("document", contract.provider), cited.get("at", "")
        place = Citation(document, at, cited["quote"], cited.get("gloss"))
        yield Overruled(contract.provider, item["id"], item["why"], place)
