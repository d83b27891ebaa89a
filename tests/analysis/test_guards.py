"""Every guard form is a fact about reachability: which worlds get to ``boom()``."""

from __future__ import annotations

import ast

import pytest

from devlint.analysis.answer import Guard, Span
from devlint.analysis.file import analyse
from devlint.source import Source
from devlint.world import World

CUDA = {"cuda", "cuda-requested", "cuda-cpu-requested", "cuda-x2"}
MPS = {"mps", "mps-requested", "mps-cpu-requested"}
WITHOUT = {"cpu", "driverless"} | MPS
GUARDED = [
    ("if torch.cuda.is_available():\n    boom()", CUDA),
    ("if not torch.cuda.is_available():\n    pass\nelse:\n    boom()", CUDA),
    ("if torch.cuda.device_count() > 0:\n    boom()", CUDA),
    ("if torch.cuda.device_count():\n    boom()", CUDA),
    ("if torch.cuda.device_count() > 1:\n    boom()", {"cuda-x2"}),
    ("if verbose and torch.cuda.is_available():\n    boom()", CUDA),
    ("if not (verbose or torch.cuda.is_available()):\n    boom()", WITHOUT),
    ("if torch.cuda.is_available() or verbose:\n    boom()", CUDA | WITHOUT),
    ("boom() if torch.cuda.is_available() else None", CUDA),
    ("torch.cuda.is_available() and boom()", CUDA),
    ("not torch.cuda.is_available() or boom()", CUDA),
    ("if not torch.cuda.is_available():\n    raise SystemExit\nboom()", CUDA),
    ("if not torch.cuda.is_available():\n    sys.exit()\nboom()", CUDA),
    ("assert torch.cuda.is_available()\nboom()", CUDA),
    ("flag = torch.cuda.is_available()\nif flag:\n    boom()", CUDA),
    ("device = 'cuda' if torch.cuda.is_available() else 'cpu'\nif device == 'cuda':\n    boom()", CUDA),
    (
        "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nif device.type == 'cuda':\n    boom()",
        CUDA,
    ),
    (
        "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nif 'cuda' in str(device):\n    boom()",
        CUDA,
    ),
    ("while torch.cuda.is_available():\n    boom()", CUDA),
    ("[boom() for _ in range(3) if torch.cuda.is_available()]", CUDA),
    ("for i in range(torch.cuda.device_count()):\n    boom()", CUDA),
    ("torch.multiprocessing.spawn(boom(), nprocs=torch.cuda.device_count())", CUDA),
    ("torch.multiprocessing.spawn(boom(), nprocs=torch.cuda.device_count() // 2)", CUDA),
    ("local = int(x) % torch.cuda.device_count()\nboom()", CUDA),
    ("count = torch.cuda.device_count()\nprint(x + torch.distributed.get_rank() // count)\nboom()", CUDA),
    ("rank = x.rank\nrank %= torch.cuda.device_count()\nboom()", CUDA),
    ("share: float = 1 / torch.cuda.device_count()\nboom()", CUDA),
    ("print(1 % torch.cuda.device_count(), boom())", CUDA),
    ("if 1 // torch.cuda.device_count() or verbose:\n    pass\nboom()", CUDA),
    ("verbose and 1 // torch.cuda.device_count()\nboom()", CUDA | WITHOUT),
    ("1 // torch.cuda.device_count() if verbose else 0\nboom()", CUDA | WITHOUT),
    ("try:\n    1 // torch.cuda.device_count()\nexcept ZeroDivisionError:\n    boom()", CUDA | WITHOUT),
    ("count = torch.cuda.device_count() or 1\nint(x) % count\nboom()", CUDA | WITHOUT),
    ("x % torch.cuda.device_count()\nboom()", CUDA | WITHOUT),  # text, perhaps
    ("x / torch.cuda.device_count()\nboom()", CUDA | WITHOUT),  # a tensor, perhaps
    ("'%d GPUs' % torch.cuda.device_count()\nboom()", CUDA | WITHOUT),
    ("count = 0\nx.each(lambda: count)\n1 / count\nboom()", CUDA | WITHOUT),
    ("import lightning as L\nL.Trainer(accelerator='gpu')\nboom()", CUDA | MPS),
    ("from lightning.fabric import Fabric\nFabric(accelerator='cuda', devices=2)\nboom()", CUDA),
    ("import lightning as L\nL.Trainer(accelerator='auto')\nboom()", CUDA | WITHOUT),
    ("import elsewhere as L\nL.Trainer(accelerator='gpu')\nboom()", CUDA | WITHOUT),
    ("if torch.backends.mps.is_available():\n    boom()", {"mps", "mps-requested", "mps-cpu-requested"}),
    ("if torch.accelerator.is_available():\n    boom()", CUDA | {"mps", "mps-requested", "mps-cpu-requested"}),
    ("if torch.version.cuda:\n    boom()", CUDA | {"driverless"}),
    ("if cuda_is_available():\n    boom()", CUDA),
    ("if has_gpu():\n    boom()", CUDA),
    ("if verbose:\n    import tensorrt\n    boom()", CUDA),
    ("try:\n    import tensorrt\nexcept ImportError:\n    pass\nboom()", CUDA | WITHOUT),
    ("try:\n    import tensorrt\n    boom()\nexcept ImportError:\n    pass", CUDA),
    ("if verbose:\n    boom()", CUDA | WITHOUT),
    ("if x > 3:\n    return\nboom()", CUDA | WITHOUT),
]


