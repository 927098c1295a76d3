"""Cases that Schemathesis makes from the document, and from each the request that is sent.

Schemathesis knows the schema; it does not know what a picture is, that a mask has to fit it, or which boundary was used
the last time. So its bodies are taken apart, real pictures take the place of tokens, and our own encodings write them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import schemathesis
from hypothesis import strategies as st
from schemathesis import Config, GenerationMode
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.overrides import Override

from contract_tests import samples
from contract_tests.designs import STRONG
from contract_tests.drafts import Draft, Picture
from contract_tests.encodings import ENCODINGS, PLAIN, Encoding, encode
from contract_tests.fuzzing.document import TOKEN, count_of, is_token, pictured, prepared
from contract_tests.fuzzing.drawing import drawn
from contract_tests.fuzzing.probes import Family, Probe
from contract_tests.strategies import Meant, acceptable
from contract_tests.strategies_choices import Choices, accompanied
from specs.messages import Headers, Request

Mode = Literal["positive", "negative"]

_MODES = {"positive": GenerationMode.POSITIVE, "negative": GenerationMode.NEGATIVE}
_MOST_PICTURES = 20
_TURNS = 4
"""How often a strategy is drawn from again, when it gave the same request twice."""


@dataclass(frozen=True)
class Cases:
    """Makes probes for one contract; `url` and `key` are what they are sent to and with."""

    choices: Choices
    url: str
    key: str
    seed: int

    @cached_property
    def operation(self) -> Any:
        """Schemathesis's own view of the edit operation."""
        schemathesis.openapi.format("binary", st.just(TOKEN))
        known = {"seed": self.seed, "cache": {"enabled": False}, "generation": {"database": "none"}}
        schema = schemathesis.openapi.from_dict(prepared(self.choices), config=Config.from_dict(known))
        edit = self.choices.contract.edit
        return schema[edit.path][edit.method]

    def acceptable(self, count: int) -> list[Probe]:
        """Requests that are to be taken."""
        scalars = self.operation.as_strategy(generation_mode=GenerationMode.POSITIVE).map(self._scalars)
        return self._different(acceptable(self.choices, scalars), self._acceptable, count)

    def _acceptable(self, meant: Meant) -> Probe:
        request = encode(meant.draft, meant.encoding, self.choices.contract.edit, self.url, self.key)
        return Probe("acceptable", meant.encoding.name, request)

    def _scalars(self, case: Any) -> tuple[str, Mapping[str, Any]]:
        names = pictured(self.choices, case.media_type)
        body = case.body if isinstance(case.body, dict) else {}
        return case.media_type, {name: value for name, value in body.items() if name not in names}

    def violating(self, count: int) -> list[Probe]:
        """Requests against the schema."""
        strategy = self.operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        return self._different(strategy, lambda case: self._probe("violating", case), count)

    def _different(self, strategy: st.SearchStrategy[Any], made: Callable[[Any], Probe], count: int) -> list[Probe]:
        """`count` probes of which no two are the same request, unless there are not so many."""
        found: dict[tuple[Headers, bytes], Probe] = {}
        for turn in range(_TURNS):
            for value in drawn(strategy, count - len(found), self.seed + 1000 * turn):
                probe = made(value)
                found.setdefault((probe.request.headers, probe.request.body), probe)
        return list(found.values())[:count]

    def covering(self, count: int) -> list[Probe]:
        """The edges of the schema, evenly picked where there are more than `count`; other methods are the plan's."""
        modes = list(_MODES.values())
        phase = self.operation.schema.config.generation_for(operation=self.operation, phase="coverage")
        generator = CoverageGenerator(
            operation=self.operation,
            generation_modes=modes,
            generation_config=phase,
            auth_storage=None,
            override=Override(),
            feedback=FeedbackSources(),
            hooks=None,
        )
        cases = [case for case in generator if case.method == self.operation.method.upper()]
        step = max(1, -(-len(cases) // max(1, count)))
        return [self._probe("covering", case) for case in cases[self.seed % step :: step][:count]]

    def _probe(self, family: Family, case: Any) -> Probe:
        data = case.meta.phase.data if case.meta else None
        told = " ".join(str(getattr(data, "description", None) or family).split())
        return Probe(family, told[:120], self._request(case, told))

    def _request(self, case: Any, told: str) -> Request:
        media_type = case.media_type or next(iter(self.choices.contract.edit.schemas))
        headers = tuple((n, str(v)) for n, v in (case.headers or {}).items() if n.lower() == "content-type")
        if not isinstance(case.body, dict):
            return self._raw(case, media_type, headers)
        good = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
        draft = self._draft(case.body, media_type, good=good)
        encoding = ENCODINGS[PLAIN[media_type]]
        draft = self._tempered(draft, encoding) if good else self._settled(draft, encoding, told)
        made = encode(draft, encoding, self.choices.contract.edit, self.url, self.key, extra_headers=headers)
        return replace(made, method=case.method)

    def _tempered(self, draft: Draft, encoding: Encoding) -> Draft:
        """A good draft that leaves nothing to interpretation."""
        example = self.choices.contract.edit.schemas[encoding.media_type].get("properties", {}).get("prompt", {})
        if draft.mask is not None and draft.get("background") != "transparent":
            asked = draft.get("prompt") == example.get("example")
            draft = draft.with_field("prompt", STRONG) if asked else draft.with_mask(None)
        elif draft.mask is not None:
            draft = draft.with_mask(None)
        return self.choices.tempered(draft, encoding)

    def _settled(self, draft: Draft, encoding: Encoding, told: str) -> Draft:
        """A wrong draft. Where it is not one claim that objects, beyond doubt, its picture is none: that always is."""
        draft = self.choices.undisputed(draft, encoding)
        others = [value for name, value in draft.fields if name != "prompt"]
        doubtful = any(value == "" or isinstance(value, list | dict) for value in others)
        found = self.choices.objections(draft, encoding)
        alone = len(found) == 1 and found[0].judged and told.count("violates") < 2
        return draft if alone and not doubtful else draft.with_images(samples.pretending())

    def _raw(self, case: Any, media_type: str, headers: Headers) -> Request:
        """A body that is no object at all."""
        body = case.body if isinstance(case.body, bytes) else b""
        if isinstance(case.body, str | int | float | list) or case.body is None:
            body = json.dumps(case.body).encode()
        made = encode(Draft(), ENCODINGS["json"], self.choices.contract.edit, self.url, self.key)
        stated = headers or (("Content-Type", media_type),)
        known = {"content-type", "content-length"}
        kept = tuple(item for item in made.headers if item[0].lower() not in known)
        return Request(case.method, self.url, (*kept, *stated, ("Content-Length", str(len(body)))), body)

    def _draft(self, body: Mapping[str, Any], media_type: str, *, good: bool) -> Draft:
        """The draft of a generated body; tokens are real pictures, and a mask fits the first."""
        names = pictured(self.choices, media_type)
        images: tuple[Picture, ...] = ()
        mask: Picture | None = None
        fields = []
        for name, value in body.items():
            role = names.get(name)
            if role == "image" and is_token(value, media_type):
                images = samples.pictures(min(count_of(value), _MOST_PICTURES))
            elif role == "mask" and is_token(value, media_type):
                mask = samples.mask()
            elif not good or (value is not None and accompanied(name, body)):
                fields.append((str(name), _plain(value)))
        return Draft(tuple(fields), images, mask)


def _plain(value: Any) -> Any:
    """A generated value as JSON has it: bytes become text."""
    held = getattr(value, "data", value)
    if isinstance(held, bytes):
        return held.decode("latin-1")
    if isinstance(held, dict):
        return {str(name): _plain(item) for name, item in held.items()}
    return [_plain(item) for item in held] if isinstance(held, list) else held
