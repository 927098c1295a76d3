"""Addresses: a base URL as people write it, and the documented path."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract_tests.addresses import BadAddress, join_url, root_of

EDITS = "/v1/images/edits"
RELAY = "/api/ai/images/edits"
MODELS = "/api/ai/models/image/edit"


@pytest.mark.parametrize(
    ("base", "path", "joined"),
    [
        ("http://h", EDITS, "http://h/v1/images/edits"),
        ("http://h/", EDITS, "http://h/v1/images/edits"),
        ("http://h/v1", EDITS, "http://h/v1/images/edits"),
        ("http://h/v1/", EDITS, "http://h/v1/images/edits"),
        ("http://h/v1/images/edits", EDITS, "http://h/v1/images/edits"),
        ("http://h:4010/openai/v1", EDITS, "http://h:4010/openai/v1/images/edits"),
        ("http://h/openai", EDITS, "http://h/openai/v1/images/edits"),
        ("http://h/v1beta", EDITS, "http://h/v1beta/v1/images/edits"),
        ("http://h/v1/v1", EDITS, "http://h/v1/v1/images/edits"),
        ("https://h/api/ai", RELAY, "https://h/api/ai/images/edits"),
        ("https://h/api", RELAY, "https://h/api/ai/images/edits"),
        ("https://h/api/ai", MODELS, "https://h/api/ai/models/image/edit"),
        ("http://h/v1?api-version=2", EDITS, "http://h/v1/images/edits?api-version=2"),
        ("http://[::1]:8/v1#top", EDITS, "http://[::1]:8/v1/images/edits"),
        (" http://h/v1 ", EDITS, "http://h/v1/images/edits"),
    ],
)
def test_a_base_url_may_already_end_in_a_beginning_of_the_path(base: str, path: str, joined: str) -> None:
    assert join_url(base, path) == joined


@pytest.mark.parametrize(
    "base", ["https://h/api/ai/images/edits", "https://h/api/ai/models/image/edit/", "https://h/api/ai", "https://h"]
)
def test_the_root_serves_both_operations(base: str) -> None:
    root = root_of(base, RELAY, MODELS)
    assert (join_url(root, RELAY), join_url(root, MODELS)) == (f"https://h{RELAY}", f"https://h{MODELS}")


@pytest.mark.parametrize("join", [join_url, root_of])
@pytest.mark.parametrize(
    "base", ["", "h/v1", "ftp://h", "http://", "http://h:port", "http://h:0", "http://me:secret@h"]
)
def test_what_is_no_base_url_is_refused_without_telling_a_password(base: str, join: Callable[[str, str], str]) -> None:
    with pytest.raises(BadAddress) as caught:
        join(base, EDITS)
    assert "secret" not in str(caught.value)
