"""The tables of a TOML text."""

from __future__ import annotations

import sys
from typing import Any

if sys.version_info >= (3, 11):
    from tomllib import TOMLDecodeError, loads
else:
    from tomli import TOMLDecodeError, loads

__all__ = ["TOMLDecodeError", "tables"]


def tables(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises TOMLDecodeError when it is not TOML."""
    return loads(text)
