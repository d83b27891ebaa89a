from devlint.rule import Rule

RULE = Rule(
    code="DEV301",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=(".half(", "float16", "torch.half"),
)
