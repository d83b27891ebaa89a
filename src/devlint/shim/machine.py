"""The machine that is played: its accelerators, and which of them is current."""

from __future__ import annotations

from dataclasses import dataclass, field

from devlint.world import World

#: DLPack's code, c10's number and torch's dispatch key of each device type. dlpack.h, c10/core/DeviceType.h,
#: c10/core/DispatchKey.h
DLPACK = {"cpu": 1, "cuda": 2, "mps": 8, "npu": 12, "xpu": 14}
DEVICE_TYPE = {"cuda": 1, "xpu": 12, "mps": 13, "npu": 20}
DISPATCH_KEY = {"cuda": "CUDA", "mps": "MPS", "xpu": "XPU", "npu": "PrivateUse1"}
#: bytes of memory that each device has where nobody says otherwise
CAPACITY = 16 << 30


@dataclass(slots=True)
class Machine:
    """``device`` is the torch type of its accelerators, ``count`` how many there are, ``current`` the index of the one
    that new tensors go to; ``capacity`` the bytes of memory of each."""

    device: str
    count: int
    capacity: int = CAPACITY
    current: int = 0
    #: whether this process was forked from one that had used an accelerator already
    forked: bool = field(default=False)

    @classmethod
    def of(cls, world: World, capacity: int | None = None) -> Machine:
        """The machine of a world that has an accelerator."""
        assert world.accelerator is not None
        return cls(world.accelerator, world.count, CAPACITY if capacity is None else capacity)

    @property
    def key(self) -> str:
        """The dispatch key of its tensors."""
        return DISPATCH_KEY[self.device]
