from devlint.rule import Rule

RULE = Rule(
    code="DEV302",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("half", "fp16", "float16", "FP16", "HALF", "precision", '"half', '"fp16', '"float16'),
)
