from devlint.rule import Rule

RULE = Rule(
    code="DEV211",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("generator=", "generator =", "DataLoader("),
)
