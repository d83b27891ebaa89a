from devlint.rule import Rule

RULE = Rule(
    code="DEV404",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("Tensor(", ".type(", "set_default_tensor_type("),
)
