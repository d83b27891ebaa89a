from devlint.rule import Rule

RULE = Rule(
    code="DEV501",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("init_process_group(",),
)
