"""A trainer that takes the GPU it is told to."""

import argparse
import os

import torch
from torch import nn


def parse(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--gpu", default="0")
    return parser.parse_args(argv)


def train(argv):
    args = parse(argv)
    has_gpu = torch.cuda.is_available()
    if has_gpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = args.gpu  # expect: cuda-x2
    model = nn.Linear(4, 2).to("cuda" if has_gpu else "cpu")
    return model(torch.ones(1, 4, device=model.weight.device))


def evaluate(model):
    if torch.cuda.is_available():
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
    return model.to("cuda" if torch.cuda.is_available() else "cpu")


def describe(gpu):
    print(torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", gpu)  # expect: cuda-x2
    return torch.zeros(1, device="cuda" if torch.cuda.is_available() else "cpu")
