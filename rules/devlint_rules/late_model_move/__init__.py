from devlint.rule import Rule

RULE = Rule(
    code="DEV215",
    since="0.1",
    severity="warning",
    stability="stable",
    triggers=("Adagrad(",),
    default=False,
)
