"""A build for CUDA that plays one without says what that says: here both are the build that is installed."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import torch

CALLS = (
    "x.cuda()", "x.to('cuda')", "torch.zeros(2, device='cuda')", "x.to(0)", "x.pin_memory()",
    "torch.zeros(2, pin_memory=True)", "torch.cuda.synchronize()", "torch.cuda.current_device()",
    "torch.cuda.set_device(0)", "torch.cuda.device(0).__enter__()", "torch.cuda.Event()", "torch.cuda.Stream()",
    "torch.cuda.CUDAGraph()", "torch.cuda.reset_peak_memory_stats()", "torch.cuda.memory_summary()",
    "torch.cuda.memory_allocated()", "torch.cuda.empty_cache()", "torch.cuda.is_available()",
    "torch.cuda.device_count()", "torch.cuda.is_bf16_supported()", "torch.cuda.FloatTensor(1)",
    "torch.cuda.manual_seed_all(1)", "torch.Generator(device='cuda')", "torch.accelerator.synchronize()",
    "torch.accelerator.empty_cache()", "torch.accelerator.current_device_index()",
    "torch.accelerator.current_accelerator()", "torch.accelerator.is_available()", "torch.accelerator.device_count()",
    "torch.version.cuda", "torch.backends.cuda.is_built()", "torch.backends.cudnn.is_available()",
    "torch.backends.cudnn.version()", "torch.get_device_module().__name__", "x.untyped_storage().cuda()",
    "torch.cuda.FloatTensor", "torch.cuda.FloatTensor.dtype", "isinstance(x, torch.cuda.FloatTensor)",
    "torch.cuda.sparse.FloatTensor()", "x.type(torch.cuda.FloatTensor)", "x.type('torch.cuda.FloatTensor')",
    "torch.set_default_tensor_type(torch.cuda.FloatTensor)", "torch.cuda.nvtx.mark('x')", "torch.cuda.cudart()",
    "torch.cuda.is_current_stream_capturing()", "torch.cuda.get_arch_list()", "torch.cuda.nccl.version()",
    "torch.cuda.get_allocator_backend()", "torch.cuda.memory._snapshot()", "torch.cuda.MemPool()",
    "torch.cuda.graph_pool_handle()", "torch.cuda.has_magma", "torch.cuda.tunable.is_enabled()",
    "torch.backends.cuda.is_flash_attention_available()", "torch.backends.cuda.cufft_plan_cache.size",
    "torch.backends.cuda.preferred_linalg_library('magma')", "torch.Stream(device='cuda')", "torch.Event('cuda')",
    "torch.sparse_coo_tensor([[0]], [1.], device='cuda')", "torch.cuda.get_device_properties(0)",
    "torch.nn.DataParallel(torch.nn.Identity())(x)",
)  # fmt: skip


def outcomes(shell: Any, before: str) -> list[str]:
    program: Path = shell.write(
        "outcomes.py",
        dedent(
            f"""
            import torch
            {before}
            x = torch.ones(2)
            for call in {CALLS!r}:
                try:
                    print(call, repr(eval(call)))
                except Exception as error:
                    print(call, type(error).__name__, str(error).partition('. ')[0].rstrip('.'))
            """
        ),
    )
    done = shell.python("-W", "ignore", program)
    lines: list[str] = done.stdout.splitlines()
    return lines


def test_it_says_what_a_build_without_cuda_says(shell: Any) -> None:
    assert torch.version.cuda is None, "what is expected comes from a build without CUDA"
    expected = outcomes(shell, "")
    assert len(expected) == len(CALLS)
    assert outcomes(shell, "from devlint.shim.runtime import cpu_build; cpu_build.install()") == expected
    assert "x.cuda() AssertionError Torch not compiled with CUDA enabled" in expected
