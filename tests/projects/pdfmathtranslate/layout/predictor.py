"""Selects the device and moves the detector there."""

import torch

from layout.weights import attempt_load


def select_device(device=""):
    if device:
        return torch.device(device)
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


class Predictor:
    def __init__(self, path, device=""):
        self.device = select_device(device)
        self.model = attempt_load(path)
        self.model.to(self.device)

    def __call__(self, image):
        return self.model(torch.from_numpy(image).to(self.device))
