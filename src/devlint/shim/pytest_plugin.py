"""``pytest --devlint-world cuda,cpu,mps``: the tests in every one of these worlds, each in a process of its own.

pytest loads this module wherever devlint is installed, so nothing is imported here that an unused plugin could do
without: a conftest may import torch before or after, as ever.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from typing import Any

import pytest

from devlint.error import DevlintError
from devlint.shim import Unsupported
from devlint.shim.profile import Profile, add_options

#: names the file to which a played pytest appends the outcome of each test; without it, pytest starts the worlds
RECORD = "DEVLINT_PYTEST_RECORD"
#: what the names of our options begin with, which stand among those of other plug-ins
_PREFIX = "devlint-"
#: the attribute of a report of something that cannot be played
_MARK = "devlint_unsupported"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("devlint", "worlds played by devlint")
    group.addoption(
        "--devlint-world",
        metavar="NAMES",
        help="run the tests in each of these worlds, for example cpu,cuda,cuda-x2,mps; "
        "placement and errors are simulated, not numerics or speed",
    )
    add_options(group.addoption, _PREFIX)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, None]:
    """Run pytest again in each world, and never here: what a conftest imports and asks at its import has to meet the
    world as well. Around every other implementation, since one of them captures what the worlds print."""
    options = early_config.known_args_namespace
    names = options.devlint_world
    if names and RECORD not in os.environ:
        from devlint.shim.suites import run_suites  # a use: now it may cost

        try:
            profile = Profile.of(options, _PREFIX)
            status = run_suites(names.split(","), early_config.invocation_params.args, profile)
        except DevlintError as error:
            raise pytest.UsageError(error.line) from None
        raise SystemExit(status)
    yield


def pytest_configure(config: pytest.Config) -> None:
    record = os.environ.get(RECORD)
    if record and config.getoption("devlint_world"):
        config.pluginmanager.register(_Marker(), "devlint-marker")
        if not hasattr(config, "workerinput"):  # a worker of pytest-xdist reports to the process that started it
            config.pluginmanager.register(_Recorder(config, record), "devlint-recorder")


def _mark(report: pytest.TestReport) -> None:
    setattr(report, _MARK, True)  # pytest-xdist hands on whatever attributes a report has


class _Marker:
    """Marks reports of tests that met something the shim cannot play: they failed, but the program may be right."""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[Any]) -> Generator[None, Any, None]:
        outcome = yield
        if call.excinfo is not None and issubclass(call.excinfo.type, Unsupported):
            _mark(outcome.get_result())


class _Recorder:
    """Appends each outcome to a file as it comes, so that those before a crash are known."""

    def __init__(self, config: pytest.Config, path: str) -> None:
        self._config = config
        self._path = path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        category = self._config.hook.pytest_report_teststatus(report=report, config=self._config)[0]
        if report.failed and hasattr(report, _MARK):
            category = "unsupported"
        if category:  # setup and teardown have none when all is well
            self._append(report.nodeid, category, report.failed)

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, report: pytest.TestReport) -> None:
        """A worker of pytest-xdist died in this test; its outcome is the next report."""
        _mark(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            self._append(report.nodeid, "error" if report.failed else "skipped", report.failed)

    def _append(self, test: str, outcome: str, failed: bool) -> None:
        with open(self._path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"test": test, "outcome": outcome, "failed": failed}) + "\n")
