"""The mock of a run: a process that is read, and that ends, whatever it does."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from contract_tests import local_mock as mocks
from contract_tests.client import Client
from contract_tests.local_mock import MockFailed, local_mock
from specs.messages import Request


def test_a_mock_that_says_much_is_not_kept_waiting() -> None:
    with (
        local_mock("openai", ("--log", "json", "--server", "werkzeug")) as mock,
        Client(mock.url, timeout=30) as client,
    ):
        answers = [client.send(Request("GET", "/" + "x" * 2000))[0] for _ in range(200)]
    assert {answer and answer.status for answer in answers} == {404}


def test_a_mock_that_does_not_start_is_a_sentence_of_its_own() -> None:
    with pytest.raises(MockFailed, match="no-such-fault"), local_mock("openai", ("--fault", "no-such-fault")):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_a_mock_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mocks, "PATIENCE", 0.1)
    deaf = [sys.executable, "-c", "import signal; signal.signal(15, lambda *_: None); print(1, flush=True); input()"]
    with subprocess.Popen(deaf, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        mocks._end(process)
        assert process.returncode == -signal.SIGKILL
