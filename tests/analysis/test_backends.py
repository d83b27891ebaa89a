"""Backends beside torch's accelerator: which ones a project knows, and what a condition says where one was chosen."""

from __future__ import annotations

import ast
import textwrap

import pytest

from devlint.analysis import backends
from devlint.analysis.answer import Span
from devlint.analysis.file import analyse
from devlint.source import Source
from devlint.world import worlds_of

WORLDS = {world.name: world for world in worlds_of(("cpu", "cuda"), backends=("openvino", "directml"))}


def truth(condition: str, world: str) -> bool | None:
    text = f"def choose(backend, args, fmt):\n    if {condition}:\n        return 1\n"
    analysis = analyse(Source.decode(text.encode(), "program.py"), ast.parse(text), tuple(WORLDS.values()))
    start = text.index(condition)
    (visit,) = analysis.visits(Span(start, start + len(condition)), WORLDS[world])
    return visit.truth


def test_each_accelerator_has_a_world_for_each_backend() -> None:
    assert list(WORLDS)[-2:] == ["cuda-openvino", "cuda-directml"]
    assert [WORLDS[name].device for name in ("cuda", "cuda-openvino", "cuda-directml")] == [
        "cuda", "cpu", "privateuseone",
    ]  # fmt: skip
    assert worlds_of(("cpu",), backends=("openvino",)) == worlds_of(("cpu",))


@pytest.mark.parametrize(
    "condition",
    [
        'backend == "openvino"',
        'args.backend.lower() == "openvino"',
        'backend in ["ipex", "openvino"]',
        "args.use_openvino",
        'getattr(args, "use_openvino", False)',
        'backend != "directml" and args.use_openvino',
    ],
)
def test_a_test_of_the_backend_holds_where_it_was_chosen(condition: str) -> None:
    assert truth(condition, "cuda-openvino") is True
    assert truth(condition, "cuda-directml") is False
    if "in [" not in condition:
        assert truth(condition, "cuda") is False
        assert truth(condition, "cpu") is False


def test_no_other_backend_is_chosen_then() -> None:
    assert truth('backend == "ipex"', "cuda-openvino") is False
    assert truth('backend == "ipex"', "cuda") is None


@pytest.mark.parametrize("condition", ['fmt == "openvino"', "args.has_openvino", "args.openvino_model"])
def test_a_format_or_a_library_is_no_backend(condition: str) -> None:
    assert truth(condition, "cuda-openvino") is None


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('if backend == "openvino": pass', ("openvino",)),
        ("if shared.opts.backend.lower() in ('ipex', 'directml'): pass", ("directml",)),
        ("parser.add_argument('--use-openvino')\nif args.use_openvino: pass", ("openvino",)),
        ("if engine != 'directml' and not use_openvino: pass", ("openvino", "directml")),
        ('if fmt == "openvino": pass', ()),
        ("import openvino\nhas_openvino = True", ()),
        ('formats = ["onnx", "openvino"]', ()),
    ],
)
def test_the_backends_that_a_text_chooses_between(text: str, known: tuple[str, ...]) -> None:
    assert backends.known([b"import torch", text.encode()]) == known


def test_the_tests_of_the_function_around_in_the_order_of_the_text() -> None:
    text = textwrap.dedent("""
        def other():
            return backend == "openvino"

        def choose():
            if cuda_ok:
                return 1
            if backend == 'directml' or not args.use_openvino:
                return 2
    """)
    analysis = analyse(Source.decode(text.encode(), "program.py"), ast.parse(text), tuple(WORLDS.values()))
    start = text.index("cuda_ok")
    found = analysis.backend_tests(Span(start, start + len("cuda_ok")))
    assert [(test.backend, test.otherwise) for test in found] == [
        ("directml", "backend != 'directml'"),
        ("openvino", "not args.use_openvino"),
    ]
