from devlint.rule import Rule

RULE = Rule(
    code="DEV401",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=(".cuda(", ".to(0", '"cuda', '"mps', '"xpu', '"npu'),
)
