"""What Adagrad keeps was made on the CPU; the weights, and so their gradients, are elsewhere at the first step."""

import torch
from torch import nn

from devlint.scenario import Load, World, case

APART = "RuntimeError: Expected all tensors to be on the same device"


@case(at="lr=0.01", bad=APART, fixed={"cpu driverless": "cpu", "*": "cuda:0"})
def trained(load: Load, world: World) -> object:
    return load().train([torch.ones(2, 4)], 4)


@case(at="self.optimizer = ", bad=APART, fixed={"cpu driverless cuda-cpu-requested": "cpu", "*": "cuda:0"})
def stepped(load: Load, world: World) -> object:
    return load().Trainer(nn.Linear(4, 1), use_cuda=world.device != "cpu").step(torch.ones(2, 4))
