from devlint.rule import Rule

RULE = Rule(
    code="DEV504",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("DataLoader(",),
)
