"""Two engines behind one interface."""

import onnxruntime
import torch

from layout.predictor import Predictor


class LayoutModel:
    def predict(self, image, size=1024, **kwargs):
        raise NotImplementedError


class TorchModel(LayoutModel):
    def __init__(self, path):
        self.path = path

    def predict(self, image, device=""):
        return Predictor(self.path, device=device)(image)


class SessionModel(LayoutModel):
    def __init__(self, path):
        self.model = onnxruntime.InferenceSession(path)

    def predict(self, image, size=1024, **kwargs):
        return self.model.run(None, {"images": image})[0]


def chosen():
    return "cuda:0" if torch.cuda.is_available() else "cpu"
