from devlint.rule import Rule

RULE = Rule(
    code="DEV208",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("].to(", "].cuda("),
)
