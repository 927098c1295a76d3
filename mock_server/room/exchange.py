"""One exchange as a row that opens: what was asked, the pictures side by side, every claim's word, and a curl."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

from mock_server.client_findings import ClientFinding
from mock_server.house import House
from mock_server.journal import Entry
from mock_server.room import repeating, thumbnails, weighing
from mock_server.room.markup import escaped, listed, table
from mock_server.room.weighing import Weighed
from specs.answers import Asked
from specs.contract import Contract
from specs.edits import Input
from specs.pictures import BrokenPicture, look

MOST_PICTURES = 8
"""Inputs, and results, that are shown of one exchange."""

_MARKS = {"broken": "✗", "kept": "✓", "silent": "–"}


def row(entry: Entry, house: House, origin: str, findings: Sequence[ClientFinding]) -> str:
    """An entry as HTML."""
    contract = house.contracts.get(entry.provider)
    subject = weighing.asked(entry, house.gallery)
    claims: Sequence[Weighed] = ()
    if contract and entry.edit.on_route and not entry.stripped:
        claims = weighing.weighed(contract, subject, entry.refused_by)
    sections = (
        _section("Pictures", _pictures(entry, subject)),
        _section("What the client did wrong", _wrong(findings)),
        _section("Form", _form(entry)),
        _section("Claims", _claims(claims, contract)),
        _section("Answer", _answer(entry)),
        _section("Repeat it", f"<pre>{escaped(repeating.curl(entry, origin), 20_000)}</pre>"),
    )
    shape = f"{entry.number}/{entry.at}/{entry.outcome}/{len(findings)}"
    return (
        f'<details class="exchange" id="exchange-{entry.number}" data-shape="{escaped(shape)}">'
        f"<summary>{_summary(entry, len(findings))}</summary>{''.join(sections)}</details>"
    )


def _section(title: str, body: str) -> str:
    return f"<section><h3>{title}</h3>{body}</section>" if body else ""


def _summary(entry: Entry, wrong: int) -> str:
    request = entry.edit.request
    at = time.strftime("%H:%M:%S", time.localtime(entry.at))
    good = "good" if entry.status < 400 else "bad"
    by = f" by {entry.refused_by}" if entry.refused_by != "refused" else ""
    marks = [f"refused{by}"] if entry.refused_by and not entry.scenario else []
    marks += [f"scenario {entry.scenario}"] if entry.scenario else []
    marks += [f"fault {fault}" for fault in entry.faults]
    marks += [entry.outcome] if entry.outcome != "sent" else []
    marks += [f"{wrong} client mistake{'s' if wrong > 1 else ''}"] if wrong else []
    notes = "".join(f' <span class="mark">{escaped(mark, 80)}</span>' for mark in marks)
    return (
        f'<span class="number">{entry.number}</span> <time>{at}</time>'
        f' <span class="provider">{escaped(entry.provider or "none", 40)}</span>'
        f" <code>{escaped(request.method, 10)} {escaped(request.path, 120)}</code>"
        f' <span class="status {good}">{entry.status}</span>{notes}'
        f' <span class="prompt">{escaped(entry.edit.get("prompt", ""), 80)}</span>'
    )


def _pictures(entry: Entry, subject: Asked) -> str:
    images, mask = entry.edit.images, entry.edit.mask
    figures = [_input(picture) for picture in images[:MOST_PICTURES]]
    figures += [_input(mask)] if mask else []
    results = [data for data in _results(subject) if data]
    source = next((picture.data for picture in images if picture.data), None)
    for place, data in enumerate(results[:MOST_PICTURES]):
        figures.append(_figure(f"result {place}", data))
        figures += [_difference(place, source, data)] if source else []
    left = max(0, len(images) - MOST_PICTURES) + max(0, len(results) - MOST_PICTURES)
    more = f'<p class="none">{left} more are not shown</p>' if left else ""
    return f'<div class="pictures">{"".join(figures)}</div>{more}' if figures else ""


def _results(subject: Asked) -> Iterator[bytes | None]:
    yield from (payload.data for payload in (subject.streamed if subject.is_stream else subject.payloads))


def _input(picture: Input) -> str:
    told = picture.filename or ""
    if picture.data:
        return _figure(f"{picture.at} {told}".strip(), picture.data, picture.content_type)
    told = picture.url or picture.file_id or picture.text or "empty"
    return _frame(f'<p class="none">{escaped(told, 200)}</p>', picture.at)


def _figure(name: str, data: bytes, kind: str | None = None) -> str:
    seen = look(data)
    about = f"{seen.kind} {seen.size}, {len(data)} bytes" if seen else f"{len(data)} bytes, no picture"
    about += f", sent as {kind}" if kind else ""
    try:
        return _frame(f'<img alt="{escaped(name, 80)}" src="{thumbnails.thumbnail(data)}">', name, about)
    except BrokenPicture as problem:
        return _frame(f'<p class="none">{escaped(problem, 200)}</p>', name, about)


def _difference(place: int, before: bytes, after: bytes) -> str:
    name = f"difference {place}"
    try:
        uri = thumbnails.difference(before, after)
    except BrokenPicture:
        return ""
    return _frame(f'<img alt="{name}" src="{uri}">', name, "black: the same")


def _frame(inner: str, name: str, about: str = "") -> str:
    small = f"<small>{escaped(about, 200)}</small>" if about else ""
    return f"<figure>{inner}<figcaption>{escaped(name, 80)}{small}</figcaption></figure>"


def _wrong(findings: Sequence[ClientFinding]) -> str:
    items = [f"<b>{escaped(one.kind)}</b> ({one.level}): {escaped(one.sentence)}" for one in findings]
    return listed(items, "") if items else ""


def _form(entry: Entry) -> str:
    edit = entry.edit
    rows = [("encoding", escaped(edit.media_type or edit.encoding, 200))]
    rows += [("problem", escaped(edit.problem))] if edit.problem else []
    rows += [(name, f"<code>{escaped(_json(value))}</code>") for name, value in list(edit.fields.items())[:100]]
    headers = table((name, f"<code>{escaped(value)}</code>") for name, value in edit.request.headers)
    return f"{table(rows)}<details><summary>Header fields</summary>{headers}</details>"


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


def _claims(claims: Sequence[Weighed], contract: Contract | None) -> str:
    if contract is None or not claims:
        return ""
    broken, silent, kept = ([w for w in claims if w.word == word] for word in ("broken", "silent", "kept"))
    return (
        f"{table(map(_claim, broken), 'claims') or '<p>None is broken.</p>'}"
        f"<details><summary>{len(kept)} kept</summary>{table(map(_claim, kept), 'claims')}</details>"
        f"<details><summary>{len(silent)} about which this exchange says nothing</summary>"
        f"{table(map(_claim, silent), 'claims')}</details>"
    )


def _claim(one: Weighed) -> tuple[str, str]:
    claim, cited = one.claim, one.claim.citation
    told = f"<p>{escaped(one.told)}</p>" if one.told else ""
    gloss = f" <small>({escaped(cited.gloss)})</small>" if cited.gloss else ""
    level = "" if claim.level == "must" else f" ({claim.level})"
    said = f'<span class="{one.word}">{_MARKS[one.word]} {one.word}{level}</span> {escaped(claim.statement)}{told}'
    return claim.id, f"{said}<blockquote>{escaped(cited.quote, 400)}{gloss}</blockquote>"


def _answer(entry: Entry) -> str:
    if entry.stripped:
        return '<p class="none">too large to be kept</p>'
    reply = entry.reply
    rows = [("status", str(entry.status)), ("seconds", f"{entry.seconds:.3f}")]
    rows += [(name, f"<code>{escaped(value)}</code>") for name, value in reply.headers]
    texts = [_shown(reply.document)] if reply.document is not None else []
    texts += [f"event: {event.name}\n{_shown(event.data)}" for event in reply.events or () if event.raw is None]
    texts += [raw.decode("utf-8", "replace") for raw in _raw(entry)]
    return table(rows) + "".join(f"<pre>{escaped(text, 5000)}</pre>" for text in texts)


def _raw(entry: Entry) -> Iterator[bytes]:
    yield from (raw[:5000] for raw in (entry.reply.raw, *(e.raw for e in entry.reply.events or ())) if raw)


def _shown(value: Any) -> str:
    """JSON whose long texts are cut."""
    return json.dumps(_cut(value), ensure_ascii=False, indent=1, default=repr)


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _cut(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(item) for item in value]
    long = isinstance(value, str) and len(value) > 300
    return f"{value[:100]}… ({len(value)} characters)" if long else value
