from devlint.rule import Rule

RULE = Rule(
    code="DEV407",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("version.cuda",),
)
