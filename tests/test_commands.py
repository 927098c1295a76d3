"""The commands as a user meets them: every exit status, and one clear sentence for each kind of bad input."""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml
from openapi_spec_validator import validate

from contract_tests import reports
from contract_tests.__main__ import main, parser
from mock_server.__main__ import main as mock_main
from mock_server.serving import Mock, running
from mock_server.settings import Settings
from specs import loading

ROOT = Path(__file__).parent.parent

KEY = "sk-command-tests-0123456789"
CHECK = ("--profile", "quick", "--no-heavy")
OPENAI = ("test", "--provider", "openai")


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_CONTRACT_API_KEY", KEY)


@pytest.fixture(scope="module")
def honest() -> Iterator[Mock]:
    with running(Settings(providers=("chatanywhere",), api_key=KEY, caption=False)) as mock:
        yield mock


@pytest.fixture(scope="module")
def run(honest: Mock, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one whole run against an honest mock, whose status was 0."""
    out = tmp_path_factory.mktemp("run") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMAGE_CONTRACT_API_KEY", KEY)
        assert main(["test", "--provider", "chatanywhere", "--base-url", honest.url, "--out", str(out), *CHECK]) == 0
    return out


def _said(capsys: pytest.CaptureFixture[str]) -> str:
    """What stands on stderr: one line, no traceback."""
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1
    return said


def test_an_honest_endpoint_is_a_success(run: Path) -> None:
    report = json.loads((run / "report.json").read_text("utf-8"))
    schema = json.loads((Path(reports.__file__).parent / "report.schema.json").read_text("utf-8"))
    jsonschema.validate(report, schema)
    assert report["complete"]
    assert report["counts"]["broken"] == 0
    assert report["billable"] > 0
    assert {finding["origin"] for finding in report["findings"]} == {"own", "inherited"}


def test_a_run_leaves_every_form_of_its_report(run: Path) -> None:
    names = {path.name for path in run.iterdir()}
    assert names >= {"transcript.jsonl", "report.json", "report.md", "index.html", "junit.xml", "report.sarif"}


def test_the_key_is_in_no_file(run: Path) -> None:
    assert [path for path in run.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()] == []


def test_a_broken_must_is_status_1(tmp_path: Path) -> None:
    with running(Settings(providers=("chatanywhere",), faults=("payload-missing",), caption=False)) as mock:
        arguments = ["test", "--provider", "chatanywhere", "--base-url", mock.url, "--out", str(tmp_path / "out")]
        assert main([*arguments, *CHECK]) == 1


def test_a_broken_should_is_status_1_only_when_strict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(Settings(providers=("chatanywhere",), faults=("stack-trace",), caption=False)) as mock:
        arguments = ["test", "--provider", "chatanywhere", "--base-url", mock.url, "--out", str(tmp_path / "out")]
        assert main([*arguments, *CHECK]) == 0
        assert "no-trace" in capsys.readouterr().out
        assert main([*arguments, *CHECK, "--strict"]) == 1


def test_judging_a_transcript_again_gives_the_same_verdicts(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    assert main(["judge", str(run / "transcript.jsonl"), "--provider", "chatanywhere", "--out", str(out)]) == 0
    before, after = (json.loads((folder / "report.json").read_text("utf-8")) for folder in (run, out))
    assert after == before


def test_a_transcript_without_its_end_is_reported_as_incomplete(run: Path, tmp_path: Path) -> None:
    lines = (run / "transcript.jsonl").read_text("utf-8").splitlines(keepends=True)
    cut = tmp_path / "cut"
    shutil.copytree(run / "pictures", cut / "pictures")
    (cut / "transcript.jsonl").write_text("".join(lines[:-1]), "utf-8")
    main(["judge", str(cut / "transcript.jsonl"), "--provider", "chatanywhere", "--out", str(tmp_path / "out")])
    assert not json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))["complete"]


def test_many_runs_become_one_page(run: Path, tmp_path: Path) -> None:
    assert main(["report", str(run), str(run), "--out", str(tmp_path / "site")]) == 0
    assert (tmp_path / "site" / "index.html").is_file()


def test_a_closed_port_is_status_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    assert main(["test", "--provider", "chatanywhere", "--base-url", url, "--out", str(tmp_path)]) == 3
    assert "cannot be reached" in _said(capsys)
    assert not json.loads((tmp_path / "report.json").read_text("utf-8"))["complete"]


def test_a_refused_key_is_status_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(Settings(providers=("chatanywhere",), api_key="sk-another-key-entirely")) as mock:
        arguments = ["test", "--provider", "chatanywhere", "--base-url", mock.url, "--out", str(tmp_path)]
        assert main([*arguments, *CHECK]) == 3
    assert KEY not in _said(capsys)


@pytest.mark.parametrize("end", ["/v1", "/v1/", "/v1/images/edits", "/"])
def test_a_base_url_that_ends_in_the_paths_beginning_is_understood(honest: Mock, end: str, tmp_path: Path) -> None:
    url = honest.url + end
    arguments = ["test", "--provider", "chatanywhere", "--base-url", url, "--budget", "2", "--out", str(tmp_path)]
    assert main([*arguments, *CHECK]) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["test", "--provider", "nobody", "--mock"], "there is no provider 'nobody'"),
        (["list", "--provider", "nobody"], "there is no provider 'nobody'"),
        (["test", "--provider", "openai", "--base-url", "not a url"], "not a url"),
        ([*OPENAI, "--base-url", "http://127.0.0.1:9", "--api-key-env", "NO_SUCH_KEY"], "NO_SUCH_KEY"),
        (["test", "--provider", "openai", "--mock", "--out", "/proc/nowhere"], "/proc/nowhere"),
        (["judge", "/no/such/transcript.jsonl", "--provider", "openai"], "/no/such/transcript.jsonl"),
        (["report", "/no/such/run", "--out", "OUT"], "/no/such/run"),
        (["test", "--provider", "openai", "--mock", "--mock-option=--fault=no-such-fault"], "no-such-fault"),
    ],
)
def test_bad_input_is_status_2_and_one_sentence(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert told in _said(capsys)


def test_a_transcript_that_is_none_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "transcript.jsonl"
    file.write_text("this is no transcript\n")
    assert main(["judge", str(file), "--provider", "openai"]) == 2
    assert "transcript.jsonl" in _said(capsys)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--provider", "nobody"], "there is no provider 'nobody'"),
        (["--fault", "no-such-fault"], "no-such-fault"),
        (["--forget", "no-such-claim"], "no-such-claim"),
        (["--host", "203.0.113.1", "--port", "0"], "203.0.113.1"),
    ],
)
def test_the_mock_says_in_one_sentence_what_it_cannot_do(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mock_main(arguments) == 2
    assert told in _said(capsys)


def test_a_port_in_use_is_one_sentence(honest: Mock, capsys: pytest.CaptureFixture[str]) -> None:
    port = honest.url.rpartition(":")[2]
    assert mock_main(["--port", port]) == 2
    assert port in _said(capsys)


def test_what_is_only_shown_is_shown_for_every_provider(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["providers"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(loading.providers())
    for name in loading.providers():
        assert main(["list", "--provider", name]) == 0
        assert loading.load(name).claims[0].citation.quote.split()[0] in capsys.readouterr().out
        assert main(["plan", "--provider", name]) == 0
        assert "billable edits" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("name", loading.providers())
def test_the_effective_document_is_valid_openapi(name: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "--provider", name, "--as", form]) == 0
    text = capsys.readouterr().out
    validate(yaml.safe_load(text) if form == "yaml" else json.loads(text))


@pytest.mark.parametrize("module", ["mock_server faults", "contract_tests list --provider openai"])
def test_a_reader_that_has_seen_enough_is_no_failure(module: str) -> None:
    command = ["bash", "-c", f'set -o pipefail; "{sys.executable}" -m {module} | head -1']
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("openai")


def _examples() -> list[str]:
    """Every example that a command's help shows, without what a shell does with it."""
    shown = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    commands = [command for name, command in shown[0].choices.items() if name != "providers"]
    assert all(command.epilog and "example" in command.epilog for command in commands)
    lines = [line.strip() for command in commands for line in str(command.epilog).splitlines()[1:]]
    return [line.partition(" > ")[0] for line in lines]


@pytest.mark.parametrize("example", _examples())
def test_every_example_of_the_help_is_a_command_as_it_stands(example: str) -> None:
    name, *arguments = shlex.split(example)
    assert name == "image-contract"
    given = parser().parse_args(arguments)
    assert given.verb == arguments[0]
    if given.verb in ("test", "plan"):
        assert {claim.id for claim in loading.load(given.provider).claims} >= set(given.claim or ())
