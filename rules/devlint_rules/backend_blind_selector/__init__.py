from devlint.rule import Rule

RULE = Rule(
    code="DEV105",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=("openvino", "directml", '"openvino', '"directml'),
)
