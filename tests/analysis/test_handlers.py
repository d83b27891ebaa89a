"""Which exceptions a handler takes, and which it only reports."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Program

CODE = """
import torch

def f(path):
    try:
        return boom()
    except {kind}:
        {body}
"""
CLASSES = frozenset(("ImportError", "RuntimeError", "Exception", "BaseException"))


@pytest.mark.parametrize(
    ("kind", "body", "taken"),
    [
        ("RuntimeError", "return None", True),
        ("Exception as e", "raise", False),
        ("Exception as e", "log(e)\n        raise ValueError(str(e)) from e", False),
        ("Exception as e", "raise SystemExit('no CUDA device') from e", True),
        ("ImportError", "raise ImportError('install it')", True),
        ("Exception as e", "if path:\n            raise ValueError(path)", True),
    ],
)
def test_what_a_handler_takes(program: Callable[[str], Program], kind: str, body: str, taken: bool) -> None:
    (visit,) = program(CODE.format(kind=kind, body=body)).visits("boom()", "cpu")
    assert bool(visit.caught & CLASSES) is taken


@pytest.mark.parametrize(
    ("kind", "body", "reported"),
    [
        ("Exception as e", "print('failed', e)", True),
        ("RuntimeError", "pass", True),
        ("Exception as e", "logger.warning(e)\n        traceback.print_exc()", True),
        ("ValueError", "return None", True),  # which is not raised
        ("Exception", "return None", False),
        ("Exception as e", "print(e)\n        return load_elsewhere()", False),
        ("Exception as e", "print('needs a GPU', e)", False),
    ],
)
def test_what_a_handler_only_reports(program: Callable[[str], Program], kind: str, body: str, reported: bool) -> None:
    found = program(CODE.format(kind=kind, body=body))
    assert found.analysis.is_only_reported(found.span("boom()"), CLASSES) is reported
