"""What torch's modules for devices hold, and from which version on: a public name that is not here was never there.

Read from the sources of torch 2.2 to 2.9, and from `dir` of builds of torch 2.10 to 2.15.
"""

from __future__ import annotations

import difflib
import re
from functools import cache, lru_cache
from typing import Final

from devlint.analysis.torch_facts import DEVICE_TYPES
from devlint.world import Version

#: module -> first version (empty: 2.2 or before) -> names
_NAMES: Final[dict[str, dict[Version, str]]] = {
    "torch.cuda": {
        (): (
            "BFloat16Storage BFloat16Tensor BoolStorage BoolTensor ByteStorage ByteTensor CUDAGraph "
            "CUDAPluggableAllocator CharStorage CharTensor ComplexDoubleStorage ComplexFloatStorage CudaError "
            "DoubleStorage DoubleTensor Event ExternalStream FloatStorage FloatTensor HalfStorage HalfTensor "
            "IntStorage IntTensor LongStorage LongTensor OutOfMemoryError ShortStorage ShortTensor Stream "
            "StreamContext amp caching_allocator_alloc caching_allocator_delete can_device_access_peer "
            "change_current_allocator check_error clock_rate comm cudart current_blas_handle current_device "
            "current_stream default_generators default_stream device device_count device_of empty_cache error "
            "get_allocator_backend get_arch_list get_device_capability get_device_name get_device_properties "
            "get_gencode_flags get_rng_state get_rng_state_all get_sync_debug_mode graph graph_pool_handle graphs "
            "has_half has_magma init initial_seed ipc_collect is_available is_bf16_supported "
            "is_current_stream_capturing is_initialized jiterator list_gpu_processes make_graphed_callables "
            "manual_seed manual_seed_all max_memory_allocated max_memory_cached max_memory_reserved mem_get_info "
            "memory memory_allocated memory_cached memory_reserved memory_snapshot memory_stats "
            "memory_stats_as_nested_dict memory_summary memory_usage nccl nvtx power_draw profiler random "
            "reset_accumulated_memory_stats reset_max_memory_allocated reset_max_memory_cached "
            "reset_peak_memory_stats seed seed_all set_device set_per_process_memory_fraction set_rng_state "
            "set_rng_state_all set_stream set_sync_debug_mode sparse stream streams synchronize temperature "
            "utilization"
        ),
        (2, 4): "tunable",
        (2, 5): "MemPool MemPoolContext gds use_mem_pool",
        (2, 6): "caching_allocator_enable device_memory_used get_per_process_memory_fraction",
        (2, 7): (
            "get_stream_from_external host_memory_stats host_memory_stats_as_nested_dict is_tf32_supported "
            "reset_accumulated_host_memory_stats reset_peak_host_memory_stats"
        ),
        (2, 8): "AcceleratorError",
        (2, 10): "GreenContext green_contexts",
        (2, 12): "caching_allocator_disabled",
        (2, 13): "current_solver_handle",
    },
    "torch.xpu": {
        (2, 3): (
            "Event Stream StreamContext current_device current_stream default_generators device device_count "
            "device_of empty_cache get_device_capability get_device_name get_device_properties get_rng_state "
            "get_rng_state_all init initial_seed is_available is_bf16_supported is_initialized manual_seed "
            "manual_seed_all random seed seed_all set_device set_rng_state set_rng_state_all set_stream stream "
            "streams synchronize"
        ),
        (2, 5): (
            "max_memory_allocated max_memory_reserved memory memory_allocated memory_reserved memory_stats "
            "memory_stats_as_nested_dict reset_accumulated_memory_stats reset_peak_memory_stats"
        ),
        (2, 6): "get_arch_list get_gencode_flags mem_get_info",
        (2, 7): "get_stream_from_external",
        (2, 10): (
            "XPUPluggableAllocator can_device_access_peer change_current_allocator "
            "get_per_process_memory_fraction is_tf32_supported set_per_process_memory_fraction"
        ),
        (2, 11): (
            "MemPool XPUGraph graph graph_pool_handle graphs is_current_stream_capturing make_graphed_callables "
            "memory_snapshot use_mem_pool"
        ),
        (2, 13): "clock_rate device_memory_used memory_usage power_draw temperature utilization",
        (2, 14): "list_gpu_processes",
    },
    "torch.mps": {
        (): (
            "Event current_allocated_memory driver_allocated_memory empty_cache event get_rng_state manual_seed "
            "profiler seed set_per_process_memory_fraction set_rng_state synchronize"
        ),
        (2, 4): "device_count",
        (2, 5): "is_available recommended_max_memory",
        (2, 7): "compile_shader",
        (2, 13): "load_metallib",
        (2, 15): "Stream current_stream default_stream set_stream stream streams",
    },
    "torch.cpu": {
        (): (
            "Event Stream StreamContext amp current_device current_stream device_count is_available set_device "
            "stream synchronize"
        ),
        (2, 8): "is_initialized",
        (2, 11): "get_capabilities",
    },
    "torch.mtia": {
        (2, 4): (
            "Event Stream StreamContext current_device current_stream default_stream device device_count init "
            "is_available is_initialized set_stream stream synchronize"
        ),
        (2, 5): "get_rng_state memory_stats set_device set_rng_state",
        (2, 6): "empty_cache get_device_capability max_memory_allocated memory",
        (2, 7): "record_memory_history reset_peak_memory_stats snapshot",
        (2, 8): "attach_out_of_memory_observer get_device_properties",
        (2, 9): "is_bf16_supported memory_allocated",
        (2, 10): "MTIAGraph default_generators graph graph_pool_handle mtia_graph",
        (2, 11): "get_rng_state_all initial_seed manual_seed manual_seed_all seed seed_all set_rng_state_all",
        (2, 15): "is_current_stream_capturing",
    },
    "torch.accelerator": {
        (2, 6): (
            "current_accelerator current_device_idx current_device_index current_stream device_count is_available "
            "set_device_idx set_device_index set_stream synchronize"
        ),
        (2, 8): "device_index",
        (2, 9): (
            "empty_cache max_memory_allocated max_memory_reserved memory memory_allocated memory_reserved "
            "memory_stats reset_accumulated_memory_stats reset_peak_memory_stats"
        ),
        (2, 10): "get_device_capability get_memory_info",
        (2, 12): "Graph empty_host_cache graphs",
    },
    "torch.amp": {
        (): "autocast autocast_mode",
        (2, 3): "GradScaler grad_scaler",
        (2, 4): "custom_bwd custom_fwd is_autocast_available",
    },
    "torch.cuda.amp": {
        (): "GradScaler autocast autocast_mode common custom_bwd custom_fwd grad_scaler",
        (2, 3): "amp_definitely_not_available",
    },
    "torch.backends.mps": {
        (): "is_available is_built is_macos13_or_newer",
        (2, 3): "is_macos_or_newer",
        (2, 9): "get_core_count get_name",
    },
    "torch.backends.cuda": {
        (): (
            "SDPAParams SDPBackend can_use_efficient_attention can_use_flash_attention cuFFTPlanCache "
            "cuFFTPlanCacheAttrContextProp cuFFTPlanCacheManager cufft_plan_cache enable_flash_sdp "
            "enable_math_sdp enable_mem_efficient_sdp flash_sdp_enabled is_built math_sdp_enabled matmul "
            "mem_efficient_sdp_enabled preferred_linalg_library sdp_kernel"
        ),
        (2, 3): "cudnn_sdp_enabled enable_cudnn_sdp",
        (2, 4): "preferred_blas_library",
        (2, 5): (
            "allow_fp16_bf16_reduction_math_sdp can_use_cudnn_attention fp16_bf16_reduction_math_sdp_allowed "
            "is_flash_attention_available"
        ),
        (2, 7): "preferred_rocm_fa_library",
        (2, 12): "is_ck_sdpa_available",
        (2, 13): "blas_workspace_size cublas_workspace_size cublaslt_workspace_size",
    },
}
#: modules and functions of torch itself that are younger than 2.2
_YOUNG: Final[dict[str, Version]] = {
    "torch.xpu": (2, 3),
    "torch.mtia": (2, 4),
    "torch.get_device_module": (2, 4),
    "torch.accelerator": (2, 6),
}
#: names that are looked for where they are not -> where they are
_ELSEWHERE: Final = {
    "torch.cuda.clear_cache": "torch.cuda.empty_cache",
    "torch.backends.cuda.is_available": "torch.cuda.is_available",
    "torch.mps.is_built": "torch.backends.mps.is_built",
    "torch.mps.memory_allocated": "torch.mps.current_allocated_memory",
    "torch.cuda.get_memory_info": "torch.cuda.mem_get_info",
    "torch.accelerator.mem_get_info": "torch.accelerator.get_memory_info",
    "torch.accelerator.current_device": "torch.accelerator.current_device_index",
    "torch.accelerator.set_device": "torch.accelerator.set_device_index",
}
#: packages that add names of their own to one of these modules (their documentation)
EXTENDED_BY: Final = {"torch.xpu": "intel_extension_for_pytorch"}


