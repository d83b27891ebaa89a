from devlint.rule import Rule

RULE = Rule(
    code="DEV109",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=(
        '"CUDA_VISIBLE_DEVICES', '"CUDA_DEVICE_ORDER', '"HIP_VISIBLE_DEVICES', '"ROCR_VISIBLE_DEVICES',
        '"PYTORCH_ENABLE_MPS_FALLBACK',
    ),
)  # fmt: skip
