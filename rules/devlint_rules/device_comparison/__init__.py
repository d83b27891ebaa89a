from devlint.rule import Rule

RULE = Rule(
    code="DEV103",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=('"cuda', '"cpu', '"mps', '"xpu', '"npu', '"meta'),
)
