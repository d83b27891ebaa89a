from devlint.rule import Rule

RULE = Rule(
    code="DEV207",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("load(", "load_url(", "load_state_dict_from_url("),
)
