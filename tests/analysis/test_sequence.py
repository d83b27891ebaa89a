"""Whether control gets to ``later()`` only past ``end()``, and from there to it in any case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Program

from devlint.analysis.sequence import is_past, leads_to

Files = Callable[..., Program]
SCRIPT = "if __name__ == '__main__':\n    main()\n"


def asked(files: Files, code: str, question: Callable[..., bool], **others: str) -> bool:
    found = files("main.py", main=code, **others)
    end, later = (found.analysis.program.expressions[found.span(text)] for text in ("end()", "later()"))
    if question is is_past:
        return is_past(found.analysis.program, found.analysis.project.index, end, later)
    return leads_to(found.analysis.program, later, end)


@pytest.mark.parametrize(
    "code",
    [
        "end()\nlater()\n",
        "end()\nif verbose:\n    later()\n",
        "if verbose:\n    end()\n    for x in y:\n        later()\n",
        "call(end(), later())\n",
        "with end():\n    later()\n",
        "try:\n    end()\n    later()\nexcept ValueError:\n    pass\n",
        # the module level does not end: nobody calls what is in it
        "def f():\n    later()\nend()\n",
        "end()\ndef f():\n    later()\n",
        "class A:\n    def f(self):\n        later()\nwith x:\n    end()\n",
        "def f():\n    later()\nend()\nf()\n",
        "class A:\n    def __init__(self):\n        end()\n    def f(self):\n        later()\n",
        "class ATest:\n    def setUp(self):\n        self.x = end()\n    def test_x(self):\n        later()\n",
        # a function that a script calls, and only then
        "def f():\n    later()\ndef main():\n    end()\n    f()\n" + SCRIPT,
        "def f():\n    later()\ndef g():\n    f()\ndef main():\n    end()\n    g()\n" + SCRIPT,
        "def f():\n    later()\nif __name__ == '__main__':\n    end()\n    f()\n",
    ],
)
def test_past(files: Files, code: str) -> None:
    assert asked(files, code, is_past)


@pytest.mark.parametrize(
    "code",
    [
        "later()\nend()\n",
        "if verbose:\n    end()\nlater()\n",
        "x = verbose and end()\nlater()\n",
        "x = end() if verbose else None\nlater()\n",
        "x = lambda: end()\nlater()\n",
        "try:\n    end()\nexcept ValueError:\n    later()\n",
        "try:\n    end()\nfinally:\n    later()\n",
        "def f():\n    later()\nf()\nend()\n",
        "def f():\n    later()\ndef g():\n    f()\ng()\nend()\n",
        "def f():\n    later()\nif verbose:\n    end()\n",
        "class A:\n    def __init__(self, x):\n        if x:\n            return\n        end()\n    def f(self):\n        later()\n",
        "class A:\n    def __init__(self):\n        end()\n    @staticmethod\n    def f():\n        later()\n",
        "class A:\n    def g(self):\n        end()\n    def f(self):\n        later()\n",
        "def f():\n    later()\ndef main():\n    end()\n" + SCRIPT,
        "def f():\n    later()\ndef main():\n    f()\n    end()\n" + SCRIPT,
    ],
)
def test_not_past(files: Files, code: str) -> None:
    assert not asked(files, code, is_past)


def test_another_file_may_call_it(files: Files) -> None:
    code = "def f():\n    later()\ndef main():\n    end()\n    f()\n" + SCRIPT
    assert not asked(files, code, is_past, other="from main import f\nf()\n")


@pytest.mark.parametrize(
    ("code", "leads"),
    [
        ("later()\nend()\n", True),
        ("if verbose:\n    later()\nend()\n", True),
        ("later()\nwith x:\n    y = 1\n    end()\n", True),
        ("later()\nif verbose:\n    end()\n", False),
        ("later()\nif verbose:\n    raise ValueError\nend()\n", False),
        ("later()\nwith x:\n    if verbose:\n        raise ValueError\n    end()\n", False),
        ("later()\nverbose and end()\n", False),
        ("def f():\n    later()\nend()\n", False),
        ("end()\nlater()\n", False),
    ],
)
def test_leads_to(files: Files, code: str, leads: bool) -> None:
    assert asked(files, code, leads_to) is leads


def test_what_is_given_to_a_call_leads_to_it(files: Files) -> None:
    found = files("main.py", main="x.end(y.later(), 1)\n")
    end, later = (found.analysis.program.expressions[found.span(text)] for text in ("x.end(y.later(), 1)", "y.later()"))
    program, index = found.analysis.program, found.analysis.project.index
    assert leads_to(program, later, end)
    assert not leads_to(program, end, later)
    assert is_past(program, index, later, end)
    assert not is_past(program, index, end, later)
