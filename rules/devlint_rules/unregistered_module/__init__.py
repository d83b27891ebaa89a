from devlint.rule import Rule

RULE = Rule(
    code="DEV205",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("def __init__(",),
)