@pytest.mark.parametrize(("body", "worlds"), GUARDED)
def test_guard_forms(program, body, worlds):
    lines = "\n".join("    " + line for line in body.splitlines())
    found = program(f"import sys\nimport torch\ndef f(verbose, x):\n{lines}\n")
    assert found.reached("boom()") == worlds


@pytest.mark.parametrize(
    "lines",
    [
        "import torch\nif torch.cuda.is_available():",
        "import torch as T\nif T.cuda.is_available():",
        "from torch import cuda\nif cuda.is_available():",
        "from torch.cuda import is_available\nif is_available():",
        "from torch.cuda import is_available as gpu\nif gpu():",
        "import torch.cuda\nif torch.cuda.is_available():",
        "import torch.cuda as tc\nif tc.is_available():",
        "from torch import *\nif cuda.is_available():",
        "from torch.cuda import *\nif is_available():",
    ],
)
def test_aliases(program, lines):
    assert program(lines + "\n    boom()\n").reached("boom()") == CUDA


def test_project_wrapper_is_looked_into(program):
    found = program(
        """
        import torch
        def ready():
            return torch.cuda.is_available()
        def f():
            if ready():
                boom()
        """
    )
    assert found.reached("boom()") == CUDA


@pytest.mark.parametrize(
    ("refusal", "worlds"),
    [
        ("if not torch.cuda.is_available():\n        raise RuntimeError('no GPU')", CUDA),
        ("if x == 1:\n        return int(x) % torch.cuda.device_count()\n    raise ValueError(x)", CUDA),
        ("raise NotImplementedError", CUDA | WITHOUT),  # who calls it may have another one
    ],
)
def test_what_follows_a_function_that_refuses_the_machine(program, refusal, worlds):
    found = program(f"import torch\ndef check(x):\n    {refusal}\ndef f(x):\n    check(x)\n    boom()\n")
    assert found.reached("boom()") == worlds


def test_flag_on_self(program):
    found = program(
        """
        import torch
        class A:
            def __init__(self):
                self.gpu = torch.cuda.is_available()
            def f(self):
                if self.gpu:
                    boom()
        """
    )
    assert found.reached("boom()") == CUDA


@pytest.mark.parametrize(
    ("condition", "cpu", "requested", "cpu_requested"),
    [
        ("use_cuda", False, True, False),
        ("args.use_gpu", False, True, False),
        ("not no_cuda", False, True, False),
        ("opt['cuda']", False, True, False),
        ("use_cpu", True, False, True),
        ("kwargs.get('ngpu', 1) == 0", False, False, True),
        ("kwargs.get('ngpu')", False, True, False),
        ("os.environ.get('USE_CUDA') == '1'", False, True, False),
    ],
)
def test_requests_have_polarity(program, condition, cpu, requested, cpu_requested):
    found = program(
        f"import os, torch\ndef f(args, opt, no_cuda, use_cuda, use_cpu, **kwargs):\n    if {condition}:\n        boom()\n"
    )
    reached = found.reached("boom()")
    assert ("cpu" in reached, "cuda-requested" in reached, "cuda-cpu-requested" in reached) == (
        cpu, requested, cpu_requested,
    )  # fmt: skip


