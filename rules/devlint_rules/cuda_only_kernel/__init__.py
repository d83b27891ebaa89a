from devlint.rule import Rule

RULE = Rule(
    code="DEV306",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=(
        "flash_attn", "transformer_engine", "mamba_ssm", "causal_conv1d", "pycuda", "amp_C", "attn_implementation",
        "use_flash_attention_2",
    ),
)  # fmt: skip
