from devlint.rule import Rule

RULE = Rule(
    code="DEV406",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=(
        "synchronize(", "current_device(", "set_device(", "cuda.device(", "get_device_name(", "get_device_properties(",
        "get_device_capability(", "mem_get_info(", "current_stream(", "default_stream(", "cuda.init(", "get_rng_state(",
        "initial_seed(", "ipc_collect(", "Event(", "Stream(", "CUDAGraph(", "cuda.graph(",
        "make_graphed_callables(", "reset_peak_memory_stats(", "reset_max_memory_", "memory_summary(", "utilization(",
        "temperature(", "power_draw(", "clock_rate(", "range_push(", "range_pop(", "cudart(", "is_bf16_supported(",
    ),
)  # fmt: skip
