"""Names that torch's device modules do not have, and devices that torch does not know."""

from __future__ import annotations

import libcst as cst

from devlint.rule import Context, Finding, Iterator
from devlint_rules.phantom_device_api.name import missing
from devlint_rules.phantom_device_api.text import refused


def check(node: cst.Attribute | cst.Call, context: Context) -> Iterator[Finding]:
    yield from missing(node, context) if isinstance(node, cst.Attribute) else refused(node, context)
