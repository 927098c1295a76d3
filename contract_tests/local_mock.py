"""The mock as a process of its own, for `--mock`: started, its address read from its first line, ended again."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

KEY_ENV = "IMAGE_MOCK_API_KEY"

PATIENCE = 10.0
"""Seconds that the mock has to end after it was told to."""


class MockFailed(RuntimeError):
    """The mock did not start; the message is its own."""


@dataclass(frozen=True, slots=True)
class LocalMock:
    """A mock that listens, and its key."""

    url: str
    key: str = field(repr=False)


@contextmanager
def local_mock(provider: str, options: Sequence[str] = ()) -> Iterator[LocalMock]:
    """A mock of one provider on a free port of this machine. Raises MockFailed."""
    key = f"sk-{secrets.token_urlsafe(24)}"
    command = [sys.executable, "-m", "mock_server", "--provider", provider, "--port", "0", "--api-key-env", KEY_ENV]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as told:
        process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [*command, *options], stdout=subprocess.PIPE, stderr=told, text=True, env={**os.environ, KEY_ENV: key}
        )
        said = process.stdout
        assert said is not None
        try:
            line = said.readline()
            if "http://" not in line:
                _end(process)
                told.seek(0)
                why = told.read().strip().splitlines()
                raise MockFailed(why[-1] if why else "the mock ended without a word")
            reader = Thread(target=deque, args=(said, 0), name="what the mock says", daemon=True)
            reader.start()  # so that a mock with an access log never waits for a reader
            yield LocalMock(line.strip().rpartition(" ")[2], key)
            _end(process)
            reader.join(PATIENCE)
        finally:
            _end(process)
            said.close()


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
