"""What is visible is settled when CUDA is first asked: in the shim, which plays no driver, by the first question."""

import os
from typing import Any

import torch

from devlint.scenario import Load, World, case

ASKED: list[str | None] = []


def _asked(load: Load) -> Any:
    """The example, with what it has said of the visible devices whenever it asks for CUDA."""
    available = torch.cuda.is_available

    def noted() -> bool:
        ASKED.append(os.environ.get("CUDA_VISIBLE_DEVICES"))
        return available()

    os.environ.pop("CUDA_VISIBLE_DEVICES", None)
    torch.cuda.is_available = noted
    return load()


def _gpu(computed: torch.Tensor) -> str:
    """Which GPU of the machine computed something: torch calls the first one that is visible `cuda:0`."""
    return "cpu" if computed.device.type == "cpu" else f"GPU {ASKED[0] or 0}"


CHOSEN = {"cpu driverless": "cpu", "cuda-x2": "GPU 1", "*": "GPU 0"}


@case(at="= args.gpu", bad="GPU 0", fixed=CHOSEN)
def trained(load: Load, world: World) -> object:
    return _gpu(_asked(load).train(["--gpu", str(world.ordinal or 0)]))


@case(at='= "-1"', bad="cuda:0 float32", fixed="cpu float32")
def evaluated(load: Load, world: World) -> object:
    return load().evaluate(torch.nn.Linear(4, 2))


@case(at="setdefault", bad="GPU 0", fixed=CHOSEN)
def described(load: Load, world: World) -> object:
    return _gpu(_asked(load).describe(str(world.ordinal or 0)))
