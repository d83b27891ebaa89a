"""``pytest --devlint-world cuda,cpu,mps``: the tests in every one of these worlds, each in a process of its own.

pytest loads this module wherever devlint is installed, so nothing is imported here that an unused plugin could do
without: a conftest may import torch before or after, as ever.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from devlint.error import DevlintError
from devlint.shim.profile import Profile, add_options

#: what the names of our options begin with, which stand among those of other plug-ins
_PREFIX = "devlint-"


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
    if names and not getattr(options, "devlint_record", None):  # nobody plays this pytest yet
        from devlint.shim.suites import run_suites  # a use: now it may cost

        try:
            profile = Profile.of(options, _PREFIX)
            status = run_suites(names.split(","), early_config.invocation_params.args, profile)
        except DevlintError as error:
            raise pytest.UsageError(error.line) from None
        raise SystemExit(status)
    yield
