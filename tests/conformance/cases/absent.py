"""What is said where there is no accelerator."""

import torch
from declaration import CPU_BUILD, DRIVERLESS, WITHOUT, Like, case
from outcome import told

MEASURED = "torch/cuda/__init__.py; measured on the CPU build, 2.13"
UNBUILT = "AssertionError: Torch not compiled with CUDA enabled"
NO_DRIVER = (
    "RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a "
    "driver from http://www.nvidia.com/Download/index.aspx"
)
NO_ATEN = Like("RuntimeError: Cannot get CUDA generator without ATen_cuda library.*")


def absent(name, run, build=UNBUILT, driver=NO_DRIVER):
    """A case for both worlds without an accelerator: what a build for the CPU raises, and one for CUDA."""
    run.__name__ = name
    source = "measured on the CPU build, 2.13, and on builds for CUDA without a driver, 2.0 to 2.9"
    case(build, source=source, scope=WITHOUT, driverless=driver)(run)


absent("tensor_cuda", lambda d: str(torch.ones(1).cuda().device))
absent("tensor_to_cuda", lambda d: str(torch.ones(1).to("cuda").device))
absent("tensor_to_the_first", lambda d: str(torch.ones(1).to("cuda:0").device))
absent("made_on_cuda", lambda d: str(torch.zeros(1, device="cuda").device))
absent("literal_on_cuda", lambda d: str(torch.tensor([1], device="cuda").device))
absent("random_on_cuda", lambda d: str(torch.randn(1, device="cuda").device))
absent("like_on_cuda", lambda d: str(torch.zeros_like(torch.ones(1), device="cuda").device))
absent("module_to_cuda", lambda d: str(torch.nn.Linear(1, 1).to("cuda").weight.device))
absent("module_by_cuda", lambda d: str(torch.nn.Linear(1, 1).cuda().weight.device))
absent("module_made_on_cuda", lambda d: str(torch.nn.Linear(1, 1, device="cuda").weight.device))
absent("synchronize", lambda d: str(torch.cuda.synchronize()))
absent("current_device_of_none", lambda d: str(torch.cuda.current_device()))
absent("name_of_none", lambda d: torch.cuda.get_device_name(0))
absent("properties_of_none", lambda d: str(torch.cuda.get_device_properties(0)))
absent("capability_of_none", lambda d: str(torch.cuda.get_device_capability()))
absent("memory_of_none", lambda d: str(torch.cuda.mem_get_info()))
absent("stream_of_none", lambda d: str(torch.cuda.current_stream()))
absent("state_of_none", lambda d: str(torch.cuda.get_rng_state()))
absent("seed_of_none", lambda d: str(torch.cuda.initial_seed()))
absent("initialised", lambda d: str(torch.cuda.init()))
absent(
    "device_set",
    lambda d: str(torch.cuda.set_device(0)),
    "AttributeError: module 'torch._C' has no attribute '_cuda_setDevice'",
)
absent(
    "device_entered",
    lambda d: str(torch.cuda.device(0).__enter__()),
    "RuntimeError: PyTorch was compiled without CUDA support",
)
absent(
    "type_constructed",
    lambda d: str(torch.cuda.FloatTensor(1)),
    "TypeError: type torch.cuda.FloatTensor not available. Torch not compiled with CUDA enabled.",
)


@case(UNBUILT, source=MEASURED, scope=WITHOUT, driverless=NO_DRIVER)
def made_under_a_default_of_cuda(d):
    torch.set_default_device("cuda")
    try:
        return str(torch.ones(1).device)
    finally:
        torch.set_default_device(None)


@case("RuntimeError: Tried to instantiate dummy base class Event", source=MEASURED, scope=CPU_BUILD)
def event_of_none(d):
    return str(torch.cuda.Event())


@case("RuntimeError: torch.cuda.Stream requires CUDA support", source=MEASURED, scope=CPU_BUILD)
def new_stream_of_none(d):
    return str(torch.cuda.Stream())


@case(
    "AttributeError: module 'torch._C' has no attribute '_cuda_resetPeakMemoryStats'", source=MEASURED, scope=CPU_BUILD
)
def statistics_reset_of_none(d):
    return str(torch.cuda.reset_peak_memory_stats())


@case(
    "TypeError: type torch.cuda.FloatTensor not available. Torch not compiled with CUDA enabled.",
    source="torch/csrc/tensor/python_tensor.cpp; measured on the CPU build, 2.13",
    scope=CPU_BUILD,
)
def default_type_of_none(d):
    torch.set_default_tensor_type("torch.cuda.FloatTensor")
    return "chosen"


@case(
    "<class 'torch.cuda.FloatTensor'> torch.float32 False",
    source="torch/csrc/tensor/python_tensor.cpp; measured on the CPU build, 2.13",
    scope=CPU_BUILD,
)
def type_of_none(d):
    kind = torch.cuda.FloatTensor
    return f"{kind} {kind.dtype} {isinstance(torch.ones(1), kind)}"