@cache
def _first_versions(module: str) -> dict[str, Version]:
    return {name: version for version, names in _NAMES[module].items() for name in names.split()}


def since(name: str) -> Version | None:
    """The torch version from which on a dotted name is there, empty where that was always so or is not known; None for
    a name that no version has."""
    module, _, last = name.rpartition(".")
    if module not in _NAMES or last.startswith("_"):
        return _YOUNG.get(name, ())
    found = _first_versions(module).get(last)
    return None if found is None else max(found, _YOUNG.get(module, ()))


def meant(name: str) -> str | None:
    """The name that somebody means who writes one that no version has."""
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    module, _, last = name.rpartition(".")
    near = difflib.get_close_matches(last, _first_versions(module), 1, 0.85)
    return f"{module}.{near[0]}" if near else None


# -- text

#: words that stand for a device elsewhere, and that torch does not know -> what it calls this (empty: nothing)
_WORDS: Final = {
    "gpu": "cuda", "gpus": "cuda", "nvidia": "cuda", "rocm": "cuda", "amd": "cuda", "metal": "mps", "auto": "",
    "directml": "", "dml": "", "openvino": "", "none": "",
}  # fmt: skip
#: characters of a text that may be meant for a device
LONGEST: Final = 16
_NUMBERED = re.compile(r"([a-z]+)(?:: ?|[ _-])?(0|[1-9][0-9]*)?")
_FORMED = re.compile(r"[A-Za-z_]+(?::(?:0|[1-9][0-9]*))?")


@lru_cache(maxsize=8192)
def is_refused(text: str) -> bool:
    """Whether a text is meant for a device, and no device of torch is called so."""
    if len(text) > LONGEST:
        return False
    kind = re.split(r"[^A-Za-z]", text, maxsplit=1)[0].lower()
    known = kind in DEVICE_TYPES and (kind != text.partition(":")[0] or _FORMED.fullmatch(text) is None)
    return known or (kind in _WORDS and _NUMBERED.fullmatch(text.lower()) is not None)


def corrected(text: str) -> str | None:
    """What torch calls the device that such a text means."""
    match = _NUMBERED.fullmatch(text.lower().strip())
    if match is None:
        return None
    kind = _WORDS.get(match[1], match[1])
    return None if not kind else kind if match[2] is None else f"{kind}:{match[2]}"


def refusal(text: str) -> str:
    """What torch says to it. measured"""
    if _FORMED.fullmatch(text) is None:
        return f"RuntimeError: Invalid device string: '{text}'"
    return (
        f"RuntimeError: Expected one of cpu, cuda, ... device type at start of device string: {text.partition(':')[0]}"
    )
