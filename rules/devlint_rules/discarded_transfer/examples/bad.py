"""Features that were meant to go where the model is."""

import numpy as np
import torch
from torch.autograd import Variable


def load(path):
    return torch.from_numpy(np.load(path)).float()


def score(model, path, device):
    frames = load(path)
    frames.to(device)  # expect: cuda, cuda-requested, cuda-x2
    return model(frames)


def score_pair(model, paths, device):
    left, right = load(paths[0]), load(paths[1])
    left.to(device), right.to(device=device)  # expect: cuda, cuda-requested, cuda-x2
    return model(left, right)


def score_mono(model, path, device):
    frames = load(path)
    frames.to(device),  # expect: cuda, cuda-requested, cuda-x2
    return model(frames[:, 0])


def train(model, loader, optimizer):
    for step, (mel, target) in enumerate(loader):
        mel = Variable(mel)
        if torch.cuda.is_available():
            mel.cuda()  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
        loss = model(mel, target)
        loss.backward()
        optimizer.step()


def normalise(values, use_cuda=False):
    if not isinstance(values, torch.Tensor):
        values = torch.tensor(values)
    if use_cuda:
        values.cuda()  # expect: cuda, cuda-requested, cuda-x2
    return values / values.norm()


class Cache:
    def __init__(self, size, device):
        self.keys = torch.zeros(size, 64)
        self.keys.to(device)  # expect: cuda, cuda-requested, cuda-x2


def compress(frames: torch.Tensor):
    frames.half()  # expect: cpu, driverless, cuda, cuda-requested, cuda-cpu-requested, cuda-x2
    return frames


window = torch.hann_window(400)
if torch.cuda.is_available():
    window.cuda()  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2


def frame(samples):
    return samples * window


def synthesize(model, text, device="cpu"):
    torch.device(device)  # expect: cuda, cuda-requested, cuda-x2
    return model(text)


def announce(model, text, torch_device="cpu"):
    try:
        torch.device(torch_device)  # expect: cuda, cuda-requested, cuda-x2
        return model(text)
    except OSError:
        return None
