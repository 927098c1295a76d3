"""The best general tester before the same faults: plain `schemathesis run`, on the published and the effective document.

    python -m benchmarks.peers_schemathesis [--faults N] [--max-examples N] [PROVIDER ...]

It finds fault with the faultless mock too (neither document lists refusals), so a fault counts as found when a kind of
failure appears that the faultless mock does not show under the same seed. A sample of the faults written by hand, evenly
picked, because a run takes long; results are lines in `benchmarks/results/peers.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import rows
from mock_server.faults import FAULTS, Fault
from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading
from specs.contract import Contract

NAME = "peers"
PATIENCE = 300.0
"""Seconds for one run."""


def documents(contract: Contract) -> dict[str, Mapping[str, Any]]:
    """The two documents a user of it could take."""
    return {"published": contract.published, "effective": contract.document}


def sample(contract: Contract, count: int) -> tuple[Fault, ...]:
    """Faults with a public report, evenly picked."""
    written = [fault for fault in FAULTS.values() if fault.fits(contract) and fault.catalogue]
    return tuple(written[:: max(1, len(written) // count)][:count])


def failures(document: Mapping[str, Any], url: str, examples: int) -> tuple[frozenset[str], int]:
    """The kinds of failure one run shows, and how many requests it sent."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "openapi.json").write_text(json.dumps(document), "utf-8")
        tool = str(Path(sysconfig.get_path("scripts")) / "schemathesis")
        how = ["--url", url, "-H", "Authorization: Bearer sk-peer", "--seed", "1", "--max-examples", str(examples)]
        how += ["--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--no-shrink", "--no-color"]
        how += ["--generation-database", "none", "--report", "ndjson", "--report-ndjson-path", str(home / "events")]
        subprocess.run(
            [tool, "run", str(home / "openapi.json"), *how],
            cwd=home,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return _read(home / "events")


def _read(path: Path) -> tuple[frozenset[str], int]:
    found, sent = set[str](), 0
    for line in path.read_text("utf-8").splitlines():
        for check in _checks(json.loads(line)):
            sent += check is None
            if check is not None:
                found.add(check)
    return frozenset(found), sent


def _checks(node: Any) -> Iterator[str | None]:
    """Every failed check in an event by its title, and None for each request sent."""
    if isinstance(node, list):
        for item in node:
            yield from _checks(item)
    elif isinstance(node, dict):
        if "status_code" in node and "headers" in node:
            yield None
        if node.get("status") == "failure" and "name" in node:
            told = node.get("failure_info") or node.get("failure") or {}
            inner = told.get("failure", told) if isinstance(told, dict) else {}
            yield f"{node['name']}: {inner.get('title', '')}" if isinstance(inner, dict) else str(node["name"])
        for value in node.values():
            yield from _checks(value)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the sample; results go to the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("provider", nargs="*", default=["aitoearn", "chatanywhere"])
    parser.add_argument("--faults", type=int, default=8, metavar="N")
    parser.add_argument("--max-examples", type=int, default=8, metavar="N")
    given = parser.parse_args(argv)
    done = rows.keys(NAME)
    for provider in given.provider:
        contract = loading.load(provider)
        known: dict[str, frozenset[str]] = {}
        for fault in (None, *sample(contract, given.faults)):
            for name, document in documents(contract).items():
                id = fault.id if fault else "faultless"
                if fault and (provider, name, id) in done:
                    continue
                faults = (fault.id,) if fault else ()
                with running(Settings(providers=(provider,), faults=faults, caption=False)) as mock:
                    found, sent = failures(document, mock.url, given.max_examples)
                known.setdefault(name, found)
                row = {"provider": provider, "kind": name, "id": id, "requests": sent, "failures": sorted(found)}
                if (provider, name, id) not in done:
                    rows.add(NAME, row | {"new": sorted(found - known[name]) if fault else []})
                print(f"{provider} {name} {id}: {sent} requests, new {sorted(found - known[name])}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
