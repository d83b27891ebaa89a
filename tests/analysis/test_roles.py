"""What code is for, by its names: guards that hold for a whole function or file."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest
from conftest import Program

from devlint.analysis import lexicon
from devlint.analysis.answer import Guard, Span
from devlint.analysis.file import analyse
from devlint.source import Source
from devlint.world import worlds_of

CPU = worlds_of(("cpu",))


def guards(code: str, path: str = "program.py") -> set[Guard]:
    source = Source.decode(code.encode(), path)
    analysis = analyse(source, ast.parse(code), CPU)
    start = code.rindex("boom()")
    (visit,) = analysis.visits(Span(start, start + 6), CPU[0])
    return set(visit.guards)


@pytest.mark.parametrize(
    ("code", "path", "expected"),
    [
        ("def f():\n    boom()", "app.py", set()),
        ("boom()", "app.py", set()),
        ("def cuda(self):\n    boom()", "app.py", {Guard.CONTRACT}),
        ("class CUDAPrefetcher:\n    def next(self):\n        boom()", "app.py", {Guard.CONTRACT}),
        ("def pin_memory(self):\n    boom()", "app.py", {Guard.CONTRACT}),
        ("class A(Dataset):\n    def __getitem__(self, i):\n        boom()", "app.py", {Guard.DATA}),
        ("def collate_fn(batch):\n    boom()", "app.py", {Guard.DATA}),
        ("def test_it():\n    boom()", "tests/test_app.py", {Guard.DATA}),
        ("boom()", "tests/app.py", {Guard.DATA}),
        ("def export_onnx(m):\n    boom()", "app.py", {Guard.EXPORT}),
        ("def convert_to_fp16(m):\n    boom()", "app.py", {Guard.DTYPE, Guard.EXPORT}),
        ("def main(local_rank, args):\n    boom()", "app.py", {Guard.DISTRIBUTED}),
        ("def main(rank, world_size):\n    boom()", "app.py", {Guard.DISTRIBUTED}),
        ("def rank_items(rank):\n    boom()", "app.py", set()),
        ("import flash_attn\ndef f():\n    boom()", "app.py", {Guard.CONTRACT}),
        ("try:\n    import flash_attn\nexcept ImportError:\n    pass\ndef f():\n    boom()", "app.py", set()),
        ("from .chamfer_cuda import forward_op\ndef f():\n    boom()", "app.py", {Guard.CONTRACT}),
        ("import torch.cuda\ndef f():\n    boom()", "app.py", set()),
        ("def f():\n    boom()", "ops/triton_kernels.py", {Guard.CONTRACT}),
        ("def f():\n    boom()", "devices_mac.py", {Guard.CONTRACT}),
        ("def f():\n    boom()", "machine.py", set()),
    ],
)
def test_guards_of_roles(code, path, expected):
    assert guards(code + "\n", path) == expected


@pytest.mark.parametrize(
    ("name", "polarity", "device", "index", "precision"),
    [
        ("use_cuda", 1, False, False, False),
        ("useCuda", 1, False, False, False),
        ("no_cuda", -1, False, False, False),
        ("cpu_only", -1, False, False, False),
        ("cpu_count", 0, False, False, False),
        ("ncpu", 0, False, False, False),
        ("ngpu", 1, False, False, False),
        ("gpu_id", 1, False, True, False),
        ("local_rank", 0, False, True, False),
        ("torch_device", 0, True, False, False),
        ("torch_dev", 0, True, False, False),
        ("dev", 0, False, False, False),
        ("train_dev", 0, False, False, False),
        ("select_device", 0, False, False, False),
        ("num_devices", 0, False, False, False),
        ("Device", 0, False, False, False),
        ("is_half", 0, False, False, True),
        ("usefp16", 0, False, False, True),
        ("behalf", 0, False, False, False),
    ],
)
def test_what_names_mean(name, polarity, device, index, precision):
    found = lexicon.polarity(name), lexicon.names_device(name), lexicon.names_index(name), lexicon.names_precision(name)
    assert found == (polarity, device, index, precision)


@pytest.mark.parametrize(
    ("name", "device"),
    [
        ("has_gpu", "cuda"),
        ("is_xpu_available", "xpu"),
        ("mps_available", "mps"),
        ("is_accelerator_available", ""),
        ("is_open", None),
    ],
)
def test_what_availability_tests_ask_for(name, device):
    assert lexicon.availability(name) == device


@pytest.mark.parametrize(
    ("refusal", "reached"),
    [
        ("if not torch.cuda.is_available():\n            raise NotImplementedError", {"cuda"}),
        ("raise NotImplementedError", {"cpu", "cuda"}),
        ("pass", {"cpu", "cuda"}),
    ],
)
@pytest.mark.parametrize("bases", ["(Base)", ""])
def test_nobody_has_an_instance_of_a_class_that_refuses_to_be_made(
    program: Callable[[str], Program], refusal: str, bases: str, reached: set[str]
) -> None:
    maker = f"""
    def __init__(self):
        {refusal}
"""
    found = program(
        f"""
import torch

class Base:{maker}

class Task{bases}:{"" if bases else maker}
    def build(self):
        return torch.cuda.get_device_capability(0)
"""
    )
    assert found.reached("torch.cuda.get_device_capability(0)") & {"cpu", "cuda"} == reached


MEASURED = "import torch\nx = torch.ones(3).cuda()\n"


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("benchmarks/speed/main.py", MEASURED, True),
        ("bench_attention.py", MEASURED, True),
        ("train.py", MEASURED, False),
        ("benchmarks/main.py", MEASURED + "device = 'cuda' if torch.cuda.is_available() else 'cpu'\n", False),
        ("benchmarks/main.py", MEASURED + "parser.add_argument('--no-cuda', action='store_true')\n", False),
        ("benchmarks/main.py", MEASURED + "parser.add_argument('--device', default='cuda')\n", False),
        ("benchmarks/main.py", MEASURED + "parser.add_argument('--batch', help='how many')\n", True),
    ],
)
def test_benchmarks_for_cuda_alone(path: str, code: str, expected: bool) -> None:
    assert analyse(Source.decode(code.encode(), path), ast.parse(code), CPU).measures_cuda is expected
