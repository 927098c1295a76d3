"""JSON pointers and OpenAPI overlays: beside what the standards say by hand, and on documents nobody thought of."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specs import overlay, pointers

quick = settings(derandomize=True, deadline=None, max_examples=150)
keys = st.text(alphabet="ab/~01 é", max_size=4)
trees = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=15,
)
objects = st.dictionaries(keys, trees, max_size=4)


def walked(node: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every node with the way to it."""
    yield way, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from walked(child, (*way, key))


@quick
@given(trees)
def test_a_pointer_to_a_node_leads_to_it(tree: Any) -> None:
    for way, node in walked(tree):
        assert pointers.at(tree, pointers.pointer(*way)) is node
        assert pointers.steps(pointers.pointer(*way)) == tuple(map(str, way))


RFC_6901: dict[str, Any] = {
    "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8,
}  # fmt: skip


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", RFC_6901), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3),
        ("/g|h", 4), ("/i\\j", 5), ('/k"l', 6), ("/ ", 7), ("/m~0n", 8),
    ],
)  # fmt: skip
def test_the_standards_own_examples_are_found(pointer: str, found: Any) -> None:
    assert pointers.at(RFC_6901, pointer) == found


@pytest.mark.parametrize(
    "pointer",
    ["foo", "#/foo", "/foo/2", "/foo/-", "/foo/-1", "/foo/01", "/foo/+1", "/foo/1.0", "/foo/\u0661", "/foo/bar",
     "/nothing", "/foo/0/0", "/m~n", "/m~2n", "/foo/", "//"],
)  # fmt: skip
def test_a_pointer_that_leads_nowhere_says_so(pointer: str) -> None:
    with pytest.raises(pointers.NothingThere, match=r"^(there is no|'.*' is not a JSON pointer)"):
        pointers.at(RFC_6901, pointer)


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ("two  lines\n of text ", "two lines of text"), (25, "25"), (True, "true"), (None, "null"), ([], "[]"),
        (["url", "b64_json"], '["url", "b64_json"]'), ({"说": "猫"}, '{"说": "猫"}'),
    ],
)  # fmt: skip
def test_a_node_is_quoted_in_words(node: Any, words: str) -> None:
    assert pointers.words(node) == words


def test_references_are_put_in_place() -> None:
    document = {"a": {"$ref": "#/b/0"}, "b": [{"$ref": "#/c~1d"}], "c/d": {"type": "string"}, "e": [{"$ref": "#/c~1d"}]}
    whole = {"type": "string"}
    assert pointers.inlined(document, document["a"]) == whole
    assert pointers.inlined(document, document["e"]) == [whole]


def test_a_reference_to_itself_says_so() -> None:
    document = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}
    with pytest.raises(pointers.NothingThere, match="refers to itself"):
        pointers.inlined(document, document["a"])


# Overlays, by hand.

SHOP: dict[str, Any] = {
    "info": {"title": "Shop"},
    "tags": ["a", "b"],
    "paths": {"/x": {"get": {"parameters": [{"name": "q", "in": "query"}, {"name": "h", "in": "header"}]}}},
    "many": list(range(13)),
}


def done(*actions: Mapping[str, Any]) -> dict[str, Any]:
    before = copy.deepcopy(SHOP)
    result = overlay.apply(SHOP, actions)
    assert before == SHOP, "an overlay leaves the published document as it was"
    return result


def test_an_update_is_merged_deeply() -> None:
    result = done({"target": "$", "update": {"info": {"version": "1"}, "paths": {"/x": {"post": {}}}}})
    assert result["info"] == {"title": "Shop", "version": "1"}
    assert set(result["paths"]["/x"]) == {"get", "post"}


def test_an_update_replaces_what_is_no_object() -> None:
    assert done({"target": "$.info", "update": {"title": {"en": "Shop"}}})["info"] == {"title": {"en": "Shop"}}
    assert done({"target": "$.paths['/x']", "update": {"get": None}})["paths"]["/x"] == {"get": None}


def test_an_update_of_a_list_appends_and_lists_within_grow() -> None:
    assert done({"target": "$.tags", "update": "c"})["tags"] == ["a", "b", "c"]
    assert done({"target": "$.tags", "update": ["c"]})["tags"] == ["a", "b", ["c"]]
    assert done({"target": "$", "update": {"tags": ["c", "d"]}})["tags"] == ["a", "b", "c", "d"]


