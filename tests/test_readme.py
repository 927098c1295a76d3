"""The README's examples run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
BLOCKS = re.findall(r"^```sh\n(.*?)^```", (HOME / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
EXAMPLES = [block for block in BLOCKS if not block.startswith("make ")]


@pytest.fixture
def commands(tmp_path: Path) -> dict[str, str]:
    """An environment in which `image-mock`, `image-contract` and `python` are this checkout's."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, module in (("image-mock", "mock_server"), ("image-contract", "contract_tests")):
        _script(folder / name, f'exec "{sys.executable}" -m {module} "$@"')
    _script(folder / "python", f'exec "{sys.executable}" "$@"')
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(HOME)}


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def test_there_is_an_example_for_each_use() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("example", EXAMPLES, ids=["check", "develop", "report"])
def test_an_example_of_the_readme_runs(example: str, commands: dict[str, str], tmp_path: Path) -> None:
    port = str(20000 + os.getpid() % 20000)
    script = "set -eu\n" + example.replace("4010", port).replace("sleep 2", _WAIT.format(port=port))
    command = ["bash", "-c", script]
    ran = subprocess.run(command, cwd=tmp_path, env=commands, capture_output=True, text=True, timeout=240, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


_WAIT = """until python -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:{port}/_mock/health")' 2>/dev/null
do kill -0 %1; done"""
