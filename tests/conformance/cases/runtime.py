"""torch.cuda and its like: devices, streams, events, memory."""

import torch
from declaration import ACCELERATED, CUDA, MPS, PAIR, SINGLE, WITHOUT, Like, case
from outcome import told

PYTHON = "torch/cuda/__init__.py"
MEMORY = "torch/cuda/memory.py"
NOT_CUDA = ACCELERATED.without("cuda cuda-x2 cuda-cpu-requested", "CUDA is there")
STREAMS = "torch/cuda/streams.py"
ORDINAL = Like("(AcceleratorError|RuntimeError): CUDA error: invalid device ordinal")


@case("True True", source=PYTHON, scope=ACCELERATED)
def there_is_one(d):
    module = getattr(torch, d)
    return f"{module.is_available()} {module.device_count() >= 1}"


@case("1", source=PYTHON, scope=SINGLE)
def one_device(d):
    return str(getattr(torch, d).device_count())


@case("2 0", source=PYTHON, scope=PAIR)
def two_devices_and_the_first_is_current(d):
    return f"{torch.cuda.device_count()} {torch.cuda.current_device()}"


@case("1 1 0 cuda:1", source=PYTHON, scope=PAIR)
def current_device_is_set(d):
    torch.cuda.set_device(1)
    try:
        current, made = torch.cuda.current_device(), torch.ones(1, device=d).device
    finally:
        torch.cuda.set_device(0)
    return f"{current} {made.index} {torch.cuda.current_device()} {made}"


@case("cuda:1 cuda:0", source=PYTHON, scope=PAIR)
def device_of_a_block(d):
    with torch.cuda.device(1):
        inside = torch.ones(1, device=d).device
    return f"{inside} {torch.ones(1, device=d).device}"


@case("cuda:1", source=f"{PYTHON}: device_of", scope=PAIR)
def device_of_a_tensor_for_a_block(d):
    with torch.cuda.device_of(torch.ones(1, device="cuda:1")):
        return str(torch.ones(1, device=d).device)


@case("cuda:1 0", source="aten: kernels run on the device of their operands", scope=PAIR)
def results_stay_where_operands_are(d):
    made = torch.ones(2, device="cuda:1") * 2
    return f"{made.device} {torch.cuda.current_device()}"


@case("0 cuda:0", source=PYTHON, scope=CUDA)
def current_device(d):
    torch.cuda.set_device(0)
    with torch.cuda.device(0):
        return f"{torch.cuda.current_device()} {torch.ones(1, device=d).device}"


@case(ORDINAL, source="c10/cuda/CUDAFunctions.cpp", scope=CUDA)
def device_that_cannot_be_set(d):
    torch.cuda.set_device(77)
    return str(torch.cuda.current_device())


@case("AssertionError: Invalid device id", source=f"{PYTHON}: get_device_properties", scope=CUDA)
def properties_of_a_device_that_is_not_there(d):
    return str(torch.cuda.get_device_properties(77))


@case("True True True True", source=PYTHON, scope=CUDA)
def properties(d):
    found = torch.cuda.get_device_properties(0)
    named = found.name == torch.cuda.get_device_name(0) != ""
    capability = (found.major, found.minor) == torch.cuda.get_device_capability()
    return f"{named} {capability} {found.total_memory > 0} {found.multi_processor_count > 0}"


@case("None None None", source=PYTHON, scope=CUDA)
def calls_that_return_nothing(d):
    return f"{torch.cuda.synchronize()} {torch.cuda.empty_cache()} {torch.cuda.ipc_collect()}"


@case("True True", source=PYTHON, scope=CUDA)
def initialised_by_use(d):
    torch.ones(1, device=d)
    return f"{torch.cuda.is_initialized()} {torch.cuda.is_bf16_supported()}"


@case("None", source="torch/xpu, torch/mps, torch/npu: synchronize", scope=ACCELERATED)
def synchronised(d):
    return str(getattr(torch, d).synchronize())


@case("True True True", source=MEMORY, scope=CUDA)
def memory_in_use(d):
    before = torch.cuda.memory_allocated()
    there = torch.ones(1 << 18, device=d)
    during = torch.cuda.memory_allocated()
    free, total = torch.cuda.mem_get_info()
    del there
    return f"{during - before >= 1 << 20} {torch.cuda.memory_allocated() == before} {0 < free <= total}"


@case("True True", source=MEMORY, scope=CUDA)
def most_memory_in_use(d):
    torch.cuda.reset_peak_memory_stats()
    there = torch.ones(1 << 18, device=d)
    del there
    peak = torch.cuda.max_memory_allocated()
    return f"{peak >= 1 << 20} {torch.cuda.memory_allocated() < peak}"


@case("True", source=MEMORY, scope=CUDA)
def memory_of_a_view_is_counted_once(d):
    there = torch.ones(1 << 18, device=d)
    before = torch.cuda.memory_allocated()
    views = [there.view(2, -1), there[1:], there.detach()]
    return str(torch.cuda.memory_allocated() == before and len(views) == 3)


