"""What a played process and its children find in their environment.

A child of any kind inherits it: a process that is forked, spawned by ``multiprocessing`` or started as a program.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping

#: the name of the world that a process and its children play
WORLD = "DEVLINT_WORLD"
#: the key of the build that passed its self-test for this world, so that a child need not look for it
TESTED = "DEVLINT_SHIM_TESTED"
#: tells a process and its children that they work in a copy of a tree: see ``devlint.shim.relocation``
COPY = "DEVLINT_COPY"
#: the folder that is first on the children's PYTHONPATH; its ``sitecustomize`` puts the shim in place
SITE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "site")

#: device files of NVIDIA's driver: discrete GPUs, those under WSL, those of a Jetson
_REAL = ("/dev/nvidia[0-9]*", "/dev/dxg", "/dev/nvhost-gpu", "/dev/nvgpu")


def environment(world: str, tested: str, base: Mapping[str, str]) -> dict[str, str]:
    """The environment in which a process plays a world, made from the one it would have otherwise.

    ``tested`` is the key that ``devlint.shim.selftest.require`` returned, or an empty string.
    """
    paths = [path for path in base.get("PYTHONPATH", "").split(os.pathsep) if path and path != SITE]
    played = {WORLD: world, TESTED: tested, "PYTHONPATH": os.pathsep.join((SITE, *paths))}
    return {**base, **played, **hidden()}


def hidden() -> dict[str, str]:
    """What keeps a played process away from real accelerators, so that the shim is the only one it meets.

    Vendors' plug-ins, which torch would import by itself, stay out (torch/__init__.py: _import_device_backends). The
    list of visible GPUs is emptied only where there are any: programs read it, too.
    """
    visible = {"CUDA_VISIBLE_DEVICES": ""} if real_gpu() else {}
    return {"TORCH_DEVICE_BACKEND_AUTOLOAD": "0", **visible}


def real_gpu() -> bool:
    """Whether this machine has a GPU that a CUDA build of torch could use."""
    return any(glob.glob(pattern) for pattern in _REAL)
