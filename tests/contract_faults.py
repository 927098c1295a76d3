"""Ways to spoil a provider's overlay, each beside the beginning of the sentence with which it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specs import pointers

Overlay = dict[str, Any]


def claim(overlay: Overlay, id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(claim for claim in overlay["x-claims"] if claim["id"] == id)
    return found


NOT_FOUND = "citation not found in chatanywhere/published.yaml:"
PROMPT = pointers.pointer(
    "paths", "/v1/images/edits", "post", "requestBody", "content", "multipart/form-data", "schema", "properties",
    "prompt", "description",
)  # fmt: skip

CLAIMS: dict[str, tuple[Callable[[Overlay], object], str]] = {
    "a claim without a citation": (
        lambda o: claim(o, "prompt-length").pop("citation"),
        "claim prompt-length: it has no citation",
    ),
    "a tampered quotation": (
        lambda o: claim(o, "prompt-length")["citation"].update(quote="最大长度为33000个字符"),
        f"claim prompt-length: {NOT_FOUND} the words '最大长度为33000个字符' do not stand at {PROMPT}",
    ),
    "words that stand elsewhere": (
        lambda o: claim(o, "prompt-length")["citation"].update(quote="目前仅支持gpt-image-1"),
        f"claim prompt-length: {NOT_FOUND} the words '目前仅支持gpt-image-1' do not stand at {PROMPT}",
    ),
    "a pointer that leads nowhere": (
        lambda o: claim(o, "prompt-length")["citation"].update(at="/paths/~1v1~1images~1edit/post"),
        f"claim prompt-length: {NOT_FOUND} there is no '/v1/images/edit' on the way to",
    ),
    "no pointer": (
        lambda o: claim(o, "prompt-length")["citation"].pop("at"),
        "claim prompt-length: the quotation '最大长度为32000个字符' has no pointer to where it stands",
    ),
    "no words": (
        lambda o: claim(o, "prompt-length")["citation"].update(quote=" "),
        "claim prompt-length: a citation of chatanywhere has no quotation",
    ),
    "a word of a citation that nobody knows": (
        lambda o: claim(o, "prompt-length")["citation"].update(qoute="x"),
        "claim prompt-length: a citation has qoute; it knows at, document, gloss, quote",
    ),
    "a citation that is text": (
        lambda o: claim(o, "prompt-length").update(citation="最大长度为32000个字符"),
        "claim prompt-length: a citation is str, not an object",
    ),
    "an unknown rule": (
        lambda o: claim(o, "prompt-length").update(rule="text_at_must"),
        "claim prompt-length: there is no rule 'text_at_must'",
    ),
    "no rule": (lambda o: claim(o, "prompt-length").pop("rule"), "claim prompt-length: there is no rule None"),
    "a number missing": (
        lambda o: claim(o, "prompt-length")["with"].pop("maximum"),
        "claim prompt-length: the rule text_at_most needs maximum",
    ),
    "a number too many": (
        lambda o: claim(o, "prompt-length")["with"].update(minimum=1),
        "claim prompt-length: the rule text_at_most does not know minimum",
    ),
    "a number that is text": (
        lambda o: claim(o, "prompt-length")["with"].update(maximum="32000"),
        "claim prompt-length: maximum of the rule text_at_most is '32000', not of type int",
    ),
    "a number that is true": (
        lambda o: claim(o, "prompt-length")["with"].update(maximum=True),
        "claim prompt-length: maximum of the rule text_at_most is True, not of type int",
    ),
    "a list that is text": (
        lambda o: claim(o, "image-kind")["with"].update(kinds="png"),
        "claim image-kind: kinds of the rule image_kind is 'png', not of type list[str]",
    ),
    "a list of something else": (
        lambda o: claim(o, "image-kind")["with"].update(kinds=["png", 1]),
        "claim image-kind: kinds of the rule image_kind is ['png', 1], not of type list[str]",
    ),
    "an unknown level": (
        lambda o: claim(o, "prompt-length").update(level="shall"),
        "claim prompt-length: the level is 'shall', not one of must, should, observed",
    ),
    "no level": (
        lambda o: claim(o, "prompt-length").pop("level"),
        "claim prompt-length: the level is None, not one of",
    ),
    "no id": (lambda o: claim(o, "prompt-length").pop("id"), "a claim has no id"),
    "a claim that is text": (lambda o: o["x-claims"].append("prompt-length"), "a claim has no id"),
    "two claims of one id": (
        lambda o: o["x-claims"].append(dict(claim(o, "prompt-length"))),
        "there are two claims called prompt-length",
    ),
    "a word of a claim that nobody knows": (
        lambda o: claim(o, "prompt-length").update(whne={"features": ["json"]}),
        "claim prompt-length: a claim has whne; it knows citation, id, level, note, refusal, rule, when, with",
    ),
    "a condition that nobody knows": (
        lambda o: claim(o, "prompt-length").update(when={"feature": ["json"]}),
        "claim prompt-length: `when` has feature; it knows features, fields, model, not",
    ),
    "a condition that is no list": (
        lambda o: claim(o, "prompt-length").update(when={"features": "json"}),
        "claim prompt-length: `when.features` is 'json', not a list",
    ),
    "a refusal that nobody knows": (
        lambda o: claim(o, "prompt-length")["refusal"].update(stauts=[400]),
        "claim prompt-length: a refusal has stauts; it knows code, param, params, status, type",
    ),
    "a refusal with a status of success": (
        lambda o: claim(o, "prompt-length")["refusal"].update(status=[200]),
        "claim prompt-length: the refusal's status is [200], not 400 to 599",
    ),
    "a claim about requests that is refused nohow": (
        lambda o: claim(o, "prompt-length").pop("refusal"),
        "claim prompt-length: a refusal is NoneType, not an object",
    ),
    "a claim about answers that is refused": (
        lambda o: claim(o, "payload").update(refusal={"status": [400]}),
        "claim payload: it has a refusal, but is no claim about requests",
    ),
}


def taken_over(overlay: Overlay) -> Any:
    return overlay["x-inherits"]["citation"]


PARTS: dict[str, tuple[Callable[[Overlay], object], str]] = {
    "a broken JSONPath": (
        lambda o: o["actions"][0].update(target="$.info["),
        "overlay action 1: the target '$.info[' is not a JSONPath: unexpected end of query",
    ),
    "a target that selects nothing": (
        lambda o: o["actions"][1].update(target="$.paths['/v2/images/edits']"),
        "overlay action 2: the target \"$.paths['/v2/images/edits']\" selects nothing",
    ),
    "an action that does nothing": (
        lambda o: o["actions"][0].pop("update"),
        "overlay action 1 has neither update nor remove",
    ),
    "a reference to nothing": (
        lambda o: o["actions"].append(
            {"target": "$.paths['/v1/images/edits'].post.requestBody", "update": {"content": {"x/y": {"$ref": "#/no"}}}}
        ),
        "there is no 'no' on the way to /no",
    ),
    "a sentence of taking over that is not there": (
        lambda o: taken_over(o).update(quote="完全遵循 OpenAI 规范"),
        f"{NOT_FOUND} the words '完全遵循 OpenAI 规范' do not stand at",
    ),
    "an exception to a claim that there is not": (
        lambda o: o["x-inherits"]["except"][0].update(id="model-demanded"),
        "x-inherits.except names model-demanded, which openai does not claim",
    ),
    "an exception whose words are not there": (
        lambda o: o["x-inherits"]["except"][0]["citation"].update(quote='["model"]'),
        f"{NOT_FOUND} the words '[\"model\"]' do not stand at",
    ),
    "a contradiction whose words are not there": (
        lambda o: o["x-contradictions"][0]["places"][0].update(quote="text/plain"),
        f"{NOT_FOUND} the words 'text/plain' do not stand at",
    ),
    "a contradiction without a resolution": (
        lambda o: o["x-contradictions"][0].pop("resolution"),
        "a part is missing or malformed: 'resolution'",
    ),
    "nothing said of the provider": (lambda o: o.pop("x-provider"), "a part is missing or malformed: 'x-provider'"),
    "an operation that there is not": (
        lambda o: o["x-provider"]["edit"].update(path="/v2/images/edits"),
        "a part is missing or malformed: '/v2/images/edits'",
    ),
}
