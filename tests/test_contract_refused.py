"""Contracts that cannot be right are refused: one clear sentence that names the file and the fault."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from contract_faults import CLAIMS, PARTS, Overlay
from specs import loading


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of two providers: one that takes over, one that is taken over."""
    for name in ("openai", "chatanywhere"):
        shutil.copytree(loading.HOME / name, tmp_path / name)
    return tmp_path


def changed(home: Path, change: Callable[[Overlay], object], provider: str = "chatanywhere") -> str:
    """Change a provider's overlay; the sentence with which it is refused, without the name of its file."""
    path = home / provider / "overlay.yaml"
    described = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    change(described)
    path.write_text(yaml.dump(described, Dumper=yaml.CSafeDumper, allow_unicode=True), "utf-8")
    return refused(home, path)


def refused(home: Path, path: Path) -> str:
    with pytest.raises(loading.BrokenContract) as told:
        loading.load("chatanywhere", home)
    sentence = str(told.value)
    assert "\n" not in sentence
    assert sentence.startswith(str(path)), "the sentence begins with the file"
    return sentence.removeprefix(str(path)).removeprefix(": ").strip()


def test_an_untouched_copy_loads(home: Path) -> None:
    copy = loading.load("chatanywhere", home)
    assert copy == loading.load("chatanywhere")
    assert copy is loading.load("chatanywhere", home), "and is kept"


@pytest.mark.parametrize("fault", CLAIMS)
def test_a_claim_that_cannot_be_right_is_refused(home: Path, fault: str) -> None:
    change, sentence = CLAIMS[fault]
    assert changed(home, lambda o: (o.pop("x-inherits"), change(o))).startswith(sentence)


@pytest.mark.parametrize("fault", PARTS)
def test_an_overlay_that_cannot_be_right_is_refused(home: Path, fault: str) -> None:
    change, sentence = PARTS[fault]
    assert changed(home, change).startswith(sentence)


def test_a_published_document_that_moved_on_is_noticed(home: Path) -> None:
    path = home / "chatanywhere" / "published.yaml"
    path.write_text(path.read_text("utf-8").replace("32000", "16000"), "utf-8")
    assert refused(home, path.with_name("overlay.yaml")).startswith("claim prompt-length: citation not found")


def test_a_fault_of_the_one_taken_over_is_told_of_its_own_file(home: Path) -> None:
    path = home / "openai" / "overlay.yaml"
    path.write_text(
        path.read_text("utf-8").replace("quote: '`n` is from 1 to 10.'", "quote: '`n` is from 1 to 9.'", 1), "utf-8"
    )
    assert refused(home, path).startswith("claim n-in-range: citation not found in openai/published.yaml")


@pytest.mark.parametrize("name", ["published.yaml", "overlay.yaml"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"a: [1, 2", "is not YAML: "),
        (b"a: b: c", "is not YAML: "),
        (b"a: \xff\xfe", "is not YAML: "),
        (b"- a\n- b", "holds list, not an object"),
        (b"just words", "holds str, not an object"),
        (b"", "holds NoneType, not an object"),
    ],
)
def test_a_file_that_holds_no_object_is_refused(home: Path, name: str, text: bytes, sentence: str) -> None:
    path = home / "chatanywhere" / name
    path.write_bytes(text)
    assert refused(home, path).startswith(sentence)


def test_a_missing_overlay_is_told(home: Path) -> None:
    path = home / "chatanywhere" / "overlay.yaml"
    path.unlink()
    assert refused(home, path) == "is missing: a provider is a published.yaml and an overlay.yaml"


@pytest.mark.parametrize("name", ["nobody", "", "OpenAI", "../openai", "openai/"])
def test_an_unknown_provider_is_told_with_those_there_are(home: Path, name: str) -> None:
    with pytest.raises(loading.UnknownProvider) as told:
        loading.load(name, home)
    assert str(told.value) == f"there is no provider {name!r}; there are: openai, chatanywhere"


def test_without_a_published_document_there_is_no_provider(home: Path) -> None:
    (home / "chatanywhere" / "published.yaml").unlink()
    with pytest.raises(loading.UnknownProvider, match="there is no provider 'chatanywhere'; there are: openai"):
        loading.load("chatanywhere", home)


def test_what_is_taken_over_from_nobody_is_told(home: Path) -> None:
    shutil.rmtree(home / "openai")
    with pytest.raises(loading.UnknownProvider, match="there is no provider 'openai'; there are: chatanywhere"):
        loading.load("chatanywhere", home)
