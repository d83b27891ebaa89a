from devlint.rule import Rule

RULE = Rule(
    code="DEV101",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("is_available", "is_bf16_supported", "is_nccl_available", "is_initialized", "is_built"),
)
