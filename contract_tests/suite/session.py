"""The suite in one pytest session: what is collected, what is asked, what the controller and its workers share."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from contract_tests.addresses import BadAddress, origin
from contract_tests.plugin import KEY_ENV
from contract_tests.running import Unwritable, writable
from contract_tests.suite.collecting import ASKED, CONTRACT, MARKERS, VERDICT, Asked, ClaimItem, ClaimsFile, collects
from contract_tests.suite.running_once import Order
from specs import loading
from specs.contract import Contract

_FOLDER = "image_contract_folder"
"""What a worker of pytest-xdist is told by the controller: the folder they share."""


class Suite:
    """The hooks of the suite, registered only in sessions that ask for it."""

    def __init__(self, config: pytest.Config) -> None:
        for name, told in MARKERS.items():
            config.addinivalue_line("markers", f"{name}: {told}")
        given = getattr(config, "workerinput", {}).get(_FOLDER)
        self.works = given is not None
        self.folder = Path(given or tempfile.mkdtemp(prefix="image-contract-"))
        self.tally: Counter[str] = Counter()
        self.given: tuple[str, str, Path | None] = ("", "", None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Say what is missing before anything is collected or any worker is started."""
        config = session.config
        config.stash[CONTRACT] = _contract(config)
        if not config.getoption("collectonly"):
            self.given = _address(config), _key(config), _out(config)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist where the shared folder is."""
        node.workerinput[_FOLDER] = str(self.folder)

    def pytest_report_header(self, config: pytest.Config) -> str:
        """Whose contract, and where."""
        return f"image contract: {config.getoption('provider')} at {config.getoption('base_url')}"

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> ClaimsFile | None:
        """The files of the suite, each an area."""
        return ClaimsFile.from_parent(parent, path=file_path) if collects(file_path) else None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Once it is known which tests are selected: what is to be asked, of whom, with which key."""
        config = session.config
        claims = frozenset(item.claim.id for item in session.items if isinstance(item, ClaimItem))
        if claims and not config.getoption("collectonly"):
            seed, budget = config.getoption("seed"), config.getoption("budget")
            order = Order(config.stash[CONTRACT], *self.given, self.folder, seed or 0, budget, claims)
            config.stash[ASKED] = Asked(order)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the verdicts, those of workers too."""
        if report.when == "teardown":
            self.tally.update(str(value) for name, value in report.user_properties if name == VERDICT)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Nothing judged is never a success."""
        if not self.works and exitstatus == 0 and self.tally and not self.judged:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @property
    def judged(self) -> int:
        """How many claims were seen kept or broken."""
        return self.tally["holds"] + self.tally["broken"]

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """What the passed and skipped tests do not say."""
        if self.tally and not self.judged:
            terminalreporter.write_line("image contract: nothing could be judged", red=True)
        if self.tally["broken"] and not config.getoption("out"):
            terminalreporter.write_line(f"image contract: the files of the commands are in {self.folder}")
        elif self.tally and config.getoption("out"):
            terminalreporter.write_line(f"image contract: {Path(config.getoption('out')) / 'index.html'}")

    def pytest_unconfigure(self) -> None:
        """Leave nothing behind but what a failed test refers to."""
        if not self.works and not self.tally["broken"]:
            shutil.rmtree(self.folder, ignore_errors=True)


def _contract(config: pytest.Config) -> Contract:
    """The contract that is asked for. Raises pytest.UsageError."""
    if not (provider := config.getoption("provider")):
        raise pytest.UsageError(f"name the provider: --provider NAME, one of {', '.join(loading.providers())}")
    try:
        return loading.load(provider)
    except (loading.UnknownProvider, loading.BrokenContract) as problem:
        raise pytest.UsageError(str(problem)) from problem


def _address(config: pytest.Config) -> str:
    """The endpoint's address; one that may bill needs a limit. Raises pytest.UsageError."""
    if not (url := config.getoption("base_url")):
        raise pytest.UsageError("name the endpoint: --base-url URL")
    try:
        host = origin(url).host
    except BadAddress as problem:
        raise pytest.UsageError(str(problem)) from problem
    here = host in ("localhost", "::1") or host.startswith("127.")
    if not here and config.getoption("budget") is None:
        raise pytest.UsageError(f"{host} may bill every edit it accepts: set a limit with --budget N")
    return str(url)


def _key(config: pytest.Config) -> str:
    name = config.getoption("api_key_env") or KEY_ENV
    if not (key := os.environ.get(name, "").strip()):
        told = f"there is no API key: set the environment variable {name}, or name another by --api-key-env"
        raise pytest.UsageError(told)
    return key


def _out(config: pytest.Config) -> Path | None:
    if not (given := config.getoption("out")):
        return None
    try:
        writable(Path(given))
    except Unwritable as problem:
        raise pytest.UsageError(str(problem)) from problem
    return Path(given).absolute()
