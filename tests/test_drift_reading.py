"""What a freshly published document is read from: YAML, JSON, a page around it; and what is none."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests import documents
from contract_tests.documents import UnreadableDocument, reading
from specs import loading


def _published(provider: str) -> dict[str, Any]:
    return copy.deepcopy(dict(loading.load(provider).published))


@pytest.mark.parametrize("fence", ["```", "````", "~~~"])
def test_a_page_with_the_document_in_a_block_is_read(fence: str, tmp_path: Path) -> None:
    document = yaml.safe_dump(_published("aitoearn"), allow_unicode=True)
    page = tmp_path / "page.md"
    other = f"{fence}sh\ncurl https://aitoearn.ai\n{fence}\n"
    page.write_text(
        f"# 图像编辑\n\n{other}\n{fence}yaml /openapi/zh.json post /edits\n{document}\n{fence}\nmore\n", "utf-8"
    )
    assert documents.read_document(page) == _published("aitoearn")


@pytest.mark.parametrize("form", ["json", "yaml", "bom", "crlf"])
def test_a_document_is_read_in_each_form(form: str, tmp_path: Path) -> None:
    document = _published("chatanywhere")
    text = json.dumps(document) if form in ("json", "bom") else yaml.safe_dump(document, allow_unicode=True)
    file = tmp_path / f"document.{form}"
    encoded = text.replace("\n", "\r\n") if form == "crlf" else text
    file.write_bytes((b"\xef\xbb\xbf" if form == "bom" else b"") + encoded.encode())
    assert documents.read_document(file) == document


def test_numbers_as_keys_become_texts(tmp_path: Path) -> None:
    file = tmp_path / "document.yaml"
    file.write_text("openapi: 3.0.1\npaths: {/a: {post: {responses: {200: {description: done}}}}}\nx-day: 2026-11-20\n")
    read = documents.read_document(file)
    assert read["paths"]["/a"]["post"]["responses"] == {"200": {"description": "done"}}
    assert read["x-day"] == "2026-11-20"


def test_of_several_documents_on_a_page_the_one_with_the_path_is_taken(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    blocks = "".join(f"```yaml\nopenapi: 3.0.1\npaths: {{{path}: {{}}}}\n```\n" for path in ("/a", "/b"))
    page.write_text(blocks)
    assert documents.read_document(page, "/b")["paths"] == {"/b": {}}
    assert documents.read_document(page, "/c")["paths"] == {"/a": {}}


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it holds no YAML and no JSON object"),
        (b"just words", "it holds no YAML and no JSON object"),
        (b"<!doctype html><html></html>", "it holds no YAML and no JSON object"),
        (b"{a: [", "it holds no YAML and no JSON object"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"a: 1", "`openapi` and `paths` are missing"),
        (b"openapi: 3.0.1\npaths: []", "`openapi` and `paths` are missing"),
        (b"swagger: '2.0'\npaths: {}", "version 2.0 of OpenAPI"),
        (b"openapi: 3.0.1\npaths: {}\n" + LAUGHS.encode(), "repeats itself without end, or has over"),
        (b"openapi: 3.0.1\npaths: &p {a: *p}\n", "repeats itself without end"),
    ],
    ids=range(10),
)
def test_what_is_no_document_is_one_sentence(
    content: bytes, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_NODES", 20_000)
    file = tmp_path / "new.yaml"
    file.write_bytes(content)
    with pytest.raises(UnreadableDocument, match=told.replace(".", r"\.")) as problem:
        documents.read_document(file)
    assert str(file) in str(problem.value)
    assert "\n" not in str(problem.value)
