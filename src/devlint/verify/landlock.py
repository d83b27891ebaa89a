"""Landlock: the kernel refuses this process, and all that it starts, to write outside some folders.

Source: the kernel's documentation, userspace-api/landlock.rst, and linux/landlock.h; in Linux since 5.13.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

#: rights of LANDLOCK_ACCESS_FS_* that change something: bits 1 and 4 to 14, of which older kernels do not know the last
_WRITE = 1 << 1
_CHANGES = _WRITE | sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
#: LANDLOCK_ACCESS_NET_BIND_TCP and _CONNECT_TCP
_TCP = 3


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


_syscall = ctypes.CDLL(None, use_errno=True).syscall


def version() -> int:
    """The version of Landlock that this kernel has; 0 where it has none, or it is switched off."""
    found: int = _syscall(_CREATE, None, 0, _VERSION)
    return max(found, 0)


def restrict(folders: Sequence[str]) -> None:
    """Refuse this process writing anywhere but in these folders and to ``/dev/null``, and TCP where the kernel can.

    Raises OSError where the kernel does not do it.
    """
    known = version()
    if not known:
        raise OSError("this kernel has no Landlock")
    changes = _CHANGES | (_REFER if known >= 2 else 0) | (_TRUNCATE if known >= 3 else 0)
    wanted = _Ruleset(changes, _TCP if known >= 4 else 0)
    ruleset = _called(_CREATE, ctypes.byref(wanted), 16 if known >= 4 else 8, 0)
    try:
        for folder in folders:
            _allow(ruleset, folder, changes)
        _allow(ruleset, os.devnull, changes & (_WRITE | _TRUNCATE))
        ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _called(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        beneath = _Beneath(rights, opened)
        _called(_ADD, ruleset, _PATH_BENEATH, ctypes.byref(beneath), 0)
    finally:
        os.close(opened)


def _called(number: int, *arguments: object) -> int:
    result: int = _syscall(number, *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
