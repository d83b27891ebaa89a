"""What follows the use of a name that is bound nowhere is reached on no machine."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    Missing(x).cuda()\n    later()\n",
        "def f(x):\n    print(missing.rate)\n    later()\n",
        "def f(x):\n    with missing:\n        later()\n",
        "def f(x):\n    for one in missing:\n        later()\n",
        "def g(x):\n    return Missing(x)\ndef f(x):\n    g(x)\n    later()\n",
        "missing()\nlater()\n",
    ],
)
def test_not_reached(files, code):
    assert files("main.py", main=_with_later(code)).reached("later()") == set()


@pytest.mark.parametrize(
    "code",
    [
        "from elsewhere import *\ndef f(x):\n    Missing(x)\n    later()\n",
        "def f(x):\n    Missing(x)\n    later()\nexec('Missing = print')\n",
        "def f(x):\n    Missing(x)\n    later()\nglobals()['Missing'] = print\n",
        "def f(x):\n    Missing(x)\n    later()\ndef g():\n    global Missing\n",
        "def f(x):\n    Missing(x)\n    later()\nif f:\n    from elsewhere import Missing\n",
        "def f(x, Missing):\n    Missing(x)\n    later()\n",
        "def f(x):\n    [Missing for Missing in x]\n    later()\n",
        "def f(x):\n    match x:\n        case {**Missing}:\n            Missing()\n    later()\n",
        "def f(x):\n    if x:\n        Missing(x)\n    later()\n",
        "def f(x):\n    g = lambda: Missing(x)\n    later()\n",
        "def f(x):\n    x or Missing(x)\n    later()\n",
        "def f(x):\n    [Missing for y in x]\n    later()\n",
        "def f(x: Missing):\n    y: Missing = x\n    later()\n",
        "try:\n    unicode\nexcept NameError:\n    later()\n",
        "def f(x):\n    print(__file__, len(x), get_ipython())\n    later()\n",
    ],
)
def test_reached(files, code):
    assert "cpu" in files("main.py", main=_with_later(code)).reached("later()")


def test_what_another_file_binds(files):
    main = _with_later("def f(x):\n    Missing(x)\n    later()\n")
    assert files("main.py", main=main, patch="import main\nmain.Missing = print\n").reached("later()")


def test_a_snippet_leaves_open_what_is_around_it(program):
    assert program("def f(x):\n    Missing(x)\n    later()\n").reached("later()")


def _with_later(code: str) -> str:
    return "def later():\n    pass\n" + code
