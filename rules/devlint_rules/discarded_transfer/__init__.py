from devlint.rule import Rule

RULE = Rule(
    code="DEV203",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=(
        ".to(", ".cuda(", ".cpu(", ".half(", ".bfloat16(", ".float(", ".double(", ".type(",
        "device(",
    ),
)  # fmt: skip
