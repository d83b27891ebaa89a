"""Worlds: the machines, each with one request, on which a project promises to run.

A world is what the analysis evaluates a program in, what a finding names as its witness, and what the shim plays.
The default targets, ``cpu`` and ``cuda``, stand for six worlds; further targets are opt-in.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace

from devlint.error import DevlintError, did_you_mean


class Request(str, enum.Enum):
    """What the user asks for through whatever the program reads: arguments, options, environment variables."""

    NONE = "none"
    CPU = "cpu"
    ACCELERATOR = "accelerator"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class World:
    """One machine with one request.

    ``build`` is what torch was built for; ``accelerator`` the torch device type the machine has, or None;
    ``count`` how many of them; ``module`` is the plug-in that brings it, ``available`` the calls that say it is there
    (``torch.npu.is_available``). ``missing`` names the exception class that using an absent accelerator raises.
    """

    name: str
    accelerator: str | None = None
    count: int = 0
    build: str = "cpu"
    request: Request = Request.NONE
    index: int = 0
    backend: str | None = None
    module: str | None = None
    available: tuple[str, ...] = ()
    distributed: str = "gloo"

    @property
    def device(self) -> str:
        """The device type that correct code keeps its tensors on here: the accelerator, unless the CPU was requested or
        a backend that has them elsewhere was chosen."""
        if self.backend is not None:
            return BACKENDS.get(self.backend, "cpu")
        if self.accelerator is None or self.request is Request.CPU:
            return "cpu"
        return self.accelerator

    @property
    def ordinal(self) -> int | None:
        """The index of the device that the user requests; None where the request names none."""
        return self.index if self.request is Request.INDEX else None

    @property
    def missing(self) -> str:
        """Class of the exception that a call for a missing CUDA raises (measured, torch 2.0 to 2.13)."""
        return "RuntimeError" if self.build in ("cuda", "rocm") else "AssertionError"

    @property
    def complaint(self) -> str:
        """Text of that exception."""
        if self.build in ("cuda", "rocm"):
            return "Found no NVIDIA driver on your system"
        return "Torch not compiled with CUDA enabled"

    def has(self, device: str) -> bool:
        """Whether a tensor can be put on a device of this type here."""
        return device in ("cpu", "meta", self.device) or device == self.accelerator


#: backends that a program may choose and whose tensors are not on torch's accelerator, with where they are.
#: OpenVINO compiles the model and takes tensors of the CPU (its torch.compile backend); torch-directml brings a device
#: of its own. Not here: ONNX Runtime, which computes on the accelerator with the right provider and whose name mostly
#: means a file format; IPEX, ZLUDA and ROCm, which are torch's own `xpu` and `cuda`.
BACKENDS = {"openvino": "cpu", "directml": "privateuseone"}

#: distributed backend of each accelerator (torch.distributed documentation, vendor plugins)
DISTRIBUTED = {"cuda": "nccl", "xpu": "xccl", "npu": "hccl", "hpu": "hccl", "musa": "mccl"}


def _accelerated(target: str, device: str, build: str, module: str | None = None) -> tuple[World, ...]:
    base = World(target, device, 1, build, module=module, distributed=DISTRIBUTED.get(device, "gloo"))
    single = (
        base,
        replace(base, name=f"{target}-requested", request=Request.ACCELERATOR),
        replace(base, name=f"{target}-cpu-requested", request=Request.CPU),
    )
    if device == "mps":  # a Mac has one GPU
        return single
    return (*single, replace(base, name=f"{target}-x2", count=2, request=Request.INDEX, index=1))


TARGETS: dict[str, tuple[World, ...]] = {
    "cpu": (World("cpu"), World("driverless", build="cuda")),
    "cuda": _accelerated("cuda", "cuda", "cuda"),
    "rocm": _accelerated("rocm", "cuda", "rocm"),
    "mps": _accelerated("mps", "mps", "mps"),
    "xpu": _accelerated("xpu", "xpu", "xpu"),
    "npu": _accelerated("npu", "npu", "npu", "torch_npu"),
    "musa": _accelerated("musa", "musa", "musa", "torch_musa"),
    "hpu": _accelerated("hpu", "hpu", "hpu", "habana_frameworks.torch"),
    "directml": _accelerated("directml", "privateuseone", "cpu", "torch_directml"),
}

DEFAULT_TARGETS = ("cpu", "cuda")


def worlds_of(
    targets: tuple[str, ...], custom: dict[str, tuple[World, ...]] | None = None, backends: tuple[str, ...] = ()
) -> tuple[World, ...]:
    """The worlds that the named targets stand for, each once, in the order of the targets: those of the table, and one
    more for each backend that may be chosen on a machine with an accelerator.

    Raises KeyError with the unknown name.
    """
    table = TARGETS | (custom or {})
    return tuple(
        dict.fromkeys(world for target in targets for world in (*table[target], *_chosen(table[target][0], backends)))
    )


def _chosen(base: World, backends: tuple[str, ...]) -> tuple[World, ...]:
    if base.accelerator is None or base.backend is not None:
        return ()
    return tuple(replace(base, name=f"{base.name}-{backend}", backend=backend) for backend in backends)


def world_named(name: str) -> World:
    """The world of that name: one that a target stands for, one of these with a backend chosen (``cuda-openvino``), or
    one with any number of accelerators (``cuda-x4``).

    Raises DevlintError where there is none.
    """
    known = {world.name: world for world in worlds_of(tuple(TARGETS), backends=tuple(BACKENDS))}
    if name in known:
        return known[name]
    several = re.fullmatch(r"(\w+)-x([1-9]\d*)", name)
    if several is not None and (pair := known.get(f"{several[1]}-x2")) is not None and (count := int(several[2])) > 1:
        return replace(pair, name=name, count=count)
    raise DevlintError(f"there is no world `{name}`", did_you_mean(name, known) or f"worlds: {', '.join(known)}")


def played(world: World) -> World:
    """The world that is played for this one: the first that devlint knows on the same machine, where it knows any. A
    request, or a backend that is chosen, is for the program to be told and no matter of the machine.

    Raises DevlintError where no machine of this kind has so many accelerators.
    """
    known = (one for worlds in TARGETS.values() for one in worlds)
    same = next((one for one in known if (one.build, one.accelerator) == (world.build, world.accelerator)), world)
    return same if world.count == same.count else world_named(f"{same.name}-x{world.count}")


Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VersionRange:
    """The torch versions a project supports: from ``low`` (included) to ``high`` (excluded; None: no bound)."""

    low: Version = (2, 2)
    high: Version | None = None

    @classmethod
    def parse(cls, specifier: str) -> VersionRange:
        """Read a requirement such as ``>=2.2,<3`` or ``==2.4.*``. Raises ValueError on anything else."""
        low: Version = (2, 2)
        high: Version | None = None
        for clause in filter(None, (part.strip() for part in specifier.split(","))):
            match = re.fullmatch(r"(>=|==|<=|<|>|~=|!=)\s*(\d+(?:\.\d+)*)(?:\.\*|\+\w+|\.post\d+)?", clause)
            if match is None:
                raise ValueError(f"not a version range: {clause!r}")
            operator, version = match[1], tuple(int(part) for part in match[2].split("."))
            if operator in (">=", ">", "==", "~="):
                low = version
            if operator == "<":
                high = version
            elif operator in ("<=", "=="):
                high = (*version[:-1], version[-1] + 1)
            elif operator == "~=":
                high = (*version[:-2], version[-2] + 1) if len(version) > 1 else None
        return cls(low, high)

    def __str__(self) -> str:
        bound = "" if self.high is None else ",<" + ".".join(map(str, self.high))
        return ">=" + ".".join(map(str, self.low)) + bound

    def __contains__(self, version: Version) -> bool:
        return self.low <= version and (self.high is None or version < self.high)

    def starts_at(self, *version: int) -> bool:
        """Whether every supported version is at least this one."""
        return self.low >= version

    def below(self, *version: int) -> VersionRange | None:
        """The part of the range before this version, or None when there is none."""
        if self.low >= version:
            return None
        return VersionRange(self.low, version if self.high is None else min(self.high, version))


DEFAULT_TORCH = VersionRange((2, 2))
