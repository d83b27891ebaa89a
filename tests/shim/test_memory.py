"""What the tensors of a device take of its memory."""

from __future__ import annotations

import gc

import pytest
import torch

from devlint.shim.machine import Machine
from devlint.shim.memory import Memory


def test_memory_is_held_as_long_as_something_uses_it() -> None:
    memory = Memory(Machine("cuda", 2))
    one, two = torch.zeros(100), torch.zeros(50)
    memory.hold(one, 0)
    memory.hold(two, 1)
    assert (memory.allocated[0], memory.allocated[1]) == (400, 200)
    view = one[10:]
    del one
    gc.collect()
    assert memory.allocated[0] == 400, "its view is there"
    del view
    gc.collect()
    assert memory.allocated[0] == 0
    assert (memory.peak[0], memory.peak[1]) == (400, 200)
    memory.reset_peak(0)
    assert memory.peak[0] == 0


def test_a_full_device_says_so() -> None:
    memory = Memory(Machine("cuda", 1, capacity=1000))
    kept = torch.zeros(200)
    memory.hold(kept, 0)
    with pytest.raises(torch.OutOfMemoryError, match=r"CUDA out of memory\. Tried to allocate .* GPU 0"):
        memory.hold(torch.zeros(100), 0)
    assert memory.allocated[0] == 800, "what was refused takes nothing"
