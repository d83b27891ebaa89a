from devlint.rule import Rule

RULE = Rule(
    code="DEV405",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=(".cuda(", '"cuda', '"xpu', '"npu'),
)
