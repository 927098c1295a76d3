"""A verdict on the caller, from the journal alone: each kind of mistake is one small decorated generator.

A finding is no contract's matter: the mock refuses what the provider refuses. Here stands what works by luck, or
fails in production only: retries that ignore what they were told, masks that do not fit, pictures without their type.
"""

from __future__ import annotations

import email.utils
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from mock_server.journal import Entry
from specs import pictures
from specs.contract import Contract
from specs.edits import Input
from specs.messages import first

STORM = 4
"""Attempts at one request within a second that are no retries any more."""

_RETRYABLE = (408, 409, 429, 500, 502, 503, 504)
_SLACK = 0.9
"""Part of `Retry-After` that has to be waited for: clocks differ, and clients add jitter."""

Level: TypeAlias = Literal["wrong", "risky"]


@dataclass(frozen=True, slots=True)
class ClientFinding:
    """One mistake of a caller: its kind, one sentence, and the numbers of the entries that show it."""

    kind: str
    level: Level
    sentence: str
    entries: tuple[int, ...]


Journal: TypeAlias = Sequence[Entry]
Find: TypeAlias = Callable[[Journal], Iterator[ClientFinding]]
_FINDERS: list[Find] = []


def _finder(find: Find) -> Find:
    _FINDERS.append(find)
    return find


def findings(entries: Sequence[Entry], contracts: Mapping[str, Contract]) -> tuple[ClientFinding, ...]:
    """Everything the callers did wrong, by the entries that are kept."""
    edits = [entry for entry in entries if entry.edit.on_route]
    found = [finding for find in _FINDERS for finding in find(edits)]
    found += _unknown_fields(edits, contracts)
    return tuple(sorted(found, key=lambda finding: (finding.entries, finding.kind)))


def _one(kind: str, level: Level, entry: Entry, sentence: str) -> ClientFinding:
    return ClientFinding(kind, level, sentence, (entry.number,))


@_finder
def mislabelled_picture(entries: Journal) -> Iterator[ClientFinding]:
    """A picture part that does not say what it is; OpenAI refuses it."""
    for entry in entries:
        for picture in _inputs(entry):
            kind = pictures.kind_of(picture.data) if picture.is_part and picture.data else None
            stated = (picture.content_type or "").partition(";")[0].strip().lower()
            if kind is None or stated == f"image/{kind}" or (kind, stated) == ("jpeg", "image/jpg"):
                continue
            told = f"as {stated}" if stated else "without a Content-Type"
            yield _one("mislabelled-picture", "wrong", entry, f"`{picture.at}` is {kind} and is sent {told}")


@_finder
def no_picture(entries: Journal) -> Iterator[ClientFinding]:
    """Bytes that are sent as a picture and are none."""
    for entry in entries:
        for picture in _inputs(entry):
            if picture.data is not None and pictures.kind_of(picture.data) is None:
                yield _one(
                    "no-picture", "wrong", entry, f"`{picture.at}` has {len(picture.data)} bytes that are no picture"
                )


@_finder
def unfitting_mask(entries: Journal) -> Iterator[ClientFinding]:
    """A mask of another size than the picture, or without alpha, which says nothing."""
    for entry in entries:
        mask, image = entry.edit.mask, entry.edit.images[0] if entry.edit.images else None
        seen = pictures.look(mask.data) if mask and mask.data else None
        under = pictures.look(image.data) if image and image.data else None
        if seen and under and seen.size != under.size:
            yield _one("unfitting-mask", "wrong", entry, f"the mask is {seen.size}, the picture {under.size}")
        if seen and not seen.alpha:
            yield _one("unfitting-mask", "wrong", entry, "the mask has no alpha channel, so that nothing is marked")


@_finder
def retry_after_ignored(entries: Journal) -> Iterator[ClientFinding]:
    """The same request again, before the time that `Retry-After` named."""
    for earlier, later in _again(entries):
        wait = _wait(earlier)
        waited = later.at - earlier.at
        if wait and waited < wait * _SLACK:
            sentence = f"Retry-After said {wait:g} s, the next attempt came after {waited:.2f} s"
            yield ClientFinding("retry-after-ignored", "wrong", sentence, (earlier.number, later.number))


