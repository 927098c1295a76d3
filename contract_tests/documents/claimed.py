"""What claims say of fields: the prose of a document, in the same form as its schemas.

A rule that says something of a field is named here with what it says. A rule that is not is a promise about behaviour;
those are compared claim by claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from contract_tests.documents.said import Said, Value
from specs.contract import Claim, Contract

Told: TypeAlias = tuple[str, str, str, Value]
"""(part, field, aspect, value)."""

LISTED = "those of the list of models"


def said(contract: Contract) -> Iterator[Said]:
    """What a provider's own claims say of fields."""
    for claim in contract.claims:
        if claim.origin == "own":
            for part, field, aspect, value in told(claim):
                yield Said(part, field, aspect, value, claim.citation, _media(claim), claim)


_MEDIA = {"multipart": "multipart/form-data", "json": "application/json"}


def _media(claim: Claim) -> str | None:
    """The encoding a claim is about, where it is about one only."""
    named = [_MEDIA[feature] for feature in claim.when.get("features", ()) if feature in _MEDIA]
    return named[0] if len(named) == 1 and claim.area == "request" else None


def told(claim: Claim) -> Iterable[Told]:
    """What one claim says of fields; nothing where it is a promise about behaviour."""
    if claim.rule == "accepts":
        return _accepted(claim.when)
    return RULES[claim.rule](claim.numbers) if claim.rule in RULES else ()


def _of(field: str, aspect: str, value: Any) -> Told:
    return "request", field, aspect, tuple(map(str, value)) if isinstance(value, list) else value


def _range(numbers: Mapping[str, Any]) -> Iterable[Told]:
    yield _of(numbers["field"], "minimum", numbers["minimum"])
    if "maximum" in numbers:
        yield _of(numbers["field"], "maximum", numbers["maximum"])


def _typed(numbers: Mapping[str, Any]) -> Iterable[Told]:
    yield _of(numbers["field"], "type", [numbers["type"]])


def _grid(numbers: Mapping[str, Any]) -> Iterable[Told]:
    pixels = f"{numbers['least_pixels']} to {numbers['most_pixels']} pixels"
    sides = f"divisible by {numbers['multiple']}, at most {numbers['ratio']}:1 and {numbers['longest']} long"
    yield _of("size", "sides", f"{sides}, {pixels}")


def _combined(numbers: Mapping[str, Any]) -> Iterable[Told]:
    allowed = ", ".join(map(str, numbers["allowed"]))
    value = str(numbers["value"]).lower() if isinstance(numbers["value"], bool) else numbers["value"]
    yield _of(numbers["field"], "with", f"{value}: `{numbers['other']}` is one of {allowed}")


def _accepted(when: Mapping[str, Any]) -> Iterable[Told]:
    """Values a request may have; where an encoding is what is accepted, that."""
    for field, values in when.get("fields", {}).items():
        listed = values if isinstance(values, list) else [values]
        yield _of(field, "accepted values", [_text(value) for value in listed])
    features = when.get("features", ())
    if len(features) == 1 and features[0] in _MEDIA and "not" not in when:
        yield "operation", "request body", "media types", (_MEDIA[features[0]],)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _event(numbers: Mapping[str, Any]) -> Iterable[Told]:
    yield "stream", numbers["event"], "fields", tuple(f"{name}: {kind}" for name, kind in numbers["fields"].items())


def _payload(numbers: Mapping[str, Any]) -> Iterable[Told]:
    yield "answer", "data[]", "fields", tuple(numbers["fields"])


RULES: Mapping[str, Callable[[Mapping[str, Any]], Iterable[Told]]] = {
    "method_allowed": lambda n: [("operation", "address", "method", method) for method in n["methods"]],
    "key_present": lambda _: [("operation", "key", "type", ("bearer",))],
    "content_type_accepted": lambda n: [("operation", "request body", "media types", tuple(n["types"]))],
    "field_required": lambda n: [_of(n["field"], "required", value=True)],
    "field_refused": lambda n: [_of(n["field"], "refused", value=True)],
    "field_type": _typed,
    "field_one_of": lambda n: [_of(n["field"], "values", n["values"])],
    "text_at_least": lambda n: [_of(n["field"], "min length", n["minimum"])],
    "text_at_most": lambda n: [_of(n["field"], "max length", n["maximum"])],
    "integer_between": _range,
    "integer_at_least": _range,
    "model_listed": lambda _: [_of("model", "values", [LISTED])],
    "size_listed": lambda _: [_of("size", "values", [LISTED])],
    "size_on_grid": _grid,
    "value_requires": _combined,
    "image_required": lambda _: [_of("image", "required", value=True)],
    "images_at_most": lambda n: [_of("image", "max items", n["maximum"])],
    "images_within_model_limit": lambda _: [_of("image", "max items", LISTED)],
    "image_bytes_at_most": lambda n: [_of("image", "max bytes", n["maximum"])],
    "image_kind": lambda n: [_of("image", "kinds", n["kinds"])],
    "mask_is_png": lambda _: [_of("mask", "kinds", ["png"])],
    "mask_has_alpha": lambda _: [_of("mask", "alpha channel", value=True)],
    "mask_matches_image": lambda _: [_of("mask", "dimensions", "those of the picture")],
    "mask_bytes_at_most": lambda n: [_of("mask", "max bytes", n["maximum"])],
    "picture_size": lambda n: [_of("size", "default", n["default"])] if "default" in n else [],
    "picture_format": lambda n: [_of("output_format", "default", n["default"])] if "default" in n else [],
    "success_status": lambda n: [("operation", "answer", "statuses", (str(n["status"]),))],
    "json_content_type": lambda _: [("operation", "answer", "media types", ("application/json",))],
    "stream_content_type": lambda _: [("operation", "answer", "media types", ("text/event-stream",))],
    "payload_is": _payload,
    "usage_present": lambda _: [("answer", "usage", "required", True)],
    "echo_in": lambda n: [("answer", n["field"], "values", tuple(map(str, n["values"])))],
    "stream_event_names": lambda n: [("stream", "event", "names", (n["partial"], n["completed"]))],
    "stream_event_fields": _event,
}
"""Rule -> what it says of fields, out of a claim's numbers."""
