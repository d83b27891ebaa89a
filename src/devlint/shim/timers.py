"""The timers of ``DistributedDataParallel``: a build for CUDA takes the time with events of the driver, and one without
has no timer for GPUs, without which its second step fails.

Which timer a module gets is looked up by the type of its device in a table of C++ (c10d::TimerRegistry,
torch/csrc/distributed/c10d/reducer_timer.hpp), an unordered_map of libstdc++.
"""

from __future__ import annotations

import ctypes

import torch

from devlint.shim import Unsupported
from devlint.shim.machine import DEVICE_TYPE
from devlint.shim.vtable import library

_CPU, _CUDA = 0, DEVICE_TYPE["cuda"]
#: where the map has the nodes before the first of each bucket, the number of buckets, its first node, their number
_BUCKETS, _BUCKET_COUNT, _FIRST, _COUNT = 0, 8, 16, 24
#: where a node has its key, one byte, its std::function and what the key hashes to, which is the key; before them it
#: has the address of the next node
_KEY, _CREATOR, _CREATOR_SIZE, _HASH, _SIZE = 8, 16, 32, 48, 56


def install() -> None:
    """Let a module on the played GPU be given the timer of the CPU.

    Raises:
        Unsupported: the table is not what this knows.
    """
    get = library("libtorch_cpu.so")._ZN4c10d13TimerRegistryEv
    get.restype = ctypes.c_void_p
    table = get()
    nodes = _nodes(table)
    if _CPU not in nodes or not nodes.keys() <= {_CPU, *DEVICE_TYPE.values()}:
        raise Unsupported(f"torch {torch.__version__} has another table of timers than its headers say")
    if _CUDA not in nodes:
        nodes[_CUDA] = _added(table)
    ctypes.memmove(nodes[_CUDA] + _CREATOR, nodes[_CPU] + _CREATOR, _CREATOR_SIZE)


def _nodes(table: int) -> dict[int, int]:
    """The nodes by their keys; none where they are not as many as the map says."""
    found = {}
    node = _word(table + _FIRST).value
    for _ in range(count := _word(table + _COUNT).value):
        if node:
            found[_key(node)] = node
            node = _word(node).value
    return {} if node or len(found) != count else found


def _added(table: int) -> int:
    """A new first node for CUDA, as std::unordered_map adds it (bits/hashtable.h: _M_insert_bucket_begin)."""
    node: int = _allocate(_SIZE)
    ctypes.c_int8.from_address(node + _KEY).value = _CUDA
    _word(node + _HASH).value = _CUDA
    buckets = _word(table + _BUCKETS).value
    before = _word(buckets + _bucket(table, _CUDA))
    first = _word(before.value or table + _FIRST)
    if not before.value:
        if first.value:
            _word(buckets + _bucket(table, _key(first.value))).value = node
        before.value = table + _FIRST
    _word(node).value, first.value = first.value, node
    _word(table + _COUNT).value += 1
    return node


def _allocate(size: int) -> int:
    """Memory that is never given back: neither does torch give back the table."""
    allocate = ctypes.CDLL(None).malloc
    allocate.restype, allocate.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    found: int = allocate(size)
    return found


def _bucket(table: int, key: int) -> int:
    return key % _word(table + _BUCKET_COUNT).value * ctypes.sizeof(ctypes.c_void_p)


def _key(node: int) -> int:
    return ctypes.c_int8.from_address(node + _KEY).value


def _word(address: int) -> ctypes.c_size_t:
    return ctypes.c_size_t.from_address(address)
