from devlint.rule import Rule

RULE = Rule(
    code="DEV106",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("device", "add_argument"),
)
