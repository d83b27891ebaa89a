from devlint.rule import Rule

RULE = Rule(
    code="DEV216",
    since="0.1",
    severity="warning",
    stability="stable",
    triggers=("dump(",),
    default=False,
)
