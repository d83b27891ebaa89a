"""Choices of a device that are taken and not followed."""

import argparse
import logging

import torch
from torch import nn


def build(**kwargs):
    device = kwargs.get("device", "cuda")
    if not torch.cuda.is_available() or kwargs.get("ngpu", 1) == 0:
        device = "cpu"
        kwargs["batch_size"] = 1
    return device


def connect(**options):
    device = options.get("device", "cuda")
    if not (torch.cuda.is_available() and options.get("use_gpu", False)):
        logging.info("no GPU")
    if not torch.cuda.is_available() or not options.get("use_gpu", True):
        device = "cpu"
    return device


def positions(length, device):
    return torch.arange(length)


def announced(length, device="cpu"):
    logging.info("positions on %s", device)
    return torch.arange(length)


def embed(words, device):
    table = nn.Embedding(1000, 16)
    if torch.cuda.is_available():
        table = table.cuda()
        words = words.cuda()
    return table(words)


def overwritten(model, device="cuda"):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return model.to(device)


def by_hardware(model, device="cpu"):
    if torch.cuda.is_available():
        device = "cuda:0"
    return model.to(device)


class Layout:
    def predict(self, image, **kwargs):
        raise NotImplementedError


class TorchLayout(Layout):
    def predict(self, *args, **kwargs):
        return self.model.predict(*args, **kwargs)


class SessionLayout(Layout):
    def __init__(self, path):
        import onnxruntime

        self.session = onnxruntime.InferenceSession(path)

    def predict(self, image, **kwargs):
        return self.session.run(None, {"images": image})


def pages(layout, images):
    chosen = "cuda" if torch.cuda.is_available() else "cpu"
    return [
        layout.predict(
            image,
            device=chosen,
        )
        for image in images
    ]


def main(args):
    model = nn.Linear(4, 2)
    if args.resume:
        state = torch.load(args.resume, map_location="cpu")
        model.load_state_dict(state)
    if torch.cuda.is_available():
        model = model.cuda()
    for images in torch.utils.data.DataLoader(torch.ones(10, 4)):
        model(images.to(model.weight.device)).mean().backward()
    return model


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--resume", default=None)
    parser.add_argument("--train-device", default=None)
    args = parser.parse_args()
    return args


if __name__ == "__main__":
    args = parse()
    main(args)
