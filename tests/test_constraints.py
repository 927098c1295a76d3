"""The constraints file: names, exact versions and digests, of everything the project asks for, and nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from specs.lines import TOOL

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = re.compile(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)( ; [^\\]+)? \\")
DIGEST = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def lines() -> list[str]:
    return (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def test_every_line_is_a_name_with_an_exact_version_or_a_digest() -> None:
    assert [line for line in lines() if not PINNED.fullmatch(line) and not DIGEST.fullmatch(line)] == []


def test_everything_the_project_asks_for_is_pinned_to_a_version_it_accepts() -> None:
    pinned = {found[1]: found[2] for line in lines() if (found := PINNED.fullmatch(line))}
    for text in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]):
        asked = Requirement(text)
        assert asked.specifier.contains(pinned[canonicalize_name(asked.name)]), text


def test_a_transcript_names_the_version_that_wrote_it() -> None:
    assert f"{PROJECT['name']} {PROJECT['version']}" == TOOL
