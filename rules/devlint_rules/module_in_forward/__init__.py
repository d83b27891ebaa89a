from devlint.rule import Rule

RULE = Rule(
    code="DEV213",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("def forward(",),
)
