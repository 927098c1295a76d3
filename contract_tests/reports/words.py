"""How a report says things: the titles of areas, the sentences of the legend, times, sizes, counts.

Every view takes its words from here, so that a page, a comment and a terminal say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

AREA_TITLES: Mapping[str, str] = {
    "request": "Requests that are refused",
    "acceptance": "Requests that are accepted",
    "answer": "Answers",
    "stream": "Streams",
    "refusal": "How a request is refused",
}

ORIGIN_QUESTIONS: Mapping[str, str] = {
    "own": "Keeps its own contract",
    "inherited": "Keeps OpenAI\u2019s contract",
}

VERDICT_MEANINGS: Mapping[str, str] = {
    "holds": "The evidence agrees with the claim.",
    "broken": "The evidence contradicts the claim; both values are shown.",
    "inconclusive": "The endpoint would not play (rate limit, gateway error, time-out): nothing is known.",
    "not-run": "The claim was not asked about; the reason is given.",
    "faulty-suite": "A mistake of ours, not of the endpoint.",
}

LEVEL_MEANINGS: Mapping[str, str] = {
    "must": "The document says so in words that bind.",
    "should": "The document recommends it, or points elsewhere for it.",
    "observed": "Sources disagree, so it is reported and never judged.",
}

ORIGIN_MEANINGS: Mapping[str, str] = {
    "own": "The provider\u2019s own document says so.",
    "inherited": "OpenAI\u2019s contract says so, and the provider takes it over in a sentence that is quoted too.",
}


def area_title(area: str) -> str:
    """The heading of an area."""
    return AREA_TITLES.get(area, area)


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """`1 claim`, `2 claims`."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def moment(seconds: float) -> str:
    """A time as `2026-11-21 01:12 UTC`; a number that is no time is said to be unknown."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "at an unknown time"


def iso(seconds: float) -> str:
    """A time as `2026-11-21T01:12:05Z`, for machines; what is no time is the beginning of time."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return "1970-01-01T00:00:00Z"


def day(seconds: float) -> str:
    """A time's day, `2026-11-21`."""
    return moment(seconds)[:10]


def lasting(seconds: float) -> str:
    """A duration: `350 ms`, `1.40 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 10:
        return f"{seconds:.2f} s".replace(".00 s", " s")
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def weight(count: int) -> str:
    """A number of bytes: `512 bytes`, `182 kB`, `3.1 MB`."""
    if count < 1000:
        return plural(count, "byte")
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def cut(text: str, longest: int) -> str:
    """Text of at most `longest` characters; what was longer ends in an ellipsis."""
    return text if len(text) <= longest else text[: max(longest - 1, 0)].rstrip() + "\u2026"
