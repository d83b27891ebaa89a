from devlint.rule import Rule

RULE = Rule(
    code="DEV111",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("current_accelerator(",),
)
