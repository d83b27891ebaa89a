from devlint.rule import Rule

RULE = Rule(
    code="DEV210",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("non_blocking",),
)
