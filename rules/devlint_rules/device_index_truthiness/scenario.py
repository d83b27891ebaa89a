"""Who asks for GPU 0 gets what those get who ask for none."""

import sys
from types import SimpleNamespace

import torch
from torch import nn

from devlint.scenario import Load, World, case

CHOSEN = {"cuda-requested": "cuda:0", "cuda-x2": "cuda:1", "*": "cpu"}
PLACED = {names: f"{device} float32" for names, device in CHOSEN.items()}


def asked(world: World) -> int | None:
    """The index of the GPU that is asked for: the only one, or the second of two."""
    return {"cuda-requested": 0, "cuda-x2": 1}.get(world.name)


@case(at="if gpu_id:", bad="cpu", fixed=CHOSEN)
def by_default(load: Load, world: World) -> object:
    return load().by_default(asked(world))


@case(at="model.cuda(gpu) if gpu", bad="cpu float32", fixed=PLACED)
def annotated(load: Load, world: World) -> object:
    return load().annotated(nn.Linear(1, 1), asked(world))


@case(at="if not device_id", bad="cpu float32", fixed=PLACED)
def negated(load: Load, world: World) -> object:
    return load().negated(nn.Linear(1, 1), asked(world))


@case(at="device.index or -1", bad="-1", fixed={"cuda-requested": "0", "cuda-x2": "1", "*": "-1"})
def batches(load: Load, world: World) -> object:
    translator = SimpleNamespace(device=torch.device(CHOSEN.get(world.name, "cpu")))
    return load().batches(None, translator)[1]


@case(at="if args.gpu:", bad="cpu float32", fixed=PLACED)
def main(load: Load, world: World) -> object:
    sys.argv[1:] = [] if asked(world) is None else ["--gpu", str(asked(world))]
    return load().main()
