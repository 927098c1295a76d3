"""The GitHub action and the GitLab job: their shell parts, taken out and run by bash against a local mock."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from mock_server.serving import Mock, running
from mock_server.settings import Settings

HOME = Path(__file__).parent.parent
ACTION = yaml.safe_load((HOME / "action.yml").read_text("utf-8"))
DOCS = (HOME / "docs" / "ci.md").read_text("utf-8")
WORKFLOW, JOB, BASELINE = (
    yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)
)
EXAMPLES = re.findall(r"^```sh\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)
KEY = "sk-action-tests-0123456789"
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""How GitHub runs a step whose shell is bash; GitLab's runner sets the same."""


@pytest.fixture(scope="module")
def honest() -> Iterator[Mock]:
    with running(Settings(providers=("chatanywhere",), api_key=KEY, caption=False)) as mock:
        yield mock


@pytest.fixture(scope="module")
def broken() -> Iterator[Mock]:
    settings = Settings(providers=("chatanywhere",), api_key=KEY, faults=("payload-missing",), caption=False)
    with running(settings) as mock:
        yield mock


@dataclass
class Runner:
    """A machine of GitHub's: its folders, the inputs of the action, what its steps wrote."""

    home: Path
    inputs: dict[str, str] = field(default_factory=dict)
    log: str = ""

    def __post_init__(self) -> None:
        (self.home / "tools").mkdir(parents=True)
        (self.home / "temp" / "image-contract" / "bin").mkdir(parents=True)
        _script(
            self.home / "temp" / "image-contract" / "bin" / "image-contract",
            f'"{sys.executable}" -m contract_tests "$@"',
        )

    def output(self) -> dict[str, str]:
        """What the steps gave out."""
        lines = (self.home / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def step(self, name: str) -> int:
        """Run one step; its exit status."""
        step = next(each for each in ACTION["runs"]["steps"] if each["name"] == name)
        ran = subprocess.run(
            [*BASH, "-c", step["run"]],
            check=False,
            cwd=self.home,
            env={**self._environment(), **{key: self._valued(value) for key, value in step["env"].items()}},
            capture_output=True,
            text=True,
            timeout=240,
        )
        self.log += ran.stdout + ran.stderr
        return ran.returncode

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.home / 'tools'}:{os.environ['PATH']}",
            "PYTHONPATH": str(HOME),
            "HOME": str(self.home),
            "RUNNER_TEMP": str(self.home / "temp"),
            "GITHUB_OUTPUT": str(self.home / "output"),
            "GITHUB_STEP_SUMMARY": str(self.home / "summary.md"),
            "IMAGE_CONTRACT_API_KEY": KEY,
        }

    def _valued(self, value: str) -> str:
        """The value of an expression of GitHub's: an input, with its default, or the action's folder."""
        known = {
            f"inputs.{name}": self.inputs.get(name, given.get("default", ""))
            for name, given in ACTION["inputs"].items()
        }
        known["github.action_path"] = str(HOME)
        return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda found: str(known[found[1]]), value)


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path / "runner", {"provider": "chatanywhere", "budget": "3", "heavy": "false"})


def test_the_action_is_whole() -> None:
    steps = ACTION["runs"]["steps"]
    assert ACTION["runs"]["using"] == "composite"
    assert all(step["shell"] == "bash" and step["name"] for step in steps)
    assert {name for name, given in ACTION["inputs"].items() if given.get("required")} == {"provider"}
    assert all(given.get("required") or "default" in given for given in ACTION["inputs"].values())
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(steps)))
    assert used == set(ACTION["inputs"])


def test_no_input_is_written_into_a_script() -> None:
    assert not any("${{" in step["run"] for step in ACTION["runs"]["steps"])


def test_nothing_is_uploaded() -> None:
    assert not any("uses" in step for step in ACTION["runs"]["steps"])


def test_the_tester_is_installed_from_the_actions_own_files(runner: Runner) -> None:
    log = runner.home / "pip.log"
    _script(runner.home / "tools" / "python3", f'mkdir -p "$3/bin" && cp "{runner.home}/tools/pip" "$3/bin/python"')
    _script(runner.home / "tools" / "pip", f'echo "$@" >> "{log}"')
    assert runner.step("Install the contract tester") == 0
    first, second = log.read_text().splitlines()
    assert first.startswith("-m pip install")
    assert "--require-hashes" in first
    assert first.endswith(f"-r {HOME}/constraints.txt")
    assert "--no-deps" in second
    assert second.endswith(f" {HOME}")


def test_a_kept_contract_is_a_success(runner: Runner, honest: Mock) -> None:
    runner.inputs["base-url"] = honest.url
    assert runner.step("Ask, judge and say it") == 0, runner.log
    assert runner.output() == {"report": "image-contract-report", "status": "0"}
    assert json.loads((runner.home / "image-contract-report" / "report.json").read_text())["billable"] == 3
    assert (runner.home / "summary.md").read_text("utf-8").startswith("## Image-edit contract")
    assert KEY not in runner.log


