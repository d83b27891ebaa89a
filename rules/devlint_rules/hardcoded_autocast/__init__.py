from devlint.rule import Rule

RULE = Rule(
    code="DEV303",
    since="0.1",
    severity="warning",
    stability="stable",
    triggers=("autocast", "GradScaler"),
    targets=("mps",),
)
