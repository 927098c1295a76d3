"""Where a citation stands in the file on disk: path and lines, for annotations and SARIF.

The pointer leads to a YAML node; within a node of several lines, the lines that hold the quoted words are found by
comparing without white space, since YAML folds its lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml

from contract_tests.reports.json_form import CitationValue
from specs import loading, pointers

_SPACE = re.compile(r"\s+")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file, counted from 1; the path is relative to the project."""

    path: str
    line: int
    last: int


@lru_cache(maxsize=32)
def _composed(provider: str) -> tuple[yaml.Node, tuple[str, ...]] | None:
    try:
        text = (loading.HOME / provider / "published.yaml").read_text("utf-8")
        node = yaml.compose(text, Loader=_LOADER)
    except (OSError, yaml.YAMLError):
        return None
    return (node, tuple(text.splitlines())) if node else None


def place(cited: CitationValue) -> Place | None:
    """Where the cited words stand; None for an outside source, or a document that is not bundled."""
    known = _composed(cited["document"]) if cited["at"] and cited["document"] in loading.providers() else None
    if known is None:
        return None
    node, lines = known
    for step in pointers.steps(cited["at"]):
        found = _below(node, step)
        if found is None:
            return None
        node = found
    start = node.start_mark.line
    first, last = _narrowed(lines[start : last_line(node)], cited["quote"])
    return Place(f"specs/providers/{cited['document']}/published.yaml", start + first + 1, start + last + 1)


def _below(node: yaml.Node, step: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
        found: yaml.Node = node.value[int(step)]
        return found
    return None


def last_line(node: yaml.Node) -> int:
    """The last line of a node, counted from 1: that of the last thing in it, not where the next thing begins."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return last_line(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return last_line(node.value[-1])
    mark = node.end_mark
    return max(node.start_mark.line + 1, int(mark.line if mark.column == 0 else mark.line + 1))


def _narrowed(lines: Sequence[str], quote: str) -> tuple[int, int]:
    """The first and last of the lines that the quotation needs; all of them when it is not found."""
    wanted = _SPACE.sub("", quote)
    bare = [_SPACE.sub("", line) for line in lines]
    if wanted not in "".join(bare):
        return 0, max(len(lines) - 1, 0)
    first, last = 0, len(bare) - 1
    while wanted in "".join(bare[first + 1 : last + 1]):
        first += 1
    while wanted in "".join(bare[first:last]):
        last -= 1
    return first, last


def nearest(cited: CitationValue, provider: str) -> Place:
    """Where the cited words stand, else the sentence that takes them over, else the provider's document."""
    through = cited.get("through")
    found = place(cited) or (place(through) if through else None)
    return found or Place(f"specs/providers/{provider}/published.yaml", 1, 1)