def test_a_broken_contract_is_annotated_and_fails(runner: Runner, broken: Mock) -> None:
    runner.inputs |= {"base-url": broken.url, "out": "a folder"}
    assert runner.step("Ask, judge and say it") == 1
    assert runner.output() == {"report": "a folder", "status": "1"}
    assert "::error file=specs/providers/chatanywhere/published.yaml,line=" in runner.log


def test_a_baseline_lets_known_deviations_pass(runner: Runner, broken: Mock) -> None:
    known = [{"claim": "payload", "provider": "chatanywhere", "why": "told them", "until": "DAY"}]
    text = yaml.safe_dump({**BASELINE, "known": known}).replace("DAY", "2999-01-01")
    (runner.home / "known.yaml").write_text(text)
    runner.inputs |= {"base-url": broken.url, "baseline": "known.yaml"}
    assert runner.step("Ask, judge and say it") == 0, runner.log
    assert "::error" not in runner.log


def test_without_an_address_a_mock_is_tested(runner: Runner) -> None:
    runner.inputs |= {"base-url": "", "strict": "true", "profile": "free"}
    assert runner.step("Ask, judge and say it") == 0, runner.log


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"provider": "nobody"}, "there is no provider 'nobody'"),
        ({"api-key-env": "NO_SUCH_KEY"}, "set the environment variable NO_SUCH_KEY"),
        ({"provider": "x; touch owned"}, "there is no provider"),
        ({"baseline": "absent.yaml"}, "there is no absent.yaml"),
    ],
)
def test_a_wrong_input_is_status_2_and_leaves_no_annotation(
    runner: Runner, honest: Mock, inputs: Mapping[str, str], told: str
) -> None:
    runner.inputs |= {"base-url": honest.url, **inputs}
    assert runner.step("Ask, judge and say it") == 2
    assert told in runner.log
    assert not (runner.home / "owned").exists()


def test_the_workflow_of_the_docs_uses_inputs_that_there_are() -> None:
    step = next(each for each in WORKFLOW["jobs"]["contract"]["steps"] if each.get("id") == "contract")
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert list(step["env"]) == [ACTION["inputs"]["api-key-env"]["default"]]
    listed = re.findall(r"^\| `([\w-]+)` \|.*\| (?:`([^`]*)`|.*) \|$", DOCS, re.MULTILINE)
    assert [name for name, _default in listed] == list(ACTION["inputs"])
    assert all(default in ("", ACTION["inputs"][name].get("default")) for name, default in listed)


@pytest.fixture
def pipeline(tmp_path: Path) -> dict[str, str]:
    """An environment in which `image-contract` is this checkout's and pip only writes down what it is asked for."""
    tools = tmp_path / "tools"
    tools.mkdir()
    _script(tools / "image-contract", f'exec "{sys.executable}" -m contract_tests "$@"')
    _script(tools / "python", f'echo "$@" >> "{tmp_path}/pip.log"')
    return {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": str(HOME),
        "HOME": str(tmp_path),
        "IMAGE_CONTRACT_API_KEY": KEY,
    }


def _ran(script: str, folder: Path, environment: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*BASH, "-c", script], check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=240
    )


def test_the_job_of_gitlab_runs(broken: Mock, pipeline: dict[str, str], tmp_path: Path) -> None:
    job = JOB["image-contract"]
    given = {"PROVIDER": "chatanywhere", "BASE_URL": broken.url, "BUDGET": "1"}
    entry = {"claim": "payload", "provider": "chatanywhere", "why": "told them", "until": "DAY"}
    text = yaml.safe_dump({**BASELINE, "known": [entry]}).replace("DAY", "2999-01-01")
    (tmp_path / job["variables"]["BASELINE"]).write_text(text)
    ran = _ran("\n".join(job["script"]), tmp_path, {**pipeline, **job["variables"], **given})
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 known to be broken" in ran.stdout
    assert (tmp_path / "pip.log").read_text() == f"-m pip install --quiet {job['variables']['KIT']}\n"
    assert (tmp_path / job["artifacts"]["reports"]["junit"]).is_file()
    assert set(job["artifacts"]["paths"]) == {job["variables"]["OUT"]}


def test_the_job_of_gitlab_ends_with_the_status_of_the_run(pipeline: dict[str, str], tmp_path: Path) -> None:
    job = JOB["image-contract"]
    given = {"PROVIDER": "nobody", "BASE_URL": "http://127.0.0.1:9"}
    ran = _ran("\n".join(job["script"]), tmp_path, {**pipeline, **job["variables"], **given})
    assert ran.returncode == 2
    assert "there is no provider 'nobody'" in ran.stderr


def test_the_examples_of_the_docs_run(pipeline: dict[str, str], tmp_path: Path) -> None:
    assert len(EXAMPLES) == 1
    ran = _ran(EXAMPLES[0], tmp_path, pipeline)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    written = yaml.safe_load((tmp_path / "image-contract.yaml").read_text("utf-8"))
    assert [entry["claim"] for entry in written["known"]] == [entry["claim"] for entry in BASELINE["known"]]
