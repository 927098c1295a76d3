"""The pytest suite, as a user runs it: a process of its own against a mock on a real port."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from mock_server.serving import Mock, running
from mock_server.settings import Settings

ROOT = Path(__file__).parent.parent
KEY = "sk-suite-test-key-1"
KNOWN = any(found.name == "image_contract" for found in entry_points(group="pytest11"))
"""Whether the package is installed, so that its plugin is found by itself."""
PLUGIN = () if KNOWN else ("-p", "contract_tests.plugin")
SUITE = ("--pyargs", "contract_tests.suite")

pytest_plugins = ["pytester"]


def ran(folder: Path, *options: str, key: str = KEY, url: str | None = None) -> subprocess.CompletedProcess[str]:
    """A run of the suite in an empty folder."""
    given = ["--base-url", url] if url else []
    command = [sys.executable, "-m", "pytest", *PLUGIN, *SUITE, *given, *options]
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}", "IMAGE_CONTRACT_API_KEY": key}
    env.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)


def counted(run: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """How many tests passed, failed …"""
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", run.stdout.strip().splitlines()[-1])}


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with running(Settings(providers=("chatanywhere",), api_key=KEY, caption=False)) as found:
        yield found


def asked(mock: Mock) -> int:
    return int(mock.house.journal.counts["requests"])


def test_the_tests_of_a_marker_pass_against_a_faultless_mock_and_ask_only_what_they_need(
    mock: Mock, tmp_path: Path
) -> None:
    before = asked(mock)
    run = ran(tmp_path, "--provider", "chatanywhere", "-m", "mask and answer", "-v", url=mock.url)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "answer.py::mask-heeded PASSED" in run.stdout
    assert "image contract: chatanywhere at http://127.0.0.1" in run.stdout
    assert 3 < asked(mock) - before < 20


def test_a_broken_claim_fails_with_requirement_expected_actual_words_and_a_command(tmp_path: Path) -> None:
    settings = Settings(providers=("chatanywhere",), api_key=KEY, faults=("created-missing",), caption=False)
    with running(settings) as mock:
        run = ran(tmp_path, "--provider", "chatanywhere", "-k", "created or route", url=mock.url)
    assert run.returncode == 1
    assert counted(run) == {"failed": 1, "passed": 1, "deselected": counted(run)["deselected"]}
    for piece in ("expected:  unix seconds", "actual:    absent", 'says chatanywhere: "["created"', "curl --include"):
        assert piece in run.stdout
    assert KEY not in run.stdout
    assert "Traceback" not in run.stdout
    folder = re.search(r"files of the commands are in (\S+)", run.stdout)
    assert folder is not None
    assert any(Path(folder[1]).glob("exchanges/*/*"))


def test_workers_share_one_run(mock: Mock, tmp_path: Path) -> None:
    options = ("--provider", "chatanywhere", "-k", "route or method", "--out", str(tmp_path / "out"))
    before = asked(mock)
    alone = ran(tmp_path, *options, url=mock.url)
    once = asked(mock) - before
    shared = ran(tmp_path, *options, "-n", "2", url=mock.url)
    assert (alone.returncode, shared.returncode) == (0, 0), shared.stdout + shared.stderr
    assert counted(alone)["passed"] == counted(shared)["passed"]
    assert asked(mock) - before == 2 * once
    assert {"transcript.jsonl", "report.json", "index.html"} <= {path.name for path in (tmp_path / "out").iterdir()}


def test_an_endpoint_that_is_not_there_is_an_error_of_one_sentence(tmp_path: Path) -> None:
    run = ran(tmp_path, "--provider", "aitoearn", "-k", "route-known", url="http://127.0.0.1:9")
    assert run.returncode == 1
    assert counted(run)["error"] == 1
    assert "http://127.0.0.1:9 cannot be reached: Connection refused" in run.stdout
    assert "Traceback" not in run.stdout


def test_a_run_that_could_judge_nothing_is_no_success(mock: Mock, tmp_path: Path) -> None:
    run = ran(tmp_path, "--provider", "chatanywhere", "-k", "accepts-octet-stream", url=mock.url)
    assert counted(run)["skipped"] == 1
    assert "nothing could be judged" in run.stdout
    assert run.returncode == 1


def test_a_refused_key_is_an_error_of_one_sentence(mock: Mock, tmp_path: Path) -> None:
    run = ran(tmp_path, "--provider", "chatanywhere", "-k", "created", key="sk-another-key-7", url=mock.url)
    assert run.returncode == 1
    assert counted(run)["error"] == 1
    assert "the key was refused" in run.stdout
    assert "Traceback" not in run.stdout


HERE = ("--base-url", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("options", "key", "told"),
    [
        (HERE, KEY, "name the provider: --provider NAME"),
        (("--provider", "nobody", *HERE), KEY, "there is no provider 'nobody'"),
        (("--provider", "openai"), KEY, "name the endpoint: --base-url URL"),
        (("--provider", "openai", "--base-url", "ftp://a"), KEY, "is not an absolute http or https URL"),
        (("--provider", "openai", "--base-url", "https://api.example.com"), KEY, "set a limit with --budget N"),
        (("--provider", "openai", *HERE), " ", "set the environment variable IMAGE_CONTRACT_API_KEY"),
    ],
)
def test_what_the_user_left_out_is_said_in_one_sentence(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], key: str, told: str
) -> None:
    monkeypatch.setenv("IMAGE_CONTRACT_API_KEY", key)
    run = pytester.runpytest_inprocess(*PLUGIN, *SUITE, *options)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert told in str(run.stderr)
    assert "Traceback" not in f"{run.stdout}{run.stderr}"


def test_an_option_that_is_there_already_is_used(mock: Mock, tmp_path: Path) -> None:
    other = 'def pytest_addoption(parser):\n    parser.addoption("--base-url", dest="base_url", default=None)\n'
    (tmp_path / "another_plugin.py").write_text(other, "utf-8")
    options = ("-p", "another_plugin", "--provider", "chatanywhere", "-k", "route-known")
    run = ran(tmp_path, *options, url=mock.url)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_run_that_is_not_about_the_suite_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('def pytest_addoption(parser): parser.addoption("--provider")')
    pytester.makepyfile("def test_mine(request): assert request.config.option.provider")
    run = pytester.runpytest_inprocess(*PLUGIN, "--provider", "mine")
    run.assert_outcomes(passed=1)


def test_every_claim_is_a_test_with_its_statement_and_source(pytester: pytest.Pytester) -> None:
    options = ("--provider", "aitoearn", "--collect-only", "-v", "-m", "mask and must")
    told = str(pytester.runpytest_inprocess(*PLUGIN, *SUITE, *options).stdout)
    assert "<ClaimItem mask-keeps-opaque>" in told
    assert "Under the opaque part of the mask each picture stays as it was" in told
    assert '"不透明区域保持原图不变" (aitoearn /components/schemas/RelayImageEditDto' in told
