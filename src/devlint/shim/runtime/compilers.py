"""Code that is made for a device while a program runs: by torch.compile, by Triton, by a compiler of CUDA."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import torch

from devlint.shim import Unsupported, late


def install(kind: str) -> None:
    """Let torch.compile run eagerly on a device, and refuse what has to be compiled for it."""

    def refuse_extensions(module: Any) -> None:
        compile_now = module._jit_compile
        signature = inspect.signature(compile_now)

        def compiled(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind(*args, **kwargs).arguments
            sources = given["sources"]
            if given["with_cuda"] or (given["with_cuda"] is None and any(map(module._is_cuda_file, sources))):
                raise Unsupported(f"the CUDA extension `{given['name']}` on a played `{kind}`")
            return compile_now(*args, **kwargs)

        module._jit_compile = compiled

    def refuse_triton(module: Any) -> None:
        def launched(kernel: Any, grid: Any) -> NoReturn:
            raise Unsupported(f"the Triton kernel `{_name(kernel)}` on a played `{kind}`")

        module.KernelInterface.__getitem__ = launched

    wrapper: Any = torch._TorchCompileInductorWrapper
    wrapper.__call__ = _eager(kind)
    late.change({"torch.utils.cpp_extension": refuse_extensions, "triton.runtime.jit": refuse_triton})


def refused(what: str) -> Callable[..., NoReturn]:
    """A function that raises Unsupported, naming what it would do."""

    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise Unsupported(what)

    return refuse


def _name(kernel: Any) -> str:
    """The name of a kernel, which others that choose its configuration may be around."""
    while hasattr(kernel, "fn") and not hasattr(kernel, "__name__"):
        kernel = kernel.fn
    return str(getattr(kernel, "__name__", type(kernel).__name__))


def _eager(kind: str) -> Callable[..., Any]:
    """The backend of torch.compile in place of the one that generates kernels: it runs what was captured. What is
    refused while a program is captured is refused as ever."""
    said: list[bool] = []

    def eager(self: Any, model: Any, inputs: Any, *, config_patches: Any = None) -> Any:
        if not said:
            said.append(True)
            sys.stderr.write(f"devlint: torch.compile runs eagerly on a played `{kind}`\n")
        return model.forward

    return eager
