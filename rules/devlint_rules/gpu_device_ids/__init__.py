from devlint.rule import Rule

RULE = Rule(
    code="DEV503",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("device_ids=", "device_ids ="),
)