@_finder
def hopeless_retry(entries: Journal) -> Iterator[ClientFinding]:
    """The same request again, after an answer that no waiting mends."""
    for earlier, later in _again(entries):
        if earlier.status not in _RETRYABLE or _code(earlier) == "insufficient_quota":
            told = _code(earlier) or earlier.status
            sentence = f"after {earlier.status} ({told}) the same request was sent again; it cannot succeed"
            yield ClientFinding("hopeless-retry", "wrong", sentence, (earlier.number, later.number))


@_finder
def retry_storm(entries: Journal) -> Iterator[ClientFinding]:
    """Many attempts at one failing request within a second."""
    for attempts in _alike(entries).values():
        failed = [entry for entry in attempts if entry.status >= 400]
        for place in range(len(failed) - STORM + 1):
            window = failed[place : place + STORM]
            if window[-1].at - window[0].at < 1:
                sentence = f"{STORM} attempts at one failing request within {window[-1].at - window[0].at:.2f} s"
                yield ClientFinding("retry-storm", "wrong", sentence, tuple(entry.number for entry in window))
                break


@_finder
def abandoned_stream(entries: Journal) -> Iterator[ClientFinding]:
    """A stream whose reader left before the end."""
    for entry in entries:
        if entry.outcome == "abandoned":
            yield _one(
                "abandoned-stream", "risky", entry, f"the reader left after {entry.sent or 0} bytes of the stream"
            )


def _unknown_fields(entries: Journal, contracts: Mapping[str, Contract]) -> Iterator[ClientFinding]:
    """Fields that no provider knows."""
    schemas = [schema for contract in contracts.values() for schema in contract.edit.schemas.values()]
    known = {name for schema in schemas for name in schema.get("properties", {})}
    for entry in entries:
        if strange := sorted(name for name in entry.edit.fields if name.partition("[")[0] not in known):
            names = ", ".join(f"`{name:.40}`" for name in strange[:5])
            yield _one("unknown-field", "risky", entry, f"no provider knows {names}")


def _inputs(entry: Entry) -> tuple[Input, ...]:
    return (*entry.edit.images, *((entry.edit.mask,) if entry.edit.mask else ()))


def _alike(entries: Journal) -> Mapping[object, list[Entry]]:
    """Attempts at the same request: the same fields and pictures, whatever the form's boundary.

    Who comes back with another key, or asks for another scenario, does not try the same again.
    """
    found: dict[object, list[Entry]] = defaultdict(list)
    for entry in entries:
        files = tuple(hash(picture.data or picture.url or picture.text) for picture in _inputs(entry))
        manner = tuple(entry.edit.request.header(name) for name in ("authorization", "x-mock-scenario"))
        found[entry.provider, entry.test_id, manner, repr(sorted(entry.edit.fields.items())), files].append(entry)
    return found


def _again(entries: Journal) -> Iterator[tuple[Entry, Entry]]:
    """A failed attempt, and the next at the same request within a minute."""
    for attempts in _alike(entries).values():
        for earlier, later in pairwise(attempts):
            if earlier.status >= 400 and later.at - earlier.at < 60:
                yield earlier, later


def _wait(entry: Entry) -> float | None:
    """The seconds that an answer asked to wait."""
    exact = first(entry.reply.headers, "retry-after-ms")
    stated = first(entry.reply.headers, "retry-after") or ""
    try:
        return float(exact) / 1000 if exact else float(stated)
    except ValueError:
        date = email.utils.parsedate_tz(stated)
        return email.utils.mktime_tz(date) - entry.at if date else None


def _code(entry: Entry) -> str | None:
    error = entry.reply.document.get("error") if isinstance(entry.reply.document, dict) else None
    return error.get("code") if isinstance(error, dict) else None