@case("True True", source=MEMORY, scope=CUDA)
def statistics_of_memory(d):
    there = torch.ones(1 << 18, device=d)
    stats = torch.cuda.memory_stats()
    return (
        f"{stats['allocated_bytes.all.current'] >= there.nbytes} {'CUDA memory summary' in torch.cuda.memory_summary()}"
    )


@case("True 0", source=MEMORY, scope=PAIR)
def memory_is_of_a_device(d):
    second = torch.cuda.memory_allocated(1)
    there = torch.ones(1 << 18, device="cuda:0")
    return f"{there.is_cuda} {torch.cuda.memory_allocated(1) - second}"


@case(
    Like("OutOfMemoryError: CUDA out of memory. Tried to allocate .*"),
    source="c10/cuda/CUDACachingAllocator.cpp; torch.OutOfMemoryError is public",
    scope=CUDA,
)
def more_memory_than_there_is(d):
    return told(torch.empty(1 << 50, dtype=torch.uint8, device=d).shape)


@case("True True True", source="torch/__init__.py: OutOfMemoryError is a RuntimeError", scope=ACCELERATED)
def classes_of_errors(d):
    same = torch.cuda.OutOfMemoryError is torch.OutOfMemoryError
    return (
        f"{issubclass(torch.OutOfMemoryError, RuntimeError)} {same} {issubclass(torch.AcceleratorError, RuntimeError)}"
    )


@case("True {d}:0 True", source=STREAMS, scope=CUDA)
def streams(d):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        there = torch.ones(10, device=d) * 2
        inside = torch.cuda.current_stream() == stream
    stream.synchronize()
    torch.cuda.current_stream().wait_stream(stream)
    there.record_stream(stream)
    return f"{inside} {there.device} {torch.cuda.current_stream() == torch.cuda.default_stream()}"


@case("True True True", source=STREAMS, scope=CUDA)
def events(d):
    first, second = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    first.record()
    torch.ones(10, device=d)
    second.record()
    second.synchronize()
    return f"{first.query()} {second.query()} {first.elapsed_time(second) >= 0}"


@case(
    Like("(RuntimeError|ValueError): Both events must be (created with argument 'enable_timing=True'|recorded before "
         "calculating elapsed time)."),
    source="aten/src/ATen/cuda/CUDAEvent.h",
    scope=CUDA,
)  # fmt: skip
def events_without_time(d):
    first, second = torch.cuda.Event(), torch.cuda.Event()
    first.record()
    second.record()
    return str(first.elapsed_time(second))


@case("cuda:1 cuda:0", source=STREAMS, scope=PAIR)
def streams_of_two_devices(d):
    return f"{torch.cuda.Stream(device=1).device} {torch.cuda.current_stream().device}"


@case("True False True", source="torch/backends/cuda, cudnn, torch/version.py", scope=CUDA)
def build(d):
    built = torch.backends.cuda.is_built()
    return f"{built} {torch.backends.cudnn.benchmark} {isinstance(torch.version.cuda or torch.version.hip, str)}"


@case("True True", source="torch/backends/cudnn", scope=CUDA)
def cudnn(d):
    with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True):
        return f"{torch.backends.cudnn.is_available()} {torch.backends.cudnn.deterministic}"


@case("True False", source="torch/backends/cuda: fp32 precision", scope=CUDA)
def tensor_cores(d):
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = True
    try:
        return f"{torch.backends.cuda.matmul.allow_tf32} {before}"
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before


@case("True True False", source="torch/backends/mps, torch/mps", scope=MPS)
def mps_is_there(d):
    return f"{torch.backends.mps.is_available()} {torch.backends.mps.is_built()} {torch.cuda.is_available()}"


@case("True None", source="torch/mps/__init__.py", scope=MPS)
def memory_of_mps(d):
    there = torch.ones(1 << 18, device=d)
    return f"{torch.mps.current_allocated_memory() >= there.nbytes} {torch.mps.empty_cache()}"


@case("AssertionError: Torch not compiled with CUDA enabled", source=f"{PYTHON}: _lazy_init; CPU build", scope=NOT_CUDA)
def cuda_on_another_accelerator(d):
    return str(torch.ones(1).cuda())


@case("False 0", source=PYTHON, scope=NOT_CUDA)
def no_cuda_on_another_accelerator(d):
    return f"{torch.cuda.is_available()} {torch.cuda.device_count()}"


@case("False 0 False", source=f"{PYTHON}; measured on both builds", scope=WITHOUT)
def there_is_none(d):
    return f"{torch.cuda.is_available()} {torch.cuda.device_count()} {torch.accelerator.is_available()}"


@case("None 0 0 False", source=f"{PYTHON}, {MEMORY}; measured on both builds", scope=WITHOUT)
def harmless_without_cuda(d):
    cuda = torch.cuda
    return f"{cuda.empty_cache()} {cuda.memory_allocated()} {cuda.max_memory_allocated()} {cuda.is_initialized()}"


@case("False None", source="torch/cuda/__init__.py, torch/_utils.py; measured on both builds", scope=WITHOUT)
def current_accelerator_without_one(d):
    return f"{torch.backends.mps.is_available()} {torch.accelerator.current_accelerator(check_available=True)}"
