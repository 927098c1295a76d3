"""An honest endpoint is never accused, in whatever honest endpoints differ.

The endpoint is `tests.honest`: built without the mock and without the contract model, from the documents' words. Each
manner is walked with the questions it can change; `python -m benchmarks.honest` walks everything, over many seeds.
"""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from contract_tests.questions import Question
from tests.honest import HOUSES, MANNERS, Manners
from tests.honest.walk import Pick, accused, walk
from tests.walking import is_large, planned


def _free(question: Question) -> bool:
    return not question.billable


def _few(question: Question) -> bool:
    """A free question of every claim and a few edits."""
    return question.id.partition("/")[2] in _ONE_EACH or question.id in ("n-2", "stream-partials-2", "format-jpeg")


_ONE_EACH = ("route-misspelt", "method-get", "key-absent", "key-wrong", "no-image", "n-0", "image-gif", "mask-wider")


def _streams(question: Question) -> bool:
    return question.draft.get("stream") is True


def _masks(question: Question) -> bool:
    return question.draft.mask is not None and question.billable


def _wires(question: Question) -> bool:
    return question.id.startswith(("wire-", "body-well-formed", "content-type"))


def _models(question: Question) -> bool:
    about = ("size", "model", "images", "bare-edit", "accepts", "response-format", "mask-window")
    return question.id.startswith(about)


def _formats(question: Question) -> bool:
    return any(word in question.id for word in ("format-", "transparent", "n-2", "compression-50"))


def _links(question: Question) -> bool:
    return "url" in question.id


def _is_light(question: Question) -> bool:
    """Neither large nor the twin of an edit that is asked in a form; `_wires` goes through the ways of writing."""
    return not is_large(question) and not (question.billable and _TWIN.fullmatch(question.id))


_TWIN = re.compile("(?!wire-|content-type|body-).*-json")


def _either(*picks: Pick) -> Pick:
    return lambda question: any(pick(question) for pick in picks)


WALKS: tuple[tuple[str, str, Pick], ...] = (
    ("openai", "plain", _free),
    ("aitoearn", "plain", _either(_models, _masks, _links)),
    ("openai", "chinese", _free),
    ("aitoearn", "arabic", _free),
    ("openai", "other-statuses", _free),
    ("aitoearn", "third-statuses", _free),
    ("openai", "fewer-partials", _streams),
    ("chatanywhere", "no-partials", _streams),
    ("openai", "printed-example", _streams),
    ("aitoearn", "gzip-and-chunks", _either(_few, _wires)),
    ("openai", "http-1.0", _few),
    ("aitoearn", "late", _few),
    ("chatanywhere", "early-refusals", _free),
    ("openai", "busy", _either(_free, _streams)),
    ("aitoearn", "tired", _free),
    ("chatanywhere", "wary", _wires),
    ("chatanywhere", "broke", _either(_wires, _masks)),
    ("openai", "generative", lambda question: "mask-window" in question.id or question.id == "mask-bytes/mask-wide"),
    ("chatanywhere", "generative", _masks),
    ("aitoearn", "noisy", _masks),
    ("aitoearn", "crops", _masks),
    ("aitoearn", "letterboxes", _masks),
    ("chatanywhere", "letterboxes", _masks),
    ("aitoearn", "small-models", _either(_models, _masks, _streams, _links)),
    ("aitoearn", "one-picture-model", _models),
    ("aitoearn", "sizes-as-ratios", _models),
    ("aitoearn", "bare-list", _models),
    ("aitoearn", "links-elsewhere", _links),
    ("aitoearn", "links-moved", _links),
    ("aitoearn", "links-busy", _links),
    ("openai", "silent", _few),
    ("openai", "strict", lambda question: "compression" in question.id or "partial" in question.id),
    ("openai", "strict", _free),
    ("chatanywhere", "lenient", _free),
    ("openai", "lenient", _free),
    ("chatanywhere", "forgiving", _free),
    ("openai", "forgiving", _free),
    ("aitoearn", "other-kind", _either(_few, _models)),
    ("openai", "no-such-method", _few),
    ("aitoearn", "other-json", _either(_few, _links)),
    ("openai", "other-http", _either(_few, _streams)),
    ("chatanywhere", "other-events", _streams),
    ("openai", "other-files", _either(_formats, _masks)),
    ("chatanywhere", "strict-forms", _either(_wires, _few)),
    ("openai", "nulls", _either(_few, _streams)),
    ("aitoearn", "nulls", _either(_few, _links)),
    ("openai", "old-lines", _streams),
    ("aitoearn", "other-answers", _either(_formats, _models, _few)),
    ("openai", "no-blank-masks", _masks),
)


@pytest.mark.parametrize(
    ("provider", "manner", "pick"), WALKS, ids=[f"{p}-{m}-{i}" for i, (p, m, _) in enumerate(WALKS)]
)
def test_an_honest_endpoint_is_never_accused(provider: str, manner: str, pick: Pick) -> None:
    findings, exchanges = walk(provider, MANNERS[manner], lambda question: pick(question) and _is_light(question))
    assert len(exchanges) > 2
    assert accused(findings) == []
    assert any(finding.verdict == "holds" for finding in findings)


def test_an_honest_endpoint_is_seen_to_keep_its_contract() -> None:
    firsts = {question.about: question.id for question in reversed(planned("chatanywhere"))}
    findings, _ = walk("chatanywhere", MANNERS["plain"], lambda question: question.id in firsts.values())
    assert accused(findings) == []
    held = {finding.claim.id for finding in findings if finding.verdict == "holds"}
    judged = {finding.claim.id for finding in findings if finding.claim.judged}
    assert judged - held <= {"image-bytes", "accepts-image-url"}


def test_every_manner_is_walked() -> None:
    assert {manner for _, manner, _ in WALKS} == set(MANNERS)
    assert {provider for provider, _, _ in WALKS} == set(HOUSES)


@pytest.mark.parametrize("knob", [knob.name for knob in fields(Manners)])
def test_every_knob_is_turned(knob: str) -> None:
    assert any(getattr(manners, knob) != getattr(Manners(), knob) for manners in MANNERS.values())


def test_the_honest_endpoint_shares_nothing_with_the_mock_or_the_contract_model() -> None:
    home = Path(__file__).parent / "honest"
    for file in home.glob("*.py"):
        if file.name != "walk.py":
            tree = ast.parse(file.read_text("utf-8"))
            froms = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
            roots = {name.partition(".")[0] for name in froms | names}
            assert roots.isdisjoint({"mock_server", "specs", "contract_tests", "flask", "werkzeug"}), file
