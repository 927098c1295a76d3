"""The normative sentences of a published document, and those of them that no claim answers for.

A document obliges in its prose as well as in its schemas. Each of its sentences with a word like "must" or 必须 is
quoted by a claim of the provider, or by a contradiction, or by what it takes over, or is set aside with a reason; what
is left over here has been forgotten. A sentence may oblige twice, so each of its normative words has to stand inside a
quotation. White space is left out of the comparison, since YAML folds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specs import pointers
from specs.contract import Contract, SetAside

CHINESE = (
    "必须|必需|必填|需要|需为|须|应为|应当|不得|不能|不可|不允许|禁止|最多|最少|至少|最大|最小|不超过|不少于|仅|只需|只能|一律|完全|"
    "支持|为准|保持|不使用|使用|不做|默认|可选|请改用|传入|取值|之一"
)
ENGLISH = (
    "must|shall|should|required|requires|only|at most|at least|no more than|not more than|up to|maximum|minimum|"
    "exactly|never|always|cannot|may not|not allowed|default|defaults|optional|one of"
)
"""The words that make a sentence normative; English ones count as words only, Chinese has no gaps between words."""

_MARKER = re.compile(CHINESE + r"|\b(?:" + ENGLISH.replace(" ", r"\s+") + r")\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:(?!\. )[^。；;\n])+(?:\. |[。；;\n]|\Z)?")
_PROSE = ("description", "summary")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One normative sentence: the JSON pointer of the text it stands in, and its words, white space folded."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class _Placed:
    """A sentence, the whole text it stands in, and where in that its normative words begin and end.

    Text and places are without white space.
    """

    sentence: Sentence
    whole: str
    marks: tuple[tuple[int, int], ...]


def sentences(document: Mapping[str, Any]) -> tuple[Sentence, ...]:
    """Every normative sentence of the descriptions and summaries of a document, in its order."""
    return tuple(placed.sentence for placed in _placed(document))


def uncovered(contract: Contract) -> tuple[Sentence, ...]:
    """The normative sentences of a provider's document that nothing quotes and nobody has set aside."""
    quotes = tuple(_quotes(contract))
    return tuple(placed.sentence for placed in _placed(contract.published) if not _is_covered(placed, quotes))


def unfounded(contract: Contract) -> tuple[SetAside, ...]:
    """What is set aside and does not stand in the document at all."""
    texts = [_bare(text) for _at, text in _strings(contract.published, (), anything=True)]
    return tuple(aside for aside in contract.set_aside if not any(_bare(aside.quote) in text for text in texts))


def _quotes(contract: Contract) -> Iterator[tuple[str | None, str]]:
    """(pointer, or None for anywhere; words without white space) of all that answers for a sentence."""
    cited = [claim.citation for claim in contract.claims if claim.origin == "own"]
    cited += [place for contradiction in contract.contradictions for place in contradiction.places]
    cited += [contract.takes_over] if contract.takes_over else []
    yield from ((c.at, _bare(c.quote)) for c in cited if c.document == contract.provider)
    yield from ((None, _bare(aside.quote)) for aside in contract.set_aside)


def _is_covered(placed: _Placed, quotes: Iterable[tuple[str | None, str]]) -> bool:
    here = [words for at, words in quotes if at in (None, placed.sentence.at)]
    spans = [(at, at + len(words)) for words in here for at in _finds(placed.whole, words)]
    return all(any(start <= first and last <= end for start, end in spans) for first, last in placed.marks)


def _finds(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _placed(document: Mapping[str, Any]) -> Iterator[_Placed]:
    for at, text in _strings(document, (), anything=False):
        for found in _SENTENCE.finditer(text):
            marks = [mark.span() for mark in _MARKER.finditer(text, *found.span())]
            if marks:
                sentence = Sentence(pointers.pointer(*at), pointers.fold(found[0]))
                places = ((len(_bare(text[:first])), len(_bare(text[:last]))) for first, last in marks)
                yield _Placed(sentence, _bare(text), tuple(places))


def _strings(node: Any, at: tuple[str | int, ...], *, anything: bool) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text below a node with the way to it; unless `anything` goes, only descriptions and summaries."""
    children = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        if isinstance(child, str):
            if anything or key in _PROSE:
                yield (*at, key), child
        else:
            yield from _strings(child, (*at, key), anything=anything)


def _bare(text: str) -> str:
    return "".join(text.split())
