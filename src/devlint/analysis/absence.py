"""What ``torch.cuda`` does where there is no CUDA, one name a line.

Measured on the CPU wheel of torch 2.13 and on CUDA wheels of torch 2.0 to 2.9 without a driver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devlint.world import World

_NOT_COMPILED = "AssertionError: Torch not compiled with CUDA enabled"
_NO_DRIVER = "RuntimeError: Found no NVIDIA driver on your system"
_OLD_DRIVER = "RuntimeError: CUDA error: CUDA driver version is insufficient for CUDA runtime version"
_NO_NVTX = "RuntimeError: NVTX functions not installed. Are you sure you have a CUDA build?"
_NO_STATISTICS = "KeyError: 'allocated_bytes.all.current'"
_NO_NVML = "ModuleNotFoundError: nvidia-ml-py does not seem to be installed or it can't be imported."


@dataclass(frozen=True, slots=True)
class Absence:
    """What a call says in a build without CUDA and in a CUDA build without a driver; an empty text is no error.

    ``before`` is the first torch version in which it raises no longer.
    """

    not_compiled: str = _NOT_COMPILED
    no_driver: str = _NO_DRIVER
    before: tuple[int, ...] | None = None

    @property
    def classes(self) -> frozenset[str]:
        """The classes of what it raises on one machine or another."""
        texts = (self.not_compiled, self.no_driver)
        return frozenset(text.partition(":")[0] for text in texts if text) | {"RuntimeError"}

    def error(self, world: World) -> str:
        """Class and text of the exception in a world without CUDA."""
        return self.no_driver if world.build == "cuda" else self.not_compiled


def _no_attribute(name: str) -> str:
    return f"AttributeError: module 'torch._C' has no attribute '{name}'"


#: calls that raise
RAISES: Final = {
    "torch.cuda.synchronize": Absence(),
    "torch.cuda.current_device": Absence(),
    "torch.cuda.set_device": Absence(_no_attribute("_cuda_setDevice")),
    "torch.cuda.device": Absence("RuntimeError: PyTorch was compiled without CUDA support"),
    "torch.cuda.get_device_name": Absence(),
    "torch.cuda.get_device_properties": Absence(),
    "torch.cuda.get_device_capability": Absence(),
    "torch.cuda.mem_get_info": Absence(),
    "torch.cuda.current_stream": Absence(),
    "torch.cuda.default_stream": Absence(),
    "torch.cuda.init": Absence(),
    "torch.cuda.get_rng_state": Absence(),
    "torch.cuda.initial_seed": Absence(),
    "torch.cuda.ipc_collect": Absence(),
    "torch.cuda.cudart": Absence(),
    "torch.cuda.Event": Absence("RuntimeError: Tried to instantiate dummy base class Event", ""),
    "torch.cuda.Stream": Absence("RuntimeError: torch.cuda.Stream requires CUDA support", _OLD_DRIVER),
    "torch.cuda.CUDAGraph": Absence("RuntimeError: Tried to instantiate dummy base class CUDAGraph", _OLD_DRIVER),
    "torch.cuda.graph": Absence("RuntimeError: Tried to instantiate dummy base class CUDAGraph", _OLD_DRIVER),
    "torch.cuda.make_graphed_callables": Absence(
        "RuntimeError: Tried to instantiate dummy base class CUDAGraph", _OLD_DRIVER
    ),
    "torch.cuda.reset_peak_memory_stats": Absence(
        _no_attribute("_cuda_resetPeakMemoryStats"), "RuntimeError: invalid argument to reset_peak_memory_stats"
    ),
    "torch.cuda.memory_summary": Absence(_NO_STATISTICS, _NO_STATISTICS),
    "torch.cuda.utilization": Absence(_NO_NVML, _NO_NVML),
    "torch.cuda.temperature": Absence(_NO_NVML, _NO_NVML),
    "torch.cuda.power_draw": Absence(_NO_NVML, _NO_NVML),
    "torch.cuda.clock_rate": Absence(_NO_NVML, _NO_NVML),
    "torch.cuda.nvtx.range_push": Absence(_NO_NVTX, ""),
    "torch.cuda.nvtx.range_pop": Absence(_NO_NVTX, ""),
    "torch.cuda.profiler.start": Absence(no_driver=""),
    "torch.cuda.profiler.stop": Absence(no_driver=""),
    "torch.cuda.is_bf16_supported": Absence("", _NO_DRIVER, before=(2, 5)),
}

#: process groups of this backend (torch.distributed)
NCCL: Final = Absence(
    "RuntimeError: Distributed package doesn't have NCCL built in",
    "ValueError: ProcessGroupNCCL is only supported with GPUs, no GPUs found!",
)

#: types of tensors that live on CUDA, called or made the default: then, without a driver, what is made next raises
LEGACY: Final = {
    f"torch.cuda.{name}Tensor": Absence(
        f"TypeError: type torch.cuda.{name}Tensor not available. Torch not compiled with CUDA enabled"
    )
    for name in "Float Double Half BFloat16 Long Int Short Char Byte Bool".split()
}
#: what such a type does as the argument of ``Tensor.type``
CONVERTED: Final = Absence("RuntimeError: Cannot initialize CUDA without ATen_cuda library")

#: calls that are harmless everywhere and do nothing for an accelerator that is not CUDA -> what does
IDLE: Final = {
    "torch.cuda.empty_cache": "`torch.accelerator.empty_cache()` behind `torch.accelerator.is_available()` (torch 2.9)",
    "torch.cuda.memory_allocated": "`torch.accelerator.memory_allocated()` behind a guard (torch 2.9)",
    "torch.cuda.memory_reserved": "`torch.accelerator.memory_reserved()` behind a guard (torch 2.9)",
    "torch.cuda.max_memory_allocated": "`torch.accelerator.max_memory_allocated()` behind a guard (torch 2.9)",
    "torch.cuda.max_memory_reserved": "`torch.accelerator.max_memory_reserved()` behind a guard (torch 2.9)",
    "torch.cuda.manual_seed": "`torch.manual_seed`, which seeds every device",
    "torch.cuda.manual_seed_all": "`torch.manual_seed`, which seeds every device",
}
