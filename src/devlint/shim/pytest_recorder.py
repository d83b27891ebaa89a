"""``pytest -p devlint.shim.pytest_recorder --devlint-record FILE``: what becomes of each test, for who plays it.

A plug-in of its own, which needs no entry point: the pytest that is played may know nothing of devlint.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Generator
from typing import Any

import pytest

from devlint.shim import UNSUPPORTED

#: where pytest looks for options that nobody gave it
OPTIONS = "PYTEST_ADDOPTS"
#: the attribute of a report of a test that met something which cannot be played
_MARK = "devlint_unsupported"


def arguments(path: str) -> tuple[str, ...]:
    """What lets a pytest append the outcome of each test to a file."""
    return ("-p", __name__, "--devlint-record", path)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--devlint-record", metavar="FILE", help="append what becomes of each test to a file")


def pytest_configure(config: pytest.Config) -> None:
    record = config.getoption("devlint_record")
    config.pluginmanager.register(_Marker(), "devlint-marker")
    if not hasattr(config, "workerinput"):  # a worker of pytest-xdist reports to the process that started it
        if (told := os.environ.get(OPTIONS, "")).startswith(ours := shlex.join(arguments(record))):
            os.environ[OPTIONS] = told.removeprefix(ours)  # a pytest that a test starts is not ours
        config.pluginmanager.register(_Recorder(config, record), "devlint-recorder")


class _Marker:
    """Marks reports of tests, and of what holds tests, that met something the shim cannot play, and perhaps caught it:
    whether such a test fails or passes says nothing about the program."""

    def __init__(self) -> None:
        self._known = _noted()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self) -> Generator[None, Any, None]:
        self._known = _noted()  # what was met between tests is no test's
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, Any, None]:
        outcome = yield
        if self._known != (noted := _noted()):
            self._known = noted
            _mark(outcome.get_result())

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self) -> Generator[None, Any, None]:
        known = _noted()
        outcome = yield
        if known != _noted():
            _mark(outcome.get_result())


class _Recorder:
    """Appends each outcome to a file as it comes, so that those before a crash are known."""

    def __init__(self, config: pytest.Config, path: str) -> None:
        self._config = config
        self._path = path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        category = self._config.hook.pytest_report_teststatus(report=report, config=self._config)[0]
        if hasattr(report, _MARK):
            self._append(report, "unsupported", failed=True)
        elif category:  # setup and teardown have none when all is well
            self._append(report, category, report.failed)

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, report: pytest.TestReport) -> None:
        """A worker of pytest-xdist died in this test; its outcome is the next report."""
        _mark(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if hasattr(report, _MARK):
            self._append(report, "unsupported", failed=True)
        elif not report.passed:
            self._append(report, "error" if report.failed else "skipped", report.failed)

    def _append(self, report: pytest.TestReport | pytest.CollectReport, outcome: str, failed: bool) -> None:
        said = {
            "test": report.nodeid,
            "outcome": outcome,
            "failed": failed,
            "reason": _reason(report) if failed else "",
        }
        with open(self._path, "a", encoding="utf-8") as file:
            file.write(json.dumps(said) + "\n")


def _mark(report: pytest.TestReport | pytest.CollectReport) -> None:
    setattr(report, _MARK, True)  # pytest-xdist hands on whatever attributes a report has


def _noted() -> int:
    """How much has been noted of what cannot be played."""
    try:
        return os.path.getsize(os.environ[UNSUPPORTED])
    except (KeyError, FileNotFoundError):
        return 0


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """What went wrong, in one line."""
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = (report.longreprtext if crash is None else crash.message).strip().splitlines()
    if crash is None:
        lines.reverse()  # an error while a module is imported: the exception is its last line
    return lines[0].removeprefix("E").strip() if lines else ""
