from devlint.rule import Rule

RULE = Rule(
    code="DEV403",
    since="0.1",
    severity="warning",
    stability="stable",
    triggers=('"cuda', '"mps', '"xpu', '"npu'),
)
