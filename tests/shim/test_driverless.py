"""What a build for CUDA says on a machine without a driver, call by call (measured, torch 2.0 to 2.15)."""

from __future__ import annotations

from collections.abc import Callable

Play = Callable[[str, str], None]

DRIVER = "Found no NVIDIA driver on your system."
INSUFFICIENT = "CUDA error: CUDA driver version is insufficient for CUDA runtime version"
FAILING = {
    DRIVER: (
        "x.cuda()", "x.to('cuda')", "torch.nn.Linear(1, 1).cuda()", "torch.zeros(2, device='cuda')", "x.pin_memory()",
        "torch.cuda.synchronize()", "torch.cuda.current_device()", "torch.cuda.get_device_name()",
        "torch.cuda.get_device_properties(0)", "torch.cuda.mem_get_info()", "torch.cuda.current_stream()",
        "torch.cuda.init()", "torch.cuda.get_rng_state()", "torch.cuda.initial_seed()", "torch.cuda.ipc_collect()",
        "torch.cuda.set_device(0)", "torch.cuda.device(0).__enter__()", "torch.cuda.Event().record()",
        "torch.cuda.FloatTensor(1)", "x.type(torch.cuda.FloatTensor)", "torch.accelerator.synchronize()",
        "torch.accelerator.current_device_index()", "x.untyped_storage().cuda(1)",
    ),
    INSUFFICIENT: (
        "torch.cuda.Stream()", "torch.cuda.CUDAGraph()", "torch.Generator(device='cuda')",
        "torch._C._cuda_getCurrentRawStream(0)",
    ),
    "invalid argument to exchangeDevice": ("x.untyped_storage().cuda()", "torch.cuda.device('cuda').__enter__()"),
    "invalid argument to reset_peak_memory_stats": ("torch.cuda.reset_peak_memory_stats()",),
    "pin_memory=True requires a CUDA or other accelerator backend": ("torch.zeros(2, pin_memory=True)",),
    "Cannot access accelerator device when none is available.": ("x.to(0)",),
}  # fmt: skip
HARMLESS = {
    "torch.cuda.is_available()": False, "torch.cuda.device_count()": 0, "torch.cuda.is_bf16_supported()": False,
    "torch.cuda.empty_cache()": None, "torch.cuda.memory_allocated()": 0, "torch.cuda.manual_seed_all(1)": None,
    "torch.cuda.is_initialized()": False, "repr(torch.cuda.Event())": "<torch.cuda.Event uninitialized>",
    "torch.backends.cuda.is_built()": True, "torch.version.cuda is None": False,
    "torch.cuda.nvtx.range_push('a')": -2, "torch.accelerator.is_available()": False,
    "torch.accelerator.current_accelerator(check_available=True)": None, "torch.accelerator.empty_cache()": None,
    "str(torch.accelerator.current_accelerator())": "cuda", "str(torch.device('cuda:0'))": "cuda:0",
    "torch.set_default_device('cuda')": None,
}  # fmt: skip


def test_using_cuda_fails_and_asking_for_it_does_not(played: Play) -> None:
    played(
        "driverless",
        f"""
        import torch

        x = torch.ones(2)
        for text, calls in {FAILING!r}.items():
            for call in calls:
                try:
                    eval(call)
                except RuntimeError as error:
                    assert str(error).startswith(text), (call, error)
                else:
                    raise AssertionError(call)
        for call, expected in {HARMLESS!r}.items():
            assert eval(call) == expected, call
        """,
    )


def test_the_compiler_is_imported_with_an_optimizer(played: Play) -> None:
    played(
        "driverless",
        """
        import torch

        model = torch.nn.Linear(1, 1)
        model(torch.ones(1)).backward()
        torch.optim.SGD(model.parameters()).step()
        """,
    )
