"""DEV107."""

from devlint.rule import Rule

RULE = Rule(
    code="DEV107",
    since="0.1",
    severity="warning",
    stability="stable",
    triggers=(".cuda(", '"cuda'),
)
