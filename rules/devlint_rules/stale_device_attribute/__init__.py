from devlint.rule import Rule

RULE = Rule(
    code="DEV214",
    since="0.1",
    severity="warning",
    stability="stable",
    triggers=("device =", "device="),
    default=False,
)
