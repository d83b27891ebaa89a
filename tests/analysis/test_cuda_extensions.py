"""What cannot be imported where there is no CUDA to compile it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Program

from devlint.analysis.answer import Guard

SETUP = (
    "from torch.utils.cpp_extension import CUDAExtension\nsetup(ext_modules=[CUDAExtension('pack.kernel', ['a.cu'])])\n"
)
CUDA = {"cuda", "cuda-requested", "cuda-cpu-requested", "cuda-x2"}
WITHOUT = {"cpu", "driverless", "mps", "mps-requested", "mps-cpu-requested"}


@pytest.mark.parametrize(
    ("code", "worlds"),
    [
        ("from pack import kernel\nboom()", CUDA),
        ("import torch\nfrom pack import kernel\ndef call():\n    boom()", CUDA),
        ("import pack.fast\nboom()", CUDA),
        ("try:\n    from pack.fast import run\nexcept ImportError:\n    boom()", CUDA | WITHOUT),
        (
            "try:\n    from pack.fast import run\n    found = True\nexcept ImportError:\n    found = False\nfound and boom()",
            CUDA,
        ),
        (
            "error = None\ntry:\n    import pack.fast\nexcept ImportError as e:\n    error = e\nif not error:\n    boom()",
            CUDA,
        ),
        ("try:\n    import norm_cuda\n    boom()\nexcept ImportError:\n    pass", CUDA),
        # a handler of its own, an extension that says nothing of CUDA
        ("import pack.guarded\nboom()", CUDA | WITHOUT),
        ("try:\n    import norm_cpp\n    boom()\nexcept ImportError:\n    pass", CUDA | WITHOUT),
    ],
)
def test_what_follows_an_import(files: Callable[..., Program], code: str, worlds: set[str]) -> None:
    found = files(
        "main.py",
        main=code,
        setup=SETUP,
        pack___fast="from pack import kernel\n",
        pack___guarded="try:\n    from pack import kernel\nexcept ImportError:\n    kernel = None\n",
    )
    assert found.reached("boom()") == worlds


def test_a_module_of_python_is_no_extension(files: Callable[..., Program]) -> None:
    found = files("main.py", main="from pack import kernel\nboom()", setup=SETUP, pack___kernel="run = print\n")
    assert found.reached("boom()") == CUDA | WITHOUT


def test_what_is_compiled_for_the_cpu_as_well(files: Callable[..., Program]) -> None:
    both = SETUP + "if not cuda:\n    setup(ext_modules=[CppExtension(name='pack.kernel', sources=['a.cpp'])])\n"
    assert files("main.py", main="from pack import kernel\nboom()", setup=both).reached("boom()") == CUDA | WITHOUT


@pytest.mark.parametrize(
    ("binding", "call", "wraps"),
    [
        ("kernels = loader.load_ext('_ext', ['forward'])", "kernels.forward(x, 1)", True),
        ("from . import _C", "y = 1 + _C.forward(x)", True),
        ("try:\n    from . import norm_ext\nexcept ImportError:\n    norm_ext = None", "norm_ext.forward(x)", True),
        ("import pack.norm_ext as kernels", "return kernels.forward(x)", True),
        # a way without it, nothing that a kernel could compute with, another module, one of Python
        ("from . import _C", "if x.is_cuda:\n        return _C.forward(x)", False),
        ("from . import _C", "_C.version('a')", False),
        ("from torch import _C", "_C._log_api_usage_once(x)", False),
        ("from . import kernels", "kernels.forward(x)", False),
    ],
)
def test_who_wraps_an_extension_has_tensors_for_it(
    program: Callable[[str], Program], binding: str, call: str, wraps: bool
) -> None:
    found = program(f"import torch\n{binding}\ndef run(x):\n    boom()\n    {call}\ndef other(x):\n    bang()\n")
    assert (Guard.CONTRACT in found.guards("boom()", "cpu")) is wraps
    assert Guard.CONTRACT not in found.guards("bang()", "cpu")
