from devlint.rule import Rule

RULE = Rule(
    code="DEV212",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("get_device(",),
)
