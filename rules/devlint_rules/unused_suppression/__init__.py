from devlint.rule import Rule

RULE = Rule(
    code="DEV901",
    since="0.1",
    severity="warning",
    stability="stable",
    triggers=(),
)
