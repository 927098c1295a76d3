"""Servers as processes, for measuring: started, waited for, weighed, and ended with all their children."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """A server that listens: its port, and the process group that it and its children are in."""

    port: int
    group: int

    def seconds(self) -> float:
        """Processor seconds that it has spent; 0 where nobody tells."""
        return sum(int(fields[11]) + int(fields[12]) for fields in _stats(self.group)) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> int:
        """Megabytes that it holds; 0 where nobody tells."""
        return sum(int(fields[21]) for fields in _stats(self.group)) * os.sysconf("SC_PAGE_SIZE") // 2**20


def _stats(group: int) -> Iterator[list[str]]:
    """Of every process in a group, the fields of /proc/…/stat behind the name."""
    if sys.platform != "linux":
        return
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            yield fields


@contextmanager
def told(*arguments: str) -> Iterator[Server]:
    """A program of ours, which tells its address on its first line."""
    with _ended(subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, start_new_session=True)) as one:
        line = one.stdout.readline().decode() if one.stdout else ""
        yield Server(int(line.rstrip().rpartition(":")[2]), one.pid)


@contextmanager
def asked(command: Sequence[str], port: int, log: Path) -> Iterator[Server]:
    """Another program, which listens on the port that it was given."""
    with log.open("wb") as out:
        started = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
    with _ended(started):
        for _ in range(600):
            if started.poll() is not None:
                break
            with socket.socket() as stream:
                if stream.connect_ex(("127.0.0.1", port)) == 0:
                    yield Server(port, started.pid)
                    return
            time.sleep(0.1)
        raise SystemExit(f"{command[0]} does not listen: {log.read_text('utf-8', 'replace')[-500:]}")


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
                process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.create_server(("127.0.0.1", 0)) as stream:
        port: int = stream.getsockname()[1]
        return port
