from devlint.rule import Rule

RULE = Rule(
    code="DEV104",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("gpu", "device", "rank", "cuda", ".index or"),
)
