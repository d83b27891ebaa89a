from devlint.rule import Rule

RULE = Rule(
    code="DEV502",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("pin_memory(", "pin_memory=", "pin_memory ="),
)
