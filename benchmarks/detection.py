"""Writes `docs/detection.md` from the results of the long runs: `python -m benchmarks.detection`.

Nothing is measured here: what was run, and when a run was cut short, shows in the numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import rows
from benchmarks.rows import Row
from specs import loading
from tests.mischief import MISCHIEFS

TARGET = Path(__file__).parent.parent / "docs" / "detection.md"

HEAD = """# Detection

What the tester notices, and what it never says of an honest endpoint. Every number below comes from the runs named
beside it; `make killmatrix` makes them anew and writes this page.

- **fault**: the mock breaks one claim on purpose, most as in a public report. **forget**: the mock does not enforce one
  claim. Both know our mock.
- **mischief**: an endpoint built apart from the mock (`tests/honest`: standard library and Pillow, read off the
  documents) with one thing wrong that stands in no list, thought up from the claims' words.
- **honest**: the same endpoint with nothing wrong, in chance mixtures of everything in which honest endpoints differ.
- *also*: claims found broken that a fault does not name. *more*: edits billed beyond those of a conformant endpoint.
"""

MARGINS = """## Margins

Where a verdict hangs on a measure, both sides were measured on our own sample pictures.

| claim | broken when | honest endpoints reach | broken ones reach |
|---|---|---|---|
| `mask-keeps-opaque` (AiToEarn) | the kept part changes by more than 24 of 255 on average | 13: other filter, noise of 12, JPEG of quality 20 | 40 and more |
| `mask-keeps-opaque` (AiToEarn) | one cell of 32 by 32 changes by more than 64 | 37: the same | 100 where paint covers the cell |
| `mask-repaints-transparent` | the part to repaint changes by less than 4 | 31 in its faintest colours | 0 |
| `mask-repaints-transparent` | where all of it is to be filled, a quarter changes by less than 0.1 | 0.17: only made anew, with noise of 0.3 | 0: a copy |
| `mask-heeded` (OpenAI, ChatAnywhere) | it changes less than 1.2 times as much as the rest | 1.23 and more: all redrawn, in much darker light | 1 and less |
| `source-recognised` | likeness below 0.3 | 0.65, with two thirds repainted | around 0, 19 in 20 below 0.35 |
| `source-recognised` | more like the source turned, by 0.1 | less like it, by 0.25 | more like it, by 0.25 |
| `source-recognised` | changed by less than 3 of 255, without a mask, and no cell of 32 by 32 by more than 40 | 30 and more; a small mark: one cell | 2, and 14 in a cell: scaled, as JPEG of quality 50 |
| `created-in-seconds` | an hour off (ChatAnywhere: a day) | minutes | hours: another zone; thousandfold: milliseconds |

A refusal with several possible reasons may name any of them; a field whose value no judged claim promises to take is a
possible reason. Under a mask two results may be the same. A picture that its metadata turn is not compared, since some
endpoints heed them and some do not. A mask that is opaque, or transparent, everywhere may be refused.

