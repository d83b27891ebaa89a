"""What is read comes back where it was, whether the machine has that or not: here the one that wrote it reads it."""

import pickle
from typing import Any

import torch

from devlint.scenario import Load, World, case, device_of


def read(path: str) -> Any:
    with open(path, "rb") as file:
        return pickle.load(file)


@case(at='"scores": scores', bad={"cuda-x2": "cuda:1", "*": "cuda:0"}, fixed="cpu")
def keep(load: Load, world: World) -> object:
    load().keep(torch.ones(1), "scores.pickle", device_of(world))
    return read("scores.pickle")["scores"].device


@case(at="pickle.dump(model, file)", bad="cuda:0", fixed="cpu")
def keep_model(load: Load, world: World) -> object:
    load().keep_model("model.pickle")
    return read("model.pickle").weight.device
