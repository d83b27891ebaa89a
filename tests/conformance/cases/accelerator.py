"""torch.accelerator: the device type without its name."""

import torch
from declaration import ACCELERATED, CPU_BUILD, PAIR, case
from outcome import told

ACCELERATOR = "torch/accelerator/__init__.py"
NONE = "RuntimeError: Cannot access accelerator device when none is available."


@case("{d} True {d}:0", source=ACCELERATOR)
def current_accelerator(d):
    found = torch.accelerator.current_accelerator()
    return f"{found} {torch.accelerator.is_available()} {torch.ones(1, device=found).device}"


@case("0 {d}:0", source=ACCELERATOR)
def current_index(d):
    return f"{torch.accelerator.current_device_index()} {torch.device(0)}"


@case("1 {d}:1 0", source=ACCELERATOR, scope=PAIR)
def index_is_set(d):
    torch.accelerator.set_device_index(1)
    try:
        inside, made = torch.accelerator.current_device_index(), torch.ones(1, device=d).device
    finally:
        torch.accelerator.set_device_index(0)
    return f"{inside} {made} {torch.accelerator.current_device_index()}"


@case("1 0", source=ACCELERATOR, scope=PAIR)
def index_of_a_block(d):
    with torch.accelerator.device_index(1):
        inside = torch.accelerator.current_device_index()
    return f"{inside} {torch.accelerator.current_device_index()}"


@case("None", source=ACCELERATOR)
def synchronised_accelerator(d):
    return str(torch.accelerator.synchronize())


@case("{d}", source="torch/csrc/Stream.cpp", scope=ACCELERATED.without("mps npu", "streams of that device differ"))
def stream_of_the_accelerator(d):
    return torch.accelerator.current_stream().device.type


@case("True", source="torch/accelerator/memory.py", scope=ACCELERATED.without("mps npu", "no allocator is registered"))
def memory_of_the_accelerator(d):
    torch.accelerator.empty_cache()
    there = torch.ones(1 << 18, device=d)
    return str(torch.accelerator.memory_allocated() >= there.nbytes)


@case("{d}:0 float32 [1] [1.0]", source=f"{ACCELERATOR}: the portable idiom")
def portable_idiom(d):
    device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu")
    return told(torch.ones(1).to(device))


@case("None False 0", source=f"{ACCELERATOR}; measured on the CPU build, 2.13", scope=CPU_BUILD)
def no_accelerator(d):
    a = torch.accelerator
    return f"{a.current_accelerator()} {a.is_available()} {a.device_count()}"


@case(NONE, source="aten/src/ATen/DeviceAccelerator.cpp; measured on the CPU build, 2.13", scope=CPU_BUILD)
def synchronised_without_one(d):
    return str(torch.accelerator.synchronize())


@case(NONE, source="aten/src/ATen/DeviceAccelerator.cpp; measured on the CPU build, 2.13", scope=CPU_BUILD)
def cache_emptied_without_one(d):
    return str(torch.accelerator.empty_cache())


@case(NONE, source="aten/src/ATen/DeviceAccelerator.cpp; measured on the CPU build, 2.13", scope=CPU_BUILD)
def ordinal_without_one(d):
    return str(torch.ones(1).to(0))
