"""``torch.version.cuda``, which is None in a build for another machine, and what cannot be done with None."""

from __future__ import annotations

from typing import Final

CUDA: Final = "torch.version.cuda"
#: functions that take a version's text or a number -> what they raise of None. measured, Python 3.11 and
#: packaging 24, which later says `InvalidVersion`
REFUSING: Final = {
    "int": "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'",
    "float": "TypeError: float() argument must be a string or a real number, not 'NoneType'",
    "packaging.version.parse": "TypeError: expected string or bytes-like object, got 'NoneType'",
    "packaging.version.Version": "TypeError: expected string or bytes-like object, got 'NoneType'",
}
