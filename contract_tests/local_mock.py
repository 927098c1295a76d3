"""The mock as a process of its own, for `--mock`: started, its address read from its first line, ended again."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

KEY_ENV = "IMAGE_MOCK_API_KEY"


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
    process = subprocess.Popen(  # noqa: S603 - our own module, no shell
        [*command, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, KEY_ENV: key},
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if "http://" not in line:
            said = process.communicate()[1].strip().splitlines()
            raise MockFailed(said[-1] if said else "the mock ended without a word")
        yield LocalMock(line.strip().rpartition(" ")[2], key)
    finally:
        process.terminate()
        process.communicate()
