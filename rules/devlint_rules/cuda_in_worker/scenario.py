"""A worker that is forked from a process which has used CUDA cannot use it."""

import torch

from devlint.scenario import Load, World, case

FORKED = (
    "RuntimeError: Caught RuntimeError in DataLoader worker process 0.\nOriginal Traceback (most recent call last):\n"
)
CLIPS = [[1.0, 2.0], [3.0, 4.0]]


def model() -> torch.nn.Module:
    made = torch.nn.Linear(2, 1, bias=False)
    torch.nn.init.ones_(made.weight)
    return made


@case(at="DataLoader(Clips(clips)", bad=FORKED, fixed="10", processes=True)
def train(load: Load, world: World) -> object:
    return load().train(model(), CLIPS)


@case(at="collate_fn=to_device", bad=FORKED, fixed="10", processes=True)
def validate(load: Load, world: World) -> object:
    return load().validate(model(), CLIPS)