def test_actions_follow_each_other() -> None:
    result = done(
        {"target": "$", "update": {"new": {"a": 1}}},
        {"target": "$.new", "update": {"b": 2}},
        {"target": "$.new.a", "remove": True},
    )
    assert result["new"] == {"b": 2}


def test_what_a_filter_selects_is_removed() -> None:
    result = done({"target": "$.paths['/x'].get.parameters[?@.in == 'header']", "remove": True})
    assert result["paths"]["/x"]["get"]["parameters"] == [{"name": "q", "in": "query"}]


@pytest.mark.parametrize("condition", ["@ > 1", "@ < 12", "@ != 5", "@ >= 0"])
def test_many_items_are_removed_at_once(condition: str) -> None:
    left = {"@ > 1": [0, 1], "@ < 12": [12], "@ != 5": [5], "@ >= 0": []}[condition]
    assert done({"target": f"$.many[?{condition}]", "remove": True})["many"] == left


def test_remove_counts_before_update() -> None:
    assert "info" not in done({"target": "$.info", "remove": True, "update": {"x": 1}})


def test_remove_false_is_no_removal() -> None:
    assert done({"target": "$.info", "remove": False, "update": {"x": 1}})["info"] == {"title": "Shop", "x": 1}


def test_an_update_is_not_shared_with_its_action() -> None:
    action = {"target": "$.info", "update": {"tags": ["x"]}}
    result = done(action)
    result["info"]["tags"].append("y")
    assert action["update"] == {"tags": ["x"]}


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        ({"target": "$.nothing", "update": {}}, "the target '$.nothing' selects nothing"),
        ({"target": "$.many[?@ > 99]", "remove": True}, "the target '$.many[?@ > 99]' selects nothing"),
        ({"target": "$.tags[", "update": {}}, "the target '$.tags[' is not a JSONPath: unexpected end of query"),
        ({"target": "x", "update": {}}, "the target 'x' is not a JSONPath: expected 'TOKEN_ROOT', found 'TOKEN_NAME'"),
        ({"target": "", "update": {}}, "the target '' is not a JSONPath: expected 'TOKEN_ROOT', found 'TOKEN_EOF'"),
        ({"target": "$.a|$.b", "remove": True}, "the target '$.a|$.b' is not a JSONPath: unexpected token '|'"),
        ({"update": {}}, "has no target"),
        ("remove everything", "has no target"),
        ({"target": "$.info"}, "has neither update nor remove"),
        ({"target": "$", "remove": True}, "the whole document cannot be removed"),
        ({"target": "$.info.title", "update": {}}, "only objects and arrays can be updated, the target is a str"),
        ({"target": "$.info", "update": "x"}, "only objects and arrays can be updated, the target is a dict"),
    ],
)  # fmt: skip
def test_an_action_that_cannot_be_done_says_so_in_one_line(action: Any, fault: str) -> None:
    with pytest.raises(overlay.BrokenOverlay) as told:
        overlay.apply(SHOP, [{"target": "$", "update": {}}, action])
    assert str(told.value).removeprefix("overlay action 2").lstrip(": ") == fault


def by_hand(node: Any, update: Any) -> Any:
    """The merge that the standard describes, written a second time."""
    if isinstance(node, dict) and isinstance(update, dict):
        return {
            key: by_hand(node[key], update[key]) if key in node and key in update else {**node, **update}[key]
            for key in [*node, *(key for key in update if key not in node)]
        }
    return node + update if isinstance(node, list) and isinstance(update, list) else update


@quick
@given(objects, objects)
def test_any_update_is_the_merge_of_the_standard(document: dict[str, Any], update: dict[str, Any]) -> None:
    assert overlay.apply(document, [{"target": "$", "update": update}]) == by_hand(document, update)


@quick
@given(st.lists(st.integers(0, 30), max_size=25), st.integers(0, 30))
def test_any_removal_is_a_filter(items: list[int], limit: int) -> None:
    found = overlay.apply({"items": [limit, *items]}, [{"target": f"$.items[?@ >= {limit}]", "remove": True}])
    assert found == {"items": [item for item in items if item < limit]}
