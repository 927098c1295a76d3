"""The hooks module under the real `schemathesis run`, bounded: it finds what a faulty mock does, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mock_server.serving import running
from mock_server.settings import Settings
from specs import loading

ROOT = Path(__file__).parent.parent
KEY = "sk-hooks-test-key-1"
CHECKS = ("request_contract", "acceptance_contract", "answer_contract", "stream_contract", "refusal_contract")


def run(folder: Path, provider: str, url: str, *options: str, title: str | None = None) -> str:
    """What `schemathesis run` prints about an endpoint, with our checks alone."""
    document = json.loads(json.dumps(loading.load(provider).document, default=str))
    document["info"]["title"] = title or document["info"]["title"]
    (folder / "spec.json").write_text(json.dumps(document), "utf-8")
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", "spec.json", "--url", url]
    command += ["-H", f"Authorization: Bearer {KEY}", "--phases", "fuzzing", "--max-examples", "5", "--no-shrink"]
    command += ["--seed", "1", "--include-method", "POST", "--checks", ",".join(CHECKS), *options]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "contract_tests.schemathesis_checks"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("provider", ["chatanywhere", "aitoearn"])
def test_a_faultless_mock_passes_our_checks(tmp_path: Path, provider: str) -> None:
    with running(Settings(providers=(provider,), api_key=KEY, caption=False)) as mock:
        told = run(tmp_path, provider, mock.url)
        accepted = mock.house.journal.counts
    assert "No issues found" in told, told[-3000:]
    assert accepted["requests"] > 4


def test_a_faulty_mock_is_found_at_its_claim_with_the_provider_s_words(tmp_path: Path) -> None:
    settings = Settings(providers=("aitoearn",), api_key=KEY, faults=("created-missing",), caption=False)
    with running(settings) as mock:
        told = run(tmp_path, "aitoearn", mock.url, "--mode", "positive")
    assert "Custom check failed: `answer_contract`" in told
    assert "created-in-seconds (must)" in told
    assert "expected unix seconds, got absent" in told
    assert 'AiToEarn says: "`created` is the time of making in whole seconds since 1970."' in told


def test_a_document_that_no_contract_belongs_to_says_what_to_set(tmp_path: Path) -> None:
    with running(Settings(providers=("chatanywhere",), api_key=KEY, caption=False)) as mock:
        told = run(tmp_path, "chatanywhere", mock.url, title="Somebody else's")
    assert "IMAGE_CONTRACT_PROVIDER" in told
