from devlint.rule import Rule

RULE = Rule(
    code="DEV102",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("is_available", "device_count", "cuda_available", "gpu_available", "has_cuda"),
)