@case(
    "RuntimeError: NVTX functions not installed. Are you sure you have a CUDA build?",
    source="torch/cuda/nvtx.py; measured on the CPU build, 2.13",
    scope=CPU_BUILD,
)
def range_of_none(d):
    return str(torch.cuda.nvtx.range_push("here"))


@case(
    "RuntimeError: Tried to instantiate dummy base class _cuda_isCurrentStreamCapturing",
    source="torch/cuda/graphs.py; measured on the CPU build, 2.13",
    scope=CPU_BUILD,
)
def capturing_of_none(d):
    return str(torch.cuda.is_current_stream_capturing())


@case(
    "RuntimeError: PyTorch is not linked with support for cuda devices",
    source="c10/core/impl/DeviceGuardImplInterface.h; measured on the CPU build, 2.13",
    scope=CPU_BUILD,
)
def stream_of_any_kind_of_none(d):
    return str(torch.Stream(device="cuda"))


@case(
    "AttributeError: module 'torch._C' has no attribute '_nccl_version'",
    source="torch/cuda/nccl.py; measured on the CPU build, 2.13",
    scope=CPU_BUILD,
)
def nccl_version_of_none(d):
    return str(torch.cuda.nccl.version())


@case("[] False None", source="measured on the CPU build, 2.13", scope=CPU_BUILD)
def what_it_was_built_for(d):
    flash = torch.backends.cuda.is_flash_attention_available()
    return f"{torch.cuda.get_arch_list()} {flash} {torch.backends.cudnn.version()}"


@case(NO_ATEN, source=MEASURED, scope=CPU_BUILD)
def generator_of_none(d):
    return str(torch.Generator(device="cuda"))


@case(
    "cuda | cuda:0 | cuda:5",
    source="c10/core/Device.cpp: a device object asks nobody; measured on both builds",
    scope=WITHOUT,
)
def device_objects_of_none(d):
    return told(torch.device("cuda"), torch.device("cuda:0"), torch.device("cuda", 5))


@case(
    "RuntimeError: Device index must not be negative",
    source="c10/core/Device.h; measured on both builds",
    scope=WITHOUT,
)
def ordinal_of_a_tensor_of_the_cpu(d):
    return str(torch.device("cuda", torch.ones(1).get_device()))


@case(
    "RuntimeError: PyTorch is not linked with support for mps devices", source="measured on both builds", scope=WITHOUT
)
def moved_to_mps(d):
    return str(torch.ones(1).to("mps").device)


@case(
    "AssertionError: Torch not compiled with XPU enabled",
    source="torch/xpu/__init__.py; measured, 2.13",
    scope=CPU_BUILD,
)
def moved_to_xpu(d):
    return str(torch.ones(1).to("xpu").device)


@case(
    Like("RuntimeError: Expected one of cpu, cuda, .* device type at start of device string: npu"),
    source="c10/core/Device.cpp; measured on both builds",
    scope=WITHOUT,
)
def moved_to_npu(d):
    return str(torch.ones(1).to("npu").device)


@case("ModuleNotFoundError: No module named 'torch.hpu'", source="measured on the CPU build, 2.13", scope=CPU_BUILD)
def moved_to_hpu(d):
    return str(torch.ones(1).to("hpu").device)


@case(
    "RuntimeError: Cannot access accelerator device when none is available.",
    source="measured on the CPU build, 2.13",
    scope=CPU_BUILD,
)
def pinned_without_one(d):
    return str(torch.ones(1).pin_memory().is_pinned())


@case(
    "RuntimeError: pin_memory=True requires a CUDA or other accelerator backend; no pinned memory allocator is "
    "available on this system.",
    source="aten/src/ATen/EmptyTensor.cpp; measured on the CPU build, 2.13",
    scope=CPU_BUILD,
)
def made_in_pinned_memory_without_one(d):
    return str(torch.zeros(1, pin_memory=True).is_pinned())


@case("None False", source="torch/version.py, torch/backends/cuda; measured on the CPU build, 2.13", scope=CPU_BUILD)
def version_of_cuda(d):
    return f"{torch.version.cuda} {torch.backends.cuda.is_built()}"


@case("True True", source="a build for CUDA without a driver: measured, 2.0 to 2.9", scope=DRIVERLESS)
def version_of_cuda_without_a_driver(d):
    return f"{isinstance(torch.version.cuda, str)} {torch.backends.cuda.is_built()}"


@case("cpu float32 [2] [2.0, 2.0] | [2. 2.]", source="measured on the CPU build, 2.13", scope=WITHOUT)
def the_cpu_works(d):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    made = torch.ones(2).to(device) * 2
    return told(made, made.numpy())


@case(
    "False False",
    source="torch/cuda/__init__.py; measured on the CPU build, 2.13 and builds for CUDA, 2.6",
    scope=WITHOUT,
)
def bfloat16_of_none(d):
    return f"{torch.cuda.is_bf16_supported()} {torch.backends.cudnn.is_available() and torch.cuda.is_available()}"
