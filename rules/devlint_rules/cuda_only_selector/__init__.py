from devlint.rule import Rule

RULE = Rule(
    code="DEV108",
    since="0.1",
    severity="warning",
    stability="stable",
    triggers=("is_available(",),
    targets=("mps", "xpu"),
)
