"""Entries of the journal as JSON, for the control API: what was asked, what it means, what was answered and why."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.client_findings import ClientFinding
from mock_server.house import House
from mock_server.journal import Entry
from mock_server.replies import Reply
from specs import pictures as files
from specs.edits import Input

_LONG = 2000


def row(entry: Entry) -> dict[str, Any]:
    """An entry in short."""
    request = entry.edit.request
    return {
        "number": entry.number,
        "at": round(entry.at, 3),
        "seconds": round(entry.seconds, 4),
        "provider": entry.provider,
        "method": request.method,
        "path": request.path,
        "status": entry.status,
        "refused_by": entry.refused_by,
        "scenario": entry.scenario,
        "faults": list(entry.faults),
        "test_id": entry.test_id,
        "prompt": _short(entry.edit.get("prompt", None)),
        "images": len(entry.edit.images),
        "mask": entry.edit.mask is not None,
        "bytes": int(request.header("content-length") or len(request.body)),
        "outcome": entry.outcome,
    }


def whole(entry: Entry, house: House, origin: str) -> dict[str, Any]:
    """An entry with everything: header fields, form, pictures as links, the answer without its pictures' text."""
    edit = entry.edit
    links = {name: f"{origin}/_mock/journal/{entry.number}/pictures/{name}" for name in pictures(entry)}
    refused = next((c for c in _claims(entry, house) if c.id == entry.refused_by), None)
    return {
        **row(entry),
        "url": edit.request.url,
        "headers": [list(field) for field in edit.request.headers],
        "encoding": edit.encoding,
        "problem": edit.problem,
        "fields": {name: _short(value) for name, value in edit.fields.items()},
        "inputs": [_input(picture) for picture in edit.images],
        "mask_input": _input(edit.mask) if edit.mask else None,
        "pictures": links,
        "claim": {"id": refused.id, "statement": refused.statement, "quote": refused.citation.quote}
        if refused
        else None,
        "answer": {
            "status": entry.status,
            "headers": [list(field) for field in entry.reply.headers],
            "document": _shortened(entry.reply.document),
            "events": [_shortened(event.data) for event in entry.reply.events or ()],
        },
        "sent": entry.sent,
        "stripped": entry.stripped,
    }


def _claims(entry: Entry, house: House) -> tuple[Any, ...]:
    contract = house.contracts.get(entry.provider)
    return contract.claims if contract else ()


def _input(picture: Input) -> dict[str, Any]:
    seen = files.look(picture.data) if picture.data else None
    return {
        "at": picture.at,
        "filename": picture.filename,
        "content_type": picture.content_type,
        "bytes": len(picture.data) if picture.data is not None else None,
        "kind": seen.kind if seen else None,
        "size": seen.size if seen else None,
        "url": _short(picture.url),
        "file_id": picture.file_id,
        "text": _short(picture.text),
    }


def pictures(entry: Entry) -> dict[str, bytes]:
    """The pictures of an entry by name: `image-0` …, `mask`, `result-0` … (of a stream: partials, then the last)."""
    found = {f"image-{n}": p.data for n, p in enumerate(entry.edit.images) if p.data}
    if entry.edit.mask and entry.edit.mask.data:
        found["mask"] = entry.edit.mask.data
    return found | {f"result-{n}": data for n, data in enumerate(_results(entry.reply))}


def _results(reply: Reply) -> Iterator[bytes]:
    data = reply.document.get("data") if isinstance(reply.document, dict) else None
    items = [*(data if isinstance(data, list) else ()), *(event.data for event in reply.events or ())]
    for item in items:
        text = item.get("b64_json") if isinstance(item, dict) else None
        if isinstance(text, str):
            try:
                yield base64.b64decode(text.rpartition(",")[2])
            except (binascii.Error, ValueError):
                continue


def _shortened(value: Any) -> Any:
    """A JSON value whose long texts are cut."""
    if isinstance(value, Mapping):
        return {key: _shortened(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shortened(item) for item in value]
    return _short(value)


def _short(value: Any) -> Any:
    if not isinstance(value, str) or len(value) <= _LONG:
        return value if isinstance(value, str | int | float | bool | list | dict | None) else repr(value)
    return f"{value[:200]}… ({len(value)} characters)"


def finding(found: ClientFinding) -> dict[str, Any]:
    """A finding about a caller as JSON."""
    return {"kind": found.kind, "level": found.level, "sentence": found.sentence, "entries": list(found.entries)}