def test_a_device_flavoured_condition_without_polarity_guards_both_sides(program):
    found = program("import torch\ndef f(backend):\n    if backend == 'x':\n        one()\n    else:\n        two()\n")
    assert found.guards("one()", "cpu")
    assert found.guards("two()", "cpu")


def test_guard_ends_with_its_branch_but_not_after_an_early_exit(program):
    found = program("import torch\ndef f(backend):\n    if backend == 'x':\n        pass\n    boom()\n")
    assert not found.guards("boom()", "cpu")
    found = program("import torch\ndef f(backend):\n    if backend == 'x':\n        return\n    boom()\n")
    assert found.guards("boom()", "cpu")


def test_two_tests_of_the_same_unknown_value_agree(program):
    found = program(
        """
        import torch
        def f(x, flag):
            if flag:
                y = x.cuda()
            else:
                y = x.cpu()
            if not flag:
                use(y)
        """
    )
    assert found.places("y", "cuda") == {"cpu"}


def test_rebinding_ends_the_agreement(program):
    found = program(
        """
        import torch
        def f(x, flag):
            if flag:
                y = x.cuda()
            else:
                y = x.cpu()
            flag = other()
            if not flag:
                use(y)
        """
    )
    assert found.places("y", "cuda") == {"cpu", "cuda"}


def test_exceptions_that_are_handled(program):
    found = program("import torch\ntry:\n    boom()\nexcept (AssertionError, RuntimeError):\n    pass\n")
    assert {name for visit in found.visits("boom()", "cpu") for name in visit.caught} == {
        "AssertionError",
        "RuntimeError",
    }
    found = program("import torch\ntry:\n    boom()\nexcept RuntimeError:\n    raise\n")
    assert not any(visit.caught for visit in found.visits("boom()", "cpu"))


def test_only_live_functions_are_reached(program):
    found = program(
        """
        import torch
        def _helper():
            boom()
        def main():
            assert torch.cuda.is_available()
            _helper()
        """
    )
    assert found.reached("boom()") == CUDA


def test_a_class_built_behind_a_guard(program):
    found = program(
        """
        import torch
        class Prefetcher:
            def next(self):
                boom()
        def make(kind):
            if torch.cuda.is_available():
                return Prefetcher()
        """
    )
    assert found.reached("boom()") == CUDA


def test_functions_that_only_call_each_other_are_called_from_outside(program):
    found = program("import torch\ndef even(n):\n    return odd(n)\ndef odd(n):\n    boom()\n    return even(n)\n")
    assert "cpu" in found.reached("boom()")


def test_skip_markers(program):
    found = program(
        """
        import pytest, torch
        @pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
        def test_it():
            boom()
        """
    )
    assert found.reached("boom()") == CUDA


def test_truth_over_worlds(program):
    found = program(
        "import torch\ndef f(**kwargs):\n    if not torch.cuda.is_available() or kwargs.get('ngpu'):\n        pass\n"
    )
    truth = found.truth("not torch.cuda.is_available() or kwargs.get('ngpu')")
    assert (truth["cpu"], truth["cuda"], truth["cuda-requested"], truth["cuda-cpu-requested"]) == (
        True,
        False,
        True,
        False,
    )


def test_an_index_of_a_device_may_be_zero(program):
    found = program(
        "def f(gpu_id=None, use_gpu=None):\n"
        "    if gpu_id:\n        pass\n    else:\n        first()\n"
        "    if use_gpu:\n        pass\n    else:\n        second()\n"
    )
    assert found.guards("first()", "cuda") == {Guard.DEVICE}
    assert not found.visits("second()", "cuda")


def test_a_world_of_ones_own_says_what_is_available():
    text = "import vendor\nif vendor.ready():\n    boom()\n"
    source = Source.decode(text.encode(), "program.py")
    own = World("own", "npu", 1, available=("vendor.ready",))
    analysis = analyse(source, ast.parse(text), (own,))
    span = Span(text.index("vendor.ready()"), text.index("vendor.ready()") + 14)
    assert [visit.truth for visit in analysis.visits(span, own)] == [True]
