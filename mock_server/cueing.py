"""Cues out of words: `rate-limit;times=2;retry-after=1` in a header field, a key, a file, or on the command line.

`times` (0: for ever), `share`, `seed`, `provider` and `test-id` go with every scenario, the other options are its own.
A step of a script that states neither `times` nor `share` plays once, then comes the next; alone it plays for ever.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from mock_server.cues import Cue
from mock_server.scenarios import SCENARIOS
from mock_server.settings import WrongSettings
from specs.messages import Request

_PREFERRED = re.compile(r"(?:^|[,;\s])code\s*=\s*\"?([1-5][0-9]{2})\b")


def asked_for(request: Request, faults: Collection[str]) -> tuple[str, Cue] | None:
    """The cue that a request carries, and its words: `X-Mock-Scenario`, or `Prefer: code=429`. Raises WrongSettings."""
    words = request.header("x-mock-scenario")
    if words is not None:
        return words, parse(words, faults)
    found = _PREFERRED.search(request.header("prefer") or "")
    if found is None or int(found[1]) < 400:
        return None
    return found[0], Cue(SCENARIOS[found[1]].id) if found[1] in SCENARIOS else parse(f"status;code={found[1]}")


_COMMON = ("times", "share", "seed", "provider", "test_id")


def parse(text: str, faults: Collection[str] = ()) -> Cue:
    """A cue out of words. Raises WrongSettings."""
    return made(_stated(text), faults)


def step(value: str | Mapping[str, Any]) -> dict[str, Any]:
    """A step of a script as an object that says how often it plays."""
    stated = _stated(value) if isinstance(value, str) else {str(key): item for key, item in value.items()}
    return stated if stated.keys() & {"times", "share"} else {**stated, "times": 1}


def in_words(value: Mapping[str, Any]) -> str:
    """An object as the words that `parse` reads."""
    options = (f";{key}={item}" for key, item in value.items() if key != "scenario")
    return str(value.get("scenario", "")) + "".join(options)


def _stated(text: str) -> dict[str, Any]:
    name, *rest = (piece.strip() for piece in text.split(";"))
    stated: dict[str, Any] = {}
    for piece in filter(None, rest):
        key, equals, value = piece.partition("=")
        if not equals and key.endswith("%"):
            key, value = "share", key
        stated[key.strip().replace("-", "_")] = value.strip()
    return {"scenario": name, **stated}


def made(value: Mapping[str, Any], faults: Collection[str] = ()) -> Cue:
    """A cue out of an object, as the control API and script files have it. Raises WrongSettings."""
    stated = {str(key).replace("-", "_"): item for key, item in value.items()}
    name = str(stated.pop("scenario", ""))
    known = SCENARIOS.get(name)
    if known is None and name not in faults:
        names = ", ".join(dict.fromkeys(found.id for found in SCENARIOS.values()))
        raise WrongSettings(
            f"there is no scenario {name!r:.60}; there are {names}, and every fault of `image-mock faults`"
        )
    offered = known.options if known else {}
    if strange := set(stated) - set(_COMMON) - set(offered):
        told = ", ".join(key.replace("_", "-") for key in (*offered, *_COMMON))
        raise WrongSettings(f"the scenario {name} does not know {', '.join(sorted(strange))}; it knows {told}")
    options = {key: _typed(key, stated[key], default) for key, default in offered.items() if key in stated}
    wanted = _typed("times", stated.get("times", 0), 0)
    return Cue(
        scenario=known.id if known else name,
        options=options,
        left=None if wanted <= 0 else wanted,
        share=_share(stated.get("share", 1.0)),
        seed=_typed("seed", stated.get("seed", 0), 0),
        provider=_text(stated.get("provider")),
        test_id=_text(stated.get("test_id")),
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _typed(name: str, value: Any, default: Any) -> Any:
    kind = type(default)
    try:
        number = kind(value)
    except (TypeError, ValueError, OverflowError):
        raise WrongSettings(f"{name.replace('_', '-')} is {value!r:.60}, not {_NAMES[kind]}") from None
    if isinstance(number, float) and not 0 <= number <= 86400:
        raise WrongSettings(f"{name.replace('_', '-')} is {value!r:.60}, not between 0 and 86400")
    return number


_NAMES = {int: "a whole number", float: "a number", str: "text"}


def _share(value: Any) -> float:
    text = str(value).strip()
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise WrongSettings(f"the share is {text!r:.60}, not between 0 and 1, nor between 0% and 100%")
    return share
