"""Every rule against cases written from the prose, in data; and the manner in which the data is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

import specs.rules.register
from case_subjects import ANSWER, EDIT, REQUEST, SUBJECT
from casework import ABOUT, GROUP, HOME, Case, cases, groups
from specs import loading
from specs.answers import Asked
from specs.edits import Edit
from specs.messages import Exchange, Request, Response
from specs.rules import RULES, Breach, Rule, Silent

CASES = tuple(cases())
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def outcome(said: tuple[Breach | Silent, ...]) -> str:
    """What a reader of all that was said would conclude."""
    breaches = [one for one in said if isinstance(one, Breach)]
    if breaches:
        return "disputed" if all(breach.disputed for breach in breaches) else "broken"
    return "silent" if said else "kept"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule.name}-{case.id}")
def test_a_rule_says_what_the_prose_says(case: Case) -> None:
    said = case.said()
    assert outcome(said) == case.says, said
    breaches = [one for one in said if isinstance(one, Breach)]
    assert len(breaches) == (case.times if case.says in ("broken", "disputed") else 0), said
    for wanted, found in ((case.expected, "expected"), (case.actual, "actual")):
        assert wanted is None or getattr(breaches[0], found) == wanted
    assert all(is_a_line(sentence) for one in said for sentence in sentences(one))


def sentences(said: Breach | Silent) -> tuple[str, ...]:
    return (said.sentence, said.expected, said.actual) if isinstance(said, Breach) else (said.why,)


def is_a_line(text: object) -> bool:
    """Whether a text can stand in a report: short enough to be read, whatever was sent."""
    return isinstance(text, str) and len(text) < 400


@pytest.mark.parametrize("text", ["a", "a.", "\n", " ", "\n at ", "at java.", 'File "'])
def test_a_trace_is_looked_for_in_long_texts_in_one_go(text: str) -> None:
    request = Request("POST", "http://a.invalid/v1/images/edits")
    exchange = Exchange("1", request, Response(400, (), (text * 200_000).encode()))
    asked = Asked(exchange, Edit(request, "multipart", None, on_route=True))
    assert RULES["no_trace"].say(asked, {}) == ()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_has_cases_on_both_sides(rule: Rule) -> None:
    says = Counter(case.says for case in CASES if case.rule is rule)
    assert says["kept"], "no case keeps it"
    assert says["broken"], "no case breaks it"
    assert says["silent"] or not is_ever_silent(rule), "no case leaves it silent"
    assert is_ever_silent(rule) or not says["silent"]


def is_ever_silent(rule: Rule) -> bool:
    """Whether a rule, or a function of ours that it calls, mentions Silent."""
    return any(names & {"Silent", "_NOTHING"} for names in mentioned(rule.check))


def mentioned(function: Any, seen: frozenset[str] = frozenset()) -> Iterator[set[str]]:
    names = set(codes(function.__code__))
    yield names
    for called in map(function.__globals__.get, names - seen):
        if isinstance(called, FunctionType) and called.__module__.startswith("specs.rules"):
            yield from mentioned(called, seen | names)


def codes(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_statement_names_its_own_numbers_only(rule: Rule) -> None:
    places = set(specs.rules.register._PLACE.findall(rule.statement))
    assert places <= rule.required | rule.optional
    assert rule.required <= places | {"values", "partial", "completed", "default", "disputed", "fields"}


def test_a_number_is_filled_in_wherever_a_claim_is_stated() -> None:
    for provider in loading.providers():
        for claim in loading.load(provider).claims:
            assert not specs.rules.register._PLACE.search(claim.statement), claim.statement
            assert claim.statement.endswith((".", "null.")), claim.statement


# The data itself.


def test_a_file_is_named_after_the_module_of_its_rules() -> None:
    for file, group in groups():
        module = RULES[group["rule"]].check.__module__
        assert module == f"specs.rules.{file}", f"{group['rule']} belongs into {module.rpartition('.')[2]}.yaml"


@pytest.mark.parametrize("file", sorted(path.stem for path in HOME.glob("*.yaml")))
def test_a_file_is_sorted_by_rule(file: str) -> None:
    names = [group["rule"] for stem, group in groups() if stem == file]
    assert names == sorted(names)


def test_an_id_is_a_slug_and_names_one_case_of_its_rule() -> None:
    ids = Counter((case.rule.name, case.id) for case in CASES)
    assert [id for id, count in ids.items() if count > 1] == []
    assert [case.id for case in CASES if not SLUG.fullmatch(case.id)] == []


@pytest.mark.parametrize("path", sorted(HOME.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_word_is_a_boolean_by_accident(path: Path) -> None:
    assert re.findall(r"(?i)[:,\[{] *(?:no|yes|on|off) *(?:[,}\]]|$)", path.read_text("utf-8"), re.MULTILINE) == []


def test_a_group_or_case_has_no_unknown_words() -> None:
    for _file, group in groups():
        assert set(group) <= GROUP, group["rule"]
        assert set(group.get("given", {})) <= SUBJECT, group["rule"]
        for case in group["cases"]:
            assert set(case) <= ABOUT | SUBJECT, (group["rule"], case["id"])
            assert case["says"] in ("kept", "broken", "disputed", "silent"), (group["rule"], case["id"])
            assert case["says"] in ("broken", "disputed") or not case.keys() & {"expected", "actual", "times"}


@pytest.mark.parametrize(("part", "known"), [("edit", EDIT), ("request", REQUEST), ("answer", ANSWER)])
def test_a_subject_has_no_unknown_words(part: str, known: set[str]) -> None:
    for case in CASES:
        words: Mapping[str, Any] = case.words.get(part) or {}
        assert set(words) <= known, (case.rule.name, case.id)


def test_no_two_cases_of_a_rule_have_the_same_subject() -> None:
    subjects = Counter(repr((case.rule.name, case.numbers, case.words)) for case in CASES)
    assert [subject for subject, count in subjects.items() if count > 1] == []


def test_a_case_gives_the_numbers_its_rule_knows() -> None:
    for case in CASES:
        assert case.rule.required <= set(case.numbers) <= case.rule.required | case.rule.optional, case.id
        assert all(case.rule.fits(name, number) for name, number in case.numbers.items()), case.id
