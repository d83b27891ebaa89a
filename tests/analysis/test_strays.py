"""Files of a program that nothing uses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Program

BODY = "import torch\n\ndef copy(x):\n    return x.cuda()\n"
FILES = {"main": "import used\nused.copy(1)\n", "used": BODY, "stray": BODY}


@pytest.mark.parametrize("asked", ["main.py", "used.py", "stray.py"])
def test_a_file_beside_others_that_are_imported(files: Callable[..., Program], asked: str) -> None:
    assert files(asked, **FILES).analysis.is_stray is (asked == "stray.py")


@pytest.mark.parametrize(
    "other",
    [
        {"main": "import used, stray\n"},
        {"main": "import used\nPLUGINS = ['stray']\n"},
        {"main": "import used, importlib\nimportlib.import_module(used.name)\n"},
        {"tests___test_stray": "from stray import copy\n"},
        {"stray": BODY + "copy(1)\n"},
        {"stray": BODY + "if __name__ == '__main__':\n    copy(1)\n"},
        {"setup": "from setuptools import setup\nsetup(packages=['.'])\n"},
        {"main": "pass\n"},
    ],
)
def test_it_may_be_used(files: Callable[..., Program], other: dict[str, str]) -> None:
    assert not files("stray.py", **FILES | other).analysis.is_stray


def test_modules_that_a_program_names_are_not_looked_for_by_name(files: Callable[..., Program]) -> None:
    named = {"main": "import used, importlib\nimportlib.import_module('used')\n"}
    assert files("stray.py", **FILES | named).analysis.is_stray
