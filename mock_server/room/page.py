"""The live page: one HTML document from the house's journal, with its style and script inside and nothing from afar.

It is whole without JavaScript; the script only fetches it again, and paints masks. The policy that goes with it names
the style and the script by their digests, so that nothing else on it can run.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from mock_server import client_findings
from mock_server.client_findings import ClientFinding
from mock_server.cues import Cue
from mock_server.house import House
from mock_server.journal import Entry
from mock_server.room import exchange, trying
from mock_server.room.markup import escaped, listed
from specs.cache import ByteCache

MOST = 25
"""Exchanges on one page; a link leads to the older ones."""

_HERE = Path(__file__).parent
_STYLE = (_HERE / "page.css").read_text("utf-8")
_SCRIPT = (_HERE / "page.js").read_text("utf-8")


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; style-src {_hashed(_STYLE)}; script-src {_hashed(_SCRIPT)}; img-src data: 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of the page."""


def page(house: House, origin: str, before: int | None = None, drawn: ByteCache[str] | None = None) -> str:
    """The document: the newest exchanges, or those before a number. `drawn` keeps rows that were made earlier."""
    kept = house.journal.listed()
    wrong = client_findings.findings(kept, house.contracts)
    wanted = [entry for entry in kept if before is None or entry.number < before]
    shown = tuple(reversed(wanted[-MOST:]))
    title = f"Mock of {', '.join(contract.title for contract in house.contracts.values())}"
    older = f'<p><a href="?before={shown[-1].number}">older exchanges</a></p>' if len(wanted) > MOST else ""
    newest = '<p><a href="./">newest exchanges</a></p>' if before is not None else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f'<link rel="icon" href="data:,"><title>{escaped(title)}</title><style>{_STYLE}</style></head><body>'
        f'<header><h1>{escaped(title)}</h1><nav><a href="openapi.json">control API</a> <a href="journal">journal</a> '
        f'<a href="client-findings">client findings</a></nav></header>'
        f'<main><div id="state">{_state(house)}{_findings(wrong)}</div>{trying.form(house)}'
        f'<h2>Exchanges</h2>{newest}<div id="exchanges">{_rows(shown, house, origin, wrong, drawn)}</div>{older}</main>'
        f"<script>{_SCRIPT}</script></body></html>\n"
    )


def _rows(
    shown: Sequence[Entry],
    house: House,
    origin: str,
    wrong: Sequence[ClientFinding],
    drawn: ByteCache[str] | None,
) -> str:
    of_entry: Mapping[int, list[ClientFinding]] = defaultdict(list)
    for finding in wrong:
        for number in finding.entries:
            of_entry[number].append(finding)
    if not shown:
        return '<p class="none">Nothing was asked yet.</p>'
    return "".join(_row(entry, house, origin, of_entry[entry.number], drawn) for entry in shown)


def _row(entry: Entry, house: House, origin: str, found: Sequence[ClientFinding], drawn: ByteCache[str] | None) -> str:
    if drawn is None:
        return exchange.row(entry, house, origin, found)
    key = repr((entry.number, entry.at, entry.outcome, entry.seconds, origin, found)).encode("utf-8", "replace")
    held = drawn.get(key)
    if held is not None:
        return held
    row = exchange.row(entry, house, origin, found)
    return drawn.put(key, row, len(row) + len(key))


_FIRST = ("requests", "accepted", "refused")


def _state(house: House) -> str:
    counted = house.journal.counted()
    names = (*(name for name in _FIRST if name in counted), *(name for name in counted if name not in _FIRST))
    counts = "".join(f"<li><b>{counted[name]}</b> {escaped(name)}</li>" for name in names)
    cues = [_cue(cue) for cue in house.cues.listed()]
    faults = [f"<code>{escaped(id)}</code>" for id in dict.fromkeys((*house.settings.faults, *house.cues.faults()))]
    told = "".join(
        f"<section><h2>{title} that are set</h2>{listed(items, '')}</section>"
        for title, items in (("Scenarios", cues), ("Faults", faults))
        if items
    )
    return f'<ul class="counts" aria-label="Counters">{counts}</ul><div class="state">{told}</div>'


def _cue(cue: Cue) -> str:
    options = ", ".join(f"{name.replace('_', '-')}={value!r}" for name, value in cue.options.items())
    left = "for ever" if cue.left is None else f"{cue.left} left" if cue.left else "used up"
    told = f" ({escaped(options)})" if options else ""
    return f"<code>{escaped(cue.scenario)}</code>{told}: {left}, played for {cue.played} of {cue.seen} requests"


def _findings(wrong: Sequence[ClientFinding]) -> str:
    if not wrong:
        return ""
    items = [
        f"<b>{escaped(one.kind)}</b> ({one.level}): {escaped(one.sentence)} "
        + " ".join(f'<a href="#exchange-{number}">{number}</a>' for number in one.entries[:5])
        for one in reversed(wrong[-10:])
    ]
    shown = f", the last {len(items)}" if len(wrong) > len(items) else ""
    return (
        f'<details id="findings"><summary><b>What clients did wrong</b> ({len(wrong)}{shown})</summary>'
        f"{listed(items, '')}</details>"
    )
