"""Likely causes: several findings that one thing about an endpoint explains are told as that one thing.

A cause is a guess, made from the findings and the exchanges they rest on, and changes no verdict. It is given where at
least two broken claims are of its kind and every exchange that broke them shows what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from contract_tests.evidence import Evidence
from contract_tests.findings import Cause, Finding
from specs.answers import EVENT_STREAM, Asked
from specs.contract import Claim
from specs.messages import media_type

LEAST = 2
"""Broken claims that have to have a cause in common before it is named."""

MANY = 5
"""As LEAST, where single ones are broken more often than all at once."""

Shows: TypeAlias = Callable[[Asked], str]
"""What an exchange shows of a cause, as a word for its sentence; empty when it shows nothing of it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of cause. `sentence` has `{}` where the word goes that the exchanges show."""

    id: str
    sentence: str
    concerns: Callable[[Claim], bool]
    shows: Shows
    least: int = LEAST
    without: Callable[[Evidence], bool] | None = None
    """What must not be so anywhere in the run, or the cause is none."""


def explained(found: Sequence[Finding], evidence: Evidence) -> tuple[tuple[Finding, ...], tuple[Cause, ...]]:
    """The findings, each broken one with its likely cause, and the causes: those first that explain most."""
    by_id = {asked.exchange.id: asked for asked in evidence.asked}
    left = {f.claim.id: f for f in found if f.verdict == "broken" and f.claim.judged}
    causes: list[Cause] = []
    kinds = [kind for kind in KINDS if not (kind.without and kind.without(evidence))]
    while kinds:
        told = {kind.id: tuple(_explains(kind, left.values(), by_id)) for kind in kinds}
        best = max(kinds, key=lambda kind: len(told[kind.id]))
        kinds.remove(best)
        if len(told[best.id]) >= best.least:
            causes.append(Cause(best.id, _told(best, told[best.id], by_id), tuple(f.claim.id for f in told[best.id])))
            left = {id: finding for id, finding in left.items() if id not in causes[-1].claims}
    of = {claim: cause.id for cause in causes for claim in cause.claims}
    return tuple(replace(f, cause=of[f.claim.id]) if f.claim.id in of else f for f in found), tuple(causes)


def _explains(kind: Kind, found: Iterable[Finding], by_id: Mapping[str, Asked]) -> Iterator[Finding]:
    for finding in found:
        if kind.concerns(finding.claim):
            asked = [by_id[id] for id in finding.exchanges if id in by_id]
            if asked and all(map(kind.shows, asked)):
                yield finding


def _told(kind: Kind, found: Iterable[Finding], by_id: Mapping[str, Asked]) -> str:
    words = dict.fromkeys(kind.shows(by_id[id]) for finding in found for id in finding.exchanges if id in by_id)
    return kind.sentence.format(" or ".join(list(words)[:2]))


def _area(*areas: str) -> Callable[[Claim], bool]:
    return lambda claim: claim.area in areas


def _rules(*rules: str) -> Callable[[Claim], bool]:
    return lambda claim: claim.rule in rules


def _wrapped(asked: Asked) -> str:
    """Of what stands one level too deep, or in an object of the endpoint's own: the names at the top."""
    body = asked.body
    if not isinstance(body, dict) or any(name in body and isinstance(body[name], kind) for name, kind in _TOP.items()):
        return ""
    return ", ".join(f"`{name}`" for name in list(body)[:3])


_TOP = {"data": list, "error": dict}
"""What stands at the top of an answer, and of a refusal."""


def _label(asked: Asked) -> str:
    """What an answer or a refusal is said to be, where that is neither JSON nor a stream."""
    stated = media_type(asked.response.headers) if asked.response else None
    return "" if asked.response is None or stated in ("application/json", EVENT_STREAM) else stated or "nothing"


def _status_of(asked: Asked) -> int:
    return asked.response.status if asked.response else 0


def _fell_over(asked: Asked) -> str:
    return str(_status_of(asked)) if _status_of(asked) >= 500 and asked.breached else ""


def _let_through(asked: Asked) -> str:
    return "accepted" if asked.breached and asked.outcome == "accepted" else ""


def _busy(asked: Asked) -> str:
    return str(_status_of(asked)) if _status_of(asked) in (429, 503) else ""


def _refused(encoding: str) -> Shows:
    return lambda asked: str(_status_of(asked)) if asked.edit.encoding == encoding and _status_of(asked) >= 400 else ""


def _accepted(encoding: str) -> Callable[[Evidence], bool]:
    """Whether any valid edit in an encoding was accepted: then it is not refused as such."""
    return lambda evidence: any(a.outcome == "accepted" and a.edit.encoding == encoding for a in evidence.asked)


def _edit(asked: Asked) -> str:
    return "yes" if asked.outcome == "accepted" else ""


def _masked(asked: Asked) -> str:
    return "yes" if asked.outcome == "accepted" and asked.edit.mask is not None else ""


_MASK = ("mask_keeps_opaque", "mask_repaints_transparent", "mask_heeded")
_PICTURES = ("image_is_picture_field", "image_kind", "image_decodes", "mask_is_png", "mask_decodes", "mask_has_alpha")
_LABELS = ("json_content_type", "stream_content_type", "refusal_is_json")
_CHOSEN = ("picture_size", "picture_format", "picture_transparent", "data_count", "payload_as_asked", "echo_matches")

KINDS: tuple[Kind, ...] = (
    Kind("everything-wrapped", "everything comes in an object of its own: {}", _area("answer", "refusal"), _wrapped),
    Kind("everything-mislabelled", "whatever comes is labelled {}", _rules(*_LABELS), _label),
    Kind("refusals-by-crash", "what should be refused brings it down ({})", _area("refusal", "request"), _fell_over),
    Kind("key-not-checked", "the key is not checked", _rules("key_present", "key_right"), _let_through),
    Kind("pictures-not-looked-at", "what is sent as a picture is not looked at", _rules(*_PICTURES), _let_through),
    Kind("nothing-checked", "requests are not checked", _area("request"), _let_through, least=MANY),
    Kind(
        "json-refused",
        "JSON bodies are refused altogether ({})",
        _area("acceptance", "request"),
        _refused("json"),
        without=_accepted("json"),
    ),
    Kind(
        "forms-refused",
        "forms are refused altogether ({})",
        _area("acceptance", "request"),
        _refused("multipart"),
        without=_accepted("multipart"),
    ),
    Kind("always-busy", "valid edits are answered {} however long one waits", _area("acceptance", "request"), _busy),
    Kind("mask-not-used", "the mask is not used as documented", _rules(*_MASK), _masked),
    Kind(
        "picture-not-used",
        "the picture that was sent is not what is edited",
        _rules("source_recognised", *_MASK),
        _edit,
    ),
    Kind("fields-not-used", "what is asked for is not passed on", _rules(*_CHOSEN, *_MASK), _edit, least=3),
)
"""Every kind of cause. Of those that explain equally many findings the first is taken."""