A model that no edit was accepted with, while others were, accuses nothing but the provider's own list of models, and a
403 or a gateway's status not even that. A gateway's 429 or 5xx is an answer only when the same was asked twice in vain,
three times each, others were served between and after, and hardly any of them had to be asked again. Where every request
to the edits' path gets the very answer of a path that is none, there is no image endpoint to be judged (status 3).
"""


def document() -> str:
    """The whole page."""
    return "\n".join((HEAD, *_summary(), MARGINS, *_peers(), *_missed(), *_matrix(), *_mischief()))


def _summary() -> Iterator[str]:
    yield "## In short\n"
    yield "| run | cases | noticed | other claims disturbed, a case | requests, a case | billed, a case |"
    yield "|---|---|---|---|---|---|"
    for name, told in (("full", "faults and forgotten claims, one by one"), ("quick", "the same, quick profile")):
        if found := rows.read(f"killmatrix-{name}"):
            also = sum(len(row["also"]) for row in found) / len(found)
            noticed = sum(bool(row["caught"]) for row in found)
            yield f"| {told} | {len(found)} | {noticed} | {also:.2f} | {_mean(found, 'requests')} | {_mean(found, 'billed')} |"
    for name, told in (("full", "mischiefs nobody listed, one by one"), ("quick", "the same, quick profile")):
        if found := [row for row in _mischiefs(name) if not MISCHIEFS[row["id"]].unpromised]:
            noticed = sum(bool(row["caught"]) for row in found)
            yield f"| {told} | {len(found)} | {noticed} | | {_mean(found, 'requests')} | {_mean(found, 'billed')} |"
    yield ""
    yield from _catalogue()
    yield from _claims()
    yield from _cost()
    yield from _honest()


def _mischiefs(profile: str) -> list[Row]:
    """The results of those mischiefs that there are."""
    return [row for row in rows.read(f"mischief-{profile}") if row["id"] in MISCHIEFS]


def _mean(found: list[Row], field: str) -> str:
    return f"{sum(row[field] for row in found) / len(found):.0f}"


def _catalogue() -> Iterator[str]:
    found = [row for row in rows.read("killmatrix-full") if row["catalogue"]]
    known = {entry for row in found for entry in row["catalogue"]}
    noticed = {entry for row in found if row["caught"] for entry in row["catalogue"]}
    yield f"- public reports re-created by a fault: {len(known)}, noticed: {len(noticed)}"


def _claims() -> Iterator[str]:
    for provider, found in rows.grouped(rows.read("killmatrix-full"), "provider"):
        caught = {claim for row in found for claim in row["caught"]}
        judged = {claim.id for claim in loading.load(provider).claims if claim.judged}
        found_as = {id: row["caught"] for row in found for id in row["breaks"] if row["caught"]}
        left = ", ".join(_left(id, found_as.get(id, [])) for id in sorted(judged - caught)) or "none"
        yield f"- {provider}: {len(judged)} judged claims, {len(judged & caught)} seen to bite; else: {left}"


def _left(claim: str, found_as: list[str]) -> str:
    """A claim that was named by no verdict, and what was named where it was broken."""
    named = ", ".join(f"`{id}`" for id in found_as)
    return f"`{claim}` (its fault is found as {named})" if named else f"`{claim}` (not in this run)"


def _cost() -> Iterator[str]:
    found = [row for row in rows.read("killmatrix-quick") if "more" in row]
    if not found:
        return
    as_success = [row for row in found if "refusal-never-2xx" in row["caught"]]
    others = [row for row in found if row not in as_success]
    dearest = max(others, key=lambda row: row["more"])
    told = f"{dearest['more']} ({dearest['provider']}, `{dearest['id']}`)"
    yield f"- the quick profile bills 10 to 12 edits of a conformant endpoint, and for one deviation at most {told} more"
    if as_success:
        most = max(row["more"] for row in as_success)
        yield f"- where refusals come with a status of success each of them counts as billed: at most {most} more"


def _honest() -> Iterator[str]:
    if found := rows.read("faultless"):
        asked, broken = sum(row["requests"] for row in found), sum(len(row["accused"]) for row in found)
        seeds = len({row["id"] for row in found})
        yield f"- the faultless mock: {len(found)} walks under {seeds} seeds, {asked} requests, {broken} broken claims"
    if found := rows.read("honest"):
        asked, alarms = sum(row["requests"] for row in found), sum(len(row["accused"]) for row in found)
        yield f"- honest endpoints: {len(found)} walks in chance mixtures of manners, {asked} requests, {alarms} false alarms"
    yield ""


def _peers() -> Iterator[str]:
    found = [row for row in rows.read("peers") if row["id"] != "faultless"]
    if not found:
        return
    ours = rows.by_key("killmatrix-full")
    yield "## Beside a general tester\n"
    yield (
        "`schemathesis run` 4.32 with few examples, on each provider's document as published and on the effective one "
        "that\n`image-contract spec` gives. A sample of the faults. It finds fault with the faultless mock as well, so "
        "only kinds of\nfailure count that the faultless mock does not show.\n"
    )
    yield "| provider | fault | as published | effective document | ours |"
    yield "|---|---|---|---|---|"
    for provider, by_provider in rows.grouped(found, "provider"):
        for id, by_fault in rows.grouped(by_provider, "id"):
            seen = {row["kind"]: row["new"] for row in by_fault}
            told = [_names(seen.get(kind, [])) for kind in ("published", "effective")]
            mine = ours.get((provider, "fault", id), {})
            yield f"| {provider} | `{id}` | {told[0]} | {told[1]} | {_names(mine.get('caught', []))} |"
    yield ""


def _names(found: list[str]) -> str:
    return ", ".join(f"`{one.partition(':')[0]}`" for one in found) or "–"


def _missed() -> Iterator[str]:
    lines = []
    for name in ("killmatrix-full", "killmatrix-quick", "mischief-full", "mischief-quick"):
        found = _mischiefs(name.rpartition("-")[2]) if name.startswith("mischief") else rows.read(name)
        for row in found:
            promised = name.startswith("killmatrix") or not MISCHIEFS[row["id"]].unpromised
            if promised and not (row["caught"] or row.get("also")):
                lines.append(f"- {name}: {row['provider']}, {row['kind']} `{row['id']}`")
    yield "## Not noticed\n"
    yield from lines or ["Nothing that a document forbids."]
    yield ""
    yield "Never noticed, because no document forbids it:\n"
    for one in MISCHIEFS.values():
        if one.unpromised:
            yield f"- `{one.id}`: {one.does} ({one.unpromised})"
    yield ""


def _matrix() -> Iterator[str]:
    quick = rows.by_key("killmatrix-quick")
    for provider, found in rows.grouped(rows.read("killmatrix-full"), "provider"):
        yield f"## Faults and forgotten claims: {provider}\n"
        yield "| case | public reports | caught by | also | requests | billed | quick: caught by | more |"
        yield "|---|---|---|---|---|---|---|---|"
        for row in sorted(found, key=lambda one: bool(one["caught"])):
            short = quick.get(rows.key(row))
            pooled = (_names([*short["caught"], *short["also"]]), str(short["more"])) if short else ("", "")
            cells = [f"{row['kind']} `{row['id']}`", ", ".join(row["catalogue"]), _names(row["caught"])]
            cells += [_names(row["also"]) if row["also"] else "", str(row["requests"]), str(row["billed"]), *pooled]
            yield f"| {' | '.join(cells)} |"
        yield ""


def _mischief() -> Iterator[str]:
    quick = rows.by_key("mischief-quick")
    found = _mischiefs("full")
    if not found:
        return
    yield "## Mischiefs nobody listed\n"
    yield "| provider | what it does | noticed by | quick |"
    yield "|---|---|---|---|"
    for row in sorted(found, key=lambda one: (one["provider"], one["id"])):
        one = MISCHIEFS[row["id"]]
        short = quick.get(rows.key(row))
        noticed = _names(row["caught"]) if row["caught"] or not one.unpromised else "(no claim)"
        yield f"| {row['provider']} | {one.does} | {noticed} | {_names(short['caught']) if short else ''} |"
    yield ""


def main() -> int:
    """Write the page."""
    TARGET.write_text(document().rstrip() + "\n", "utf-8")
    print(TARGET, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
