"""The stand-in for tests, as a caller of the official SDK uses it, and its pytest plugin in a foreign project."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import openai
import pytest

from mock_samples import ask, edit, png, post
from mock_server.settings import Settings, WrongSettings
from mock_server.stand_in import ImageMock, NoPicture

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
KNOWN = any(found.value == "mock_server.plugin" for found in entry_points(group="pytest11"))
MODELS = {"openai": "gpt-image-1.5", "chatanywhere": "gpt-image-1"}


@pytest.fixture(scope="module")
def server() -> Iterator[ImageMock]:
    with ImageMock() as found:
        yield found


@pytest.fixture
def mock(server: ImageMock) -> Iterator[ImageMock]:
    server.reset()
    yield server
    server.close_clients()


def paint(mock: ImageMock, provider: str = "openai", prompt: str = "a red hat", **given: Any) -> Any:
    client = mock.client(provider, **given.pop("options", {"max_retries": 0}))
    named = {"image": ("a.png", png(), "image/png"), "model": MODELS[provider], "size": "1024x1024", "quality": "low"}
    return client.images.edit(prompt=prompt, **(named | given))


@pytest.mark.parametrize(
    ("provider", "ending"),
    [("openai", "/openai/v1"), ("chatanywhere", "/chatanywhere/v1"), ("aitoearn", "/aitoearn/api/ai")],
)
def test_a_base_url_is_what_the_sdk_needs(mock: ImageMock, provider: str, ending: str) -> None:
    assert mock.base_url(provider) == mock.url + ending
    assert openai.OpenAI(base_url=mock.base_url(provider), api_key="sk-test", max_retries=0).base_url.path.startswith(
        ending
    )


@pytest.mark.parametrize("provider", ["openai", "chatanywhere"])
def test_the_sdk_edits_and_the_request_is_read_back(mock: ImageMock, provider: str) -> None:
    mask = png(colour=(0, 0, 0, 0), mode="RGBA")
    assert paint(mock, provider, mask=("m.png", mask, "image/png"), n=2).data[0].b64_json
    (received,) = mock.requests
    assert (received.provider, received.prompt, received.status) == (provider, "a red hat", 200)
    assert received.fields["n"] == 2
    assert received.refused_by is None
    assert [(picture.size, picture.format) for picture in received.images] == [((64, 64), "PNG")]
    assert received.images[0].getpixel((0, 0)) == (200, 60, 20)
    assert received.mask is not None
    assert received.mask.mode == "RGBA"
    mock.assert_edited(prompt="a red hat", times=1, n=2, provider=provider)
    mock.assert_edited(prompt=re.compile("red"))
    assert mock.client_findings == ()


def test_a_scripted_rate_limit_is_retried_by_the_sdk(mock: ImageMock) -> None:
    mock.scenario("rate-limit", times=2, retry_after=0)
    paint(mock, options={"max_retries": 2})
    assert [received.status for received in mock.requests] == [429, 429, 200]
    mock.assert_refused("scenario", times=2)
    mock.assert_edited(times=1)


def test_faults_are_added_and_the_reset_takes_them_back(mock: ImageMock) -> None:
    mock.fault("b64-data-prefix")
    assert paint(mock).data[0].b64_json.startswith("data:")
    mock.scenario("b64-data-prefix")
    mock.reset()
    assert mock.requests == ()
    assert not paint(mock).data[0].b64_json.startswith("data:")


def test_what_is_not_there_is_refused_with_what_is(mock: ImageMock) -> None:
    with pytest.raises(WrongSettings, match="is b64-data-prefix meant"):
        mock.fault("b64-data-prefx")
    with pytest.raises(WrongSettings, match="rate-limit"):
        mock.scenario("rate-limits")
    with pytest.raises(WrongSettings, match="this mock has openai, "):
        mock.base_url("nobody")


def test_a_refusal_is_known_by_its_claim(mock: ImageMock) -> None:
    with pytest.raises(openai.BadRequestError):
        paint(mock, n=99)
    (received,) = mock.requests
    assert received.refused_by
    mock.assert_refused(received.refused_by, times=1)
    mock.assert_edited(times=0)
    with pytest.raises(
        AssertionError, match=f"0 were refused by image-kind; 1 came:\n.*refused by {received.refused_by}"
    ):
        mock.assert_refused("image-kind")
    with pytest.raises(AssertionError, match=re.escape("refused by image-kinds (is image-kind meant?); 1 came")):
        mock.assert_refused("image-kinds")


def test_an_assertion_tells_what_came_and_what_differs(mock: ImageMock) -> None:
    with pytest.raises(
        AssertionError, match=r"^at least 1 was expected, 0 were edited with prompt='a cat'; nothing came$"
    ):
        mock.assert_edited(prompt="a cat")
    paint(mock)
    with pytest.raises(AssertionError) as caught:
        mock.assert_edited(prompt="a cat", n=2, size="1024x1024")
    told = str(caught.value)
    assert told.startswith(
        "at least 1 was expected, 0 were edited with prompt='a cat', n=2, size='1024x1024'; 1 came:\n"
    )
    assert "POST /openai/v1/images/edits -> 200: 1 image(s), prompt='a red hat', " in told
    assert told.endswith("\n      prompt is 'a red hat'\n      n is absent")
    with pytest.raises(AssertionError, match=r"^2 were expected, 1 was edited; 1 came:"):
        mock.assert_edited(times=2)


def test_a_wrong_address_is_among_what_came(mock: ImageMock) -> None:
    assert post(mock.url, path="/v1/images/edits").status == 404
    with pytest.raises(AssertionError, match=r"1 came:\n  #\d+ POST /v1/images/edits -> 404, refused by refused\n"):
        mock.assert_edited()


def test_only_the_latest_of_many_requests_are_told(mock: ImageMock) -> None:
    for turn in range(12):
        ask(f"{mock.url}/nobody/{turn}")
    with pytest.raises(AssertionError, match=r"12 came, the last 10 of them:\n  #\d+ GET /nobody/2 -> 404"):
        mock.assert_edited()


def test_bytes_that_are_no_picture_are_said_to_be_none(mock: ImageMock) -> None:
    post(mock.url, edit(b"not a picture"))
    with pytest.raises(NoPicture, match="`image` has 13 bytes"):
        _ = mock.requests[0].images
    assert [found.kind for found in mock.client_findings] == ["no-picture"]


def test_a_mock_has_its_own_settings_and_says_when_it_does_not_run() -> None:
    mock = ImageMock(Settings(providers=("chatanywhere",), api_key="sk-mine"))
    with pytest.raises(RuntimeError, match="is not running"):
        _ = mock.url
    with mock:
        assert paint(mock, "chatanywhere").data
        assert mock.base_url() == f"{mock.url}/chatanywhere/v1"
        with pytest.raises(RuntimeError, match="one ImageMock is one server"):
            mock.__enter__()
    with pytest.raises(RuntimeError, match="is not running"):
        _ = mock.requests


def test_a_missing_sdk_is_one_clear_error(mock: ImageMock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(ImportError, match="pip install openai"):
        mock.client()


# ------------------------------------------------------------------------------------------------------- the plugin

APP = """
import pytest

