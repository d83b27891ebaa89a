"""Finds the layout of pages, on the device that the caller chose."""

import numpy as np
import torch
from torch import nn


class Session:
    """A model without a framework around it: loaded on the CPU, and run where it is."""

    def __init__(self):
        self.graph = nn.Conv2d(3, 2, 3)

    def to(self, device):
        self.graph.to(device)

    def run(self, image):
        return self.graph(torch.from_numpy(image).to(self.graph.weight.device))


class LayoutModel:
    def predict(self, image, size=16, **kwargs):
        raise NotImplementedError


class SessionModel(LayoutModel):
    def __init__(self):
        self.model = Session()

    def predict(self, image, size=16, device="cpu", **kwargs):
        self.model.to(device)
        return self.model.run(image[:, :, :size, :size])


def pages(model, images, device):
    for image in images:
        yield model.predict(image, device=device)


if __name__ == "__main__":
    chosen = "cuda:0" if torch.cuda.is_available() else "cpu"
    for found in pages(SessionModel(), [np.ones((1, 3, 32, 32), dtype=np.float32)], chosen):
        print(found.device)
