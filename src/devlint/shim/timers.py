"""The timers of ``DistributedDataParallel``: a build for CUDA takes the time with events of the driver.

Which timer a module gets is looked up by the type of its device in a table of C++ (c10d::TimerRegistry,
torch/csrc/distributed/c10d/reducer_timer.hpp); one that finds none goes without.
"""

from __future__ import annotations

import ctypes

import torch

from devlint.shim import Unsupported
from devlint.shim.machine import DEVICE_TYPE
from devlint.shim.vtable import library

_CPU = 0
#: where a std::unordered_map of libstdc++ has its first node and the number of them
_FIRST, _COUNT = 16, 24
#: where a node has its key, one byte, and its std::function; before them stands the address of the next node
_KEY, _CREATOR, _CREATOR_SIZE = 8, 16, 32


def install() -> None:
    """Let a module on the played GPU be given the timer of the CPU.

    Raises:
        Unsupported: the table is not what this knows.
    """
    get = library("libtorch_cpu.so")._ZN4c10d13TimerRegistryEv
    get.restype = ctypes.c_void_p
    table = get()
    creators = {}
    node = _word(table + _FIRST)
    for _ in range(_word(table + _COUNT)):
        if not node:
            break
        creators[ctypes.c_int8.from_address(node + _KEY).value] = node + _CREATOR
        node = _word(node)
    cuda = DEVICE_TYPE["cuda"]
    if node or not {_CPU} <= creators.keys() <= {_CPU, *DEVICE_TYPE.values()}:
        raise Unsupported(f"torch {torch.__version__} has another table of timers than its headers say")
    if cuda in creators:
        ctypes.memmove(creators[cuda], creators[_CPU], _CREATOR_SIZE)


def _word(address: int) -> int:
    return ctypes.c_size_t.from_address(address).value