URLS = []

def edit(image_mock, prompt="a hat"):
    image = ("a.png", PNG, "image/png")
    return image_mock.client(max_retries=0).images.edit(image=image, prompt=prompt, model="gpt-image-1.5")
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pytester


def ran(project: pytest.Pytester, tests: str, *options: str) -> pytest.RunResult:
    project.makepyfile(APP + f"PNG = {png()!r}\n" + tests)
    plugin = [] if KNOWN else ["-p", "mock_server.plugin"]
    return project.runpytest_subprocess(*plugin, *options)


SEVERAL = """
@pytest.mark.parametrize("turn", range(4))
def test_every_test_finds_it_as_new(image_mock, turn):
    assert image_mock.requests == ()
    image_mock.fault("b64-data-prefix")
    assert edit(image_mock).data[0].b64_json.startswith("data:")
    image_mock.scenario("server-error")
    URLS.append(image_mock.url)
    assert len(set(URLS)) == 1

def test_nothing_is_left_of_another_test(image_mock):
    assert not edit(image_mock).data[0].b64_json.startswith("data:")
    image_mock.assert_edited(prompt="a hat", times=1)
"""


@pytest.mark.parametrize("options", [("-W", "error"), ("-n", "2")])
def test_the_fixture_is_one_server_that_each_test_finds_as_new(
    project: pytest.Pytester, options: tuple[str, ...]
) -> None:
    ran(project, SEVERAL, *options).assert_outcomes(passed=5)


def test_the_settings_are_overridden_at_any_level(project: pytest.Pytester) -> None:
    tests = """
    from mock_server.stand_in import Settings

    def test_all_providers_by_default(image_mock):
        assert image_mock.base_url("aitoearn").endswith("/api/ai")

    class TestOne:
        @pytest.fixture
        def image_mock_settings(self):
            return Settings(providers=("chatanywhere",))

        def test_one_provider(self, image_mock):
            assert image_mock.base_url().endswith("/chatanywhere/v1")
    """
    ran(project, "\n".join(line[4:] for line in tests.splitlines())).assert_outcomes(passed=2)


def test_a_failed_assertion_shows_the_requests_and_none_of_our_code(project: pytest.Pytester) -> None:
    tests = "def test_a_cat(image_mock):\n    edit(image_mock)\n    image_mock.assert_edited(prompt='a cat')\n"
    run = ran(project, tests)
    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines(["E *0 were edited with prompt='a cat'; 1 came:", "E *#1 POST *", "E *prompt is 'a hat'"])
    run.stdout.no_fnmatch_line("*stand_in.py*")


def test_the_plugin_imports_nothing_heavy() -> None:
    heavy = {"flask", "PIL", "werkzeug", "yaml", "specs", "openai", "mock_server.stand_in"}
    code = f"import sys, mock_server.plugin; print(*{heavy} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_the_plugin_adds_no_option_and_no_hook() -> None:
    from mock_server import plugin

    assert [name for name in vars(plugin) if name.startswith("pytest_")] == []
