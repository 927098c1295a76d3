"""A document as somebody downloaded it: YAML, JSON, or a Markdown page with the document in a fenced block."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

LARGEST = 30_000_000
"""Bytes of a file that are read at all."""
MOST_NODES = 2_000_000
"""Values of a document, every alias counted each time: a page from elsewhere must not fill the memory."""

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^\n`]*)\n(.*?)^ {0,3}\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)


class UnreadableDocument(ValueError):
    """The file holds no OpenAPI document; the message names the file and the fault."""


def read_document(path: Path, edit_path: str = "") -> dict[str, Any]:
    """The OpenAPI document of a file. Of several on a page, the one with `edit_path`. Raises UnreadableDocument."""
    text = _text(path)
    found = [document for document in map(_parsed, _candidates(text)) if _is_openapi(document)]
    if not found:
        raise UnreadableDocument(f"{path}: {_fault(text)}")
    chosen = next((document for document in found if edit_path in (document.get("paths") or {})), found[0])
    if not str(chosen.get("openapi")).startswith("3."):
        version = chosen.get("openapi") or chosen.get("swagger")
        raise UnreadableDocument(f"{path} is of version {version} of OpenAPI; versions 3.0 to 3.2 are read")
    try:
        return dict(_plain(chosen, [MOST_NODES]))
    except (OverflowError, RecursionError):
        raise UnreadableDocument(f"{path} repeats itself without end, or has over {MOST_NODES} values") from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableDocument(f"{path} has over {LARGEST} bytes: that is no page of documentation")
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise UnreadableDocument(f"there is no {path}") from None
    except OSError as problem:
        raise UnreadableDocument(f"{path} cannot be read: {problem.strerror or problem}") from problem
    except UnicodeDecodeError:
        raise UnreadableDocument(f"{path} is not text in UTF-8") from None


def _candidates(text: str) -> Iterator[str]:
    """The blocks of a page that may hold a document; then the whole text, if there is none."""
    blocks = [found[3] for found in _FENCE.finditer(text) if _is_data(found[2])]
    yield from blocks or (text,)


def _is_data(info: str) -> bool:
    language, *_rest = info.lower().split() or [""]
    return language in ("", "yaml", "yml", "json", "openapi")


def _parsed(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are safe ones; JSON is YAML
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _is_openapi(document: Any) -> bool:
    return isinstance(document, dict) and ("openapi" in document or "swagger" in document) and _has_paths(document)


def _has_paths(document: dict[str, Any]) -> bool:
    return isinstance(document.get("paths"), dict)


def _fault(text: str) -> str:
    blocks = list(_candidates(text))
    held = [_parsed(block) for block in blocks]
    if not any(isinstance(document, dict) for document in held):
        return "it holds no YAML and no JSON object, nor a page with such a block"
    return "it is no OpenAPI document: `openapi` and `paths` are missing"


def _plain(node: Any, left: list[int]) -> Any:
    """The document as JSON has it: every key a text, dates and other scalars of YAML as text."""
    left[0] -= 1
    if left[0] < 0:
        raise OverflowError
    if isinstance(node, dict):
        return {_key(key): _plain(value, left) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(item, left) for item in node]
    if node is None or isinstance(node, bool | int | str):
        return node
    return node if isinstance(node, float) and math.isfinite(node) else str(node)


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
