"""What the README says is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from devlint.explanation import table
from devlint.packs import load_packs
from devlint.parser import parse
from devlint.settings.schema import SETTINGS
from devlint.world import TARGETS

CHECKOUT = Path(__file__).parent.parent
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_its_table_is_that_of_the_rules() -> None:
    assert table(rule for rule in load_packs() if rule.pack == "devlint") in README


def test_its_demonstration_is_what_devlint_prints() -> None:
    shown = blocks("console")[0].partition("$ devlint docs/demo\n")[2].partition("\n...\n")[0]
    done = subprocess.run(
        [sys.executable, "-m", "devlint", "docs/demo"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert shown.startswith("DEV")
    assert shown in done.stdout


def test_its_test_command_is_the_one_that_ci_runs() -> None:
    assert blocks("sh")[-1] in (CHECKOUT / ".ci" / "run").read_text()


def test_the_commands_it_shows_are_understood() -> None:
    for line in blocks("sh")[1].splitlines():
        argv = line.partition("#")[0].partition("<")[0].split()
        assert argv[0] == "devlint"
        parse(argv[1:])


def test_the_settings_and_targets_it_shows_are_those_there_are() -> None:
    for key in re.findall(r"^([a-z-]+) = ", blocks("toml")[0].partition("[tool.devlint.worlds")[0], re.MULTILINE):
        assert key in SETTINGS
    assert all(f"`{target}`" in README for target in TARGETS)
